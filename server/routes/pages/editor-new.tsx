/** @jsxImportSource hono/jsx */
// A new rule: from a search, from an event, or empty.
import { Hono } from 'hono'
import { z } from 'zod'
import { Leaves, SeedPage } from '../../../views/editor/seed.tsx'
import { DEFAULT_FROM, DEFAULT_TO } from '../../../views/search/state.ts'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { blankRule, inShadow } from '../../services/rule-seed.ts'
import { queryOfEvent, seedFromSearch } from '../../services/rule-seeds.ts'
import { parseTime } from '../../services/search-request.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { explainError } from '../errors.ts'
import { addressOf, pathField, requireEngineer, textField } from './editor-form.ts'
import { actorOf, formOf, queryOf } from './forms.ts'
import { fragment, page, type Renderer } from './render.tsx'

const FACTS = { title: 'New rule', nav: 'rules' } as const
/** Around an event, milliseconds. */
const AROUND_MS = 12 * 3_600_000
const QUERY_MAX_CHARACTERS = 8_192
/** Names tried before the author must choose one. */
const NAMES_MAX = 50

export function newRuleRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.ruleNew.pattern, (c) => show(c, services, renderer))
  app.post(urls.ruleNew.pattern, (c) => make(c, services, renderer))
  app.post(urls.ruleNewCases.pattern, (c) => leaves(c, services, renderer))
  return app
}

const Params = z.object({
  q: z.string().max(QUERY_MAX_CHARACTERS).catch('').default(''),
  from: z.string().max(64).catch(DEFAULT_FROM).default(DEFAULT_FROM),
  to: z.string().max(64).catch(DEFAULT_TO).default(DEFAULT_TO),
  event: z.string().max(64).optional().catch(undefined),
})

async function show(c: AppContext, services: Services, renderer: Renderer, notice?: string) {
  requireEngineer(c)
  const { q, from, to, event } = queryOf(c, Params)
  if (q === '' && event !== undefined) return fromEvent(c, services, event)
  const by = actorOf(c)
  const seeded =
    q.trim() === ''
      ? undefined
      : await seedFromSearch(
          services.events,
          { query: q, range: rangeOf(from, to), author: by.name },
          c.req.raw.signal,
        )
  const body = (
    <SeedPage
      {...{ query: q, from, to, now: Date.now() }}
      csrfToken={c.get('csrfToken') ?? ''}
      drafts={await services.drafts.list(by)}
      {...(seeded === undefined ? {} : { seeded })}
      {...(event === undefined ? {} : { event })}
      {...(notice === undefined ? {} : { notice })}
    />
  )
  return page(c, renderer, FACTS, body)
}

/** The search that an event suggests, around its time. */
async function fromEvent(c: AppContext, services: Services, id: string) {
  const { q, time } = await queryOfEvent(services.events, id)
  const around = (ms: number) => new Date(time + ms).toISOString()
  const times = { from: around(-AROUND_MS), to: around(AROUND_MS) }
  return c.redirect(urls.ruleNew.href({ q, ...times, event: id }))
}

function rangeOf(from: string, to: string) {
  const now = Date.now()
  const range = { from: parseTime(from, now), to: parseTime(to, now) }
  if (range.from === undefined || range.to === undefined || range.from >= range.to)
    throw new ServiceError('invalid', `${from} to ${to} is no time range`)
  return { from: range.from, to: range.to }
}

const ids = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((given) => (typeof given === 'string' ? [given] : given))
  .pipe(z.array(z.string().max(64)))

const Picked = z.object({
  blank: z.string().optional(),
  shadow: z.string().optional(),
  path: pathField,
  text: textField,
  hit: ids,
  near: ids,
})

async function leaves(c: AppContext, services: Services, renderer: Renderer) {
  requireEngineer(c)
  const { path, text, hit, near } = await formOf(c, Picked)
  const made = await services.drafts.cases({ path, text }, { hits: hit, near })
  return fragment(c, renderer, FACTS, <Leaves made={made} />)
}

async function make(c: AppContext, services: Services, renderer: Renderer) {
  requireEngineer(c)
  const by = actorOf(c)
  const picked = await formOf(c, Picked)
  const { path, text } = picked.blank === undefined ? picked : blankRule(by.name, Date.now())
  try {
    const chosen = { hits: picked.hit, near: picked.near }
    const made =
      picked.blank === undefined && chosen.hits.length + chosen.near.length > 0
        ? await services.drafts.cases({ path, text }, chosen)
        : undefined
    const free = await freePath(services, path, by.name)
    const files = { path: free, text: picked.shadow === undefined ? text : inShadow(text) }
    const draft = await services.drafts.start({ ...files, testText: made?.text ?? '' }, by)
    return c.redirect(addressOf(draft), 303)
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401) throw error
    return show(c, services, renderer, known.message)
  }
}

/** A path that neither the content nor an open draft has. */
async function freePath({ drafts, proposals }: Services, path: string, name: string) {
  const open = new Set((await drafts.list({ name })).map((draft) => draft.path))
  for (let n = 1; n <= NAMES_MAX; n++) {
    const candidate = n === 1 ? path : path.replace(/\.yml$/, `_${n}.yml`)
    if (!open.has(candidate) && (await proposals.file(candidate)) === undefined) return candidate
  }
  throw new ServiceError('conflict', `${path} and ${NAMES_MAX} more names are taken`)
}
