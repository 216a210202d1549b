// What senders with an Elasticsearch output ask (Beats, Vector, Fluent Bit, Logstash, rsyslog): the version,
// the licence, whether their templates are there, and `_bulk`. Documents go the same way as `POST /ingest`.
import type { Hono } from 'hono'
import { z } from 'zod'
import { EVENT_BYTES_MAX } from '../ingest/take.ts'
import type { AppContext, AppEnv } from '../middleware/env.ts'
import { ServiceError } from '../services/service-error.ts'
import type { Services } from '../services/services.ts'
import { checkAccess } from './api/register.ts'
import { readIngestBody } from './body.ts'

/** Senders refuse an older server than themselves unless told otherwise; Beats 8 and 9 accept this. */
const VERSION = '8.17.0'
const NEWLINE = 10
const INDEX_MAX_CHARACTERS = 200

const INFO = {
  name: 'trapline',
  cluster_name: 'trapline',
  cluster_uuid: 'trapline',
  version: {
    number: VERSION,
    build_flavor: 'default',
    minimum_wire_compatibility_version: '7.17.0',
    minimum_index_compatibility_version: '7.0.0',
  },
  tagline: 'You Know, for Search',
}

/** Adds the routes. Browsers asking for `/` fall through to the pages. */
export function elasticsearchRoutes(app: Hono<AppEnv>, services: Services): void {
  app.get('/', (c, next) => {
    if (c.req.header('accept')?.includes('text/html') === true) return next()
    if (c.get('principal') === undefined) return next()
    return answer(c, INFO)
  })
  for (const [path, body] of Object.entries(ASKED)) {
    app.get(path, (c) => {
      checkAccess('siem:write', c)
      return answer(c, body)
    })
  }
  for (const folder of SETUP) {
    app.on(['GET', 'PUT', 'POST'], [folder, `${folder}/:name`], (c) => {
      checkAccess('siem:write', c)
      return answer(c, { acknowledged: true })
    })
  }
  for (const path of ['/_bulk', '/:index/_bulk']) {
    app.on(['POST', 'PUT'], path, (c) => bulk(c, services))
  }
}

/** What is answered whoever asks: Beats want a licence, Vector and Logstash a healthy cluster. */
const ASKED: Readonly<Record<string, object>> = {
  '/_license': { license: { uid: 'trapline', status: 'active', type: 'basic' } },
  '/_xpack': { license: { uid: 'trapline', status: 'active', type: 'basic' }, features: {} },
  '/_cluster/health': { cluster_name: 'trapline', status: 'green', number_of_nodes: 1 },
  '/_nodes/http': { cluster_name: 'trapline', nodes: {} },
}

/** What senders set up before they send; there is nothing to set up here. */
const SETUP = [
  '/_index_template',
  '/_component_template',
  '/_template',
  '/_ilm/policy',
  '/_data_stream',
  '/_ingest/pipeline',
  '/_alias',
]

function answer(c: AppContext, body: object): Response {
  c.header('X-Elastic-Product', 'Elasticsearch')
  return c.json(body)
}

async function bulk(c: AppContext, services: Services): Promise<Response> {
  checkAccess('siem:write', c)
  const started = performance.now()
  const { documents, items } = splitBulk(await readIngestBody(c.req.raw))
  const index = (c.req.param('index') ?? 'trapline').slice(0, INDEX_MAX_CHARACTERS)
  if (documents.length > 0) await services.ingest.ingest({ body: documents })
  return answer(c, {
    took: Math.round(performance.now() - started),
    errors: items.some(({ error }) => error !== undefined),
    items: items.map((item) => ({ [item.action]: itemAnswer(item, index) })),
  })
}

function itemAnswer(item: BulkItem, index: string): object {
  const { id, error } = item
  const known = { _index: item.index ?? index, ...(id === undefined ? {} : { _id: id }) }
  if (error === undefined) {
    return { ...known, _version: 1, result: 'created', _seq_no: 0, _primary_term: 1, status: 201 }
  }
  return { ...known, status: BAD_DOCUMENT, error: { type: error.type, reason: error.reason } }
}

/** Status of a document that will never be taken: senders drop it and go on. */
const BAD_DOCUMENT = 400

const Target = z.looseObject({ _index: z.string().optional(), _id: z.string().optional() })
const Action = z.union([
  z.strictObject({ create: Target }),
  z.strictObject({ index: Target }),
  z.strictObject({ update: Target }),
  z.strictObject({ delete: Target }),
])

export interface BulkItem {
  readonly action: 'create' | 'index' | 'update' | 'delete'
  readonly index: string | undefined
  readonly id: string | undefined
  /** Why this one was not taken. */
  readonly error?: { readonly type: string; readonly reason: string }
}

/** The documents of a bulk body, a line each, and what becomes of each action. Rejects `invalid` for a body
 * that is no bulk body; a document that cannot be taken is refused alone. A log is only ever added to. */
export function splitBulk(body: Uint8Array<ArrayBuffer>): {
  readonly documents: Uint8Array<ArrayBuffer>
  readonly items: readonly BulkItem[]
} {
  const lines = linesOf(body)
  const items: BulkItem[] = []
  const documents = new Uint8Array(body.length + 1)
  let size = 0
  for (let n = 0; n < lines.length; n++) {
    const item = actionOf(lines[n], n + 1)
    if (item.action === 'delete') {
      items.push({ ...item, error: ONLY_ADDED })
      continue
    }
    const document = lines[++n]
    if (document === undefined)
      throw new ServiceError('invalid', `line ${n}: its document is missing`)
    const error = item.action === 'update' ? ONLY_ADDED : documentError(document)
    items.push(error === undefined ? item : { ...item, error })
    if (error !== undefined) continue
    documents.set(document, size)
    size += document.length
    documents[size++] = NEWLINE
  }
  if (items.length === 0) throw new ServiceError('invalid', 'the body is empty')
  return { documents: documents.slice(0, size), items }
}

const ONLY_ADDED = {
  type: 'illegal_argument_exception',
  reason: 'events are only added: use create or index',
}

function documentError(document: Uint8Array): BulkItem['error'] {
  if (document.length <= EVENT_BYTES_MAX) return undefined
  const reason = `the document has ${document.length} bytes, ${EVENT_BYTES_MAX} are allowed`
  return { type: 'document_parsing_exception', reason }
}

function linesOf(body: Uint8Array<ArrayBuffer>): readonly Uint8Array<ArrayBuffer>[] {
  const lines: Uint8Array<ArrayBuffer>[] = []
  let start = 0
  while (start < body.length) {
    const found = body.indexOf(NEWLINE, start)
    const end = found === -1 ? body.length : found
    if (end > start) lines.push(body.subarray(start, end))
    start = end + 1
  }
  return lines
}

function actionOf(line: Uint8Array | undefined, number: number): BulkItem {
  const parsed = Action.safeParse(jsonOf(line))
  if (!parsed.success) {
    throw new ServiceError('invalid', `line ${number}: {"create": {}} or {"index": {}} is expected`)
  }
  const [entry] = Object.entries(parsed.data)
  const [action, target] = entry as [BulkItem['action'], z.infer<typeof Target>]
  return { action, index: target._index, id: target._id }
}

function jsonOf(line: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(line))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
