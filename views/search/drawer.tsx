/** @jsxImportSource hono/jsx */
import type { Event } from '../../parsers/event.ts'
import { formatAge, formatDateTime, formatIso, visible } from '../shared/format.ts'
import { SeverityMark } from '../shared/severity.tsx'
import { type Why, WhyBox } from '../shared/why.tsx'
import { urls } from '../urls.ts'
import { EventFields, EventMessage, EventRaw, EventSummary, ParseProblem } from './event-body.tsx'
import type { Mark } from './highlight.tsx'
import { SEARCH_TABS, type SearchState, searchHref, searchParams } from './state.ts'
import { type Triage, TriageActs, TriageNotes } from './triage.tsx'

const AROUND_MS = 5 * 60_000
const TITLE_SHOWN_chars = 240

const TAB_LABELS = {
  summary: 'Summary',
  event: 'Event',
  raw: 'Raw',
  rules: 'Rules',
} as const

export interface EventDrawerProps {
  readonly state: SearchState
  readonly event: Event
  readonly whys: readonly Why[]
  readonly marks: readonly Mark[]
  readonly triage: Triage
  readonly now: number
}

/** One event in the drawer. */
export function EventDrawer(props: EventDrawerProps) {
  const { state, event } = props
  const title = event.message === '' ? event.raw : event.message
  return (
    <div class="drawer-inner" data-open-row={event.id}>
      <Grip />
      <div class="top">
        <div class="line">
          <SeverityMark severity={event.pivots.severity} text={true} />
          <time datetime={formatIso(event.time)} title={formatIso(event.time)}>
            {formatDateTime(event.time, true)} UTC, {formatAge(event.time, props.now)}
          </time>
          <a
            class="close"
            href={searchHref(state, { sel: '', tab: 'summary' })}
            data-close=""
            aria-label="Close (Esc)"
          >
            ✕
          </a>
        </div>
        <h2 class="mono">{visible(title.slice(0, TITLE_SHOWN_chars))}</h2>
      </div>
      <Tabs {...props} />
      <div class="body" tabindex={0}>
        <TriageNotes triage={props.triage} now={props.now} />
        <ParseProblem event={event} />
        <TabBody {...props} />
      </div>
      <Actions {...props} />
    </div>
  )
}

/** The handle that widens a drawer. */
export function Grip() {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves has no element of its own
    <div
      class="grip"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the drawer"
      aria-valuenow={500}
      tabindex={0}
      data-grip=""
    />
  )
}

function Tabs(props: EventDrawerProps) {
  const { state, event, whys } = props
  const fired = whys.filter(
    ({ explained, correlation }) => (explained ?? correlation)?.fires !== false,
  ).length
  return (
    <nav class="tabs" aria-label="Event">
      {SEARCH_TABS.map((tab) => {
        const at = { ...state, sel: event.id, tab }
        return (
          <a
            href={searchHref(at)}
            hx-get={urls.searchEvent.href({ id: event.id }, searchParams(at))}
            hx-target="#drawer"
            hx-replace-url={searchHref(at)}
            hx-boost="false"
            aria-current={tab === state.tab ? 'true' : undefined}
          >
            {TAB_LABELS[tab]}
            {tab === 'rules' && fired > 0 && ` ${fired}`}
          </a>
        )
      })}
    </nav>
  )
}

function TabBody(props: EventDrawerProps) {
  const { state, event, whys, marks } = props
  if (state.tab === 'raw') return <EventRaw event={event} marks={marks} />
  if (state.tab === 'event') return <EventFields event={event} marks={marks} />
  if (state.tab === 'rules') {
    return (
      <>
        {whys.length === 0 && <p class="muted">No rule matched this event.</p>}
        {whys.map((why) => (
          <WhyBox why={why} />
        ))}
      </>
    )
  }
  return (
    <>
      {whys.map((why, n) => (
        <WhyBox why={why} open={n === 0} />
      ))}
      <EventSummary event={event} marks={marks} whys={whys} />
      <EventMessage event={event} marks={marks} />
    </>
  )
}

function Actions(props: EventDrawerProps) {
  const { state, event, triage, whys } = props
  const around = searchHref(state, {
    from: formatIso(event.time - AROUND_MS),
    to: formatIso(event.time + AROUND_MS),
    sel: event.id,
  })
  const pinned = searchHref(state, {
    from: formatIso(event.time - AROUND_MS),
    to: formatIso(event.time + AROUND_MS),
    sel: event.id,
  })
  return (
    <div class="foot">
      <TriageActs triage={triage} state={state} eventId={event.id} whys={whys} />
      <a class="button small" href={around} data-key="e">
        Around ±5 min <kbd>e</kbd>
      </a>
      <button type="button" class="small" data-copy={pinned} data-copy-link="">
        Copy link
      </button>
      <a class="button small" href={urls.ruleNew.href({ event: event.id })}>
        New rule
      </a>
      <button type="button" class="small" data-copy={JSON.stringify(event, null, 2)}>
        Copy JSON
      </button>
      <span class="steps">
        <button type="button" class="small quiet" data-step="-1" aria-label="Previous row (k)">
          ↑
        </button>
        <button type="button" class="small quiet" data-step="1" aria-label="Next row (j)">
          ↓
        </button>
      </span>
    </div>
  )
}
