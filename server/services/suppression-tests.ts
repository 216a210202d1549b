// The tests of a filter: an event that it silences and the nearest one that it must not, redacted so that
// both answer as before.
import type { RuleTest } from '../../ci/checks/test-file.ts'
import { redactCases, type TestedRule } from '../../ci/redact/cases.ts'
import { readInput, testFileText } from '../../ci/redact/fixture.ts'
import type { Replacement } from '../../ci/redact/types.ts'
import type { Event } from '../../parsers/event.ts'
import { normalise } from '../../parsers/normalise.ts'
import { parserNames } from '../../parsers/table.ts'
import { compilePredicate } from '../../sigma/eval/predicate.ts'
import { ruleAccepts } from '../../sigma/eval/routing.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import type { Criteria, CriteriaValue } from '../stores/state/suppressions.ts'
import { criteriaExpr } from './mute-filter.ts'
import { otherText, otherValue } from './other-value.ts'
import { ServiceError } from './service-error.ts'

const SILENCED = 'the event that this filter silences'
const STAYS = 'an event like it that must still be found'

export interface FilterTestsInput {
  readonly ruleId: string
  /** Named in the tests where the filter is for more than one rule. */
  readonly namesRule: boolean
  /** The rule as it runs now, and with the filter. */
  readonly plain: LoadedRule
  readonly filtered: LoadedRule
  readonly criteria: Criteria
  readonly silenced: Event
  /** Events of the rule that the filter leaves, any order; may be none. */
  readonly others: readonly Event[]
  /** DNS domains that never leave the server. */
  readonly ownDomains?: readonly string[]
}

export interface FilterTests {
  readonly text: string
  readonly replaced: readonly Replacement[]
  /** Whether the event that stays was made by changing a value: no stored one was left. */
  readonly isMade: boolean
}

/** Rejects `invalid` where no such tests can be written, with the reason. */
export function makeFilterTests(input: FilterTestsInput): FilterTests {
  const { plain, filtered, criteria, silenced } = input
  const stays = nearest(input) ?? madeOf(input)
  if (stays === undefined)
    throw new ServiceError(
      'invalid',
      'the criteria hide everything that the rule finds: add a field that tells the harmless events apart',
    )
  const options = {
    keep: Object.values(criteria).flat().map(String),
    ownDomains: input.ownDomains ?? [],
    ...(input.namesRule ? { ruleId: input.ruleId } : {}),
  }
  // What the filter silences is what the rule finds without it and the criteria hide: both must survive.
  const hidden = {
    logsource: plain.logsource,
    expr: { kind: 'and', args: [plain.expr, criteriaExpr(criteria)] } satisfies Expr,
  }
  const cases = [
    { name: SILENCED, match: true, events: [silenced] },
    { name: STAYS, match: true, events: [stays] },
  ] as const
  // Together their pseudonyms agree; where a form is chosen that does not show what is hidden, each by itself.
  const both = redactCases(plain, cases, options)
  const [one, other] = both.tests
  const isProven =
    one !== undefined && other !== undefined && fires(hidden, one) && fires(filtered, other)
  const parts = isProven
    ? [both]
    : [redactCases(hidden, [cases[0]], options), redactCases(filtered, [cases[1]], options)]
  const [problem] = parts.flatMap(({ problems }) => problems)
  if (problem !== undefined)
    throw new ServiceError('invalid', `no test can be made of ${problem.case}: ${problem.message}`)
  const tests = parts.flatMap((part) => part.tests)
  return {
    text: testFileText(tests.map((test, n) => (n === 0 ? { ...test, match: false } : test))),
    replaced: parts.flatMap((part) => part.replaced),
    isMade: stays.id === '',
  }
}

/** Whether a rule finds every event of a test. */
function fires({ expr, logsource }: TestedRule, { events = [] }: RuleTest): boolean {
  const matches = compilePredicate(expr)
  return events.every((form) => {
    const event = readInput(form, logsource)
    return event !== undefined && ruleAccepts(logsource, event.logsource) && matches(event)
  })
}

/** The event that fulfils most of the criteria, but not all. */
function nearest({ criteria, others, filtered }: FilterTestsInput): Event | undefined {
  const matches = compilePredicate(filtered.expr)
  const each = Object.entries(criteria).map(([name, value]) =>
    compilePredicate(criteriaExpr({ [name]: value })),
  )
  const score = (event: Event) => each.filter((holds) => holds(event)).length
  const found = others.filter((event) => matches(event))
  return found.toSorted((a, b) => score(b) - score(a))[0]
}

/** The silenced event with one value of the criteria changed, where the rule still finds it. */
function madeOf({ criteria, silenced, filtered }: FilterTestsInput): Event | undefined {
  const matches = compilePredicate(filtered.expr)
  const holds = (event: Event) => ruleAccepts(filtered.logsource, event.logsource) && matches(event)
  for (const [name, value] of Object.entries(criteria)) {
    const made = [...changedLines(silenced, [value].flat()), ...changedFields(silenced, name)]
    const found = made.find(holds)
    if (found !== undefined) return found
  }
  return undefined
}

/** The line with another value in its place, read anew. */
function changedLines(event: Event, values: readonly CriteriaValue[]): readonly Event[] {
  return values.flatMap((value) => {
    const line = replaceWhole(event.raw, String(value))
    if (line === event.raw) return []
    const { ingested, source, parser } = event
    const name = parserNames().includes(source) ? source : parser
    const read = normalise(line, {
      ...{ now: ingested, received: ingested, timeZone: 'UTC' },
      ...(name === 'unparsed' ? {} : { source: name }),
    })
    return read.error === undefined ? [{ ...read, id: '', time: event.time }] : []
  })
}

/** Copies of an event of fields alone, one of which says something else or nothing. */
function changedFields(event: Event, name: string): readonly Event[] {
  const base = { ...event, id: '', raw: '', message: '', pivots: {} }
  if (name.startsWith('@')) return [base]
  if (!Object.hasOwn(event.fields, name)) {
    const { [name.split('.')[0] ?? '']: _, ...others } = event.fields
    return [{ ...base, fields: others }]
  }
  const { [name]: value, ...rest } = event.fields
  return [
    { ...base, fields: { ...event.fields, [name]: otherValue(value) } },
    { ...base, fields: rest },
  ]
}

/** The text with another value wherever this one stands by itself, not inside of a longer word. */
function replaceWhole(text: string, value: string): string {
  if (value === '') return text
  const whole = new RegExp(`(?<![\\w.])${RegExp.escape(value)}(?!\\w|\\.\\w)`, 'g')
  return text.replace(whole, () => otherText(value))
}

/** What a criterion asks of an event, as an expression of the whole. */
export function othersExpr(criteria: Criteria): Expr {
  return { kind: 'not', arg: criteriaExpr(criteria) }
}
