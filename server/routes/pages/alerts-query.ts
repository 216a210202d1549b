// What a request for the alert queue says.
import { z } from 'zod'
import {
  ALERT_FROM,
  ALERT_SORTS,
  ALERT_TABS,
  ALERT_TO,
  type AlertState,
} from '../../../views/alerts/state.ts'
import type { AppContext } from '../../middleware/env.ts'
import { parseTime } from '../../services/search-request.ts'
import { ServiceError } from '../../services/service-error.ts'
import {
  ALERT_STATUSES,
  type AlertFilter,
  type AlertStatus,
  SEVERITIES,
} from '../../stores/state/state-store.ts'
import { queryOf } from './forms.ts'

/** Statuses that mean somebody has something to do. */
export const OPEN_STATUSES = [
  'new',
  'acknowledged',
  'investigating',
] as const satisfies AlertStatus[]

const text = z.string().max(500).catch('').default('')

const Params = z.object({
  status: z
    .enum(['open', 'any', ...ALERT_STATUSES])
    .catch('open')
    .default('open'),
  severity: z
    .enum(['', ...SEVERITIES])
    .catch('')
    .default(''),
  owner: text,
  from: text,
  to: text,
  rule: text,
  host: text,
  user: text,
  text: text,
  group: z.enum(['rule', 'none']).catch('rule').default('rule'),
  sort: z.enum(ALERT_SORTS).catch('severity').default('severity'),
  sel: text,
  selectedAlert: text,
  tab: z.enum(ALERT_TABS).catch('summary').default('summary'),
})

/** Reads the queue's state; what is unknown falls back to the default view. */
export function readAlerts(c: AppContext): AlertState {
  const { selectedAlert, ...params } = queryOf(c, Params)
  return {
    ...params,
    from: params.from || ALERT_FROM,
    to: params.to || ALERT_TO,
    sel: params.sel || selectedAlert,
  }
}

/** What the queue shows when nobody chose otherwise: the number beside Alerts counts the same. */
export function defaultFilter(now: number): AlertFilter {
  return { status: OPEN_STATUSES, activeFrom: parseTime(ALERT_FROM, now) ?? now }
}

/** The state store's filter of a queue's state. */
export function alertFilter(state: AlertState, now: number): AlertFilter {
  const from = parseTime(state.from, now)
  const to = state.to === ALERT_TO ? undefined : parseTime(state.to, now)
  if (from === undefined) throw new ServiceError('invalid', `from: "${state.from}" is no time`)
  if (to === undefined && state.to !== ALERT_TO)
    throw new ServiceError('invalid', `to: "${state.to}" is no time`)
  const status =
    state.status === 'any' ? undefined : state.status === 'open' ? OPEN_STATUSES : [state.status]
  return {
    activeFrom: from,
    ...(to === undefined ? {} : { to }),
    ...(status === undefined ? {} : { status }),
    ...(state.severity === '' ? {} : { severity: [state.severity] }),
    ...(state.owner === '' ? {} : { owner: state.owner === 'none' ? '' : state.owner }),
    ...(state.rule === '' ? {} : { ruleId: state.rule }),
    ...(state.host === '' ? {} : { host: state.host }),
    ...(state.user === '' ? {} : { user: state.user }),
    ...(state.text === '' ? {} : { text: state.text }),
  }
}
