// What the local GitHub knows beside Git: pull requests, comments, statuses; and how its answers are built.
import type { Description } from './description.ts'
import type { Repository } from './repository.ts'

export interface Pull {
  readonly number: number
  readonly id: number
  readonly user: Account
  readonly head: string
  readonly base: string
  readonly created: string
  title: string
  body: string
  draft: boolean
  state: 'open' | 'closed'
  updated: string
  closed?: string
  /** Kept when the pull request is closed or its branch is gone. */
  headSha: string
  baseSha: string
  merge?: { readonly sha: string; readonly at: string; readonly by: Account }
}

export interface Comment {
  readonly id: number
  readonly pull: number
  readonly user: Account
  readonly created: string
  updated: string
  body: string
}

export interface Status {
  readonly id: number
  readonly sha: string
  readonly user: Account
  readonly state: string
  readonly context: string
  readonly description: string | null
  readonly targetUrl: string | null
  readonly created: string
}

export interface SarifUpload {
  readonly id: string
  readonly commit: string
  readonly ref: string
  readonly sarif: unknown
}

/** Who a token is. */
export interface Account {
  readonly login: string
  readonly type: 'User' | 'Bot'
}

export interface World {
  readonly owner: string
  readonly repo: string
  readonly defaultBranch: string
  readonly apiUrl: string
  readonly pageUrl: string
  readonly git: Repository
  readonly description: Description
  readonly pulls: Pull[]
  readonly comments: Comment[]
  readonly statuses: Status[]
  readonly sarifs: SarifUpload[]
  /** Tokens that installations were given, with their expiry in milliseconds. */
  readonly installationTokens: Map<string, number>
  readonly app:
    | { readonly id: string; readonly publicKey: string; readonly slug: string }
    | undefined
  nextId(): number
  /** Tells the webhooks. */
  notify(event: string, payload: object): void
}

export interface Call {
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: unknown
  readonly url: URL
  readonly by: Account
  readonly world: World
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type Handler = (call: Call) => Answer | Promise<Answer>

const DOCS = 'https://docs.github.com/rest'

export function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z')
}

export function ok(body: unknown, status = 200): Answer {
  return { status, body }
}

export function notFound(): Answer {
  return { status: 404, body: { message: 'Not Found', documentation_url: DOCS, status: '404' } }
}

/** 422 as GitHub words it. */
export function invalid(resource: string, field: string, message: string): Answer {
  return {
    status: 422,
    body: {
      message: 'Validation Failed',
      documentation_url: DOCS,
      errors: [{ resource, field, code: 'custom', message }],
    },
  }
}

/** A page of a list, with the `Link` header that leads to the others. */
export function paged(items: readonly unknown[], { query, url }: Call): Answer {
  const size = Math.min(100, Math.max(1, Number(query.get('per_page') ?? 30)))
  const page = Math.max(1, Number(query.get('page') ?? 1))
  const last = Math.max(1, Math.ceil(items.length / size))
  const link = (rel: string, number: number) => {
    const to = new URL(url)
    to.searchParams.set('page', String(number))
    return `<${to}>; rel="${rel}"`
  }
  const links = [
    ...(page > 1 ? [link('prev', page - 1), link('first', 1)] : []),
    ...(page < last ? [link('next', page + 1), link('last', last)] : []),
  ]
  return {
    status: 200,
    body: items.slice((page - 1) * size, page * size),
    ...(links.length > 0 ? { headers: { link: links.join(', ') } } : {}),
  }
}

/** One of the description's examples with this server's addresses and repository in it. */
export function template(
  { description, apiUrl, pageUrl, owner, repo }: World,
  name: string,
): Record<string, unknown> {
  const text = JSON.stringify(description.example(name))
    .replaceAll('https://api.github.com', apiUrl)
    .replaceAll('https://github.com', pageUrl)
    .replaceAll(/octocat\/(Hello-World|hello-world|example)/g, `${owner}/${repo}`)
  return JSON.parse(text)
}

/** An account as answers show it. */
export function accountOf(world: World, { login, type }: Account): Record<string, unknown> {
  // The login of an App, `name[bot]`, is part of addresses too.
  const inAddresses = encodeURIComponent(login)
  const text = JSON.stringify(template(world, 'simple-user')).replaceAll('octocat', inAddresses)
  return { ...JSON.parse(text), login, type }
}
