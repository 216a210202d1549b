// Pull requests of the local GitHub: opened between real branches, merged by real commits.
import type { Repository } from './repository.ts'
import { pullShape } from './shapes.ts'
import type { Pull, World } from './world.ts'
import { type Answer, type Call, type Handler, invalid, notFound, now, ok, paged } from './world.ts'

const TITLE_CHARS_MAX = 256

/** Brings what is stored up to what Git says: new heads, deleted branches, merges by push. */
export async function followGit({ git, pulls }: World): Promise<void> {
  for (const pull of pulls) {
    if (pull.state === 'closed') continue
    const base = await git.branch(pull.base)
    const head = await git.branch(pull.head)
    const isMoved = base !== pull.baseSha || head !== pull.headSha
    if (base !== undefined) pull.baseSha = base
    if (head === undefined) close(pull)
    else if (head !== pull.headSha) {
      pull.headSha = head
      pull.updated = now()
    }
    if (head === undefined || base === undefined) continue
    if ((await git.between(base, head)).length === 0) {
      pull.merge = { sha: base, at: now(), by: pull.user }
      close(pull)
    } else if (isMoved) await pointRefs(git, pull)
  }
}

/** `refs/pull/N/head`, and `refs/pull/N/merge`: what workflows check out. */
async function pointRefs(git: Repository, pull: Pull): Promise<void> {
  const { number, baseSha, headSha } = pull
  await git.move(`refs/pull/${number}/head`, headSha)
  const tree = await git.mergedTree(baseSha, headSha)
  if (tree === undefined) return
  const sha = await git.commitTree({
    tree,
    parents: [baseSha, headSha],
    message: `Merge ${headSha} into ${baseSha}`,
    author: { name: 'GitHub', email: 'noreply@github.com' },
  })
  await git.move(`refs/pull/${number}/merge`, sha)
}

function close(pull: Pull): void {
  pull.state = 'closed'
  pull.closed = now()
  pull.updated = now()
}

function pullOf({ world, params }: Call): Pull | undefined {
  return world.pulls.find(({ number }) => number === Number(params.pull_number))
}

const list: Handler = async (call) => {
  const { world, query } = call
  const state = query.get('state') ?? 'open'
  const head = query.get('head')
  const base = query.get('base')
  const found = world.pulls
    .filter((pull) => state === 'all' || pull.state === state)
    .filter((pull) => head === null || head === `${world.owner}:${pull.head}`)
    .filter((pull) => base === null || base === pull.base)
    .sort((a, b) => (query.get('direction') === 'asc' ? a.number - b.number : b.number - a.number))
  return paged(await Promise.all(found.map((pull) => pullShape(world, pull, true))), call)
}

interface NewPull {
  readonly title?: string
  readonly head: string
  readonly base: string
  readonly body?: string
  readonly draft?: boolean
}

const create: Handler = async ({ world, body, by }) => {
  const { title, head: named, base, body: text = '', draft = false } = body as NewPull
  const { git, owner, pulls } = world
  const [user, rest] = named.includes(':') ? named.split(':') : [owner, named]
  const head = rest!
  const headSha = user === owner ? await git.branch(head) : undefined
  const baseSha = await git.branch(base)
  if (title === undefined || title === '') return invalid('PullRequest', 'title', 'is missing')
  if (title.length > TITLE_CHARS_MAX) return invalid('PullRequest', 'title', 'is too long')
  if (headSha === undefined) return invalid('PullRequest', 'head', 'head is invalid')
  if (baseSha === undefined) return invalid('PullRequest', 'base', 'base is invalid')
  if ((await git.between(baseSha, headSha)).length === 0)
    return invalid('PullRequest', 'head', `No commits between ${base} and ${head}`)
  if (pulls.some((pull) => pull.state === 'open' && pull.head === head && pull.base === base))
    return invalid('PullRequest', 'head', `A pull request already exists for ${owner}:${head}.`)
  const at = now()
  const pull: Pull = {
    number: world.nextId(),
    id: world.nextId(),
    user: by,
    head,
    base,
    title,
    body: text,
    draft,
    state: 'open',
    created: at,
    updated: at,
    headSha,
    baseSha,
  }
  pulls.push(pull)
  await pointRefs(git, pull)
  const shape = await pullShape(world, pull, false)
  world.notify('pull_request', { action: 'opened', number: pull.number, pull_request: shape })
  return ok(shape, 201)
}

const get: Handler = async (call) => {
  const pull = pullOf(call)
  return pull === undefined ? notFound() : ok(await pullShape(call.world, pull, false))
}

interface PullEdit {
  readonly title?: string
  readonly body?: string
  readonly state?: 'open' | 'closed'
}

const update: Handler = async (call) => {
  const pull = pullOf(call)
  if (pull === undefined) return notFound()
  const { title, body, state } = call.body as PullEdit
  if (title !== undefined) pull.title = title
  if (body !== undefined) pull.body = body
  pull.updated = now()
  if (state === 'closed' && pull.state === 'open') close(pull)
  if (state === 'open' && pull.merge !== undefined)
    return invalid('PullRequest', 'state', 'state cannot be changed. It is merged.')
  if (state === 'open') {
    pull.state = 'open'
    delete pull.closed
  }
  return ok(await pullShape(call.world, pull, false))
}

interface Merge {
  readonly commit_title?: string
  readonly commit_message?: string
  readonly sha?: string
  readonly merge_method?: 'merge' | 'squash' | 'rebase'
}

const merge: Handler = async (call) => {
  const pull = pullOf(call)
  if (pull === undefined) return notFound()
  const { world, by } = call
  const wish = (call.body ?? {}) as Merge
  const refused = (status: number, message: string): Answer => ({
    status,
    body: { message, documentation_url: 'https://docs.github.com/rest' },
  })
  if (pull.state === 'closed' || wish.merge_method === 'rebase')
    return refused(405, 'Pull Request is not mergeable')
  if (wish.sha !== undefined && wish.sha !== pull.headSha)
    return refused(409, 'Head branch was modified. Review and try the merge again.')
  const { git } = world
  const tree = await git.mergedTree(pull.baseSha, pull.headSha)
  if (tree === undefined) return refused(405, 'Pull Request has merge conflicts')
  const squashed = wish.merge_method === 'squash'
  const title = squashed
    ? `${pull.title} (#${pull.number})`
    : `Merge pull request #${pull.number} from ${world.owner}/${pull.head}`
  const sha = await git.commitTree({
    tree,
    parents: squashed ? [pull.baseSha] : [pull.baseSha, pull.headSha],
    message: `${wish.commit_title ?? title}\n\n${wish.commit_message ?? pull.title}`,
    author: squashed
      ? (await git.commit(pull.headSha)).author
      : { name: by.login, email: `${by.login}@users.noreply.github.com` },
  })
  const before = pull.baseSha
  if (!(await git.move(`refs/heads/${pull.base}`, sha, before)))
    return refused(409, 'Base branch was modified. Review and try the merge again.')
  pull.merge = { sha, at: now(), by }
  close(pull)
  const shape = await pullShape(world, pull, false)
  world.notify('pull_request', { action: 'closed', number: pull.number, pull_request: shape })
  world.notify('push', { ref: `refs/heads/${pull.base}`, before, after: sha })
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' })
}

const files: Handler = async (call) => {
  const pull = pullOf(call)
  if (pull === undefined) return notFound()
  const { git, apiUrl, pageUrl, owner, repo } = call.world
  const base = (await git.mergeBase(pull.baseSha, pull.headSha)) ?? pull.baseSha
  const changes = await git.changes(base, pull.headSha)
  const shapes = changes.map((file) => ({
    ...file,
    changes: file.additions + file.deletions,
    blob_url: `${pageUrl}/${owner}/${repo}/blob/${pull.headSha}/${file.filename}`,
    raw_url: `${pageUrl}/${owner}/${repo}/raw/${pull.headSha}/${file.filename}`,
    contents_url: `${apiUrl}/repos/${owner}/${repo}/contents/${file.filename}?ref=${pull.headSha}`,
  }))
  return paged(shapes, call)
}

const isMerged: Handler = (call) =>
  pullOf(call)?.merge === undefined ? notFound() : { status: 204 }

export const PULLS = {
  'pulls/list': list,
  'pulls/create': create,
  'pulls/get': get,
  'pulls/update': update,
  'pulls/merge': merge,
  'pulls/list-files': files,
  'pulls/check-if-merged': isMerged,
} as const satisfies Record<string, Handler>
