/** @jsxImportSource hono/jsx */
// A new rule from a search: what it will say, which events become its tests, what of them leaves.

import type { Event } from '../../parsers/event.ts'
import type { Seeded } from '../../server/services/rule-seeds.ts'
import type { Draft } from '../../server/stores/state/drafts.ts'
import { formatAge, formatDateTime, formatIso, plural, visible } from '../shared/format.ts'
import { Notice } from '../shared/section.tsx'
import { Yaml } from '../shared/yaml.tsx'
import { urls } from '../urls.ts'

const TICKED = 2
const MESSAGE_SHOWN_CHARACTERS = 300

export interface SeedProps {
  readonly query: string
  readonly from: string
  readonly to: string
  readonly csrfToken: string
  readonly drafts: readonly Draft[]
  readonly now: number
  /** Undefined without a query; why not, where the search is no rule. */
  readonly seeded?: Seeded | { readonly code: string; readonly message: string }
  /** An event that is ticked from the start. */
  readonly event?: string
  readonly notice?: string
}

/** The page before there is a draft. */
export function SeedPage(props: SeedProps) {
  const { seeded } = props
  return (
    <>
      <div class="bar title">
        <div>
          <h1>New rule</h1>
          <p class="muted">
            From a search: events that it finds, and near ones that it must not, become the tests.
          </p>
        </div>
        <form method="post" action={urls.ruleNew.href()} {...{ 'hx-boost': 'false' }}>
          <input type="hidden" name="_csrf" value={props.csrfToken} />
          <button type="submit" name="blank" value="1">
            Start from an empty rule
          </button>
        </form>
      </div>
      <div class="page seed">
        {props.notice !== undefined && <Notice kind="problem">{visible(props.notice)}</Notice>}
        <SearchForm {...props} />
        {seeded !== undefined && 'code' in seeded && (
          <Notice kind="problem">
            This search is no rule: {visible(seeded.message)}{' '}
            <span class="mono">({seeded.code})</span>
          </Notice>
        )}
        {seeded !== undefined && 'rule' in seeded && <Picks {...props} seeded={seeded} />}
        <Drafts drafts={props.drafts} now={props.now} />
      </div>
    </>
  )
}

function SearchForm(props: SeedProps) {
  return (
    <form method="get" action={urls.ruleNew.href()} class="inline seed-search">
      <input
        name="q"
        value={props.query}
        class="mono"
        aria-label="Search"
        placeholder="A search, as on the Search page"
        data-filter-box=""
      />
      <input type="hidden" name="from" value={props.from} />
      <input type="hidden" name="to" value={props.to} />
      <button type="submit">Look</button>
    </form>
  )
}

function Picks(props: SeedProps & { readonly seeded: Seeded }) {
  const { seeded, query, from, to } = props
  const { rule, hits, read, neighbours } = seeded
  const first =
    props.event === undefined ? undefined : hits.findIndex(({ id }) => id === props.event)
  const isTicked = (at: number) => (first === undefined || first < 0 ? at < TICKED : at === first)
  return (
    <form method="post" action={urls.ruleNew.href()} id="seed-form" {...{ 'hx-boost': 'false' }}>
      {Object.entries({ _csrf: props.csrfToken, q: query, from, to, path: rule.path }).map(
        ([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ),
      )}
      <textarea name="text" hidden>{`\n${rule.text}`}</textarea>
      <div class="seed-grid">
        <div>
          <h2 class="sub first">The rule</h2>
          {rule.accepted < read && (
            <p class="small-text medium">
              {rule.accepted} of {plural(read, 'event')} read are of this log source: the rule looks
              at no others.
            </p>
          )}
          {rule.columns.length > 0 && (
            <p class="small-text medium">
              It reads <span class="mono">{rule.columns.join(' ')}</span>, which Trapline keeps of
              every event: other Sigma engines have no such field.
            </p>
          )}
          <Yaml text={rule.text} label="The rule" />
          <label class="check shadow">
            <input type="checkbox" name="shadow" value="1" /> Begin in shadow: what it would raise
            is counted, and nobody is told
          </label>
          <button type="submit" class="primary">
            Make the draft, with these tests
          </button>
        </div>
        <div>
          <h2 class="sub first">Must match</h2>
          <EventPicks name="hit" events={hits} isTicked={isTicked} />
          <h2 class="sub">Must not match: the nearest that no rule matched</h2>
          {neighbours.length === 0 && (
            <p class="faint small-text">None of the same log source in this range.</p>
          )}
          <EventPicks
            name="near"
            events={neighbours.map(({ event }) => event)}
            isTicked={(at) => at < TICKED}
            notes={neighbours.map(
              ({ shared, differing }) =>
                `${plural(shared, 'field')} the same, another ${differing.slice(0, 4).join(', ') || 'set of fields'}`,
            )}
          />
          <h2 class="sub">What leaves with the pull request</h2>
          <div
            id="leaves"
            hx-post={urls.ruleNewCases.href()}
            hx-trigger="load, change from:#seed-form delay:150ms"
            hx-include="#seed-form"
            hx-swap="innerHTML"
            hx-sync="this:replace"
            aria-live="polite"
          >
            <p class="loading">Redacting</p>
          </div>
        </div>
      </div>
    </form>
  )
}

function EventPicks(props: {
  readonly name: string
  readonly events: readonly Event[]
  readonly isTicked: (at: number) => boolean
  readonly notes?: readonly string[]
}) {
  return (
    <ul class="event-picks">
      {props.events.map((event, at) => (
        <li>
          <label class="check">
            <input
              type="checkbox"
              name={props.name}
              value={event.id}
              checked={props.isTicked(at)}
            />
            <span>
              <time datetime={formatIso(event.time)}>{formatDateTime(event.time)}</time>{' '}
              {visible((event.message || event.raw).slice(0, MESSAGE_SHOWN_CHARACTERS))}
              {props.notes?.[at] !== undefined && <small>{visible(props.notes[at])}</small>}
            </span>
          </label>
        </li>
      ))}
    </ul>
  )
}

/** Tests as they leave the server, and what was replaced in them. */
export interface LeavingTests {
  readonly text: string
  readonly replaced: readonly Replaced[]
  /** Values that identify somebody and stay. */
  readonly kept: readonly Pick<Replaced, 'kind' | 'from'>[]
  readonly problems: readonly {
    readonly code: string
    readonly case: string
    readonly message: string
  }[]
}

interface Replaced {
  readonly kind: string
  readonly from: string
  readonly to: string
  readonly count: number
}

/** What leaves: every replacement, what had to stay, what cannot be a test, and the file itself. */
export function Leaves(props: { readonly made: LeavingTests }) {
  const { replaced, kept, problems, text } = props.made
  return (
    <>
      {problems.map((problem) => (
        <Notice kind="problem">
          {problem.case}: {visible(problem.message)} <span class="mono">({problem.code})</span>
        </Notice>
      ))}
      {kept.length > 0 && (
        <Notice kind="hint">
          The rule asks for {kept.length === 1 ? 'this value' : 'these values'}, so{' '}
          {kept.length === 1 ? 'it stays' : 'they stay'}:{' '}
          {kept.map(({ kind, from }) => `${kind} ${visible(from)}`).join(', ')}.
        </Notice>
      )}
      {replaced.length === 0 ? (
        <p class="faint small-text">Nothing in them names anyone.</p>
      ) : (
        <table class="auto">
          <thead>
            <tr>
              <th scope="col">kind</th>
              <th scope="col">here</th>
              <th scope="col">leaves as</th>
              <th scope="col" class="num">
                places
              </th>
            </tr>
          </thead>
          <tbody>
            {replaced.map(({ kind, from, to, count }) => (
              <tr>
                <td class="muted">{kind}</td>
                <td class="mono">{visible(from)}</td>
                <td class="mono">{to}</td>
                <td class="num">{count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {text !== '' && (
        <details open>
          <summary class="muted small-text">The test file</summary>
          <Yaml text={text} label="The tests" />
        </details>
      )}
    </>
  )
}

function Drafts(props: { readonly drafts: readonly Draft[]; readonly now: number }) {
  if (props.drafts.length === 0) return null
  return (
    <>
      <h2 class="sub">Your drafts</h2>
      <ul class="plain">
        {props.drafts.map((draft) => (
          <li>
            <a class="link mono" href={draftHref(draft)}>
              {draft.path}
            </a>{' '}
            <span class="muted">changed {formatAge(draft.updated, props.now)}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

function draftHref({ id, ruleId }: Draft): string {
  return ruleId === undefined
    ? urls.ruleDraft.href({ draft: id })
    : urls.ruleEdit.href({ id: ruleId })
}
