// The pull request that brought a release: one that was opened here, or the number that a merge left in the
// subject.
import { remoteName } from '../proposals/remote.ts'
import type { Proposal } from '../stores/state/proposals.ts'
import type { ReleaseRecord } from '../stores/state/releases.ts'

export interface PullRequest {
  /** `#12`, or the title of a proposal that has no number. */
  readonly label: string
  readonly url?: string
}

const NUMBERS = [/^Merge pull request #(\d+)\b/, /\(#(\d+)\)$/, /^Merge branch .* \(!(\d+)\)$/]

/** Pull requests whose commits came with a release. `remote` is the followed repository. */
export function pullRequestsOf(
  release: { readonly report?: ReleaseRecord['report'] | undefined },
  proposals: readonly Pick<Proposal, 'commit' | 'number' | 'url' | 'title'>[],
  remote: string | undefined,
): readonly PullRequest[] {
  const commits = release.report?.commits ?? []
  const own = proposals.filter(({ commit }) => commits.some((one) => one.commit === commit))
  const found = new Map<string, PullRequest>()
  for (const { number, url, title } of own) {
    const label = number === undefined ? title : `#${number}`
    found.set(label, { label, ...(url === undefined ? {} : { url }) })
  }
  for (const { subject } of commits) {
    const number = NUMBERS.map((pattern) => pattern.exec(subject)?.[1]).find((text) => text)
    if (number === undefined || found.has(`#${number}`)) continue
    const url = pageOf(remote, number)
    found.set(`#${number}`, { label: `#${number}`, ...(url === undefined ? {} : { url }) })
  }
  return [...found.values()]
}

function pageOf(remote: string | undefined, number: string): string | undefined {
  const name = remote === undefined ? undefined : remoteName(remote)
  if (name === undefined) return undefined
  const { host, owner, repo } = name
  const page = `https://${host}/${owner}/${repo}`
  if (host === 'github.com') return `${page}/pull/${number}`
  if (/^gitlab\./.test(host)) return `${page}/-/merge_requests/${number}`
  if (host === 'codeberg.org' || /^(gitea|forgejo)\./.test(host)) return `${page}/pulls/${number}`
  return undefined
}
