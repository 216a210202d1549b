/** @jsxImportSource hono/jsx */
// Muting from a row: the builder, its live effect, and the list of mutes.
import { Hono } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import type { Event } from '../../../parsers/event.ts'
import {
  type BuilderProps,
  MUTE_HOURS,
  MuteBuilder,
  type MuteForm,
} from '../../../views/suppress/builder.tsx'
import { MuteEffect, NoEffect } from '../../../views/suppress/effect.tsx'
import { fieldNamed, fieldToken, muteFields } from '../../../views/suppress/fields.ts'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import type { SuppressionQuestion } from '../../services/suppressions.ts'
import type { Criteria, CriteriaValue } from '../../stores/state/suppressions.ts'
import { explainError } from '../errors.ts'
import { actorOf, formOf, queryOf } from './forms.ts'
import { fragment, page, type Renderer } from './render.tsx'
import { rulesById } from './rule-names.ts'

const FACTS = { title: 'Suppress', nav: 'alerts' } as const
const HOUR_MS = 3600_000
const HOURS_DEFAULT = '168'
const ANY = 'any:'

const text = (max: number) => z.string().max(max).default('')

const Query = z.object({
  event: text(64),
  alert: text(64),
  rule: text(200),
  field: text(300),
  value: z.string().max(2_000).optional(),
})

const Token = z
  .string()
  .max(4_000)
  .transform((token, context) => {
    const value = z
      .tuple([z.string().min(1).max(300), z.union([z.string(), z.number(), z.boolean()])])
      .safeParse(parsed(token))
    if (value.success) return { token, name: value.data[0], value: value.data[1] }
    context.addIssue('is no row of the builder')
    return z.NEVER
  })

const Form = z.object({
  event: z.string().min(1).max(64),
  rule: text(400),
  c: z.preprocess(
    (value) => (Array.isArray(value) ? value : value === undefined ? [] : [value]),
    z.array(Token).max(300),
  ),
  reason: text(2_000),
  owner: text(200),
  hours: z.enum(MUTE_HOURS.map(([hours]) => hours)).default(HOURS_DEFAULT),
  agreedBy: z.preprocess((value) => (Array.isArray(value) ? value[0] : value), text(200)),
})
type Form = z.output<typeof Form>

function parsed(token: string): unknown {
  try {
    return JSON.parse(token)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Routes of the builder; `suppressions.tsx` has the list. */
export function suppressRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.suppress.pattern, (c) => start(c, services, renderer))
  app.post(urls.suppressPreview.pattern, (c) => preview(c, services, renderer))
  app.post(urls.suppress.pattern, (c) => mute(c, services, renderer))
  return app
}

async function start(c: AppContext, services: Services, renderer: Renderer) {
  const query = queryOf(c, Query)
  const alert = query.alert === '' ? undefined : await services.state.getAlert(query.alert)
  const event = alert?.event ?? (await eventOf(services, query.event))
  const fields = muteFields(event)
  const clicked = query.field === '' ? undefined : fieldNamed(fields, query.field, query.value)
  const rule = query.rule === '' ? (alert?.ruleId ?? '') : query.rule
  const form: MuteForm = {
    ...{ rule, chosen: clicked === undefined ? [] : [fieldToken(clicked)], reason: '' },
    ...{ owner: c.get('principal')?.name ?? '', hours: HOURS_DEFAULT, agreedBy: '' },
  }
  return show(c, services, renderer, { event, form })
}

async function show(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  given: Pick<BuilderProps, 'event' | 'form' | 'problem'>,
  status: StatusCode = 200,
) {
  const body = (
    <MuteBuilder
      {...given}
      fields={muteFields(given.event)}
      rules={await rulesOf(services, given.event, given.form.rule)}
      csrfToken={c.get('csrfToken') ?? ''}
      canMute={can(c.get('principal'), 'detections:write')}
    />
  )
  return page(c, renderer, { ...FACTS, status }, body)
}

async function eventOf(services: Services, id: string): Promise<Event> {
  const [event] = await services.events.get([id])
  if (event === undefined)
    throw new ServiceError('not-found', `No event ${id}: it may have left by retention`)
  return event
}

/** The rules that matched the event, then all of their log source; correlations go by no filter. */
async function rulesOf(services: Services, event: Event, asked: string) {
  const matched = (await services.events.matchesOf([event.id]))[event.id] ?? []
  const known = rulesById(services.rules)
  const isRule = (id: string) => known.has(id) && services.rules.readsEvents(id)
  const ids = [...new Set([asked, ...matched])].filter(isRule)
  const rules = ids.map((id) => ({ value: id, label: known.get(id)?.title ?? id }))
  const sources = new Map(
    ids.map((id) => {
      const { logsource = {} } = known.get(id) ?? {}
      const label = `every rule of ${Object.values(logsource).join(' ')}`
      return [label, ANY + JSON.stringify(logsource)] as const
    }),
  )
  return [...rules, ...[...sources].map(([label, value]) => ({ value, label }))]
}

const LogSource = z.strictObject({
  product: z.string().max(100).optional(),
  category: z.string().max(100).optional(),
  service: z.string().max(100).optional(),
})

function questionOf({ event, rule, c, reason, owner }: Form): SuppressionQuestion {
  const common = {
    ...{ criteria: criteriaOf(c), eventId: event },
    ...(reason === '' ? {} : { reason }),
    ...(owner === '' ? {} : { owner }),
  }
  if (!rule.startsWith(ANY)) return { ...common, ruleId: rule }
  const found = LogSource.safeParse(parsed(rule.slice(ANY.length)))
  if (!found.success) throw new ServiceError('invalid', 'rule: is no log source')
  const { product, category, service } = found.data
  return {
    ...common,
    logsource: {
      ...(product === undefined ? {} : { product }),
      ...(category === undefined ? {} : { category }),
      ...(service === undefined ? {} : { service }),
    },
  }
}

/** Rows of one name are values of which one must hold. */
function criteriaOf(rows: Form['c']): Criteria {
  const values = new Map<string, CriteriaValue[]>()
  for (const { name, value } of rows) values.getOrInsert(name, []).push(value)
  return Object.fromEntries(
    [...values].map(([name, all]) => [name, all.length === 1 ? all[0]! : all]),
  )
}

async function preview(c: AppContext, services: Services, renderer: Renderer) {
  requireMute(c)
  const form = await formOf(c, Form)
  const { agreedBy } = form
  if (form.c.length === 0) {
    const hint = 'Tick what must be the same: the effect on the alerts of 30 days stands here.'
    return fragment(c, renderer, FACTS, <NoEffect text={hint} agreedBy={agreedBy} />)
  }
  try {
    const seen = await services.suppressions.preview(questionOf(form), actorOf(c))
    const props = { preview: seen, agreedBy, now: Date.now() }
    return fragment(c, renderer, FACTS, <MuteEffect {...props} />)
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401) throw error
    return fragment(c, renderer, FACTS, <NoEffect text={known.message} agreedBy={agreedBy} />)
  }
}

async function mute(c: AppContext, services: Services, renderer: Renderer) {
  requireMute(c)
  const form = await formOf(c, Form)
  const { reason, owner, hours, agreedBy } = form
  try {
    if (form.c.length === 0) throw new ServiceError('invalid', 'Tick at least one field.')
    const made = await services.suppressions.create(
      {
        ...questionOf(form),
        ...{ reason, expires: Date.now() + Number(hours) * HOUR_MS },
        ...(agreedBy === '' ? {} : { agreedBy }),
      },
      actorOf(c),
    )
    return c.redirect(urls.suppressions.href({ made: made.id }), 303)
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401) throw error
    const { rule } = form
    const chosen = form.c.map(({ token }) => token)
    const again = { rule, chosen, reason, owner, hours, agreedBy }
    const event = await eventOf(services, form.event)
    return show(c, services, renderer, { event, form: again, problem: known.message }, known.status)
  }
}

/** Refuses whoever may not mute. */
export function requireMute(c: AppContext): void {
  if (!can(c.get('principal'), 'detections:write'))
    throw new ServiceError('forbidden', 'Muting needs the role engineer or admin.')
}
