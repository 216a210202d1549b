// One comment of ours on a pull request: found by its marker, changed in place, made where there is none.
import type { Octokit } from '@octokit/core'
import { backoffOf, GitHubError } from './client.ts'
import { MARKER } from './comment.ts'

export interface PullRequestRef {
  readonly owner: string
  readonly repo: string
  readonly number: number
}

export interface Posted {
  readonly url: string
  readonly way: 'created' | 'updated' | 'unchanged'
}

const PAGE_COMMENTS = 100
/** Pages looked through for our comment: ten thousand comments. */
const PAGES_MAX = 100

/** Times that making the comment is tried. */
const ATTEMPTS_MAX = 6

/**
 * Makes `body` the comment of the pull request. Where making it failed half-way it is looked for before the
 * next attempt: a call that was done though its answer was lost leaves one comment, not two.
 */
export async function postComment(
  octokit: Octokit,
  pull: PullRequestRef,
  body: string,
  sleep: (ms: number) => Promise<unknown> = Bun.sleep,
): Promise<Posted> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await postOnce(octokit, pull, body)
    } catch (error) {
      const isUnsure = error instanceof GitHubError && (error.status === 0 || error.status >= 500)
      if (!isUnsure || attempt === ATTEMPTS_MAX) throw error
      await sleep(backoffOf(attempt))
    }
  }
}

async function postOnce(
  octokit: Octokit,
  { owner, repo, number }: PullRequestRef,
  body: string,
): Promise<Posted> {
  const known = await ownComment(octokit, { owner, repo, number })
  if (known !== undefined) {
    if (known.body === body) return { url: known.url, way: 'unchanged' }
    const updated = await update(octokit, { owner, repo, id: known.id, body })
    if (updated !== undefined) return { url: updated, way: 'updated' }
  }
  const { data } = await octokit.request(
    'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    { owner, repo, issue_number: number, body },
  )
  return { url: data.html_url, way: 'created' }
}

/** The comment's address; undefined where it is somebody else's or gone. */
async function update(
  octokit: Octokit,
  { owner, repo, id, body }: { owner: string; repo: string; id: number | bigint; body: string },
): Promise<string | undefined> {
  try {
    const { data } = await octokit.request(
      'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
      { owner, repo, comment_id: id, body },
    )
    return data.html_url
  } catch (error) {
    if (error instanceof GitHubError && (error.status === 403 || error.status === 404))
      return undefined
    throw error
  }
}

/** Who the token is; undefined for tokens of Apps and workflows, which GitHub does not tell. */
async function ownLogin(octokit: Octokit): Promise<string | undefined> {
  try {
    return (await octokit.request('GET /user')).data.login
  } catch (error) {
    if (error instanceof GitHubError && (error.status === 403 || error.status === 404))
      return undefined
    throw error
  }
}

/** Anybody can write our first line: whoever owns the comment could change our words afterwards. */
async function ownComment(
  octokit: Octokit,
  { owner, repo, number }: PullRequestRef,
): Promise<{ id: number | bigint; url: string; body: string } | undefined> {
  const login = await ownLogin(octokit)
  const isOurs = (user: { login: string; type: string } | null) =>
    login === undefined ? user?.type === 'Bot' : user?.login === login
  for (let page = 1; page <= PAGES_MAX; page++) {
    const { data } = await octokit.request(
      'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
      { owner, repo, issue_number: number, per_page: PAGE_COMMENTS, page },
    )
    const found = data.find(({ body, user }) => body?.startsWith(MARKER) === true && isOurs(user))
    if (found !== undefined) return { id: found.id, url: found.html_url, body: found.body ?? '' }
    if (data.length < PAGE_COMMENTS) return undefined
  }
  return undefined
}
