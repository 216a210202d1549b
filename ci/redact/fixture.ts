// Tests of a rule made from stored events: redacted, and still telling the rule what the events told it.
import { isMap, isSeq, parseDocument, stringify } from 'yaml'
import type { Event } from '../../parsers/event.ts'
import type { FieldValue, SigmaEvent } from '../../sigma/event.ts'
import type { LogSource } from '../../sigma/rule.ts'
import { eventOf } from '../checks/run-tests.ts'
import type { RuleTest, TestEvent } from '../checks/test-file.ts'

/** One test to be: events that the rule must match (one of them at least), or must not. */
export interface FixtureCase {
  readonly name: string
  readonly match: boolean
  readonly because?: string
  readonly events: readonly Event[]
}

/** Characters of a raw line above which its fields are written instead. */
const RAW_SHOWN_MAX_CHARACTERS = 4_000
const SECOND_MS = 1_000
const WRITING = {
  ...{ indent: 4, lineWidth: 0, singleQuote: true },
  aliasDuplicateObjects: false,
} as const

/** The text of a `<rule>.test.yml`. `ruleId` is named in each test where the rule's file holds several. */
export function fixtureFile(ruleId: string | undefined, cases: readonly FixtureCase[]): string {
  return testFileText(cases.map((one) => testOf(one, ruleId)))
}

/** The text of a test file. */
export function testFileText(tests: readonly RuleTest[]): string {
  return stringify({ tests }, WRITING)
}

/** A test file with tests added at its end; what stands there, comments included, stays. */
export function addTests(text: string, tests: readonly RuleTest[]): string {
  const document = parseDocument(text)
  const list = isMap(document.contents) ? document.get('tests') : undefined
  if (document.errors.length > 0 || !isSeq(list)) return testFileText(tests)
  for (const test of tests) list.add(document.createNode(test))
  return document.toString(WRITING)
}

/** One test, its events in the form that keeps most: lines as received, documents as fields. */
export function testOf(one: FixtureCase, ruleId?: string): RuleTest {
  return testInForm(
    one,
    one.events.map((event) => formsOf(event)[0]!),
    ruleId,
  )
}

/** A test with a form for each event. */
export function testInForm(
  { name, match, because, events }: FixtureCase,
  inputs: readonly TestEvent[],
  ruleId?: string,
): RuleTest {
  const first = events[0]?.time ?? 0
  const timed = inputs.map((input, at) => {
    if (events.length < 2) return input
    const seconds = Math.max(0, Math.round((events[at]!.time - first) / SECOND_MS))
    return { offset: `${seconds}s`, ...input }
  })
  return {
    ...{ name, match },
    ...(because === undefined ? {} : { because }),
    ...(ruleId === undefined || ruleId === '' ? {} : { rule: ruleId }),
    events: timed,
  }
}

/** The ways to write an event into a test, the most telling first. */
export function formsOf(event: Event): readonly TestEvent[] {
  const fields: TestEvent = { fields: fieldsOf(event) }
  if (event.raw === '') return [fields]
  const raws = [event.source, event.parser]
    .filter((name) => name !== '' && name !== 'unparsed')
    .map((source): TestEvent => ({ source, raw: event.raw }))
  const lines = [...raws, { raw: event.raw }]
  const isDocument = /^\s*[{[<]\s*["{[?\w]/.test(event.raw)
  const isShort = event.raw.length <= RAW_SHOWN_MAX_CHARACTERS
  return isShort && !isDocument ? [...lines, fields] : [fields, ...lines]
}

function fieldsOf(event: Event): Record<string, JsonValue> {
  const own = Object.entries(event.fields).filter(([name]) => !name.startsWith('trapline.'))
  return Object.fromEntries(own.map(([name, value]) => [name, plain(value)]))
}

type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue }

function plain(value: FieldValue): JsonValue {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value as JsonValue
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]))
}

/** What a test's input is to the matcher; undefined when a parser no longer reads it. */
export function readInput(input: TestEvent, logsource: LogSource): SigmaEvent | undefined {
  const event = eventOf(input, logsource)
  return event.error === undefined ? event : undefined
}
