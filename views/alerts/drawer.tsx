/** @jsxImportSource hono/jsx */
import type { Observable } from '../../server/stores/state/promotions.ts'
import type { Alert, AlertActivity } from '../../server/stores/state/state-store.ts'
import { StagePill } from '../rules/stage.tsx'
import { Grip } from '../search/drawer.tsx'
import { EventFields, EventMessage, EventRaw, EventSummary } from '../search/event-body.tsx'
import { DialogFoot } from '../shared/dialog-foot.tsx'
import {
  formatAge,
  formatCount,
  formatDateTime,
  formatIso,
  plural,
  visible,
} from '../shared/format.ts'
import { Notice, Section } from '../shared/section.tsx'
import { SeverityMark } from '../shared/severity.tsx'
import { marksOfWhy, type Why, WhyBox } from '../shared/why.tsx'
import { urls } from '../urls.ts'
import { CorrelationBox, type CorrelationFacts } from './correlation.tsx'
import {
  ALERT_TABS,
  type AlertState,
  type AlertTab,
  alertParams,
  alertsHref,
  STATUS_LABELS,
  VERDICT_LABELS,
} from './state.ts'
import { VerdictFields } from './verdict.tsx'

const TAB_LABELS: Readonly<Record<AlertTab, string>> = {
  summary: 'Summary',
  event: 'Event',
  raw: 'Raw',
  rule: 'Rule',
  activity: 'Activity',
}

const AROUND_MS = 5 * 60_000

/** Open alerts that share an entity with this one. */
export interface Similar {
  readonly what: 'host' | 'user' | 'rule'
  readonly value: string
  readonly label: string
  readonly count: number
}

export interface AlertDrawerProps {
  readonly state: AlertState
  readonly alert: Alert
  readonly why: Why
  /** Of an alert that a correlation raised. */
  readonly correlation: CorrelationFacts | undefined
  readonly similar: readonly Similar[]
  readonly activity: readonly AlertActivity[]
  readonly me: string
  readonly canWrite: boolean
  /** May mute; not so for alerts that no filter can mean. */
  readonly canMute: boolean
  readonly observables: readonly Observable[]
  /** What its rule says of it, with the event's values. */
  readonly description: string | undefined
  readonly csrfToken: string
  readonly now: number
  /** Why the last change was refused. */
  readonly problem?: string
}

/** One alert in the drawer. */
export function AlertDrawer(props: AlertDrawerProps) {
  const { state, alert, now } = props
  return (
    <div class="drawer-inner" data-open-row={alert.id}>
      <Grip />
      <div class="top">
        <div class="line">
          <SeverityMark severity={alert.severity} text={true} />
          {alert.ruleStage !== undefined && alert.ruleStage !== 'live' && (
            <StagePill rollout={{ stage: alert.ruleStage }} />
          )}
          <time datetime={formatIso(alert.lastSeen)} title={formatIso(alert.lastSeen)}>
            {formatDateTime(alert.lastSeen, true)} UTC, {formatAge(alert.lastSeen, now)}
          </time>
          <a
            class="close"
            href={alertsHref(state, { sel: '', tab: 'summary' })}
            data-close=""
            aria-label="Close (Esc)"
          >
            ✕
          </a>
        </div>
        <h2>{visible(alert.title)}</h2>
        <p class="muted small-text">
          <span class="pill on" id="alert-status">
            {STATUS_LABELS[alert.status]}
          </span>{' '}
          {alert.verdict !== undefined && `${VERDICT_LABELS[alert.verdict]}, `}
          {alert.owner === undefined ? 'nobody has it' : `with ${visible(alert.owner)}`},{' '}
          {plural(alert.count, 'match', 'matches')} since {formatDateTime(alert.firstSeen)}
          {alert.muteId !== undefined && (
            <>
              , held by{' '}
              <a class="link" href={`${urls.suppressions.href()}#${alert.muteId}`}>
                {alert.muteId}
              </a>
            </>
          )}
          {alert.previousId !== undefined && (
            <>
              , after{' '}
              <a class="link" href={urls.alerts.href({ status: 'any', sel: alert.previousId })}>
                an earlier one
              </a>
            </>
          )}
        </p>
        {props.description !== undefined && (
          <p class="description">{visible(props.description, 'keep-lines')}</p>
        )}
      </div>
      <Tabs {...props} />
      <div class="body" tabindex={0}>
        {props.problem !== undefined && <Notice kind="problem">{visible(props.problem)}</Notice>}
        {props.canMute && alert.verdict?.startsWith('false_positive') && (
          <Notice kind="hint">
            A false positive: <a href={urls.suppress.href({ alert: alert.id })}>suppress</a> what is
            like it, or <a href={urls.ruleEdit.href({ id: alert.ruleId })}>change the rule</a>.
          </Notice>
        )}
        <TabBody {...props} />
      </div>
      {props.canWrite ? <Actions {...props} /> : <p class="foot muted">Your role may only read.</p>}
    </div>
  )
}

function Tabs(props: AlertDrawerProps) {
  const { state, alert, activity } = props
  return (
    <nav class="tabs" aria-label="Alert">
      {ALERT_TABS.map((tab) => {
        const at = { ...state, sel: alert.id, tab }
        return (
          <a
            href={alertsHref(at)}
            hx-get={urls.alertDrawer.href({ id: alert.id }, alertParams(at))}
            hx-target="#drawer"
            hx-replace-url={alertsHref(at)}
            hx-boost="false"
            aria-current={tab === state.tab ? 'true' : undefined}
          >
            {TAB_LABELS[tab]}
            {tab === 'activity' && activity.length > 0 && ` ${activity.length}`}
          </a>
        )
      })}
    </nav>
  )
}

function TabBody(props: AlertDrawerProps) {
  const { alert, why, state } = props
  const marks = marksOfWhy([why])
  switch (state.tab) {
    case 'event':
      return <EventFields event={alert.event} marks={marks} />
    case 'raw':
      return <EventRaw event={alert.event} marks={marks} />
    case 'rule':
      return (
        <Section
          id="then-now"
          url={urls.alertThenNow.href({ id: alert.id })}
          label="Then and now"
          class="drawer-part"
        />
      )
    case 'activity':
      return <Activity {...props} />
    default:
      return (
        <>
          <WhyBox why={why} open={props.correlation === undefined} />
          {props.correlation !== undefined && (
            <CorrelationBox facts={props.correlation} time={alert.event.time} />
          )}
          <EventSummary event={alert.event} marks={marks} whys={[why]} />
          <EventMessage event={alert.event} marks={marks} />
          <Observables {...props} />
          <SimilarAlerts {...props} />
        </>
      )
  }
}

/** What promotion found in the event. */
function Observables({ observables }: AlertDrawerProps) {
  if (observables.length === 0) return null
  return (
    <>
      <h3>Observables</h3>
      <dl class="fields">
        {observables.map(({ type, value }) => (
          <>
            <dt>{type}</dt>
            <dd>
              <a
                class="link"
                href={urls.search.href({ q: JSON.stringify(value), from: 'now-24h' })}
              >
                {visible(value)}
              </a>
            </dd>
          </>
        ))}
      </dl>
    </>
  )
}

function SimilarAlerts(props: AlertDrawerProps) {
  const { similar, alert } = props
  const shown = similar.filter((one) => one.count > 1)
  return (
    <>
      <h3>Open alerts with the same</h3>
      {shown.length === 0 && <p class="faint">host, user or rule: none but this one.</p>}
      <ul class="plain">
        {shown.map((one) => (
          <li>
            <a class="link" href={urls.alerts.href({ [one.what]: one.value, group: 'none' })}>
              {formatCount(one.count)}
            </a>{' '}
            {one.what} <span class="mono">{visible(one.label)}</span>
          </li>
        ))}
      </ul>
      <h3>Events</h3>
      <p>
        <a
          class="link"
          href={urls.search.href({
            from: formatIso(alert.event.time - AROUND_MS),
            to: formatIso(alert.event.time + AROUND_MS),
            sel: alert.eventId,
          })}
        >
          Around ±5 min
        </a>
      </p>
    </>
  )
}

function Activity(props: AlertDrawerProps) {
  const { alert, activity, now } = props
  return (
    <ol class="activity">
      <li>
        <time datetime={formatIso(alert.created)}>{formatDateTime(alert.created)}</time> raised
      </li>
      {activity.map((entry) => (
        <li>
          <time datetime={formatIso(entry.at)} title={formatAge(entry.at, now)}>
            {formatDateTime(entry.at)}
          </time>{' '}
          <strong>{visible(entry.who)}</strong> {visible(entry.what)}
          {entry.before !== undefined && <span class="muted"> from {visible(entry.before)}</span>}
          {entry.after !== undefined && <> to {visible(entry.after)}</>}
        </li>
      ))}
    </ol>
  )
}

/** The rule with this event among its tests. */
function editHref({ ruleId, eventId, verdict }: Alert): string {
  const isFalse = verdict === 'false_positive_logic' || verdict === 'false_positive_data'
  return urls.ruleEdit.href(
    { id: ruleId },
    { event: eventId, expect: isFalse ? 'silent' : 'fires' },
  )
}

function Actions(props: AlertDrawerProps) {
  const { alert, state, csrfToken, me } = props
  const post = urls.alertChange.href({ id: alert.id }, alertParams({ ...state, sel: alert.id }))
  const fixed = (
    <>
      <input type="hidden" name="_csrf" value={csrfToken} />
      <input type="hidden" name="version" value={alert.version} />
    </>
  )
  const mine = alert.owner === me
  return (
    <div class="foot">
      <form hx-post={post} hx-target="#drawer">
        {fixed}
        <input type="hidden" name="action" value={mine ? 'release' : 'take'} />
        <button id="take" type="submit" class={`small ${mine ? '' : 'primary'}`} data-key="a">
          {mine ? 'Give back' : 'Take'} <kbd>a</kbd>
        </button>
      </form>
      <button type="button" class="small" data-dialog="verdict" data-key="v">
        Verdict <kbd>v</kbd>
      </button>
      {props.canMute && (
        <a class="button small" href={urls.suppress.href({ alert: alert.id })} data-key="t">
          Suppress <kbd>t</kbd>
        </a>
      )}
      {props.canMute && (
        <a class="button small" href={editHref(alert)}>
          Edit rule
        </a>
      )}
      <form hx-post={post} hx-target="#drawer" data-submit-on-change="">
        {fixed}
        <input type="hidden" name="action" value="status" />
        <select id="status" name="status" class="small" aria-label="Status">
          {Object.entries(STATUS_LABELS).map(([status, label]) => (
            <option value={status} selected={status === alert.status}>
              {label}
            </option>
          ))}
        </select>
      </form>
      <button
        type="button"
        class="small"
        data-copy={urls.alerts.href({ selectedAlert: alert.id })}
        data-copy-link=""
      >
        Copy link
      </button>
      <dialog id="verdict" aria-labelledby="verdict-title">
        <form hx-post={post} hx-target="#drawer">
          <h2 id="verdict-title">Verdict</h2>
          {fixed}
          <input type="hidden" name="action" value="verdict" />
          <VerdictFields
            idPrefix="verdict"
            reasonAlways={false}
            {...(alert.verdict === undefined ? {} : { chosen: alert.verdict })}
            {...(alert.reason === undefined ? {} : { reason: alert.reason })}
          />
          <DialogFoot label="Close alert" />
        </form>
      </dialog>
    </div>
  )
}
