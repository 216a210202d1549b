/** @jsxImportSource hono/jsx */
import type { AlertCounts } from '../../server/stores/state/alerts-store.ts'
import { visible } from '../shared/format.ts'
import { Section } from '../shared/section.tsx'
import { SEVERITIES_WORST_FIRST } from '../shared/severity.tsx'
import { urls } from '../urls.ts'
import { AlertFacets } from './facet.tsx'
import {
  ALERT_FROM,
  ALERT_SORTS,
  ALERT_TO,
  type AlertState,
  alertParams,
  alertsHref,
  STATUS_LABELS,
} from './state.ts'

const PRESETS = [
  ['last hour', 'now-1h'],
  ['last 24 h', ALERT_FROM],
  ['last 7 d', 'now-7d'],
  ['last 30 d', 'now-30d'],
  ['last year', 'now-365d'],
] as const

export interface AlertsPageProps {
  readonly state: AlertState
  readonly me: string
  /** What the live stream goes on after: nothing between this page and the stream is missed. */
  readonly streamAfter: string
}

/** The alert queue: filters, the queue itself, the drawer. */
export function AlertsPage(props: AlertsPageProps) {
  const { state } = props
  return (
    <>
      <h1 class="hidden">Alerts</h1>
      <Filters {...props} />
      <AlertChips {...props} />
      <div class="grid" data-alert-stream={props.streamAfter}>
        <AlertFacets state={state} />
        <div class="main">
          <Section
            id="queue"
            class="scroll"
            label="Alerts"
            on="queue-changed from:body"
            url={urls.alertQueue.href(alertParams({ ...state, tab: 'summary' }))}
          />
        </div>
        <aside class="drawer" id="drawer" aria-label="Alert">
          {state.sel !== '' && (
            <div
              class="drawer-inner"
              hx-get={urls.alertDrawer.href({ id: state.sel }, alertParams(state))}
              hx-trigger="load"
              hx-target="#drawer"
            />
          )}
        </aside>
      </div>
    </>
  )
}

function Filters(props: { readonly state: AlertState; readonly me: string }) {
  const { state, me } = props
  const known = PRESETS.some(([, from]) => from === state.from)
  return (
    <search class="bar">
      <form
        id="alert-filters"
        class="filters"
        method="get"
        action={urls.alerts.href()}
        data-submit-on-change=""
      >
        <input
          name="text"
          type="search"
          value={state.text}
          placeholder="Title, host, user"
          aria-label="Text in alerts"
          data-filter-box=""
        />
        <Pick name="status" label="Status" value={state.status} options={statusOptions()} />
        <Pick
          name="severity"
          label="Severity"
          value={state.severity}
          options={[['', 'any severity'], ...SEVERITIES_WORST_FIRST.map((s) => [s, s] as const)]}
        />
        <Pick
          name="owner"
          label="Owner"
          value={state.owner}
          options={[
            ['', 'any owner'],
            [me, 'mine'],
            ['none', 'unassigned'],
            ...(state.owner !== '' && state.owner !== me && state.owner !== 'none'
              ? [[state.owner, state.owner] as const]
              : []),
          ]}
        />
        <Pick
          name="from"
          label="Time range"
          value={state.from}
          options={[
            ...PRESETS.map(([label, from]) => [from, label] as const),
            ...(known ? [] : [[state.from, `since ${state.from}`] as const]),
          ]}
        />
        {state.to !== ALERT_TO && <input type="hidden" name="to" value={state.to} />}
        <Pick
          name="group"
          label="Grouping"
          value={state.group}
          options={[
            ['rule', 'grouped by rule'],
            ['none', 'one by one'],
          ]}
        />
        <Pick
          name="sort"
          label="Order"
          value={state.sort}
          options={ALERT_SORTS.map((sort) => [sort, `by ${sort}`] as const)}
        />
        {(['rule', 'host', 'user'] as const).map(
          (name) => state[name] !== '' && <input type="hidden" name={name} value={state[name]} />,
        )}
        <noscript>
          <button type="submit">Filter</button>
        </noscript>
      </form>
    </search>
  )
}

function statusOptions() {
  return [['open', 'open'], ['any', 'any status'], ...Object.entries(STATUS_LABELS)] as const
}

function Pick(props: {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [string, string])[]
}) {
  return (
    <select id={`pick-${props.name}`} name={props.name} aria-label={props.label}>
      {props.options.map(([value, label]) => (
        <option value={value} selected={value === props.value}>
          {label}
        </option>
      ))}
    </select>
  )
}

function AlertChips(props: { readonly state: AlertState; readonly me: string }) {
  const { state } = props
  const chips: [string, Partial<AlertState>][] = []
  if (state.status !== 'any') {
    const label = state.status === 'open' ? 'open' : STATUS_LABELS[state.status]
    chips.push([label, { status: 'any' }])
  }
  if (state.severity !== '') chips.push([state.severity, { severity: '' }])
  if (state.owner !== '')
    chips.push([state.owner === 'none' ? 'unassigned' : `owner ${state.owner}`, { owner: '' }])
  if (state.rule !== '') chips.push([`rule ${state.rule}`, { rule: '', group: 'rule' }])
  if (state.host !== '') chips.push([`host ${state.host}`, { host: '' }])
  if (state.user !== '') chips.push([`user ${state.user}`, { user: '' }])
  if (state.text !== '') chips.push([`"${state.text}"`, { text: '' }])
  return (
    <div class="chips" id="chips">
      {chips.map(([label, without]) => (
        <span class="chip">
          <span>{visible(label)}</span>
          <a href={alertsHref(state, { ...without, sel: '' })} aria-label={`Remove ${label}`}>
            ×
          </a>
        </span>
      ))}
      <span id="alert-total" class="muted" />
      <span id="live-pill" />
      <a class="link mutes-link" href={urls.suppressions.href()}>
        Mutes
      </a>
    </div>
  )
}

/** Totals beside the chips, sent along with the queue. */
export function AlertTotals(props: { readonly counts: AlertCounts; readonly groups?: number }) {
  const { counts, groups } = props
  return (
    <span id="alert-total" class="muted" hx-swap-oob="true">
      {counts.total} {counts.total === 1 ? 'alert' : 'alerts'}
      {groups !== undefined && ` in ${groups} ${groups === 1 ? 'group' : 'groups'}`}
    </span>
  )
}
