/** @jsxImportSource hono/jsx */
// What people do to alerts: take, give back, status, verdict; one alert or many at once. The answer is the
// server's state, never a guess: a stale version shows what someone else did meanwhile.
import { Hono } from 'hono'
import { z } from 'zod'
import { needsReason, STATUS_LABELS } from '../../../views/alerts/state.ts'
import { formatAge, plural } from '../../../views/shared/format.ts'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import type { BulkResult } from '../../stores/state/alerts-store.ts'
import {
  ALERT_STATUSES,
  type Alert,
  type AlertChange,
  type AlertFilter,
  VERDICTS,
} from '../../stores/state/state-store.ts'
import { drawer, queue } from './alerts.tsx'
import { alertFilter, readAlerts } from './alerts-query.ts'
import { actorOf, formOf, queryOf } from './forms.ts'
import { isConflict } from './page-errors.tsx'
import type { Renderer } from './render.tsx'

/** Routes that change alerts. */
export function alertChangeRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.post(urls.alertChange.pattern, (c) => change(c, services, renderer))
  app.post(urls.alertBulk.pattern, (c) => bulk(c, services, renderer))
  app.post(urls.alertUndo.pattern, (c) => undo(c, services, renderer))
  return app
}

const OTHERS_NAMED = 5
const Reason = z.string().max(4000).default('')
const Verdict = z.enum(VERDICTS)

const Change = z.discriminatedUnion('action', [
  z.object({ action: z.literal('take'), version: z.coerce.number() }),
  z.object({ action: z.literal('release'), version: z.coerce.number() }),
  z.object({
    action: z.literal('status'),
    version: z.coerce.number(),
    status: z.enum(ALERT_STATUSES),
  }),
  z.object({
    action: z.literal('verdict'),
    version: z.coerce.number(),
    verdict: Verdict.optional(),
    reason: Reason,
  }),
])

async function change(c: AppContext, services: Services, renderer: Renderer) {
  requireWrite(c)
  const id = c.req.param('id') ?? ''
  const wanted = await formOf(c, Change)
  const alert = await services.state.getAlert(id)
  if (alert === undefined) throw new ServiceError('not-found', 'There is no such alert')
  const problem = refusal(wanted)
  if (problem !== undefined)
    return drawer(c, services, renderer, alert, { message: problem, status: 422 })
  try {
    const by = actorOf(c)
    const changed = await services.state.changeAlert(id, changeOf(wanted, alert, by.name), by)
    c.header('HX-Trigger', 'queue-changed')
    return await drawer(c, services, renderer, changed)
  } catch (error) {
    if (!isConflict(error)) throw error
    const now = (await services.state.getAlert(id)) ?? alert
    const message = await conflictText(services, now)
    return drawer(c, services, renderer, now, { message, status: 409 })
  }
}

function refusal(wanted: z.output<typeof Change>): string | undefined {
  if (wanted.action !== 'verdict') return undefined
  if (wanted.verdict === undefined) return 'Choose a verdict.'
  if (needsReason(wanted.verdict) && wanted.reason.trim() === '')
    return 'A false positive needs a reason: it is what the rule is tuned by.'
  return undefined
}

function changeOf(wanted: z.output<typeof Change>, alert: Alert, me: string): AlertChange {
  const { version } = wanted
  switch (wanted.action) {
    case 'take':
      return { version, owner: me, ...(alert.status === 'new' ? { status: 'acknowledged' } : {}) }
    case 'release':
      return { version, owner: null }
    case 'status':
      return { version, status: wanted.status }
    case 'verdict':
      return {
        version,
        ...(wanted.verdict === undefined ? {} : { verdict: wanted.verdict }),
        ...(wanted.reason === '' ? {} : { reason: wanted.reason }),
      }
  }
}

/** `closed as false positive by Ana, 4 s ago`. */
async function conflictText(services: Services, alert: Alert): Promise<string> {
  const activity = await services.state.alertActivity(alert.id)
  const last = activity.at(-1)
  const state = STATUS_LABELS[alert.status]
  if (last === undefined) return `Not changed: new matches arrived meanwhile. It is ${state}.`
  return `Not changed: ${last.who} set ${last.what} to ${last.after ?? 'nothing'} ${formatAge(last.at, Date.now())}. It is ${state} now.`
}

const Ids = z.preprocess(
  (value) => (Array.isArray(value) ? value : value === undefined ? [] : [value]),
  z.array(z.string().max(600)).max(1000),
)

const Bulk = z.object({
  ids: Ids,
  before: z.coerce.number(),
  action: z.enum(['take', 'acknowledge', 'verdict']),
  verdict: Verdict.optional(),
  reason: Reason,
})

async function bulk(c: AppContext, services: Services, renderer: Renderer) {
  requireWrite(c)
  const wanted = await formOf(c, Bulk)
  if (wanted.ids.length === 0) throw new ServiceError('invalid', 'Select at least one row.')
  if (wanted.action === 'verdict') {
    if (wanted.verdict === undefined) throw new ServiceError('invalid', 'Choose a verdict.')
    if (wanted.reason.trim() === '')
      throw new ServiceError('invalid', 'A verdict for many alerts needs a reason.')
  }
  const filter = alertFilter(readAlerts(c), Date.now())
  const result: BulkOutcome = { changed: 0, skipped: [], at: new Set() }
  for (const id of wanted.ids) await changeOne(c, services, wanted, filter, id, result)
  const text = `${plural(result.changed, 'alert')} changed${othersText(result.skipped)}`
  return queue(c, services, renderer, { text, undo: [...result.at] })
}

function othersText(skipped: readonly string[]): string {
  const others = [...new Set(skipped)]
  if (others.length === 0) return ''
  return `, ${others.length} left alone: ${others.slice(0, OTHERS_NAMED).join('; ')}`
}

const Undo = z.object({
  at: z.string().regex(/^\d{1,16}(?:,\d{1,16}){0,999}$/, 'milliseconds'),
})

/** Takes back what one act did: the times under which it was written down. */
async function undo(c: AppContext, services: Services, renderer: Renderer) {
  requireWrite(c)
  const { at } = queryOf(c, Undo)
  const result: BulkOutcome = { changed: 0, skipped: [], at: new Set() }
  for (const time of at.split(',')) {
    const undone = await services.state.undoChanges(Number(time), actorOf(c))
    take(result, undone)
  }
  const text = `${plural(result.changed, 'alert')} put back${othersText(result.skipped)}`
  return queue(c, services, renderer, { text, undo: [...result.at] })
}

interface BulkOutcome {
  changed: number
  readonly skipped: string[]
  /** When it was written down. */
  readonly at: Set<number>
}

function take(outcome: BulkOutcome, done: BulkResult): void {
  outcome.changed += done.changed
  if (done.changed > 0) outcome.at.add(done.at)
  outcome.skipped.push(...done.skipped.map((one) => `${one.id} changed by ${one.who}`))
}

async function changeOne(
  c: AppContext,
  services: Services,
  wanted: z.output<typeof Bulk>,
  filter: AlertFilter,
  id: string,
  result: BulkOutcome,
): Promise<void> {
  const by = actorOf(c)
  const change = bulkChange(wanted, by.name)
  const [kind, name = '', version = ''] = splitId(id)
  if (kind === 'rule') {
    const done = await services.state.changeAlerts(
      { filter: { ...filter, ruleId: name }, before: wanted.before, change },
      by,
    )
    take(result, done)
    return
  }
  try {
    const { updated } = await services.state.changeAlert(
      name,
      { ...change, version: Number(version) },
      by,
    )
    result.changed++
    result.at.add(updated)
  } catch (error) {
    if (!isConflict(error)) throw error
    result.skipped.push(error.message)
  }
}

/** `rule:ID` or `alert:ID:VERSION`; rule ids may hold colons. */
function splitId(id: string): readonly string[] {
  if (id.startsWith('rule:')) return ['rule', id.slice(5)]
  const parts = /^alert:(.+):(\d+)$/.exec(id)
  if (parts === null) throw new ServiceError('invalid', `unknown row ${id}`)
  return ['alert', parts[1] ?? '', parts[2] ?? '']
}

function bulkChange(wanted: z.output<typeof Bulk>, me: string): Omit<AlertChange, 'version'> {
  if (wanted.action === 'take') return { owner: me }
  if (wanted.action === 'acknowledge') return { status: 'acknowledged' }
  return {
    ...(wanted.verdict === undefined ? {} : { verdict: wanted.verdict }),
    reason: wanted.reason,
  }
}

function requireWrite(c: AppContext): void {
  if (!can(c.get('principal'), 'alerts:write'))
    throw new ServiceError('forbidden', 'Your role may read alerts but not change them.')
}
