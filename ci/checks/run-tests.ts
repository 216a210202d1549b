// Runs the tests of rules. Pure: rules and events in, results out.
import type { ParserContent } from '../../parsers/mapping/content.ts'
import { normalise } from '../../parsers/normalise.ts'
import { createCorrelator } from '../../sigma/correlate/engine.ts'
import { correlationText } from '../../sigma/correlate/text.ts'
import { readsOf } from '../../sigma/correlate/why.ts'
import { compilePredicate } from '../../sigma/eval/predicate.ts'
import { ruleAccepts } from '../../sigma/eval/routing.ts'
import type { EventLogSource, Fields, SigmaEvent } from '../../sigma/event.ts'
import type { LoadedCorrelation, LoadedRule, LoadedRules, LogSource } from '../../sigma/rule.ts'
import type { RuleTest, TestEvent } from './test-file.ts'

/** Time of test events without one of their own: 2026-01-01T00:00:00Z, milliseconds. */
export const TEST_TIME = Date.UTC(2026, 0, 1)

export interface TestResult {
  readonly rule: LoadedRule | LoadedCorrelation
  readonly test: RuleTest
  readonly passed: boolean
  /** Events that matched, by index. */
  readonly matched: readonly number[]
  /** One sentence on a failure: what was expected and what came. */
  readonly message: string
}

/** Runs one test against its rule; it passes when the number of matches is above 0, or 0, as it says. Raw events are
 * read with `parsers`. */
export function runTest(
  rule: LoadedRule,
  test: RuleTest,
  events: readonly TestEvent[],
  parsers: ParserContent = {},
): TestResult {
  const predicate = compilePredicate(rule.expr)
  const matched: number[] = []
  const unparsed: string[] = []
  const routedAway: string[] = []
  for (const [index, input] of events.entries()) {
    const event = eventOf(input, test.logsource ?? rule.logsource, parsers)
    if (event.error !== undefined) unparsed.push(`event ${index}: ${event.error}`)
    else if (!ruleAccepts(rule.logsource, event.logsource))
      routedAway.push(`event ${index} is ${describeLogSource(event.logsource)}`)
    else if (predicate(event)) matched.push(index)
  }
  return judge(rule, test, { matched, unparsed, routedAway })
}

/** Runs one test of a correlation over timed events; what it reads is among `loaded`. An event matches when
 * the correlation holds for the window that ends with it. */
export function runCorrelationTest(
  correlation: LoadedCorrelation,
  loaded: Pick<LoadedRules, 'rules' | 'correlations'>,
  test: RuleTest,
  events: readonly TestEvent[],
  parsers: ParserContent = {},
): TestResult {
  const engine = createCorrelator<SigmaEvent>(loaded.correlations, {
    read: correlationText,
    lateness_ms: Number.POSITIVE_INFINITY,
  })
  const wanted = readsOf(correlation, loaded).rules
  const inputs = wanted.map((rule) => ({
    ...{ rule, input: engine.input(rule.id)!, predicate: compilePredicate(rule.expr) },
  }))
  const matched: number[] = []
  const unparsed: string[] = []
  for (const [index, input] of events.entries()) {
    const event = eventOf(input, test.logsource ?? {}, parsers)
    if (event.error !== undefined) unparsed.push(`event ${index}: ${event.error}`)
    const matches = inputs
      .filter(
        ({ rule, predicate }) => ruleAccepts(rule.logsource, event.logsource) && predicate(event),
      )
      .map((one) => ({ input: one.input, event }))
    const firings = engine.pushEvent(matches, event.time, event.source, index)
    if (firings.some(({ id }) => id === correlation.id)) matched.push(index)
  }
  return judge(correlation, test, { matched: [...new Set(matched)], unparsed, routedAway: [] })
}

interface Seen {
  readonly matched: readonly number[]
  readonly unparsed: readonly string[]
  readonly routedAway: readonly string[]
}

function judge(
  rule: LoadedRule | LoadedCorrelation,
  test: RuleTest,
  { matched, unparsed, routedAway }: Seen,
): TestResult {
  const passed = unparsed.length === 0 && matched.length > 0 === test.match
  const reasons = [...unparsed, ...(test.match ? routedAway : [])].join('; ')
  const expected = test.match ? 'at least one match' : 'no match'
  const came = matched.length === 0 ? 'none came' : `event ${matched.join(', ')} matched`
  const message = passed
    ? ''
    : `expected ${expected}, ${came}${reasons === '' ? '' : `: ${reasons}`}`
  return { rule, test, passed, matched, message }
}

function describeLogSource(source: EventLogSource): string {
  return [source.product, source.category.join('+'), source.service.join('+')]
    .map((part) => part || '-')
    .join('/')
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Milliseconds of an offset like `90s`. */
export function offset_ms(text: string): number {
  const [, number = '0', unit = 'ms'] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? []
  return Number(number) * UNIT_MS[unit]!
}

/** The event that a test's input stands for: with an offset it happens so long after `TEST_TIME`, a raw one
 * without at its own time. */
export function eventOf(
  input: TestEvent,
  logsource: LogSource | { product?: string | undefined },
  parsers: ParserContent = {},
): SigmaEvent & { readonly error?: string } {
  const time = input.offset === undefined ? undefined : TEST_TIME + offset_ms(input.offset)
  const event = parseOrBuild(input, logsource, parsers)
  return time === undefined ? event : { ...event, time }
}

function parseOrBuild(
  input: TestEvent,
  logsource: LogSource | { product?: string | undefined },
  parsers: ParserContent,
): SigmaEvent & { readonly error?: string } {
  if ('raw' in input) {
    const event = normalise(input.raw, {
      now: TEST_TIME,
      received: TEST_TIME,
      timeZone: 'UTC',
      ...parsers,
      ...(input.source === undefined ? {} : { source: input.source }),
    })
    const { error, ...rest } = event
    return error === undefined ? rest : { ...rest, error: error.message }
  }
  const { product, category, service } = logsource as LogSource
  return {
    time: TEST_TIME,
    source: 'test',
    logsource: {
      ...(product === undefined ? {} : { product }),
      category: category === undefined ? [] : [category],
      service: service === undefined ? [] : [service],
      closed: false,
    },
    pivots: {},
    message: '',
    fields: input.fields as Fields,
    raw: '',
  }
}
