// Tests that other tools keep with a rule: exemplars in the rule itself and Panther's `Tests:`. Pure.
import { newReport } from '../../sigma/parse/report.ts'
import { readYaml } from '../../sigma/parse/yaml.ts'
import type { Yaml } from '../../sigma/rule.ts'
import type { RuleTest, TestEvent } from './test-file.ts'

/** A test that was read, or why an entry is none. */
export type ForeignTest =
  | { readonly test: RuleTest & { readonly events: TestEvent[] }; readonly line: number }
  | { readonly problem: string; readonly line: number }

const EXEMPLAR_KEYS = ['rsigma.exemplars', 'exemplars']
const EXPECTED: Readonly<Record<string, boolean>> = {
  match: true,
  no_match: false,
  'no-match': false,
  nomatch: false,
}

type Entry = Extract<Yaml, { readonly kind: 'map' }>

/** The value as JSON has it. */
function plain(value: Yaml): unknown {
  if (value.kind === 'map') {
    return Object.fromEntries([...value.entries].map(([key, entry]) => [key, plain(entry.value)]))
  }
  if (value.kind === 'list') return value.items.map(plain)
  if (value.kind === 'null') return null
  return value.kind === 'string' ? value.text : value.value
}

/** Tests of a rule's own text: `rsigma.exemplars` (also under `custom_attributes`) and `Tests`. */
export function foreignTests(text: string): readonly ForeignTest[] {
  if (!/exemplars\b|^Tests:/m.test(text)) return []
  return readYaml(text, () => newReport('')).flatMap(({ value }) => {
    if (value?.kind !== 'map') return []
    const custom = value.entries.get('custom_attributes')?.value
    const lists = EXEMPLAR_KEYS.flatMap((key) => [
      value.entries.get(key)?.value,
      custom?.kind === 'map' ? custom.entries.get(key)?.value : undefined,
    ])
    const exemplars = lists.flatMap((list) => entriesOf(list, readExemplar))
    return [...exemplars, ...entriesOf(value.entries.get('Tests')?.value, readPanther)]
  })
}

function entriesOf(
  list: Yaml | undefined,
  read: (entry: Entry, n: number) => ForeignTest,
): ForeignTest[] {
  if (list === undefined) return []
  if (list.kind !== 'list') return [{ problem: 'must be a list of tests', line: list.line }]
  return list.items.map((item, n) =>
    item.kind === 'map' ? read(item, n) : { problem: 'a test must be a map', line: item.line },
  )
}

function textOf(entry: Entry, key: string): string | undefined {
  const value = entry.entries.get(key)?.value
  return value !== undefined && 'text' in value && value.kind !== 'null' ? value.text : undefined
}

function eventOf(value: Yaml | undefined): TestEvent | undefined {
  return value?.kind === 'map' ? { fields: plain(value) as Record<string, never> } : undefined
}

function readExemplar(entry: Entry, n: number): ForeignTest {
  const { line } = entry
  const expect = textOf(entry, 'expect') ?? 'match'
  const match = Object.hasOwn(EXPECTED, expect) ? EXPECTED[expect] : undefined
  if (match === undefined)
    return { problem: `expect: "${expect}" is neither match nor no_match`, line }
  const name = textOf(entry, 'name') ?? `exemplar ${n + 1}`
  const list = entry.entries.get('events')?.value
  const events =
    list?.kind === 'list'
      ? list.items.map(timedEvent)
      : [eventOf(entry.entries.get('event')?.value)]
  const known = events.filter((event) => event !== undefined)
  if (known.length < events.length || known.length === 0) {
    return { problem: `"${name}" has no event that is a map of fields`, line }
  }
  return { test: { name, match, events: known }, line }
}

function timedEvent(value: Yaml): TestEvent | undefined {
  if (value.kind !== 'map') return undefined
  const event = eventOf(value.entries.get('event')?.value)
  const offset = textOf(value, 'offset')
  if (event === undefined || !('fields' in event)) return undefined
  if (offset === undefined) return event
  return /^\d+(ms|s|m|h|d)$/.test(offset) ? { offset, ...event } : undefined
}

function readPanther(entry: Entry, n: number): ForeignTest {
  const { line } = entry
  const name = textOf(entry, 'Name') ?? `test ${n + 1}`
  const expected = entry.entries.get('ExpectedResult')?.value
  const event = eventOf(entry.entries.get('Log')?.value)
  if (expected?.kind !== 'boolean') return { problem: `"${name}" has no ExpectedResult`, line }
  if (event === undefined) return { problem: `"${name}" has no Log that is a map of fields`, line }
  return { test: { name, match: expected.value, events: [event] }, line }
}
