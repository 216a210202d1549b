/** @jsxImportSource hono/jsx */
import type { DeadLetter, ParseFailure, SourceCard } from '../../server/services/services.ts'
import {
  formatAge,
  formatCount,
  formatDateTime,
  formatIso,
  formatRate,
  formatShare,
  formatSpan,
  plural,
  visible,
} from '../shared/format.ts'
import { Section } from '../shared/section.tsx'
import { urls } from '../urls.ts'
import { DropZone } from './files.tsx'

/** Sources: what sends, how to add one, what could not be read. */
export function SourcesPage(props: {
  readonly canWrite: boolean
  readonly csrfToken: string
  /** Names that select a parser. */
  readonly parsers: readonly string[]
}) {
  return (
    <>
      <div class="bar title">
        <div>
          <h1>Sources</h1>
          <p class="muted">Everything that sends events, as it is labelled in them.</p>
        </div>
        {props.canWrite && (
          <form method="post" action={urls.sourceAdd.href()} class="inline">
            <input type="hidden" name="_csrf" value={props.csrfToken} />
            <input
              name="name"
              required
              maxlength={100}
              placeholder="Name, e.g. web-3 nginx"
              aria-label="Name of the new source"
              list="parsers"
              title="A parser's name selects that parser; any other name is a label"
            />
            <datalist id="parsers">
              {props.parsers.map((name) => (
                <option value={name} />
              ))}
            </datalist>
            <button type="submit" class="primary">
              Add a source
            </button>
          </form>
        )}
      </div>
      <div class="page" data-drop={props.canWrite ? '' : undefined}>
        {props.canWrite && <DropZone />}
        <Section
          id="imports"
          label="Files"
          url={urls.sourceImports.href()}
          poll_ms={1000}
          on="files-sent"
        >
          {' '}
        </Section>
        <Section
          id="source-cards"
          label="Sources"
          url={urls.sourceCards.href()}
          poll_ms={10_000}
          on="sources-changed from:body"
        />
        <h2 class="spaced">Not parsed</h2>
        <Section
          id="dead-letters"
          label="Dead letters"
          url={urls.deadLetters.href()}
          on="sources-changed from:body"
        />
      </div>
    </>
  )
}

/** One card per source. */
export function SourceCards(props: {
  readonly cards: readonly SourceCard[]
  readonly canWrite: boolean
  readonly csrfToken: string
  readonly now: number
}) {
  if (props.cards.length === 0)
    return <p class="muted">Nothing has sent yet. Add a source, or play a scenario.</p>
  return (
    <ul class="cards">
      {props.cards.map((card) => (
        <Card {...props} card={card} />
      ))}
    </ul>
  )
}

function Card(props: {
  readonly card: SourceCard
  readonly canWrite: boolean
  readonly csrfToken: string
  readonly now: number
}) {
  const { card, now } = props
  return (
    <li class="card">
      <h2>
        <span class={`dot ${card.connected ? '' : 'off'}`} />
        <a href={urls.search.href({ filterField: 'source', filterValue: card.name })}>
          {visible(card.name)}
        </a>
        <span class={`pill ${card.connected ? 'on' : ''}`}>
          {card.connected ? 'connected' : 'disconnected'}
        </span>
      </h2>
      <dl class="facts-list">
        <dt>now</dt>
        <dd>{formatRate(card.eventsPerSecond)} events/s</dd>
        <dt>today</dt>
        <dd>{plural(card.eventsToday, 'event')}</dd>
        <dt>in all</dt>
        <dd>{formatCount(card.total)}</dd>
        <dt>last event</dt>
        <dd title={card.lastEvent === undefined ? '' : formatIso(card.lastEvent)}>
          {card.lastEvent === undefined ? 'never' : formatAge(card.lastEvent, now)}
        </dd>
        <dt>not parsed</dt>
        <dd class={card.failureRate > 0 ? 'high' : ''}>
          <a href={urls.deadLetters.href({ source: card.name })}>{formatShare(card.failureRate)}</a>
        </dd>
        <dt>parsers</dt>
        <dd class="mono">{card.parsers.join(', ')}</dd>
        <dt>fields</dt>
        <dd>
          <a class="link" href={urls.source.href({ source: card.name })}>
            against what rules ask
          </a>
        </dd>
        <dt>silent after</dt>
        <dd>
          {props.canWrite ? <SilentAfter {...props} /> : formatSpan(card.silentAfter_s * 1000)}
        </dd>
      </dl>
    </li>
  )
}

const SILENT_OPTIONS_s = [60, 300, 900, 3600, 21_600, 86_400] as const

function SilentAfter(props: { readonly card: SourceCard; readonly csrfToken: string }) {
  const { card } = props
  const known = SILENT_OPTIONS_s.some((seconds) => seconds === card.silentAfter_s)
  const options = known ? SILENT_OPTIONS_s : [card.silentAfter_s, ...SILENT_OPTIONS_s]
  return (
    <form hx-post={urls.sourceSilence.href()} hx-target="#source-cards" data-submit-on-change="">
      <input type="hidden" name="_csrf" value={props.csrfToken} />
      <input type="hidden" name="source" value={card.name} />
      <select name="seconds" class="small" aria-label={`${card.name} is silent after`}>
        {options.map((seconds) => (
          <option value={String(seconds)} selected={seconds === card.silentAfter_s}>
            {formatSpan(seconds * 1000)}
          </option>
        ))}
      </select>
    </form>
  )
}

/** What could not be parsed, by source and reason, with examples; kept raw and searchable. */
export function Failures(props: {
  readonly failures: readonly ParseFailure[]
  readonly source: string
}) {
  const { failures, source } = props
  return (
    <>
      {source !== '' && (
        <p class="chips">
          <span class="chip">
            <span>source {visible(source)}</span>
            <a href={urls.sources.href()} aria-label="All sources">
              ×
            </a>
          </span>
        </p>
      )}
      {failures.length === 0 ? (
        <p class="muted">Everything that arrived could be read.</p>
      ) : (
        <ul class="failures">
          {failures.map((failure) => (
            <FailureGroup failure={failure} isOne={source !== ''} />
          ))}
        </ul>
      )}
    </>
  )
}

function FailureGroup(props: { readonly failure: ParseFailure; readonly isOne: boolean }) {
  const { source, code, samples, count, of } = props.failure
  const [newest] = samples
  if (newest === undefined) return null
  const href = urls.deadLetters.href({ source })
  return (
    <li class="failure">
      <p>
        <strong>{visible(source)}</strong>{' '}
        <span class="high" title={code}>
          {visible(newest.message)}
        </span>{' '}
        <span class="muted">
          {count === of
            ? plural(count, 'event')
            : `${formatCount(count)} of its newest ${plural(of, 'failure')}`}
        </span>{' '}
        {!props.isOne && count > samples.length && (
          <a class="link" href={href}>
            more
          </a>
        )}
      </p>
      <ul class="mono">
        {samples.map((letter) => (
          <li>
            <span class="faint" title={formatIso(letter.at)}>
              {letter.eventId === undefined ? (
                formatDateTime(letter.at)
              ) : (
                <a class="link" href={letterHref(letter)}>
                  {formatDateTime(letter.at)}
                </a>
              )}
            </span>{' '}
            {letter.message !== newest.message && (
              <span class="high">{visible(letter.message)}: </span>
            )}
            {visible(letter.sample)}
          </li>
        ))}
      </ul>
    </li>
  )
}

const AROUND_MS = 5 * 60_000

function letterHref(letter: DeadLetter): string {
  return urls.search.href({
    from: formatIso(letter.at - AROUND_MS),
    to: formatIso(letter.at + AROUND_MS),
    sel: letter.eventId,
  })
}
