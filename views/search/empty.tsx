/** @jsxImportSource hono/jsx */
import { formatAge, formatCount, formatIso, plural, visible } from '../shared/format.ts'
import { urls } from '../urls.ts'
import { DEFAULT_TO, type SearchState, searchHref } from './state.ts'

/** Why nothing was found, worked out by counting what smaller questions would have given. */
export interface Explanation {
  /** The query less one part. */
  readonly withoutPart: readonly {
    readonly text: string
    readonly q: string
    readonly count: number
  }[]
  /** The same query over longer ranges. */
  readonly longer: readonly {
    readonly label: string
    readonly from: string
    readonly count: number
  }[]
  /** Events in the range whatever the query. */
  readonly inRange: number
  readonly stored: number
  readonly newest: number | undefined
}

/** Zero results, explained, each figure a link to the search that gives it. */
export function EmptyResults(props: {
  readonly state: SearchState
  readonly explanation: Explanation
  readonly now: number
}) {
  const { state, explanation: why } = props
  if (why.stored === 0) return <NothingStored />
  return (
    <div class="empty">
      <h2>No event matches</h2>
      <ul>
        <li>
          {why.inRange === 0
            ? 'No event at all lies in this time range.'
            : `${plural(why.inRange, 'event')} in this range, whatever the query.`}
        </li>
        {why.withoutPart.map((part) => (
          <li>
            Without <code class="mono">{visible(part.text)}</code>:{' '}
            <a class="link" href={searchHref(state, { q: part.q })}>
              {plural(part.count, 'event')}
            </a>
          </li>
        ))}
        {why.longer.map((range) => (
          <li>
            Over {range.label}:{' '}
            <a class="link" href={searchHref(state, { from: range.from, to: DEFAULT_TO })}>
              {plural(range.count, 'event')}
            </a>
          </li>
        ))}
        {why.newest !== undefined && (
          <li>
            The newest stored event is from <span class="mono">{formatIso(why.newest)}</span>,{' '}
            {formatAge(why.newest, props.now)}:{' '}
            <a
              class="link"
              href={searchHref(state, {
                from: formatIso(why.newest - 3_600_000),
                to: formatIso(why.newest + 1),
              })}
            >
              the hour before it
            </a>
            . {formatCount(why.stored)} are stored.
          </li>
        )}
        <li>
          Is a source silent, or are its logs not readable? See{' '}
          <a class="link" href={urls.sources.href()}>
            Sources
          </a>
          .
        </li>
      </ul>
    </div>
  )
}

function NothingStored() {
  return (
    <div class="empty">
      <h2>No events yet</h2>
      <p>
        <a class="link" href={urls.scenarios.href()}>
          Play a scenario
        </a>{' '}
        to see some arrive, or{' '}
        <a class="link" href={urls.sources.href()}>
          add a source
        </a>{' '}
        of your own.
      </p>
    </div>
  )
}
