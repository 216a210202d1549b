// What Filebeat, Winlogbeat and other senders with an Elasticsearch output ask: the version, the licence,
// and `_bulk`. Documents go the same way as `POST /ingest`; nothing else of Elasticsearch is answered.
import type { Hono } from 'hono'
import { z } from 'zod'
import type { AppContext, AppEnv } from '../middleware/env.ts'
import { ServiceError, type Services } from '../services/services.ts'
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
  app.get('/_license', (c) => {
    checkAccess('siem:write', c)
    return answer(c, { license: { uid: 'trapline', status: 'active', type: 'basic' } })
  })
  app.post('/_bulk', (c) => bulk(c, services))
  app.post('/:index/_bulk', (c) => bulk(c, services))
}

function answer(c: AppContext, body: object): Response {
  c.header('X-Elastic-Product', 'Elasticsearch')
  return c.json(body)
}

async function bulk(c: AppContext, services: Services): Promise<Response> {
  checkAccess('siem:write', c)
  const started = performance.now()
  const { documents, actions } = splitBulk(await readIngestBody(c.req.raw))
  const index = (c.req.param('index') ?? 'trapline').slice(0, INDEX_MAX_CHARACTERS)
  await services.ingest.ingest({ body: documents })
  const items = actions.map((action) => ({
    [action]: { _index: index, status: 201, result: 'created' },
  }))
  return answer(c, { took: Math.round(performance.now() - started), errors: false, items })
}

const Action = z.union([
  z.strictObject({ create: z.looseObject({}) }),
  z.strictObject({ index: z.looseObject({}) }),
])

/** The documents of a bulk body, a line each, and what was asked for each. Rejects `invalid` for any other
 * action than create and index: a log is only ever added to. */
export function splitBulk(body: Uint8Array<ArrayBuffer>): {
  readonly documents: Uint8Array<ArrayBuffer>
  readonly actions: readonly ('create' | 'index')[]
} {
  const lines = linesOf(body)
  const actions: ('create' | 'index')[] = []
  const documents = new Uint8Array(body.length + 1)
  let size = 0
  for (let n = 0; n < lines.length; n += 2) {
    actions.push(actionOf(lines[n], n + 1))
    const document = lines[n + 1]
    if (document === undefined)
      throw new ServiceError('invalid', `line ${n + 1}: its document is missing`)
    documents.set(document, size)
    size += document.length
    documents[size++] = NEWLINE
  }
  if (actions.length === 0) throw new ServiceError('invalid', 'the body is empty')
  return { documents: documents.slice(0, size), actions }
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

function actionOf(line: Uint8Array | undefined, number: number): 'create' | 'index' {
  const action = Action.safeParse(jsonOf(line))
  if (action.success) return 'create' in action.data ? 'create' : 'index'
  throw new ServiceError('invalid', `line ${number}: {"create": {}} or {"index": {}} is expected`)
}

function jsonOf(line: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(line))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
