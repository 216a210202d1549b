/** @jsxImportSource hono/jsx */
// The alert queue, one alert, and what people do to them.
import { Hono } from 'hono'
import { z } from 'zod'
import type { BulkDone } from '../../../views/alerts/bulk.tsx'
import { AlertDrawer, type Similar } from '../../../views/alerts/drawer.tsx'
import { AlertFacetPart } from '../../../views/alerts/facet.tsx'
import { AlertsPage, AlertTotals } from '../../../views/alerts/page.tsx'
import { AlertQueue, AlertRows, GroupQueue } from '../../../views/alerts/queue.tsx'
import { type AlertState, alertsHref } from '../../../views/alerts/state.ts'
import { formatTook, plural } from '../../../views/shared/format.ts'
import { Announce, StatusUpdate } from '../../../views/shared/section.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { alertDescription } from '../../services/alert-fold.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { ALERT_FACETS, type AlertOrder } from '../../stores/state/alerts-store.ts'
import type { Alert, AlertGroup } from '../../stores/state/state-store.ts'
import { correlationOf } from './alert-correlation.ts'
import { alertFilter, defaultFilter, readAlerts } from './alerts-query.ts'
import { queryOf } from './forms.ts'
import { fragment, isPartial, page, type Renderer } from './render.tsx'
import { explainAll } from './search-event.tsx'

const GROUPS_MAX = 500
const PAGE_ALERTS = 100
const FACET_VALUES = 6
const FACTS = { title: 'Alerts', nav: 'alerts' } as const

const FacetParams = z.object({
  field: z.enum(ALERT_FACETS),
  order: z.enum(['most', 'fewest']).default('most'),
})

const ORDERS = {
  severity: 'severity',
  latest: 'last_seen',
  count: 'count',
} as const satisfies Record<AlertState['sort'], AlertOrder>

/** Routes that read alerts; `alert-changes.tsx` has those that change them. */
export function alertRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.alerts.pattern, async (c) => {
    const state = readAlerts(c)
    if (c.req.query('selectedAlert') !== undefined) return c.redirect(alertsHref(state))
    const me = c.get('principal')?.name ?? ''
    const streamAfter = services.live.alertsAt()
    return page(c, renderer, FACTS, <AlertsPage {...{ state, me, streamAfter }} />)
  })
  app.get(urls.alertQueue.pattern, (c) => queue(c, services, renderer))
  app.get(urls.alertFacet.pattern, async (c) => {
    const { field, order } = queryOf(c, FacetParams)
    const state = readAlerts(c)
    const filter = alertFilter(state, Date.now())
    const top = await services.state.topAlerts(filter, field, order, FACET_VALUES)
    return fragment(c, renderer, FACTS, <AlertFacetPart {...{ state, field, order, top }} />)
  })
  app.get(urls.alertDrawer.pattern, async (c) => {
    const alert = await services.state.getAlert(c.req.param('id'))
    if (alert === undefined) throw new ServiceError('not-found', 'There is no such alert')
    return drawer(c, services, renderer, alert)
  })
  return app
}

/** The queue as a fragment; `done` says what a bulk change did. */
export async function queue(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  done?: BulkDone,
) {
  const started = performance.now()
  const now = Date.now()
  const state = readAlerts(c)
  const filter = alertFilter(state, now)
  const common = {
    state,
    now,
    csrfToken: c.get('csrfToken') ?? '',
    canWrite: can(c.get('principal'), 'alerts:write'),
    ...(done === undefined ? {} : { done }),
  }
  const grouped = state.group === 'rule' && state.rule === ''
  const cursor = c.req.query('cursor')
  const [counts, found] = await Promise.all([
    services.state.countAlerts(filter),
    grouped
      ? services.state.groupAlerts(filter, GROUPS_MAX)
      : services.state.listAlerts({
          filter,
          limit: PAGE_ALERTS,
          order: ORDERS[state.sort],
          ...(cursor === undefined ? {} : { cursor }),
        }),
  ])
  if ('alerts' in found && cursor !== undefined && isPartial(c))
    return c.html(<AlertRows {...common} {...found} />)
  const body =
    'groups' in found ? (
      <GroupQueue {...common} groups={sorted(found.groups, state)} total={found.total} />
    ) : (
      <AlertQueue {...common} {...found} />
    )
  const status = [
    formatTook(performance.now() - started),
    `${plural(counts.total, 'alert')}, exact`,
  ]
  return fragment(
    c,
    renderer,
    FACTS,
    <>
      {body}
      {isPartial(c) && (
        <>
          <AlertTotals counts={counts} {...('groups' in found ? { groups: found.total } : {})} />
          <StatusUpdate parts={status} />
          <Announce text={done?.text ?? plural(counts.total, 'alert')} />
        </>
      )}
    </>,
  )
}

function sorted(groups: readonly AlertGroup[], state: AlertState): readonly AlertGroup[] {
  if (state.sort === 'latest') return groups.toSorted((a, b) => b.lastSeen - a.lastSeen)
  if (state.sort === 'count') return groups.toSorted((a, b) => b.alerts - a.alerts)
  return groups
}

/** One alert as a fragment; `problem` says why a change was refused. */
export async function drawer(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  alert: Alert,
  problem?: { readonly message: string; readonly status: 409 | 422 },
) {
  const state = { ...readAlerts(c), sel: alert.id }
  const [whys, correlation, similar, activity, observables] = await Promise.all([
    explainAll(services, alert.event, [alert.ruleId]),
    correlationOf(services, alert),
    similarTo(services, alert),
    services.state.alertActivity(alert.id),
    services.state.alertObservables(alert.id),
  ])
  const [why = { ruleId: alert.ruleId, title: alert.ruleTitle }] = whys
  const principal = c.get('principal')
  return fragment(
    c,
    renderer,
    { title: alert.title, nav: 'alerts', ...(problem ? { status: problem.status } : {}) },
    <AlertDrawer
      {...{ state, alert, why, correlation, similar, activity }}
      me={principal?.name ?? ''}
      canWrite={can(principal, 'alerts:write')}
      canMute={can(principal, 'detections:write') && services.rules.readsEvents(alert.ruleId)}
      observables={observables}
      description={alertDescription(alert)}
      csrfToken={c.get('csrfToken') ?? ''}
      now={Date.now()}
      {...(problem ? { problem: problem.message } : {})}
    />,
  )
}

async function similarTo(services: Services, alert: Alert): Promise<readonly Similar[]> {
  const shared: Omit<Similar, 'count'>[] = [
    { what: 'rule', value: alert.ruleId, label: alert.ruleTitle },
  ]
  if (alert.host) shared.push({ what: 'host', value: alert.host, label: alert.host })
  if (alert.user) shared.push({ what: 'user', value: alert.user, label: alert.user })
  const name = { rule: 'ruleId', host: 'host', user: 'user' } as const
  return Promise.all(
    shared.map(async (one) => {
      const filter = { ...defaultFilter(Date.now()), [name[one.what]]: one.value }
      return { ...one, count: (await services.state.countAlerts(filter)).total }
    }),
  )
}
