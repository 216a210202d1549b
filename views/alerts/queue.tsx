/** @jsxImportSource hono/jsx */
import type { Alert, AlertGroup } from '../../server/stores/state/state-store.ts'
import { formatCount, formatIso, formatSpan, plural, visible } from '../shared/format.ts'
import { SeverityMark } from '../shared/severity.tsx'
import { urls } from '../urls.ts'
import { Bulk, Done, type QueueProps, Tick } from './bulk.tsx'
import { type AlertState, alertParams, alertsHref, STATUS_LABELS } from './state.ts'

/** The queue, one row per rule. */
export function GroupQueue(
  props: QueueProps & { readonly groups: readonly AlertGroup[]; readonly total: number },
) {
  const { groups, state, now } = props
  if (groups.length === 0) return <EmptyQueue {...props} />
  return (
    <Bulk {...props}>
      <table
        class="alerts"
        data-list=""
        data-drawer={urls.alertDrawer.href({ id: '' })}
        {...noBoost}
      >
        <thead>
          <tr>
            <Head sort={undefined} state={state} class="c-box" label="" />
            <Head sort="severity" state={state} class="c-severity" label="severity" />
            <Head sort={undefined} state={state} label="rule" />
            <Head sort="count" state={state} class="c-n num" label="alerts" />
            <Head sort={undefined} state={state} class="c-hosts wide" label="hosts" />
            <Head sort={undefined} state={state} class="c-state wide" label="state" />
            <Head sort={undefined} state={state} class="c-age c-first wide" label="first" />
            <Head sort="latest" state={state} class="c-age" label="latest" />
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr
              id={`g-${group.ruleId}`}
              data-row={group.newestAlertId}
              aria-selected={group.newestAlertId === state.sel ? 'true' : undefined}
            >
              <Tick {...props} value={`rule:${group.ruleId}`} label={group.ruleTitle} />
              <td>
                <SeverityMark severity={group.severity} text={true} />
              </td>
              <td>
                <a data-open="" href={alertsHref(state, { sel: group.newestAlertId })}>
                  {visible(group.ruleTitle)}
                </a>
              </td>
              <td class="num">
                <a
                  class="link"
                  href={alertsHref(state, { rule: group.ruleId, group: 'none', sel: '' })}
                  title={plural(group.matches, 'match', 'matches')}
                >
                  {formatCount(group.alerts)}
                </a>
              </td>
              <td class="wide muted">{hostsText(group)}</td>
              <td class="wide">{stateText(group)}</td>
              <td class="c-first wide muted" title={formatIso(group.firstSeen)}>
                {formatSpan(now - group.firstSeen)}
              </td>
              <td class="muted" title={formatIso(group.lastSeen)}>
                {formatSpan(now - group.lastSeen)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {props.total > groups.length && (
        <p class="loading">
          {formatCount(groups.length)} of {formatCount(props.total)} rules: narrow the filters to
          see the others.
        </p>
      )}
    </Bulk>
  )
}

/** The queue, one row per alert. */
export function AlertQueue(
  props: QueueProps & {
    readonly alerts: readonly Alert[]
    readonly total: number
    readonly cursor?: string
  },
) {
  const { alerts, state } = props
  if (alerts.length === 0) return <EmptyQueue {...props} />
  return (
    <Bulk {...props}>
      <table
        class="alerts"
        data-list=""
        data-drawer={urls.alertDrawer.href({ id: '' })}
        {...noBoost}
      >
        <thead>
          <tr>
            <Head sort={undefined} state={state} class="c-box" label="" />
            <Head sort="severity" state={state} class="c-severity" label="severity" />
            <Head sort={undefined} state={state} label="alert" />
            <Head sort={undefined} state={state} class="c-hosts wide" label="host" />
            <Head sort="count" state={state} class="c-n num" label="matches" />
            <Head sort={undefined} state={state} class="c-state wide" label="state" />
            <Head sort="latest" state={state} class="c-age" label="latest" />
          </tr>
        </thead>
        <tbody id="alert-rows">
          <AlertRows {...props} />
        </tbody>
      </table>
    </Bulk>
  )
}

/** Rows of a page of alerts and the row that loads the next. */
export function AlertRows(
  props: QueueProps & {
    readonly alerts: readonly Alert[]
    readonly total: number
    readonly cursor?: string
  },
) {
  const { state, now } = props
  return (
    <>
      {props.alerts.map((alert) => (
        <tr
          id={`a-${alert.id}`}
          data-row={alert.id}
          aria-selected={alert.id === state.sel ? 'true' : undefined}
        >
          <Tick {...props} value={`alert:${alert.id}:${alert.version}`} label={alert.title} />
          <td>
            <SeverityMark severity={alert.severity} text={true} />
          </td>
          <td>
            <a data-open="" href={alertsHref(state, { sel: alert.id })}>
              {visible(alert.title)}
            </a>
          </td>
          <td class="wide muted">{visible(alert.host ?? '')}</td>
          <td class="num">{formatCount(alert.count)}</td>
          <td class="wide">
            {STATUS_LABELS[alert.status]}
            {alert.owner !== undefined && <span class="muted"> {visible(alert.owner)}</span>}
          </td>
          <td class="muted" title={formatIso(alert.lastSeen)}>
            {formatSpan(now - alert.lastSeen)}
          </td>
        </tr>
      ))}
      {props.cursor !== undefined && (
        <tr class="more">
          <td colspan={7}>
            <button
              type="button"
              class="small"
              hx-get={urls.alertQueue.href({ ...alertParams(state), cursor: props.cursor })}
              hx-target="closest tr"
              hx-swap="outerHTML"
            >
              Load more of {formatCount(props.total)}
            </button>
          </td>
        </tr>
      )}
    </>
  )
}

const noBoost = { 'hx-boost:inherited': 'false' }

function Head(props: {
  readonly sort: AlertState['sort'] | undefined
  readonly state: AlertState
  readonly class?: string
  readonly label: string
}) {
  const { sort, state, label } = props
  if (sort === undefined) {
    return (
      <th scope="col" class={props.class}>
        {label === '' ? <span class="hidden">select</span> : label}
      </th>
    )
  }
  const on = state.sort === sort
  return (
    <th scope="col" class={props.class} aria-sort={on ? 'descending' : undefined}>
      <a
        id={`sort-${sort}`}
        href={alertsHref(state, { sort })}
        {...{ 'hx-boost': 'swap:outerMorph target:#page' }}
      >
        {label}
        {on && <span aria-hidden="true"> ↓</span>}
      </a>
    </th>
  )
}

/** The filters that leave alerts out, each with what takes it away. */
function narrowing(state: AlertState): readonly (readonly [string, Partial<AlertState>])[] {
  const names = ['text', 'severity', 'owner', 'rule', 'host', 'user'] as const
  return names
    .filter((name) => state[name] !== '')
    .map((name) => [`${name} ${visible(state[name])}`, { [name]: '' }] as const)
}

function EmptyQueue(props: QueueProps) {
  const { state } = props
  return (
    <div class="empty">
      {props.done !== undefined && <Done {...props} done={props.done} />}
      <h2>Nothing to do here</h2>
      <ul>
        {narrowing(state).map(([what, without]) => (
          <li>
            <a class="link" href={alertsHref(state, { ...without, sel: '' })}>
              Without {what}
            </a>
          </li>
        ))}
        <li>
          <a class="link" href={alertsHref(state, { status: 'any', from: 'now-365d', sel: '' })}>
            Any status, the last year
          </a>
        </li>
        <li>
          <a class="link" href={urls.scenarios.href()}>
            Play a scenario
          </a>{' '}
          and watch its alerts arrive
        </li>
      </ul>
    </div>
  )
}

function hostsText(group: AlertGroup): string {
  const [first, second] = group.hosts
  if (group.hostCount > 2) return `${formatCount(group.hostCount)} hosts`
  return visible([first, second].filter((host) => host !== undefined).join(', '))
}

function stateText(group: AlertGroup): string {
  const parts = Object.entries(group.statuses).filter(([, count]) => count > 0)
  const [only] = parts
  if (parts.length === 1 && only) return STATUS_LABELS[only[0] as keyof typeof STATUS_LABELS]
  return parts
    .map(([status, count]) => `${count} ${STATUS_LABELS[status as keyof typeof STATUS_LABELS]}`)
    .join(', ')
}
