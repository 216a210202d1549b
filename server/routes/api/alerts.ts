// The alert queue (T4, T5).
import { z } from 'zod'
import { alertDescription } from '../../services/alert-fold.ts'
import { ServiceError } from '../../services/service-error.ts'
import { ALERT_ORDERS } from '../../stores/state/alerts-store.ts'
import {
  ALERT_STATUSES,
  type Alert,
  type AlertChange,
  type AlertFilter,
  SEVERITIES,
  VERDICTS,
} from '../../stores/state/state-store.ts'
import type { StateClient } from '../../workers/state-client.ts'
import { route } from './route.ts'
import { AlertAnswer, AlertDetail, alertJson, defined, eventJson, iso } from './schemas.ts'
import { RangeParams, rangeOf, several } from './search-params.ts'

const ALERTS_MAX = 500

export const AlertFilterParams = z.object({
  status: several(z.enum(ALERT_STATUSES)).optional(),
  severity: several(z.enum(SEVERITIES)).optional(),
  rule: z.string().max(200).optional().describe('Rule id'),
  host: z.string().max(500).optional(),
  agent_id: z.string().max(500).optional().describe('Another name of host'),
  user: z.string().max(500).optional(),
  ip: z.string().max(100).optional(),
  owner: z.string().max(200).optional(),
  text: z.string().max(1_000).optional(),
})

/** The state store's filter of a request's parameters. */
export function alertFilterOf(params: z.output<typeof AlertFilterParams>): AlertFilter {
  const { status, severity, rule, user, ip, owner, text } = params
  const host = params.host ?? params.agent_id
  return defined({ status, severity, ruleId: rule, host, user, ip, owner, text })
}

export const listAlerts = route({
  method: 'get',
  path: '/api/v1/alerts',
  access: 'siem:read',
  tag: 'alerts',
  summary: 'Alerts, newest first unless ordered otherwise',
  query: AlertFilterParams.extend(RangeParams.shape).extend({
    limit: z.coerce.number().int().min(1).max(ALERTS_MAX).default(100),
    order: z.enum(ALERT_ORDERS).optional(),
    cursor: z.string().max(1_000).optional(),
  }),
  answer: z.object({
    alerts: z.array(AlertAnswer),
    count: z.number(),
    total: z.number(),
    cursor: z.string().nullable(),
  }),
  handle: async ({ query, services }) => {
    const { limit, order, cursor, from, to } = query
    const range = from === undefined && to === undefined ? {} : rangeOf(query, Date.now())
    const page = await services.state.listAlerts({
      filter: { ...alertFilterOf(query), ...range },
      limit,
      ...(order === undefined ? {} : { order }),
      ...(cursor === undefined ? {} : { cursor }),
    })
    return {
      alerts: page.alerts.map(alertJson),
      count: page.alerts.length,
      total: page.total,
      cursor: page.cursor ?? null,
    }
  },
})

const Id = z.object({ id: z.string().max(100) })

async function detail(alert: Alert, state: StateClient) {
  const [activity, observables] = await Promise.all([
    state.alertActivity(alert.id),
    state.alertObservables(alert.id),
  ])
  return {
    ...alertJson(alert),
    event: eventJson(alert.event),
    rule_text: alert.ruleText,
    ...defined({ description: alertDescription(alert) }),
    observables: observables.map(({ type, value }) => ({ type, value })),
    activity: activity.map((entry) => ({ ...entry, at: iso(entry.at) })),
  }
}

export const getAlert = route({
  method: 'get',
  path: '/api/v1/alerts/:id',
  access: 'siem:read',
  tag: 'alerts',
  summary: 'One alert with its event, the rule as it was, and what was done',
  params: Id,
  answer: AlertDetail,
  handle: async ({ params, services }) => {
    const alert = await services.state.getAlert(params.id)
    if (alert === undefined) throw new ServiceError('not-found', `no alert ${params.id}`)
    return detail(alert, services.state)
  },
})

export const changeAlert = route({
  method: 'patch',
  path: '/api/v1/alerts/:id',
  access: 'alerts:write',
  tag: 'alerts',
  summary: 'Change status, verdict, reason or owner; a stale version answers 409',
  params: Id,
  body: z.strictObject({
    status: z.enum(ALERT_STATUSES).optional(),
    verdict: z.enum(VERDICTS).optional(),
    reason: z.string().max(10_000).optional(),
    owner: z.string().max(200).nullable().optional(),
    version: z.number().int(),
  }),
  answer: AlertDetail,
  handle: async ({ params, body, principal, services, c }) => {
    const by = { name: principal?.name ?? '', ip: c.get('ip') }
    const change: AlertChange = defined(body)
    const alert = await services.state.changeAlert(params.id, change, by)
    return detail(alert, services.state)
  },
})
