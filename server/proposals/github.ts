// GitHub, as much of it as proposals and releases need, through octokit. Errors say whether waiting helps,
// and hold no credentials.
import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/core'
import { scrub } from '../../ci/scrub.ts'
import { DeliveryError, isTransient, RETRY_AFTER_MAX_MS, retryAfterOf } from '../outbox/delivery.ts'

/** One call may take this long, milliseconds. */
const TIMEOUT_MS = 15_000
/** Wait after a secondary limit that names no time: GitHub asks for a minute. */
const SECONDARY_WAIT_MS = 60_000
/** GitHub cuts descriptions of statuses here. */
const DESCRIPTION_MAX = 140
/** Comments among which one of ours is looked for. */
const COMMENTS_MAX = 100

export type GitHubCredentials =
  | { readonly token: string }
  | {
      readonly appId: string
      /** PEM. */
      readonly privateKey: string
      readonly installationId: number
    }

export interface GitHubOptions {
  readonly owner: string
  readonly repo: string
  readonly credentials: GitHubCredentials
  /** Base of the REST API; default GitHub's own. */
  readonly api?: string | undefined
  readonly now?: () => number
}

export interface PullRequest {
  readonly number: number
  readonly url: string
  readonly state: 'open' | 'merged' | 'closed'
}

export interface CommitStatus {
  readonly commit: string
  readonly state: 'pending' | 'success' | 'failure' | 'error'
  readonly context: string
  readonly description: string
  readonly url?: string | undefined
}

/** Every call rejects `DeliveryError`. */
export interface GitHubClient {
  readonly owner: string
  readonly repo: string
  /** A token for Git over HTTPS, now. */
  token(): Promise<string>
  /** The newest pull request of a branch, whatever its state. */
  findPull(branch: string): Promise<PullRequest | undefined>
  createPull(pull: {
    readonly title: string
    readonly body: string
    readonly branch: string
    readonly base: string
  }): Promise<PullRequest>
  pull(number: number): Promise<PullRequest>
  closePull(number: number): Promise<PullRequest>
  /** Adds a comment, unless it stands among the first `COMMENTS_MAX` already. */
  commentOnce(number: number, text: string): Promise<void>
  setStatus(status: CommitStatus): Promise<void>
}

export function createGitHub(options: GitHubOptions): GitHubClient {
  const { owner, repo, credentials, api, now = Date.now } = options
  const octokit = octokitOf(credentials, api)
  const seen = new Set<string>('token' in credentials ? [credentials.token] : [])
  const at = { owner, repo }
  const call = async <T>(what: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    try {
      return await run(AbortSignal.timeout(TIMEOUT_MS))
    } catch (error) {
      throw asDeliveryError(what, error, [...seen], now())
    }
  }
  return {
    owner,
    repo,
    token: () =>
      call('a token', async () => {
        const { token } = (await octokit.auth({ type: 'installation' })) as { token: string }
        seen.add(token)
        return token
      }),
    findPull: (branch) =>
      call('finding the pull request', async (signal) => {
        const head = `${owner}:${branch}`
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/pulls', {
          ...{ ...at, head, state: 'all', per_page: 1, request: { signal } },
        })
        return data[0] === undefined ? undefined : pullOf(data[0])
      }),
    createPull: ({ title, body, branch, base }) =>
      call('opening the pull request', async (signal) => {
        const { data } = await octokit.request('POST /repos/{owner}/{repo}/pulls', {
          ...{ ...at, title, body, head: branch, base, request: { signal } },
        })
        return pullOf(data)
      }),
    pull: (number) =>
      call('reading the pull request', async (signal) => {
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
          ...{ ...at, pull_number: number, request: { signal } },
        })
        return pullOf(data)
      }),
    closePull: (number) =>
      call('closing the pull request', async (signal) => {
        const { data } = await octokit.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
          ...{ ...at, pull_number: number, state: 'closed', request: { signal } },
        })
        return pullOf(data)
      }),
    commentOnce: (number, text) =>
      call('commenting on the pull request', async (signal) => {
        const path = '/repos/{owner}/{repo}/issues/{issue_number}/comments'
        const issue = { ...at, issue_number: number, request: { signal } }
        const { data } = await octokit.request(`GET ${path}`, { ...issue, per_page: COMMENTS_MAX })
        if (data.some(({ body }) => body === text)) return
        await octokit.request(`POST ${path}`, { ...issue, body: text })
      }),
    setStatus: ({ commit, state, context, description, url }) =>
      call('setting the commit status', async (signal) => {
        await octokit.request('POST /repos/{owner}/{repo}/statuses/{sha}', {
          ...{ ...at, sha: commit, state, context, request: { signal } },
          description: description.slice(0, DESCRIPTION_MAX),
          ...(url === undefined ? {} : { target_url: url }),
        })
      }),
  }
}

function octokitOf(credentials: GitHubCredentials, api: string | undefined): Octokit {
  const shared = {
    userAgent: 'trapline',
    ...(api === undefined ? {} : { baseUrl: api.replace(/\/$/, '') }),
  }
  if ('token' in credentials) return new Octokit({ ...shared, auth: credentials.token })
  const { appId, privateKey, installationId } = credentials
  return new Octokit({
    ...shared,
    authStrategy: createAppAuth,
    auth: { appId, privateKey, installationId },
  })
}

function pullOf(data: {
  readonly number: number
  readonly html_url: string
  readonly state: string
  readonly merged_at?: string | null
}): PullRequest {
  const merged = data.merged_at !== null && data.merged_at !== undefined
  const state = merged ? 'merged' : data.state === 'open' ? 'open' : 'closed'
  return { number: data.number, url: data.html_url, state }
}

interface Failure {
  readonly status: number
  readonly message: string
  readonly response?: { readonly headers: Readonly<Record<string, string | number | undefined>> }
}

function asDeliveryError(
  what: string,
  error: unknown,
  secrets: readonly string[],
  now: number,
): DeliveryError {
  const text = error instanceof Error ? error.message : String(error)
  const message = scrub(`GitHub: ${what}: ${text}`, secrets)
  if (!isFailure(error)) return new DeliveryError(message)
  const wait = waitOf(error, now)
  const retryAfter_ms = wait === undefined ? undefined : Math.min(wait, RETRY_AFTER_MAX_MS)
  if (retryAfter_ms !== undefined) return new DeliveryError(message, { retryAfter_ms })
  // 401, 403 and 404 are a token or its rights, which someone can repair; 410 and 422 are about the request.
  const isFinal = !isTransient(error.status) && [400, 410, 422].includes(error.status)
  return new DeliveryError(message, { isFinal })
}

function isFailure(error: unknown): error is Failure {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
}

/** How long GitHub asks to wait: Retry-After, or until the hourly limit begins anew. */
function waitOf({ status, message, response }: Failure, now: number): number | undefined {
  const header = (name: string) => {
    const value = response?.headers[name]
    return value === undefined ? undefined : String(value)
  }
  const asked = retryAfterOf(header('retry-after'), now)
  if (asked !== undefined) return asked
  if (status !== 403 && status !== 429) return undefined
  const reset = Number(header('x-ratelimit-reset'))
  if (header('x-ratelimit-remaining') === '0' && Number.isFinite(reset))
    return Math.max(reset * 1000 - now, 1_000)
  return /secondary rate limit|abuse/i.test(message) || status === 429
    ? SECONDARY_WAIT_MS
    : undefined
}
