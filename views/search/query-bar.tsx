/** @jsxImportSource hono/jsx */
import { formatIso } from '../shared/format.ts'
import { apiUrls, urls } from '../urls.ts'
import { paintQuery } from './paint.ts'
import {
  DEFAULT_COLUMNS,
  DEFAULT_TO,
  type Resolved,
  type SearchState,
  searchHref,
  searchParams,
} from './state.ts'

/** Ranges offered by name; `from` is what the address says. */
export const PRESETS = [
  ['15 m', 'now-15m'],
  ['1 h', 'now-1h'],
  ['4 h', 'now-4h'],
  ['24 h', 'now-24h'],
  ['7 d', 'now-7d'],
  ['30 d', 'now-30d'],
] as const

/** What the range button says. */
export function rangeLabel(state: SearchState): string {
  const preset = PRESETS.find(([, from]) => from === state.from)
  if (preset !== undefined && state.to === DEFAULT_TO) return `Last ${preset[0]}`
  if (state.to === DEFAULT_TO) return `${shortTime(state.from)} to now`
  return `${shortTime(state.from)} to ${shortTime(state.to)}`
}

function shortTime(text: string): string {
  return text.replace('T', ' ').replace(/(:\d\d)(?:\.\d+)?Z$/, '$1')
}

/** Query, time range, run. The form is the page's own address. */
export function QueryBar(props: {
  readonly state: SearchState
  readonly range: Resolved
  /** Whether the reader may keep hunts. */
  readonly canHunt: boolean
}) {
  const { state } = props
  const cols = state.cols.join(',')
  return (
    <search class="bar">
      <form id="query-form" class="query-form" method="get" action={urls.search.href()}>
        <div class="query">
          <label class="hidden" for="q">
            Query
          </label>
          <div id="q-paint" class="paint" aria-hidden="true">
            {paintQuery(state.q).map(({ kind, text }) =>
              kind === 'plain' ? text : <span class={`q-${kind}`}>{text}</span>,
            )}
          </div>
          <input
            id="q"
            name="q"
            type="text"
            value={state.q}
            placeholder='failed password and host:web-*   user:"CORP\\bob"   dst_port:[1024 to 2048]'
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            maxlength={8192}
            aria-describedby="query-errors"
          />
          <kbd>/</kbd>
        </div>
        {state.from !== 'now-1h' && <input type="hidden" name="from" value={state.from} />}
        {state.to !== DEFAULT_TO && <input type="hidden" name="to" value={state.to} />}
        {cols !== DEFAULT_COLUMNS.join(',') && <input type="hidden" name="cols" value={cols} />}
        {state.group !== '' && <input type="hidden" name="group" value={state.group} />}
        {state.live && <input type="hidden" name="live" value="1" />}
      </form>
      <TimePicker state={state} range={props.range} />
      <button type="submit" form="query-form" class="primary">
        Run
      </button>
      <a class="button" href={newRuleHref(state)} data-key="n" title="A rule from this search (n)">
        New rule
      </a>
      {props.canHunt && state.q !== '' && (
        <a class="button" href={urls.huntNew.href({ search: searchHref(state) })} data-key="h">
          Save as hunt
        </a>
      )}
      <MoreMenu state={state} range={props.range} />
    </search>
  )
}

function newRuleHref({ q, from, to }: SearchState): string {
  return urls.ruleNew.href({ q, from, to })
}

function TimePicker(props: { readonly state: SearchState; readonly range: Resolved }) {
  const { state, range } = props
  return (
    <div class="picker">
      <button type="button" popovertarget="time-picker" title="Time range, UTC">
        {rangeLabel(state)}
      </button>
      <div id="time-picker" class="popover" popover="auto">
        <div class="presets">
          {PRESETS.map(([label, from]) => (
            <a
              class="button small"
              href={searchHref(state, { from, to: DEFAULT_TO, sel: '' })}
              aria-current={from === state.from && state.to === DEFAULT_TO ? 'true' : undefined}
            >
              {label}
            </a>
          ))}
        </div>
        <form method="get" action={urls.search.href()} class="custom">
          {Object.entries(searchParams({ ...state, sel: '' }))
            .filter(([name, value]) => value !== undefined && name !== 'from' && name !== 'to')
            .map(([name, value]) => (
              <input type="hidden" name={name} value={value} />
            ))}
          <label>
            From
            <input name="from" value={state.from} class="mono" autocomplete="off" data-time="" />
          </label>
          <label>
            To
            <input name="to" value={state.to} class="mono" autocomplete="off" data-time="" />
          </label>
          <p class="faint">
            <span class="mono">now-90m</span>, <span class="mono">2026-11-21</span>,{' '}
            <span class="mono">2026-11-21T14:00Z</span> or epoch. UTC.
          </p>
          <p class="faint mono">
            {formatIso(range.start)}
            <br />
            {formatIso(range.end)}
          </p>
          <button type="submit" class="small primary">
            Apply
          </button>
        </form>
      </div>
    </div>
  )
}

function MoreMenu(props: { readonly state: SearchState; readonly range: Resolved }) {
  const { state, range } = props
  const times = { from: formatIso(range.start), to: formatIso(range.end) }
  const pinned = { ...searchParams(state), ...times }
  const events = { q: state.q, ...times }
  return (
    <div class="picker">
      <button type="button" popovertarget="more-menu">
        Share
      </button>
      <div id="more-menu" class="popover menu" popover="auto">
        <button
          type="button"
          role="menuitem"
          data-copy={urls.search.href(pinned)}
          data-copy-link=""
        >
          Copy link, times pinned <kbd>y</kbd>
        </button>
        <a
          role="menuitem"
          hx-boost="false"
          download="events.ndjson"
          href={apiUrls.export.href({ ...events, format: 'ndjson' })}
        >
          Export NDJSON
        </a>
        <a
          role="menuitem"
          hx-boost="false"
          download="events.csv"
          href={apiUrls.export.href({ ...events, format: 'csv' })}
        >
          Export CSV
        </a>
      </div>
    </div>
  )
}
