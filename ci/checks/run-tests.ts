// Runs the tests of rules. Pure: rules and events in, results out.
import { normalise } from '../../parsers/normalise.ts'
import { compilePredicate } from '../../sigma/eval/predicate.ts'
import { ruleAccepts } from '../../sigma/eval/routing.ts'
import type { EventLogSource, Fields, SigmaEvent } from '../../sigma/event.ts'
import type { LoadedRule, LogSource } from '../../sigma/rule.ts'
import type { RuleTest, TestEvent } from './test-file.ts'

/** Time of test events without one of their own: 2026-01-01T00:00:00Z, milliseconds. */
export const TEST_TIME = Date.UTC(2026, 0, 1)

export interface TestResult {
  readonly rule: LoadedRule
  readonly test: RuleTest
  readonly passed: boolean
  /** Events that matched, by index. */
  readonly matched: readonly number[]
  /** One sentence on a failure: what was expected and what came. */
  readonly message: string
}

/** Runs one test against its rule; it passes when the number of matches is above 0, or 0, as it says. */
export function runTest(
  rule: LoadedRule,
  test: RuleTest,
  events: readonly TestEvent[],
): TestResult {
  const predicate = compilePredicate(rule.expr)
  const matched: number[] = []
  const unparsed: string[] = []
  const routedAway: string[] = []
  for (const [index, input] of events.entries()) {
    const event = eventOf(input, test.logsource ?? rule.logsource)
    if (event.error !== undefined) unparsed.push(`event ${index}: ${event.error}`)
    else if (!ruleAccepts(rule.logsource, event.logsource))
      routedAway.push(`event ${index} is ${describeLogSource(event.logsource)}`)
    else if (predicate(event)) matched.push(index)
  }
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

function eventOf(
  input: TestEvent,
  logsource: LogSource | { product?: string | undefined },
): SigmaEvent & { readonly error?: string } {
  if ('raw' in input) {
    const event = normalise(input.raw, {
      now: TEST_TIME,
      received: TEST_TIME,
      timeZone: 'UTC',
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
