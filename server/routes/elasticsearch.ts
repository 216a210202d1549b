// What senders with an Elasticsearch output ask (Beats, Elastic Agent, Vector, Fluent Bit, Fluentd, Logstash, rsyslog,
// OpenTelemetry): the version, the licence, whether their templates are there, `_bulk`. Documents go the same way as
// `POST /ingest`.
import type { Hono } from 'hono'
import { type BulkItem, documentError, splitBulk } from '../elastic/bulk.ts'
import { filterPath } from '../elastic/filter-path.ts'
import type { AppContext, AppEnv } from '../middleware/env.ts'
import { ServiceError } from '../services/service-error.ts'
import type { Services } from '../services/services.ts'
import { checkAccess } from './api/register.ts'
import { readIngestBody } from './body.ts'
import { errorAnswer, explainError } from './errors.ts'

/** Senders refuse an older server than themselves unless told otherwise; Beats 8 and 9 accept this. */
const VERSION = '8.17.0'
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
    const accept = c.req.header('accept') ?? ''
    if (accept.includes('text/html')) return next()
    if (c.get('principal') !== undefined) return answer(c, INFO)
    return accept.includes('json')
      ? refusal(c, new ServiceError('unauthenticated', NO_KEY))
      : next()
  })
  const guarded =
    (handle: (c: AppContext) => Response | Promise<Response>) => async (c: AppContext) => {
      try {
        checkAccess('siem:write', c)
        return await handle(c)
      } catch (error) {
        return refusal(c, error)
      }
    }
  for (const [path, body] of Object.entries(ASKED)) {
    const handle = guarded((c) => answer(c, body))
    for (const way of [path, `${path}/`]) app.on(['GET', 'POST'], way, handle)
  }
  for (const folder of SETUP) {
    const done = guarded((c) => answer(c, { acknowledged: true }))
    app.on(['GET', 'PUT', 'POST', 'DELETE'], [folder, `${folder}/*`], done)
  }
  const store = guarded((c) => bulk(c, services))
  for (const path of ['/_bulk', '/:index/_bulk', '/:index/:type/_bulk']) {
    for (const way of [path, `${path}/`]) app.on(['POST', 'PUT'], way, store)
  }
  const one = guarded((c) => oneDocument(c, services))
  for (const path of ['/:index/_doc', '/:index/_doc/:id', '/:index/_create/:id']) {
    app.on(['POST', 'PUT'], path, one)
  }
  app.put(
    '/:index',
    guarded((c) => {
      const index = c.req.param('index')
      return answer(c, { acknowledged: true, shards_acknowledged: true, index })
    }),
  )
  for (const word of UNKNOWN)
    app.all(`/${word}/*`, guarded(unknown)).all(`/${word}`, guarded(unknown))
}

const NO_KEY = 'send an API key: Authorization: ApiKey, Bearer or Basic'

const LICENCE = { uid: 'trapline', status: 'active', type: 'basic', mode: 'basic' }
const NODES = {
  _nodes: { total: 1, successful: 1, failed: 0 },
  cluster_name: 'trapline',
  nodes: {},
}

/** What is answered whoever asks: Beats want a licence, Vector and Logstash a healthy cluster. */
const ASKED: Readonly<Record<string, object>> = {
  '/_license': { license: LICENCE },
  '/_xpack': { license: LICENCE, features: {} },
  '/_xpack/usage': {},
  '/_cluster/health': {
    ...{ cluster_name: 'trapline', status: 'green', timed_out: false },
    ...{ number_of_nodes: 1, number_of_data_nodes: 1 },
  },
  '/_cluster/settings': { persistent: {}, transient: {} },
  '/_nodes': NODES,
  '/_nodes/http': NODES,
  '/_nodes/_all/http': NODES,
  '/_nodes/_all/_none': NODES,
  '/_cat/health': [{ cluster: 'trapline', status: 'green' }],
  '/_cat/indices': [],
  '/_cat/nodes': [],
  '/_cat/templates': [],
  '/_ilm/status': { operation_mode: 'RUNNING' },
  '/_security/_authenticate': { username: 'trapline', roles: [], enabled: true },
  '/_security/user/_has_privileges': { username: 'trapline', has_all_requested: true },
  '/_monitoring/bulk': { took: 0, ignored: true, errors: false },
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
  '/_aliases',
]

/** Where other questions of Elasticsearch's clients begin. */
const UNKNOWN = [
  ...[
    '_cat',
    '_cluster',
    '_count',
    '_field_caps',
    '_ilm',
    '_ingest',
    '_mget',
    '_monitoring',
    '_msearch',
    '_nodes',
  ],
  ...['_reindex', '_resolve', '_search', '_security', '_sql', '_stats', '_tasks', '_xpack'],
]

function unknown(c: AppContext): Response {
  throw new ServiceError('not-found', `Trapline has no ${c.req.path}: it takes _bulk`)
}

function answer(c: AppContext, body: object): Response {
  c.header('X-Elastic-Product', 'Elasticsearch')
  return c.json(filterPath(body, c.req.query('filter_path')))
}

/** What went wrong, in Elasticsearch's words beside our own. */
async function refusal(c: AppContext, error: unknown): Promise<Response> {
  const said = errorAnswer(error, c)
  const { error: own } = (await said.clone().json()) as { readonly error: object }
  const status = said.status
  const type = TYPES[status] ?? 'exception'
  const reason = explainError(error)?.message ?? 'internal error'
  const cause = { type, reason }
  const headers = new Headers(said.headers)
  headers.delete('content-length')
  headers.set('X-Elastic-Product', 'Elasticsearch')
  const body = { error: { ...cause, root_cause: [cause], ...own }, status }
  return new Response(JSON.stringify(body), { status, headers })
}

const TYPES: Readonly<Record<number, string>> = {
  400: 'illegal_argument_exception',
  401: 'security_exception',
  403: 'security_exception',
  404: 'resource_not_found_exception',
  413: 'content_too_long_exception',
  415: 'media_type_header_exception',
  429: 'es_rejected_execution_exception',
  503: 'unavailable_shards_exception',
}

function indexOf(c: AppContext): string {
  return (c.req.param('index') ?? 'trapline').slice(0, INDEX_MAX_CHARACTERS)
}

async function bulk(c: AppContext, services: Services): Promise<Response> {
  const started = performance.now()
  const { documents, items } = splitBulk(await readIngestBody(c.req.raw))
  if (documents.length > 0) await services.ingest.ingest({ body: documents })
  return answer(c, {
    took: Math.round(performance.now() - started),
    errors: items.some(({ error }) => error !== undefined),
    items: items.map((item) => ({ [item.action]: itemAnswer(item, indexOf(c)) })),
  })
}

/** A document that comes alone, as senders without bulk mode write it: one JSON value, over as many lines as it takes. */
async function oneDocument(c: AppContext, services: Services): Promise<Response> {
  const body = await readIngestBody(c.req.raw)
  const error = documentError(body)
  if (error !== undefined) throw new ServiceError('too-large', error.reason)
  await services.ingest.ingest({ body })
  c.status(CREATED)
  return answer(c, itemAnswer({ index: undefined, id: c.req.param('id') }, indexOf(c)))
}

function itemAnswer(item: Omit<BulkItem, 'action'>, index: string): object {
  const { id, error } = item
  const known = { _index: item.index ?? index, ...(id === undefined ? {} : { _id: id }) }
  if (error === undefined) {
    return { ...known, ...STORED, result: 'created', _seq_no: 0, _primary_term: 1, status: CREATED }
  }
  return { ...known, status: BAD_DOCUMENT, error: { type: error.type, reason: error.reason } }
}

const CREATED = 201
const STORED = { _version: 1, _shards: { total: 1, successful: 1, failed: 0 } }
/** Status of a document that will never be taken: senders drop it and go on. */
const BAD_DOCUMENT = 400
