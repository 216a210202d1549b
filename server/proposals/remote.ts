// What a remote's address says: its host, owner and repository, and where a branch can be looked at.

export interface RemoteName {
  readonly host: string
  readonly owner: string
  readonly repo: string
}

const SCP = /^(?:[\w.-]+@)?([\w.-]+):(?!\/)(.+)$/

/** Host and name of a hosted repository; undefined for paths and what has no owner. */
export function remoteName(remote: string): RemoteName | undefined {
  const scp = SCP.exec(remote)
  const isUrl = /^(https?|ssh|git):\/\//.test(remote) && URL.canParse(remote)
  // A port is one of the web pages only in an address of theirs.
  const isWeb = /^https?:/.test(remote)
  const url = isUrl ? new URL(remote) : undefined
  const host = url === undefined ? scp?.[1] : isWeb ? url.host : url.hostname
  const path = url === undefined ? scp?.[2] : url.pathname
  const parts = (path ?? '')
    .replace(/\.git\/?$/, '')
    .split('/')
    .filter((part) => part !== '')
  if (host === undefined || parts.length < 2 || (!isUrl && remote.includes('://'))) return undefined
  return { host, owner: parts.slice(0, -1).join('/'), repo: parts.at(-1)! }
}

/** The page that compares a branch with another and offers to open a merge of them, where the form of the
 * host's addresses is known. */
export function comparePage(remote: string, base: string, branch: string): string | undefined {
  const name = remoteName(remote)
  if (name === undefined) return undefined
  const { host, owner, repo } = name
  const page = `https://${host}/${owner}/${repo}`
  const [from, to] = [base, branch].map((ref) => ref.split('/').map(encodeURIComponent).join('/'))
  if (host === 'github.com') return `${page}/compare/${from}...${to}?expand=1`
  if (host === 'codeberg.org' || /^(gitea|forgejo)\./.test(host))
    return `${page}/compare/${from}...${to}`
  if (host === 'bitbucket.org')
    return `${page}/pull-requests/new?source=${encodeURIComponent(branch)}&dest=${encodeURIComponent(base)}`
  if (/^gitlab\./.test(host))
    return `${page}/-/merge_requests/new?merge_request%5Bsource_branch%5D=${encodeURIComponent(branch)}&merge_request%5Btarget_branch%5D=${encodeURIComponent(base)}`
  return undefined
}
