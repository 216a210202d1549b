// Calls of GitLab's REST API from CI: waits where GitLab says so, tries again where a server stumbles.
import { UsageError } from '../command.ts'
import { scrub } from '../scrub.ts'
import { waitOf } from './client.ts'

export interface GitLabOptions {
  readonly token: string
  /** Base of the REST API, as in `CI_API_V4_URL`: `https://gitlab.com/api/v4`. */
  readonly api: string
  /** How to wait; for tests. */
  readonly sleep?: (ms: number) => Promise<unknown>
  /** Told of every wait. */
  readonly onWait?: (message: string) => void
}

export interface GitLabCall {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Below the API's base. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, string>>
}

export interface GitLabAnswer {
  readonly data: unknown
  /** The page after this one; undefined on the last. */
  readonly nextPage: string | undefined
}

export interface GitLab {
  /** Rejects `GitLabError` without the token in its text. */
  call(call: GitLabCall): Promise<GitLabAnswer>
}

/** Attempts of one call. */
export const GITLAB_ATTEMPTS_MAX = 6
/** One call may take this long, milliseconds. */
const TIMEOUT_MS = 30_000
/** Characters of an answer that are shown. */
const ANSWER_CHARACTERS_MAX = 300

/** What GitLab refused, with its status; 0 where it could not be reached. */
export class GitLabError extends UsageError {
  readonly status: number
  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

/** A client. Throws `UsageError` for an address that is none. */
export function createGitLab(options: GitLabOptions): GitLab {
  const { token, sleep = Bun.sleep, onWait = () => undefined } = options
  const api = options.api.replace(/\/+$/, '')
  if (!URL.canParse(api) || !/^https?:/.test(api))
    throw new UsageError(`CI_API_V4_URL: ${scrub(options.api, [token])} is no web address`)
  return {
    call: async (call) => {
      for (let attempt = 1; ; attempt++) {
        const answer = await attemptOf(api, token, call)
        if ('data' in answer) return answer
        const said = scrub(answer.message, [token])
        // A POST that failed half-way may have been done: its caller looks first.
        const isUnsure = call.method === 'POST' && answer.status !== 429
        const wait_ms = isUnsure ? undefined : waitOf(answer, attempt)
        if (wait_ms === undefined || attempt === GITLAB_ATTEMPTS_MAX)
          throw new GitLabError(`GitLab: ${call.method} ${call.path}: ${said}`, answer.status)
        onWait(`GitLab: ${said}; trying again in ${Math.ceil(wait_ms / 1000)} s`)
        await sleep(wait_ms)
      }
    },
  }
}

interface Failure {
  readonly status: number
  readonly message: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

async function attemptOf(
  api: string,
  token: string,
  { method, path, query = {}, body }: GitLabCall,
): Promise<GitLabAnswer | Failure> {
  const headers = new Headers({ 'private-token': token, accept: 'application/json' })
  if (body !== undefined) headers.set('content-type', 'application/json')
  const search = new URLSearchParams(query).toString()
  try {
    const answer = await fetch(`${api}${path}${search === '' ? '' : `?${search}`}`, {
      ...{ method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // The token would go along to wherever a redirect points.
      redirect: 'manual',
    })
    const text = await answer.text()
    if (!answer.ok) return failureOf(answer, text)
    return { data: JSON.parse(text), nextPage: answer.headers.get('x-next-page') || undefined }
  } catch (error) {
    return {
      status: 0,
      message: error instanceof Error ? error.message : String(error),
      headers: {},
    }
  }
}

/** GitLab's words: `{message}` or `{error, error_description}`. */
function failureOf(answer: Response, text: string): Failure {
  const { status, headers } = answer
  const said = status >= 300 && status < 400 ? 'redirected: check CI_API_V4_URL' : wordsOf(text)
  return {
    status,
    message: `${status} ${said}`,
    headers: {
      'retry-after': headers.get('retry-after') ?? undefined,
      'x-ratelimit-remaining': headers.get('ratelimit-remaining') ?? undefined,
      'x-ratelimit-reset': headers.get('ratelimit-reset') ?? undefined,
    },
  }
}

function wordsOf(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, ANSWER_CHARACTERS_MAX)
}
