// Cases of a rule redacted so that the rule answers as before: a value that it needs stays and is named, and
// where that is not enough the case is refused.

import type { Event } from '../../parsers/event.ts'
import { compilePredicate } from '../../sigma/eval/predicate.ts'
import { ruleAccepts } from '../../sigma/eval/routing.ts'
import type { SigmaEvent } from '../../sigma/event.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import type { RuleTest, TestEvent } from '../checks/test-file.ts'
import { type FixtureCase, formsOf, readInput, testFileText, testInForm } from './fixture.ts'
import { redactEvents } from './redact.ts'
import type { RedactOptions, Replacement } from './types.ts'

/** A rule as it would run, with its filters. */
export type TestedRule = Pick<LoadedRule, 'expr' | 'logsource'>

/** Why a case cannot become a test. */
export interface CaseProblem {
  readonly code: 'case-not-as-said' | 'redaction-changes-match' | 'case-not-expressible'
  readonly case: string
  readonly message: string
}

export interface RedactedCases {
  /** One a case without a problem, in their order. */
  readonly tests: readonly RuleTest[]
  /** The test file; empty without tests. */
  readonly text: string
  readonly replaced: readonly Replacement[]
  /** Values that identify somebody and stay, for the rule's condition asks for them. */
  readonly kept: readonly Pick<Replacement, 'kind' | 'from'>[]
  readonly problems: readonly CaseProblem[]
}

/**
 * Redacts cases together and makes tests of them that the rule passes. Cases that contradict the rule, need a
 * secret or cannot be written as a test are left out and named in `problems`.
 */
export function redactCases(
  rule: TestedRule,
  cases: readonly FixtureCase[],
  options: RedactOptions & { readonly ruleId?: string } = {},
): RedactedCases {
  const predicate = compilePredicate(rule.expr)
  const holds = (event: SigmaEvent) =>
    ruleAccepts(rule.logsource, event.logsource) && predicate(event)
  const problems: CaseProblem[] = []
  const sound = cases.filter((one) => {
    const fires = one.events.some(holds)
    if (fires !== one.match) problems.push(notAsSaid(one, fires))
    return fires === one.match
  })
  const writes = (one: FixtureCase) => writeCase(rule, holds, one, options.ruleId)
  const expressible = sound.filter((one) => {
    const can = writes(one) !== undefined
    if (!can) problems.push(notExpressible(one))
    return can
  })
  const outcome = redactKeeping(expressible, options, writes)
  for (const one of outcome.lost) problems.push(changed(one))
  const { tests, replaced, kept } = outcome
  const text = tests.length === 0 ? '' : testFileText(tests)
  return { tests, text, replaced, kept, problems }
}

function notAsSaid({ name, match }: FixtureCase, fires: boolean): CaseProblem {
  const message = `the rule ${fires ? 'matches' : 'does not match'} the event, the test says ${match ? 'match' : 'no match'}`
  return { code: 'case-not-as-said', case: name, message }
}

function notExpressible({ name }: FixtureCase): CaseProblem {
  const message =
    'the event answers otherwise when it is read from a test file: its fields hold too little, and its line is parsed otherwise'
  return { code: 'case-not-expressible', case: name, message }
}

function changed({ name }: FixtureCase): CaseProblem {
  const message =
    'without its secrets the event answers otherwise, and secrets never leave: write a test by hand'
  return { code: 'redaction-changes-match', case: name, message }
}

/** The case as a test that comes out as it says; undefined where no form of its events does. */
function writeCase(
  rule: TestedRule,
  holds: (event: SigmaEvent) => boolean,
  one: FixtureCase,
  ruleId: string | undefined,
): RuleTest | undefined {
  const answers = one.events.map(holds)
  const inputs = one.events.map((event, at) =>
    formsOf(event).find((form) => answersAs(form, rule, holds, answers[at]!)),
  )
  if (!inputs.every((input) => input !== undefined)) return undefined
  if (answers.includes(true) !== one.match) return undefined
  return testInForm(one, inputs, ruleId)
}

function answersAs(
  form: TestEvent,
  rule: TestedRule,
  holds: (event: SigmaEvent) => boolean,
  answer: boolean,
): boolean {
  const event = readInput(form, rule.logsource)
  return event !== undefined && holds(event) === answer
}

interface Attempt {
  readonly tests: readonly RuleTest[]
  readonly replaced: readonly Replacement[]
  readonly lost: readonly FixtureCase[]
}

/** Redacts everything; where a case is lost by that, keeps the fewest values that bring it back. */
function redactKeeping(
  cases: readonly FixtureCase[],
  options: RedactOptions,
  writes: (one: FixtureCase) => RuleTest | undefined,
): Attempt & Pick<RedactedCases, 'kept'> {
  const attempt = (some: readonly FixtureCase[], kept: readonly Replacement[]) => {
    const keep = [...(options.keep ?? []), ...kept.map(({ from }) => from)]
    return redactAll(some, { ...options, keep }, writes)
  }
  const first = attempt(cases, [])
  if (first.lost.length === 0) return { ...first, kept: [] }
  const { lost } = first
  const candidates = attempt(lost, []).replaced.filter(({ kind }) => kind !== 'secret')
  const least = attempt(lost, candidates).lost.length
  let kept = candidates
  for (const candidate of candidates) {
    const without = kept.filter((one) => one !== candidate)
    if (attempt(lost, without).lost.length <= least) kept = without
  }
  return { ...attempt(cases, kept), kept: kept.map(({ kind, from }) => ({ kind, from })) }
}

function redactAll(
  cases: readonly FixtureCase[],
  options: RedactOptions,
  writes: (one: FixtureCase) => RuleTest | undefined,
): Attempt {
  const { events, replaced } = redactEvents(
    cases.flatMap((one) => one.events),
    options,
  )
  let at = 0
  const lost: FixtureCase[] = []
  const tests: RuleTest[] = []
  for (const one of cases) {
    const own: readonly Event[] = events.slice(at, at + one.events.length)
    at += one.events.length
    const test = writes({ ...one, events: own })
    if (test === undefined) lost.push(one)
    else tests.push(test)
  }
  return { tests, replaced, lost }
}
