// A GitHub for tests: a server on this machine that holds every request and answer to GitHub's published
// description and keeps its branches, commits and pull requests in a real bare Git repository.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { git } from '../../ci/git.ts'
import { COMMENTS } from './comments.ts'
import { type Description, type Endpoint, readDescription } from './description.ts'
import { createFaults, type Faults, faultAnswer } from './faults.ts'
import { serveGit } from './git-http.ts'
import { deliver, type Hook } from './hooks.ts'
import { pullPage } from './page.ts'
import { followGit, PULLS } from './pulls.ts'
import { isAppToken, REPOSITORIES } from './repositories.ts'
import { openRepository } from './repository.ts'
import { type Account, type Answer, type Handler, notFound, type World } from './world.ts'

export interface GitHubOptions {
  readonly owner: string
  readonly repo: string
  /** A personal access token with all rights on the repository. */
  readonly token: string
  /** Whose token that is. */
  readonly login?: string
  /** Further tokens: a workflow's `GITHUB_TOKEN`, people. */
  readonly accounts?: Readonly<Record<string, Account>>
  /** A GitHub App that is installed here; its JSON web tokens are checked against the key (PEM). */
  readonly app?: { readonly id: string; readonly publicKey: string; readonly slug: string }
  readonly defaultBranch?: string
  readonly hooks?: readonly Hook[]
}

/** A request that came. No token is kept. */
export interface LoggedRequest {
  readonly method: string
  readonly path: string
  /** `pulls/create`; empty where GitHub has no such operation. */
  readonly operation: string
  readonly body: unknown
  status: number
}

export interface GitHub {
  /** Base of the REST API, without a slash at the end. */
  readonly apiUrl: string
  /** Base of the pages. */
  readonly pageUrl: string
  /** `http://127.0.0.1:PORT/OWNER/REPO.git`, with the token as password. */
  readonly gitUrl: string
  /** Folder of the bare repository. */
  readonly bareRepository: string
  readonly faults: Faults
  readonly requests: readonly LoggedRequest[]
  readonly world: World
  /** Tells this address of pushes and pull requests from now on. */
  addHook(hook: Hook): void
  /** Requests and answers that GitHub's description forbids. Tests expect none. */
  violations(): readonly string[]
  stop(): Promise<void>
}

const HANDLERS: Readonly<Record<string, Handler>> = { ...PULLS, ...COMMENTS, ...REPOSITORIES }
const API = '/api/v3'

/** Starts it on a free port with an empty bare repository. */
export async function startGitHub(options: GitHubOptions): Promise<GitHub> {
  const { owner, repo, defaultBranch = 'main' } = options
  const root = await mkdtemp(join(tmpdir(), 'trapline-github-'))
  const bare = join(root, owner, `${repo}.git`)
  await mkdir(bare, { recursive: true })
  await git(bare, 'init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`)
  const description = await readDescription()
  const violations: string[] = []
  const requests: LoggedRequest[] = []
  const faults = createFaults()
  const state: State = { options, root, faults, requests, violations, world: undefined }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => serve(request, state),
  })
  const pageUrl = `http://127.0.0.1:${server.port}`
  const hooks = [...(options.hooks ?? [])]
  const world = worldOf(options, { description, bare, pageUrl, hooks })
  state.world = world
  return {
    apiUrl: world.apiUrl,
    pageUrl,
    gitUrl: `${pageUrl}/${owner}/${repo}.git`,
    bareRepository: bare,
    faults,
    requests,
    world,
    addHook: (hook) => void hooks.push(hook),
    violations: () => violations,
    stop: async () => {
      await server.stop(true)
      await rm(root, { recursive: true, force: true })
    },
  }
}

interface State {
  readonly options: GitHubOptions
  readonly root: string
  readonly faults: Faults
  readonly requests: LoggedRequest[]
  readonly violations: string[]
  world: World | undefined
}

interface Parts {
  readonly description: Description
  readonly bare: string
  readonly pageUrl: string
  readonly hooks: readonly Hook[]
}

function worldOf(
  { owner, repo, app, defaultBranch = 'main' }: GitHubOptions,
  { description, bare, pageUrl, hooks }: Parts,
): World {
  let last = 0
  const world: World = {
    owner,
    repo,
    defaultBranch,
    apiUrl: `${pageUrl}${API}`,
    pageUrl,
    git: openRepository(bare),
    description,
    pulls: [],
    comments: [],
    statuses: [],
    sarifs: [],
    installationTokens: new Map(),
    app,
    nextId: () => ++last,
    notify: (event, payload) => {
      for (const hook of hooks) void deliver(hook, event, payload, world)
    },
  }
  return world
}

async function serve(request: Request, state: State): Promise<Response> {
  const { world, faults, options, root } = state
  if (world === undefined) return new Response('starting', { status: 503 })
  const { pathname } = new URL(request.url)
  if (pathname.startsWith(`${API}/`)) return serveApi(request, pathname.slice(API.length), state)
  if (pathname.startsWith(`/${options.owner}/${options.repo}.git/`)) {
    if (faults.gitIsDown) return new Response('Service Unavailable', { status: 503 })
    const before = await world.git.branches()
    const answer = await serveGit(
      request,
      pathname,
      root,
      (token) => accountFor(token, state, world)?.login,
    )
    if (pathname.endsWith('/git-receive-pack')) await afterPush(world, before)
    return answer
  }
  await followGit(world)
  return pullPage(world, pathname)
}

async function afterPush(
  world: World,
  before: readonly { readonly name: string; readonly sha: string }[],
): Promise<void> {
  await followGit(world)
  const old = new Map(before.map(({ name, sha }) => [name, sha]))
  for (const { name, sha } of await world.git.branches())
    if (old.get(name) !== sha)
      world.notify('push', {
        ref: `refs/heads/${name}`,
        before: old.get(name) ?? '0'.repeat(40),
        after: sha,
      })
}

function accountFor(token: string, { options }: State, world: World): Account | undefined {
  if (token === options.token) return { login: options.login ?? 'trapline-bot', type: 'User' }
  const known = options.accounts?.[token]
  if (known !== undefined) return known
  const expires = world.installationTokens.get(token)
  if (expires !== undefined && expires > Date.now())
    return { login: `${options.app?.slug}[bot]`, type: 'Bot' }
  return undefined
}

async function serveApi(request: Request, path: string, state: State): Promise<Response> {
  const { world, faults, requests, violations } = state
  const url = new URL(request.url)
  const text = await request.text()
  const body: unknown = text === '' ? undefined : JSON.parse(text)
  const endpoint = world!.description.find(request.method, path)
  const logged = { method: request.method, path, operation: endpoint?.id ?? '', body, status: 0 }
  requests.push(logged)
  const answered = (answer: Answer): Response => {
    logged.status = answer.status
    const fault = faultOf === 'lost-answer' ? faultAnswer('error-502') : answer
    return responseOf(fault)
  }
  const faultOf = faults.take(endpoint?.id ?? '')
  if (faultOf !== undefined && faultOf !== 'lost-answer') return answered(faultAnswer(faultOf))
  if (endpoint === undefined) {
    violations.push(`${request.method} ${path}: GitHub has no such operation`)
    return answered(notFound())
  }
  const wrong = [
    ...endpoint.checkRequest(url.searchParams, body),
    ...(request.headers.has('user-agent') ? [] : ['header user-agent: is missing']),
  ]
  if (wrong.length > 0) {
    violations.push(...wrong.map((message) => `${endpoint.id}: ${message}`))
    const message = `Invalid request.\n\n${wrong.join('\n')}`
    return answered({
      status: 422,
      body: { message, documentation_url: 'https://docs.github.com' },
    })
  }
  const answer = await handled(request, url, body, endpoint, state)
  const problems = endpoint.checkAnswer(answer.status, answer.body)
  violations.push(...problems.map((message) => `${endpoint.id}: ${message}`))
  return answered(answer)
}

async function handled(
  request: Request,
  url: URL,
  body: unknown,
  { id, params }: Endpoint,
  state: State,
): Promise<Answer> {
  const { options, violations } = state
  const world = state.world!
  const token = (request.headers.get('authorization') ?? '').split(' ')[1] ?? ''
  const isApp = id.startsWith('apps/') && isAppToken(token, world)
  const by = isApp
    ? { login: `${options.app?.slug}[bot]`, type: 'Bot' as const }
    : accountFor(token, state, world)
  if (by === undefined)
    return {
      status: 401,
      body: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' },
    }
  if (
    params.owner !== undefined &&
    (params.owner !== options.owner || params.repo !== options.repo)
  )
    return notFound()
  const handler = HANDLERS[id]
  if (handler === undefined) {
    violations.push(`${id}: the local GitHub does not do this yet`)
    return { status: 501, body: { message: `not done here: ${id}` } }
  }
  await followGit(world)
  return handler({ params, query: url.searchParams, body, url, by, world })
}

function responseOf({ status, body, headers = {} }: Answer): Response {
  const limits = {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '4990',
    'x-ratelimit-used': '10',
    'x-ratelimit-resource': 'core',
    'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3600),
    'x-github-request-id': crypto.randomUUID(),
    ...headers,
  }
  if (body === undefined) return new Response(null, { status, headers: limits })
  return Response.json(body, { status, headers: limits })
}
