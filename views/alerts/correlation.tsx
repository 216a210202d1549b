/** @jsxImportSource hono/jsx */
import {
  formatCount,
  formatDateTime,
  formatIso,
  formatSpan,
  plural,
  visible,
} from '../shared/format.ts'
import { Value } from '../shared/value-menu.tsx'
import { urls } from '../urls.ts'

/** What a correlation's alert was raised over. */
export interface CorrelationFacts {
  readonly type: string
  /** Its condition in words. */
  readonly condition: string
  readonly timespan_ms: number
  /** The values that its events share; `field` is where the event has it. */
  readonly group: readonly {
    readonly name: string
    readonly field: string
    readonly value: string | undefined
  }[]
  /** Rules whose matches it read, with how many of the events below. */
  readonly rules: readonly {
    readonly id: string
    readonly title: string
    readonly events: number
  }[]
  /** Oldest first. */
  readonly events: readonly {
    readonly id: string
    readonly time: number
    readonly text: string
    /** Ids. */
    readonly rules: readonly string[]
  }[]
  /** Events that contributed and are stored no more. */
  readonly gone: number
  /** The alert lists no more of them: these are the newest. */
  readonly capped: boolean
  /** Finds the group's events. */
  readonly query: string
}

const SHOWN_FIRST = 12
const AROUND_MS = 5 * 60_000
const TEXT_chars = 200

/** Condition, window, group and events of a correlation that held. */
export function CorrelationBox(props: { readonly facts: CorrelationFacts; readonly time: number }) {
  const { facts, time } = props
  const { events, rules } = facts
  const first = events[0]?.time ?? time
  const last = events.at(-1)?.time ?? time
  return (
    <section class="correlation" aria-label="Correlation">
      <dl class="fields">
        <dt>condition</dt>
        <dd>{visible(facts.condition)}</dd>
        <dt>window</dt>
        <dd>
          {formatSpan(facts.timespan_ms)}
          {events.length > 0 && (
            <span class="muted">
              , events from {formatDateTime(first)} to {formatDateTime(last)}
            </span>
          )}
        </dd>
        <dt>group</dt>
        <dd>
          {facts.group.length === 0 && <span class="muted">all events together</span>}
          {facts.group.map(({ name, field, value }) => (
            <div>
              {visible(name)}{' '}
              {value === undefined ? (
                <span class="muted">absent</span>
              ) : (
                <Value field={field} value={value} time={time}>
                  <mark>{visible(value)}</mark>
                </Value>
              )}
            </div>
          ))}
        </dd>
        <dt>rules</dt>
        <dd>
          {rules.length === 0 && <span class="muted">no longer loaded</span>}
          {rules.map(({ id, title, events: count }) => (
            <div>
              <a class="link" href={urls.rule.href({ id })}>
                {visible(title)}
              </a>{' '}
              <span class="muted">{plural(count, 'event')}</span>
            </div>
          ))}
        </dd>
      </dl>
      <h3>
        {plural(events.length, 'contributing event')}
        {facts.capped && ', the newest'}{' '}
        <a
          class="link"
          href={urls.search.href({
            q: facts.query,
            from: formatIso(first),
            to: formatIso(last + 1),
          })}
        >
          all of the group in this time
        </a>
      </h3>
      <Events events={events.slice(0, SHOWN_FIRST)} />
      {events.length > SHOWN_FIRST && (
        <details>
          <summary>{formatCount(events.length - SHOWN_FIRST)} more</summary>
          <Events events={events.slice(SHOWN_FIRST)} />
        </details>
      )}
      {facts.gone > 0 && (
        <p class="faint">{plural(facts.gone, 'event')} left the store by retention.</p>
      )}
    </section>
  )
}

function Events(props: { readonly events: CorrelationFacts['events'] }) {
  return (
    <ol class="contributing">
      {props.events.map(({ id, time, text }) => (
        <li>
          <a
            href={urls.search.href({
              from: formatIso(time - AROUND_MS),
              to: formatIso(time + AROUND_MS),
              sel: id,
            })}
          >
            <time datetime={formatIso(time)}>{formatDateTime(time)}</time>{' '}
            {visible(text.slice(0, TEXT_chars))}
          </a>
        </li>
      ))}
    </ol>
  )
}
