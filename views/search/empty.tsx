/** @jsxImportSource hono/jsx */
import { formatAge, formatCount, formatIso, plural, visible } from '../shared/format.ts'
import { Section } from '../shared/section.tsx'
import { urls } from '../urls.ts'
import { DEFAULT_TO, type Resolved, type SearchState, searchHref, sectionParams } from './state.ts'

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
  /** Parts that find nothing even on their own. */
  readonly nothingAlone: readonly string[]
  /** Fields that no event of the range has, with a name that may have been meant. */
  readonly unknownFields: readonly { readonly field: string; readonly near?: string }[]
  /** Sources that are silent now, and those with events that could not be parsed. */
  readonly silent: readonly string[]
  readonly unreadable: readonly string[]
}

/** Zero results, for as long as the explanation is worked out; it loads and fails on its own. */
export function EmptySoFar(props: { readonly state: SearchState; readonly range: Resolved }) {
  const url = urls.searchEmpty.href(sectionParams(props.state, props.range))
  return (
    <Section id="search-why" label="Why nothing was found" url={url}>
      <div class="empty">
        <h2>No event matches</h2>
        <p class="loading">Counting what smaller questions would find</p>
      </div>
    </Section>
  )
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
        {why.unknownFields.map(({ field, near }) => (
          <li>
            No event in this range has a field <code class="mono">{visible(field)}</code>
            {near !== undefined && (
              <>
                ; did you mean{' '}
                <a class="link" href={searchHref(state, { q: renamed(state.q, field, near) })}>
                  {near}
                </a>
                ?
              </>
            )}
          </li>
        ))}
        {why.nothingAlone.map((text) => (
          <li>
            <code class="mono">{visible(text)}</code> finds nothing on its own.
          </li>
        ))}
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
        <SourceHints {...why} />
      </ul>
    </div>
  )
}

/** The query with a field's name put right. */
function renamed(q: string, field: string, near: string): string {
  const escaped = field.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return q.replace(new RegExp(`(?<![\\w.])${escaped}(?=:)`, 'g'), () => near)
}

const NAMES_SHOWN = 6

function SourceHints(props: Pick<Explanation, 'silent' | 'unreadable'>) {
  const list = (names: readonly string[]) =>
    names
      .slice(0, NAMES_SHOWN)
      .map((name) => visible(name))
      .join(', ') + (names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '')
  const link = (
    <a class="link" href={urls.sources.href()}>
      Sources
    </a>
  )
  if (props.silent.length + props.unreadable.length === 0)
    return <li>Every source is connected and readable: {link}.</li>
  return (
    <>
      {props.silent.length > 0 && (
        <li>
          Silent now: {list(props.silent)}. See {link}.
        </li>
      )}
      {props.unreadable.length > 0 && (
        <li>
          Some events could not be parsed, and have no fields: {list(props.unreadable)}. See {link}.
        </li>
      )}
    </>
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
