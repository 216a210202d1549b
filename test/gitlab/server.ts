// A GitLab for tests: a server on this machine that holds requests to what GitLab documents, keeps the notes of one
// merge request, and fails on demand as GitLab does.
import {
  type Author,
  ChangedNote,
  NewNote,
  type Note,
  NoteAnswer,
  NotesQuery,
  quickActions,
} from './contract.ts'

/** `lost-answer`: it is done, and the answer is a 502. `limit-429-bare`: without a time to wait. */
export type Fault =
  | 'error-500'
  | 'error-502'
  | 'error-503'
  | 'limit-429'
  | 'limit-429-bare'
  | 'lost-answer'
  | 'redirect'

export interface GitLabServer {
  /** What `CI_API_V4_URL` names. */
  readonly api: string
  readonly notes: Note[]
  /** Ids of notes that the token may not read: pages that hold them are shorter. */
  readonly hidden: Set<number>
  /** Quick actions that a note made it run. Tests expect none. */
  readonly ran: string[]
  /** `METHOD path` of every request, no token among them. */
  readonly requests: string[]
  /** Requests and answers that the documentation forbids. Tests expect none. */
  readonly violations: string[]
  /** The next `times` requests of a method fail this way. */
  fail(fault: Fault, method: string, times?: number): void
  /** Another person's note, or one of the system. */
  note(body: string, more?: Partial<Note>): Note
  stop(): Promise<void>
}

export interface GitLabSettings {
  readonly token: string
  readonly project: { readonly id: number; readonly path: string }
  readonly iid: number
}

const BOT = person(7, 'project_5_bot')
export const MALLORY = person(9, 'mallory')
/** Seconds that a limited client is told to wait. */
const RETRY_AFTER_S = 2

function person(id: number, username: string): Author {
  const web_url = `https://gitlab.example/${username}`
  return { id, username, name: username, state: 'active', avatar_url: null, web_url }
}

interface State extends Omit<GitLabServer, 'api' | 'fail' | 'note' | 'stop'> {
  readonly settings: GitLabSettings
  readonly faults: { fault: Fault; method: string; times: number }[]
}

/** Starts it on a free port. */
export function startGitLab(settings: GitLabSettings): GitLabServer {
  const state: State = {
    ...{ settings, notes: [], hidden: new Set(), ran: [], requests: [], violations: [] },
    faults: [],
  }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => serve(request, state),
  })
  const { notes, hidden, ran, requests, violations } = state
  return {
    ...{ api: `http://127.0.0.1:${server.port}/api/v4`, notes, hidden, ran, requests, violations },
    fail: (fault, method, times = 1) => void state.faults.push({ fault, method, times }),
    note: (body, more = {}) => addNote(state, body, { author: MALLORY, ...more }),
    stop: () => server.stop(true),
  }
}

function addNote({ notes, settings }: State, body: string, more: Partial<Note>): Note {
  const at = new Date(Date.UTC(2026, 10, 1) + notes.length * 1000).toISOString()
  const note: Note = {
    ...{ id: 300 + notes.length, type: null, body, attachment: null, author: BOT },
    ...{ created_at: at, updated_at: at, system: false, noteable_id: 2, resolvable: false },
    ...{ noteable_type: 'MergeRequest', project_id: settings.project.id },
    ...{ noteable_iid: settings.iid, confidential: false, internal: false },
    ...{ imported: false, imported_from: 'none', ...more },
  }
  notes.push(note)
  return note
}

async function serve(request: Request, state: State): Promise<Response> {
  const url = new URL(request.url)
  const { token } = state.settings
  state.requests.push(`${request.method} ${url.pathname}`)
  if (request.url.includes(token) || request.url.includes('private_token'))
    state.violations.push('a token in an address')
  if (request.headers.get('private-token') !== token) return json(401, '401 Unauthorized')
  const fault = takeFault(state, request.method)
  if (fault !== undefined && fault !== 'lost-answer') return faultAnswer(fault)
  const answer = await route(request, url, state)
  return fault === 'lost-answer' ? faultAnswer('error-502') : answer
}

function takeFault({ faults }: State, method: string): Fault | undefined {
  const at = faults.findIndex((one) => one.method === method)
  const found = faults[at]
  if (found === undefined) return undefined
  found.times--
  if (found.times === 0) faults.splice(at, 1)
  return found.fault
}

function faultAnswer(fault: Fault): Response {
  if (fault === 'redirect')
    return new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:1/' } })
  if (fault.startsWith('limit')) {
    const headers = fault === 'limit-429' ? { 'retry-after': String(RETRY_AFTER_S) } : {}
    const error = 'This endpoint has been requested too many times. Try again later.'
    return Response.json({ message: { error } }, { status: 429, headers })
  }
  return new Response('<html>Whoops</html>', { status: Number(fault.slice('error-'.length)) })
}

const json = (status: number, message: string) => Response.json({ message }, { status })

async function route(request: Request, url: URL, state: State): Promise<Response> {
  const path = url.pathname.replace(/^\/api\/v4/, '')
  if (path === '/user' && request.method === 'GET') return Response.json(BOT)
  const { project, iid } = state.settings
  const [, id = '', number, note] =
    /^\/projects\/([^/]+)\/merge_requests\/(\d+)\/notes(?:\/(\d+))?$/.exec(path) ?? []
  if (![String(project.id), project.path].includes(decodeURIComponent(id)))
    return json(404, '404 Project Not Found')
  if (Number(number) !== iid) return json(404, '404 Not found')
  if (request.method === 'GET' && note === undefined) return list(url, state)
  if (request.headers.get('content-type') !== 'application/json')
    state.violations.push(`${request.method} without a JSON body`)
  const body: unknown = await request.json()
  if (request.method === 'POST' && note === undefined) return create(body, state)
  if (request.method === 'PUT' && note !== undefined) return change(Number(note), body, state)
  return json(405, '405 Method Not Allowed')
}

function list(url: URL, { notes, hidden, violations }: State): Response {
  const query = NotesQuery.safeParse(Object.fromEntries(url.searchParams))
  if (!query.success) {
    violations.push(`list: ${query.error.message}`)
    return Response.json({ error: 'query is invalid' }, { status: 400 })
  }
  const { sort, page, per_page } = query.data
  const [at, size] = [Number(page), Number(per_page)]
  const sorted = sort === 'asc' ? notes : notes.toReversed()
  const pages = Math.max(1, Math.ceil(notes.length / size))
  const shown = sorted.slice((at - 1) * size, at * size).filter(({ id }) => !hidden.has(id))
  for (const note of shown) {
    const known = NoteAnswer.safeParse(note)
    if (!known.success) violations.push(`an answer: ${known.error.message}`)
  }
  const headers = {
    ...{ 'x-page': page, 'x-per-page': per_page, 'x-total-pages': String(pages) },
    ...{ 'x-next-page': at < pages ? String(at + 1) : '', 'x-total': String(notes.length) },
  }
  return Response.json(shown, { headers })
}

function create(body: unknown, state: State): Response {
  const note = NewNote.safeParse(body)
  if (!note.success) {
    state.violations.push(`create: ${note.error.message}`)
    return Response.json({ error: 'body is missing' }, { status: 400 })
  }
  state.ran.push(...quickActions(note.data.body))
  return Response.json(addNote(state, note.data.body, {}), { status: 201 })
}

function change(id: number, body: unknown, state: State): Response {
  const changed = ChangedNote.safeParse(body)
  const at = state.notes.findIndex((note) => note.id === id)
  const note = state.notes[at]
  if (note === undefined) return json(404, '404 Not found')
  if (note.author.id !== BOT.id) return json(403, '403 Forbidden')
  if (!changed.success) {
    state.violations.push(`change: ${changed.error.message}`)
    return Response.json({ error: 'body is empty' }, { status: 400 })
  }
  state.ran.push(...quickActions(changed.data.body))
  const now = new Date(Date.UTC(2026, 10, 2)).toISOString()
  const next: Note = { ...note, body: changed.data.body, updated_at: now }
  state.notes[at] = next
  return Response.json(next)
}
