/** @jsxImportSource hono/jsx */
// Sources: the cards, a new source with its key, what could not be parsed.
import { Hono } from 'hono'
import { z } from 'zod'
import { PARSERS } from '../../../parsers/table.ts'
import { NewSource } from '../../../views/sources/add.tsx'
import { FieldTable, SourcePage } from '../../../views/sources/fields.tsx'
import { ImportRuns } from '../../../views/sources/files.tsx'
import { Failures, SourceCards, SourcesPage } from '../../../views/sources/page.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { actorOf, formOf, principalOf, queryOf } from './forms.ts'
import { fragment, originOf, page, type Renderer } from './render.tsx'

const SILENT_MIN_s = 10
const SILENT_MAX_s = 30 * 86_400
/** Cards and failures load again when a file was finished this long ago, milliseconds. */
const JUST_DONE_MS = 2_500
const FACTS = { title: 'Sources', nav: 'sources' } as const

/** Routes of the sources page. */
export function sourceRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.sources.pattern, (c) => {
    const canWrite = can(c.get('principal'), 'siem:write')
    const csrfToken = c.get('csrfToken') ?? ''
    const parsers = Object.keys(PARSERS)
    const body = <SourcesPage {...{ canWrite, csrfToken, parsers }} />
    return page(c, renderer, FACTS, body)
  })
  app.get(urls.sourceCards.pattern, (c) => cards(c, services, renderer))
  app.get(urls.source.pattern, (c) => {
    const { source } = queryOf(c, One)
    return page(c, renderer, { ...FACTS, title: source }, <SourcePage source={source} />)
  })
  app.get(urls.sourceFields.pattern, async (c) => {
    const { source } = queryOf(c, One)
    const found = await services.liveness.fieldsOf(source)
    return fragment(c, renderer, FACTS, <FieldTable found={found} />)
  })
  app.get(urls.deadLetters.pattern, async (c) => {
    const source = c.req.query('source') ?? ''
    const failures = await services.sources.failures(source === '' ? undefined : source)
    return fragment(c, renderer, FACTS, <Failures failures={failures} source={source} />)
  })
  app.get(urls.sourceImports.pattern, (c) => imports(c, services, renderer))
  app.post(urls.sourceUpload.pattern, (c) => upload(c, services, renderer))
  app.post(urls.sourceImportCancel.pattern, async (c) => {
    requireWrite(c)
    const { id } = await formOf(c, Cancel)
    await services.imports.cancel(id, principalOf(c))
    return imports(c, services, renderer)
  })
  app.get(urls.sourceAdd.pattern, (c) => c.redirect(urls.sources.href()))
  app.post(urls.sourceAdd.pattern, (c) => add(c, services, renderer))
  app.post(urls.sourceSilence.pattern, async (c) => {
    requireWrite(c)
    const { source, seconds } = await formOf(c, Silence)
    await services.sources.setSilentAfter(source, seconds, principalOf(c))
    return cards(c, services, renderer)
  })
  return app
}

const One = z.object({ source: z.string().min(1).max(500) })

const Silence = z.object({
  source: z.string().min(1).max(500),
  seconds: z.coerce.number().int().min(SILENT_MIN_s).max(SILENT_MAX_s),
})

async function cards(c: AppContext, services: Services, renderer: Renderer) {
  const list = await services.sources.list()
  const body = (
    <SourceCards
      cards={list}
      canWrite={can(c.get('principal'), 'siem:write')}
      csrfToken={c.get('csrfToken') ?? ''}
      now={Date.now()}
    />
  )
  return fragment(c, renderer, FACTS, body)
}

function imports(c: AppContext, services: Services, renderer: Renderer) {
  const now = Date.now()
  const runs = services.imports.runs()
  const justDone = runs.some((run) => now - (run.finished ?? 0) < JUST_DONE_MS)
  if (justDone) c.header('HX-Trigger', 'sources-changed')
  const csrfToken = can(c.get('principal'), 'siem:write') ? (c.get('csrfToken') ?? '') : undefined
  const body = <ImportRuns runs={runs} now={now} csrfToken={csrfToken} />
  return fragment(c, renderer, FACTS, body)
}

const Cancel = z.object({ id: z.uuid() })

const Upload = z.object({
  name: z.string().min(1).max(300),
  source: z.string().trim().max(100).default(''),
  bytes: z.coerce.number().int().min(0).optional(),
})

/** A file as the request's body. */
async function upload(c: AppContext, services: Services, renderer: Renderer) {
  requireWrite(c)
  const { name, source, bytes } = queryOf(c, Upload)
  const { body } = c.req.raw
  if (body === null) throw new ServiceError('invalid', 'The file is empty.')
  await services.imports.start(
    {
      ...{ name, body },
      ...(source === '' ? {} : { source }),
      ...(bytes === undefined ? {} : { bytes }),
    },
    principalOf(c),
  )
  return imports(c, services, renderer)
}

const Add = z.object({ name: z.string().trim().min(1).max(100) })

async function add(c: AppContext, services: Services, renderer: Renderer) {
  requireWrite(c)
  const { name } = await formOf(c, Add)
  const { secret } = await services.state.createKey(
    principalOf(c).userId,
    { name: `source ${name}`, kind: 'ingest' },
    actorOf(c),
  )
  const origin = originOf(c)
  c.header('HX-Push-Url', 'false')
  const body = <NewSource name={name} origin={origin} secret={secret} />
  return page(c, renderer, { ...FACTS, title: `Add ${name}` }, body)
}

function requireWrite(c: AppContext): void {
  if (!can(c.get('principal'), 'siem:write'))
    throw new ServiceError('forbidden', 'Only administrators add and change sources.')
}
