// The commit that a proposal builds on: the head of the followed branch, as new as can be had quickly.
import { GitError } from '../releases/repository.ts'
import { liveCommit } from '../releases/staging.ts'
import type { Content } from './content.ts'

/** A head fetched this long ago is new enough to read files from, milliseconds. */
export const HEAD_FRESH_MS = 15_000
/** A remote that does not answer within this is worked without, milliseconds. */
export const HEAD_WAIT_MS = 5_000
/** One fetch may take this long, milliseconds. */
const FETCH_TIMEOUT_MS = 60_000

const HEAD_REF = 'refs/followed/head'

export interface HeadParts {
  readonly content: Content
  readonly data: string
  readonly branch: string
  /** Undefined: the branch is in the content repository itself. */
  readonly remote: string | undefined
  /** Environment that lets git reach the remote. */
  readonly environment: () => Promise<Readonly<Record<string, string>>>
  readonly now?: () => number
  /** Default `HEAD_WAIT_MS`. */
  readonly wait_ms?: number
}

export interface Head {
  /** Undefined where there is no content yet. A remote that is down is answered by what was last known. */
  current(maxAge_ms?: number): Promise<string | undefined>
  /** Asks the remote, and rejects `GitError` when it cannot be reached. */
  fetch(): Promise<string>
}

export function createHead(parts: HeadParts): Head {
  const { content, data, branch, remote, environment } = parts
  const { now = Date.now, wait_ms = HEAD_WAIT_MS } = parts
  let fetchedAt = Number.NEGATIVE_INFINITY
  let underWay: Promise<string> | undefined

  async function ask(from: string): Promise<string> {
    const refs = `+refs/heads/${branch}:${HEAD_REF}`
    const env = await environment()
    await content.git(
      ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', from, refs],
      {
        env,
        timeout_ms: FETCH_TIMEOUT_MS,
      },
    )
    fetchedAt = now()
    return (await content.commitOf(HEAD_REF))!
  }

  const fetch = (): Promise<string> => {
    if (remote === undefined) return localHead()
    underWay ??= ask(remote).finally(() => {
      underWay = undefined
    })
    return underWay
  }

  async function localHead(): Promise<string> {
    const head = await content.commitOf(`refs/heads/${branch}`)
    if (head === undefined) throw new GitError(`there is no branch ${branch}`)
    return head
  }

  /** What is known without asking anyone. */
  async function known(): Promise<string | undefined> {
    const own = remote === undefined ? `refs/heads/${branch}` : HEAD_REF
    for (const ref of [own, 'refs/pulled/head', liveCommit(data)]) {
      const commit = ref === undefined ? undefined : await content.commitOf(ref)
      if (commit !== undefined) return commit
    }
    return undefined
  }

  return {
    fetch,
    current: async (maxAge_ms = 0) => {
      if (remote === undefined || now() - fetchedAt < maxAge_ms) return known()
      const asked = await Promise.race([fetch().catch(unreachable), Bun.sleep(wait_ms)])
      return asked ?? known()
    },
  }
}

/** The outbox retries and shows what is wrong with the remote; a head is found without it. */
function unreachable(error: unknown): undefined {
  if (!(error instanceof GitError)) throw error
}
