/** @jsxImportSource hono/jsx */
// How a correlation stands around an event: window, group, what counts and what is missing.
import type { Event } from '../../parsers/event.ts'
import type { GroupView } from '../../sigma/correlate/types.ts'
import type { CorrelationWhy, WindowWhy } from '../../sigma/correlate/why.ts'
import type { Why as Explained } from '../../sigma/eval/why.ts'
import { urls } from '../urls.ts'
import { formatCount, formatDateTime, formatIso, formatSpan, plural, visible } from './format.ts'

/** A correlation explained on an event. */
export interface CorrelationStanding extends CorrelationWhy {
  readonly complete: boolean
  readonly live: readonly {
    readonly key: readonly (string | undefined)[]
    readonly group: GroupView | undefined
  }[]
  readonly unmatchedThen: readonly string[]
  /** Events that count. */
  readonly events: readonly Event[]
  /** The rules below it on this event, where none of them matched. */
  readonly whys: readonly {
    readonly ruleId: string
    readonly title: string
    readonly explained: Explained
  }[]
}

const EVENTS_SHOWN = 12
const AROUND_MS = 5 * 60_000
const TEXT_chars = 120

/** Everything but the head. */
export function StandingBody({ standing }: { readonly standing: CorrelationStanding }) {
  const isRead = reads(standing)
  return (
    <>
      {!isRead && (
        <p class="faint">
          None of its rules matches this event: it does not count here. Shown is its group around
          that time.
        </p>
      )}
      <Level why={standing} standing={standing} />
      <LiveGroups standing={standing} />
      {standing.unmatchedThen.length > 0 && (
        <p class="faint">
          {plural(standing.unmatchedThen.length, 'event')} of these matched no rule of it when they
          came in: the rules were others then.
        </p>
      )}
      {!standing.complete && (
        <p class="faint">
          There are more events around this one than were read: counts are of those read.
        </p>
      )}
    </>
  )
}

/** Whether the event counts for it, or for a correlation that it reads. */
function reads({ inputs, below }: CorrelationWhy): boolean {
  return inputs.some(({ matched }) => matched) || below.some(reads)
}

function Level(props: { readonly why: CorrelationWhy; readonly standing: CorrelationStanding }) {
  const { why, standing } = props
  return (
    <>
      <dl class="fields">
        <dt>condition</dt>
        <dd>{visible(why.asked)}</dd>
        <dt>window</dt>
        <dd>{formatSpan(why.timespan_ms)}</dd>
        <dt>reads</dt>
        <dd>
          {why.inputs.map(({ id, title, events, matched, kind }) => (
            <div>
              <a class="link" href={urls.rule.href({ id })}>
                {visible(title)}
              </a>{' '}
              <span class="faint">
                {kind === 'rule' ? 'matched' : 'held at'} {plural(events, 'event')}
                {matched && ', this one too'}
              </span>
            </div>
          ))}
        </dd>
      </dl>
      {why.windows.map((window) => (
        <Window window={window} standing={standing} />
      ))}
      {(why.fires ? [] : why.below).map((below) => (
        <details open>
          <summary>
            <Held holds={below.fires} />
            {visible(below.title)}
          </summary>
          <Level why={below} standing={standing} />
        </details>
      ))}
    </>
  )
}

function Window(props: { readonly window: WindowWhy; readonly standing: CorrelationStanding }) {
  const { window, standing } = props
  const { key, events, missing, values } = window
  const byId = new Map(standing.events.map((event) => [event.id, event]))
  const found = events.flatMap(({ ref }) => byId.get(String(ref)) ?? [])
  return (
    <div class="why-change">
      <p>
        <Held holds={window.fires} />
        {key.length === 0
          ? 'all events together'
          : key
              .map(
                ({ name, value }) => `${name} ${value === undefined ? 'absent' : visible(value)}`,
              )
              .join(', ')}
        : {visible(window.said)}
        {events.length > 0 && (
          <span class="faint">
            {' '}
            from {formatDateTime(window.from)} to {formatDateTime(window.to)}
          </span>
        )}
      </p>
      {missing.length > 0 && (
        <ul>
          {missing.map((text) => (
            <li>missing: {visible(text)}</li>
          ))}
        </ul>
      )}
      {values.length > 0 && (
        <p class="faint">values: {visible(values.map(String).join(', ').slice(0, TEXT_chars))}</p>
      )}
      {found.length > 0 && (
        <details>
          <summary>{plural(found.length, 'event')} that count</summary>
          <ol class="contributing">
            {found.slice(-EVENTS_SHOWN).map((event) => (
              <Counted event={event} />
            ))}
          </ol>
          {found.length > EVENTS_SHOWN && (
            <p class="faint">{formatCount(found.length - EVENTS_SHOWN)} older ones</p>
          )}
        </details>
      )}
    </div>
  )
}

function Counted({ event }: { readonly event: Event }) {
  const { id, time } = event
  const [from, to] = [formatIso(time - AROUND_MS), formatIso(time + AROUND_MS)]
  const text = event.message === '' ? event.raw : event.message
  return (
    <li>
      <a href={urls.search.href({ from, to, sel: id })}>
        <time datetime={formatIso(time)}>{formatDateTime(time)}</time>{' '}
        {visible(text.slice(0, TEXT_chars))}
      </a>
    </li>
  )
}

function LiveGroups({ standing }: { readonly standing: CorrelationStanding }) {
  return (
    <>
      {standing.live.map(({ group }) => (
        <p class="faint">
          {group === undefined
            ? 'The live engine holds nothing of this group now.'
            : `The live engine holds ${plural(group.entries, 'entry', 'entries')} of this group, the newest of ${formatDateTime(group.last)}.`}
        </p>
      ))}
    </>
  )
}

function Held({ holds }: { readonly holds: boolean }) {
  return (
    <span class={holds ? 'tick' : 'tick no'}>
      <span aria-hidden="true">{holds ? '✓' : '✗'}</span>
      <span class="hidden">{holds ? 'held: ' : 'did not hold: '}</span>
    </span>
  )
}
