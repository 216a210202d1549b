/** @jsxImportSource hono/jsx */
import type { Event } from '../../parsers/event.ts'
import type { AlertLink } from '../../server/stores/state/promotions.ts'
import { formatIso, formatRowTime, formatSpan, hasRowDates, visible } from '../shared/format.ts'
import { SeverityMark } from '../shared/severity.tsx'
import { Value } from '../shared/value-menu.tsx'
import { urls } from '../urls.ts'
import { fieldText } from './fields.ts'
import { type Mark, Marked } from './highlight.tsx'
import { type Resolved, type SearchState, searchHref, sectionParams } from './state.ts'
import { type MutedBy, RowChips } from './triage.tsx'

const MESSAGE_SHOWN_chars = 600
const RULES_SHOWN = 1
/** A gap between neighbours this many times the range's even spacing, and a minute at least, gets a mark. */
const GAP_FACTOR = 0.2
const GAP_MIN_ms = 60_000

export interface RuleChip {
  readonly id: string
  readonly title: string
  /** Undefined for a rule that is no longer loaded. */
  readonly level: string | undefined
}

export interface RowsProps {
  readonly state: SearchState
  readonly range: Resolved
  readonly events: readonly Event[]
  readonly marks: readonly Mark[]
  readonly rulesOf: Readonly<Record<string, readonly RuleChip[]>>
  readonly mutedBy: Readonly<Record<string, MutedBy>>
  readonly linksOf: Readonly<Record<string, readonly AlertLink[]>>
  /** Where the next page starts. */
  readonly more?: { readonly time: number; readonly id: string; readonly asof: number }
  /** Time of the row above the first, on later pages. */
  readonly above?: number
}

/** The event table with its first page of rows. */
export function EventTable(props: RowsProps) {
  const { cols } = props.state
  return (
    <table
      class="events"
      data-list=""
      data-drawer={urls.searchEvent.href({ id: '' })}
      {...{ 'hx-boost:inherited': 'false' }}
    >
      <thead>
        <tr>
          <th class="c-time" scope="col">
            time, UTC
          </th>
          <th class="c-sev" scope="col">
            <span class="hidden">severity</span>
          </th>
          {cols.map((name) => (
            <th class="c-col wide" scope="col">
              {name}
            </th>
          ))}
          <th scope="col">message</th>
        </tr>
      </thead>
      <tbody id="rows">
        <Rows {...props} />
      </tbody>
    </table>
  )
}

/** Rows of a page and the row that loads the next. */
export function Rows(props: RowsProps) {
  const { events, more, range } = props
  const gap_ms = Math.max((range.end - range.start) * GAP_FACTOR, GAP_MIN_ms)
  return (
    <>
      {events.map((event, n) => {
        const above = n === 0 ? props.above : events[n - 1]?.time
        const gap = above === undefined ? 0 : above - event.time
        return (
          <>
            {gap > gap_ms && (
              <tr class="gap">
                <td colspan={props.state.cols.length + 3}>{formatSpan(gap)} without a match</td>
              </tr>
            )}
            <Row {...props} event={event} />
          </>
        )
      })}
      {more !== undefined && <MoreRow {...props} more={more} />}
    </>
  )
}

function Row(props: RowsProps & { readonly event: Event }) {
  const { event, state, range } = props
  const href = searchHref(state, { sel: event.id, tab: 'summary' })
  const rules = props.rulesOf[event.id] ?? []
  const message = event.message === '' ? event.raw : event.message
  const range_ms = range.end - range.start
  return (
    <tr
      id={`e-${event.id}`}
      data-row={event.id}
      data-time={event.time}
      aria-selected={event.id === state.sel ? 'true' : undefined}
    >
      <td class="mono faint">
        <a href={href} data-open="" title={formatIso(event.time)}>
          <time datetime={formatIso(event.time)} class={hasRowDates(range_ms) ? 'long' : undefined}>
            {formatRowTime(event.time, range_ms)}
          </time>
        </a>
      </td>
      <td>
        <SeverityMark severity={event.pivots.severity} />
      </td>
      {state.cols.map((name) => (
        <td class="wide">
          <ColumnValue name={name} event={event} marks={props.marks} />
        </td>
      ))}
      <td class="mono message">
        <RowChips muted={props.mutedBy[event.id]} links={props.linksOf[event.id] ?? []} />
        {rules.slice(0, RULES_SHOWN).map((rule) => (
          <a class="rule" href={urls.rule.href({ id: rule.id })} title={ruleHint(rule)}>
            <SeverityMark severity={rule.level} />
            {visible(rule.title)}
          </a>
        ))}
        {rules.length > RULES_SHOWN && <span class="rule">+{rules.length - RULES_SHOWN}</span>}
        <Marked text={message.slice(0, MESSAGE_SHOWN_chars)} marks={props.marks} />
      </td>
    </tr>
  )
}

function ruleHint(rule: RuleChip): string {
  return `${rule.title}: ${rule.level ?? 'no longer loaded'}`
}

function ColumnValue(props: {
  readonly name: string
  readonly event: Event
  readonly marks: readonly Mark[]
}) {
  const text = fieldText(props.event, props.name)
  if (text === undefined) return null
  return (
    <Value field={props.name} value={text} time={props.event.time}>
      <Marked text={text} marks={props.marks} field={props.name} />
    </Value>
  )
}

function MoreRow(props: RowsProps & { readonly more: NonNullable<RowsProps['more']> }) {
  const { more, state, range } = props
  return (
    <tr class="more">
      <td colspan={state.cols.length + 3}>
        <button
          type="button"
          class="small"
          hx-get={urls.searchMore.href({
            ...sectionParams(state, range),
            beforeTime: more.time,
            beforeId: more.id,
            asof: more.asof,
          })}
          hx-target="closest tr"
          hx-swap="outerHTML"
        >
          Load more
        </button>
      </td>
    </tr>
  )
}
