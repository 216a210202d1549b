// The repository, its refs and commits, and GitHub Apps, as the local GitHub answers them.
import { createVerify } from 'node:crypto'
import { commitShape, repositoryShape } from './shapes.ts'
import { accountOf, type Handler, notFound, ok, template, type World } from './world.ts'

const TOKEN_LIFE_MS = 3_600_000
const JWT_LIFE_S_MAX = 600

const get: Handler = ({ world }) => ok(repositoryShape(world))

const branch: Handler = async ({ world, params }) => {
  const sha = await world.git.branch(params.branch ?? '')
  if (sha === undefined) return notFound()
  const { apiUrl, pageUrl, owner, repo } = world
  const self = `${apiUrl}/repos/${owner}/${repo}/branches/${params.branch}`
  return ok({
    name: params.branch,
    commit: commitShape(world, await world.git.commit(sha)),
    _links: { html: `${pageUrl}/${owner}/${repo}/tree/${params.branch}`, self },
    protected: false,
    protection: { enabled: false },
    protection_url: `${self}/protection`,
  })
}

const commit: Handler = async ({ world, params }) => {
  const sha = await world.git.resolve(params.ref ?? '')
  if (sha === undefined) return notFound()
  return ok(commitShape(world, await world.git.commit(sha)))
}

const compare: Handler = async ({ world, params }) => {
  const [base = '', head = ''] = (params.basehead ?? '').split('...')
  const { git, apiUrl, pageUrl, owner, repo } = world
  const [from, to] = await Promise.all([git.resolve(base), git.resolve(head)])
  if (from === undefined || to === undefined) return notFound()
  const parted = (await git.mergeBase(from, to)) ?? from
  const ahead = await git.between(from, to)
  const behind = (await git.between(to, from)).length
  const files = await git.changes(parted, to)
  const shape = async (sha: string) => commitShape(world, await git.commit(sha))
  const url = `${apiUrl}/repos/${owner}/${repo}/compare/${params.basehead}`
  const page = `${pageUrl}/${owner}/${repo}/compare/${params.basehead}`
  return ok({
    url,
    html_url: page,
    permalink_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: await shape(from),
    merge_base_commit: await shape(parted),
    status:
      ahead.length === 0
        ? behind === 0
          ? 'identical'
          : 'behind'
        : behind === 0
          ? 'ahead'
          : 'diverged',
    ahead_by: ahead.length,
    behind_by: behind,
    total_commits: ahead.length,
    commits: await Promise.all(ahead.map(shape)),
    files: files.map((file) => ({
      ...file,
      changes: file.additions + file.deletions,
      blob_url: `${pageUrl}/${owner}/${repo}/blob/${to}/${file.filename}`,
      raw_url: `${pageUrl}/${owner}/${repo}/raw/${to}/${file.filename}`,
      contents_url: `${apiUrl}/repos/${owner}/${repo}/contents/${file.filename}?ref=${to}`,
    })),
  })
}

function refShape({ apiUrl, owner, repo }: World, ref: string, sha: string) {
  const base = `${apiUrl}/repos/${owner}/${repo}/git`
  return {
    ref,
    node_id: 'MDM6UmVm',
    url: `${base}/${ref}`,
    object: { type: 'commit', sha, url: `${base}/commits/${sha}` },
  }
}

const getRef: Handler = async ({ world, params }) => {
  const sha = await world.git.resolve(`refs/${params.ref}`)
  return sha === undefined ? notFound() : ok(refShape(world, `refs/${params.ref}`, sha))
}

const unprocessable = (message: string) => ({
  status: 422,
  body: { message, documentation_url: 'https://docs.github.com/rest/git/refs' },
})

const createRef: Handler = async ({ world, body }) => {
  const { ref, sha } = body as { ref: string; sha: string }
  if ((await world.git.resolve(ref)) !== undefined) return unprocessable('Reference already exists')
  if (!/^refs\/(heads|tags)\/./.test(ref) || !(await world.git.move(ref, sha)))
    return unprocessable('Object does not exist')
  return ok(refShape(world, ref, sha), 201)
}

const deleteRef: Handler = async ({ world, params }) => {
  const ref = `refs/${params.ref}`
  if ((await world.git.resolve(ref)) === undefined) return unprocessable('Reference does not exist')
  await world.git.remove(ref)
  return { status: 204 }
}

const content: Handler = async ({ world, params, query }) => {
  const { git, apiUrl, pageUrl, owner, repo, defaultBranch } = world
  const ref = query.get('ref') ?? defaultBranch
  const path = params.path ?? ''
  const file = await git.file(ref, path)
  if (file === undefined) return notFound()
  const self = `${apiUrl}/repos/${owner}/${repo}/contents/${path}?ref=${ref}`
  const html = `${pageUrl}/${owner}/${repo}/blob/${ref}/${path}`
  const blob = `${apiUrl}/repos/${owner}/${repo}/git/blobs/${file.sha}`
  return ok({
    type: 'file',
    encoding: 'base64',
    size: Buffer.byteLength(file.text),
    name: path.split('/').at(-1),
    path,
    content: Buffer.from(file.text).toString('base64'),
    sha: file.sha,
    url: self,
    git_url: blob,
    html_url: html,
    download_url: html.replace('/blob/', '/raw/'),
    _links: { git: blob, self, html },
  })
}

const accessToken: Handler = ({ world }) => {
  const token = `ghs_${crypto.randomUUID().replaceAll('-', '')}`
  const expires = Date.now() + TOKEN_LIFE_MS
  world.installationTokens.set(token, expires)
  const { repositories: _, ...shape } = template(world, 'installation-token')
  const permissions = { contents: 'write', pull_requests: 'write', statuses: 'write' }
  return ok({ ...shape, token, expires_at: new Date(expires).toISOString(), permissions }, 201)
}

const installation: Handler = ({ world }) =>
  ok({
    ...template(world, 'installation'),
    account: accountOf(world, { login: world.owner, type: 'User' }),
  })

const user: Handler = ({ world, by }) => {
  if (by.type === 'Bot')
    return {
      status: 403,
      body: {
        message: 'Resource not accessible by integration',
        documentation_url: 'https://docs.github.com/rest/users/users#get-the-authenticated-user',
      },
    }
  const shape = template(world, 'private-user-response-with-public-and-private-profile-information')
  return ok({ ...shape, ...accountOf(world, by), name: by.login })
}

/** Whether a JSON web token is one that the App signed and that holds now. */
export function isAppToken(token: string, { app }: World): boolean {
  const [head = '', claims = '', signature = ''] = token.split('.')
  if (app === undefined || signature === '') return false
  const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`)
  if (!verify.verify(app.publicKey, Buffer.from(signature, 'base64url'))) return false
  const { iss, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString())
  const now_s = Date.now() / 1000
  return String(iss) === app.id && exp > now_s && iat <= now_s && exp - iat <= JWT_LIFE_S_MAX + 60
}

export const REPOSITORIES = {
  'repos/get': get,
  'repos/get-branch': branch,
  'repos/get-commit': commit,
  'repos/compare-commits-with-basehead': compare,
  'repos/get-content': content,
  'git/get-ref': getRef,
  'git/create-ref': createRef,
  'git/delete-ref': deleteRef,
  'users/get-authenticated': user,
  'apps/create-installation-access-token': accessToken,
  'apps/get-repo-installation': installation,
} as const satisfies Record<string, Handler>
