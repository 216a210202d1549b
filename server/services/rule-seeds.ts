// New rules from searches and events, with tests made of what was picked and redacted.

import { parseTestFile } from '../../ci/checks/test-file.ts'
import { type RedactedCases, redactCases } from '../../ci/redact/cases.ts'
import { addTests, type FixtureCase } from '../../ci/redact/fixture.ts'
import type { RedactOptions } from '../../ci/redact/types.ts'
import type { Event } from '../../parsers/event.ts'
import { addFilter } from '../../query/edit.ts'
import { parseQuery } from '../../query/query.ts'
import { isRefusal, type Refusal } from '../../query/to-sigma.ts'
import { compilePredicate } from '../../sigma/eval/predicate.ts'
import { ruleAccepts } from '../../sigma/eval/routing.ts'
import { fieldValues } from '../../sigma/eval/values.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import type { EventReader, TimeRange } from '../stores/events/event-store.ts'
import { type DraftFiles, filesBeside, loadDraft } from './draft-content.ts'
import { type SeededRule, seedRule } from './rule-seed.ts'
import type { Rules } from './rules.ts'
import { type Neighbour, nearestBenign, tellingFields } from './seed-events.ts'
import { ServiceError } from './service-error.ts'

/** Hits offered as tests, and hits that the log source is told from. */
export const HITS_SHOWN = 20
const HITS_READ = 200
export const NEIGHBOURS_SHOWN = 10
/** Events that tests are made of at once. */
export const PICKED_MAX = 50
/** Fields that a test's name tells. */
const NAMED_FIELDS_MAX = 3
const SEARCH_TIMEOUT_MS = 10_000
/** Benign events are looked for this far back at least, milliseconds. */
const NEAR_RANGE_MIN_MS = 86_400_000

type Reader = Pick<EventReader, 'search' | 'get' | 'matchesOf'>

export interface SeedRequest {
  readonly query: string
  readonly range: TimeRange
  readonly author: string
  readonly title?: string
  readonly level?: string
}

export interface Seeded {
  readonly rule: SeededRule
  /** Newest first, `HITS_SHOWN` at most. */
  readonly hits: readonly Event[]
  /** Hits that were read, `HITS_READ` at most. */
  readonly read: number
  readonly neighbours: readonly Neighbour[]
}

/** A rule out of a search, with events for its tests; or by name why there is none. */
export async function seedFromSearch(
  reader: Reader,
  request: SeedRequest,
  signal?: AbortSignal,
): Promise<Seeded | Refusal> {
  const { query, range, author, title, level } = request
  const parsed = parseQuery(query)
  const { expr } = parsed
  const search = { ...range, limit: HITS_READ, timeout_ms: SEARCH_TIMEOUT_MS }
  const found =
    !parsed.valid || expr === undefined
      ? []
      : (await reader.search({ ...search, expr }, signal)).events
  const rule = seedRule({
    ...{ query, found, author, now: Date.now() },
    ...(title === undefined ? {} : { title }),
    ...(level === undefined ? {} : { level }),
  })
  if (isRefusal(rule) || expr === undefined) return rule as Refusal
  const hits = found.slice(0, HITS_SHOWN)
  const wide = { from: Math.min(range.from, range.to - NEAR_RANGE_MIN_MS), to: range.to }
  const wanted = { expr, logsource: rule.logsource, hits, range: wide, limit: NEIGHBOURS_SHOWN }
  return { rule, hits, read: found.length, neighbours: await nearestBenign(reader, wanted, signal) }
}

/** A search for events like one: what it would be called by. Rejects `not-found`. */
export async function queryOfEvent(
  reader: Reader,
  id: string,
): Promise<{ q: string; time: number }> {
  const [event] = await reader.get([id])
  if (event === undefined) throw new ServiceError('not-found', `There is no event ${id}.`)
  const fields = tellingFields(event)
  const q = fields.reduce((query, [name, value]) => addFilter(query, name, value), '')
  return { q, time: event.time }
}

/** Ids of events: those that the rule must match, and those that it must not. */
export interface Picked {
  readonly hits: readonly string[]
  readonly near: readonly string[]
}

/** Tests of a rule from events: those it must match, and those it must not. Rejects `invalid` where the rule
 * does not run, `not-found` for an event that is gone. */
export async function casesFor(
  reader: Reader,
  rules: Rules,
  draft: { readonly path: string; readonly text: string },
  picked: Picked,
  redaction: RedactOptions = {},
): Promise<RedactedCases> {
  const ids = [...picked.hits, ...picked.near]
  if (ids.length > PICKED_MAX)
    throw new ServiceError('invalid', `tests are made of at most ${PICKED_MAX} events`)
  const files = { ...draft, testText: '' }
  const [rule] = loadDraft(files, filesBeside(files, rules)).rules
  if (rule === undefined) throw new ServiceError('invalid', 'The rule does not run yet.')
  const events = await reader.get(ids)
  const cases = ids.map((id, at): FixtureCase => {
    const event = events[at]
    if (event === undefined) throw new ServiceError('not-found', `There is no event ${id}.`)
    const match = at < picked.hits.length
    const n = match ? at + 1 : at - picked.hits.length + 1
    const [hit] = match ? [] : events
    const name = match ? `a match ${n}` : `a near miss ${n}${differing(rule.expr, event, hit)}`
    return { name, match, events: [event] }
  })
  return redactCases(rule, cases, redaction)
}

/** Fields that the rule asks for and whose values are others than those of a hit; names alone, no values. */
function differing(expr: Expr, event: Event, hit: Event | undefined): string {
  if (hit === undefined) return ''
  const names = [...fieldsIn(expr)].filter((name) => {
    const [own, other] = [event, hit].map((one) => JSON.stringify(fieldValues(one.fields, name)))
    return own !== other
  })
  return names.length === 0 ? '' : `, another ${names.slice(0, NAMED_FIELDS_MAX).join(', ')}`
}

function fieldsIn(expr: Expr): ReadonlySet<string> {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return new Set(expr.args.flatMap((arg) => [...fieldsIn(arg)]))
    case 'not':
      return fieldsIn(expr.arg)
    case 'match':
      return new Set('name' in expr.target ? [expr.target.name] : [])
    default:
      return new Set()
  }
}

/** What a draft's tests become with one more, and what was done to its event. */
export interface AddedTest {
  readonly testText: string
  readonly made: RedactedCases
}

/**
 * The tests of a draft with one more, made from a stored event: it must fire, or must not, whatever the text
 * says now. Rejects `invalid` where the rule does not run or the event cannot be a test, `not-found`.
 */
export async function addTestOf(
  reader: Pick<EventReader, 'get'>,
  rules: Rules,
  draft: DraftFiles,
  wanted: {
    readonly event: string
    readonly fires: boolean
    readonly ruleId: string | undefined
    readonly redaction?: RedactOptions
  },
): Promise<AddedTest> {
  const own = loadDraft(draft, filesBeside(draft, rules)).rules
  const rule = own.find(({ id }) => id === wanted.ruleId) ?? own[0]
  if (rule === undefined) throw new ServiceError('invalid', 'The rule does not run yet.')
  const [event] = await reader.get([wanted.event])
  if (event === undefined) throw new ServiceError('not-found', `There is no event ${wanted.event}.`)
  const match = ruleAccepts(rule.logsource, event.logsource) && compilePredicate(rule.expr)(event)
  const day = new Date(event.time).toISOString().slice(0, 10)
  const name = `${wanted.fires ? 'kept' : 'false'} positive of ${day}`
  const made = redactCases(rule, [{ name, match, events: [event] }], {
    ...wanted.redaction,
    ...(own.length > 1 ? { ruleId: rule.id } : {}),
  })
  const [problem] = made.problems
  if (problem !== undefined) throw new ServiceError('invalid', problem.message)
  const tests = made.tests.map((test) => ({ ...test, match: wanted.fires }))
  const isThere = parseTestFile(draft.testText, draft.path).tests.some((test) =>
    Bun.deepEquals(test.events, tests[0]?.events),
  )
  return { testText: isThere ? draft.testText : addTests(draft.testText, tests), made }
}
