// Runs tests of mapping tables and severity patterns. Pure: a line and tables in, what differs out.
import { type Columns, columnsAfter } from '../../parsers/columns.ts'
import type { NormalisedEvent } from '../../parsers/event.ts'
import type { ParserContent } from '../../parsers/mapping/content.ts'
import { normalise } from '../../parsers/normalise.ts'
import { fieldValues } from '../../sigma/eval/values.ts'
import type { FieldValue, PivotName } from '../../sigma/event.ts'
import { type Expectation, type ParserTest, timeOf } from './parser-test-file.ts'
import { TEST_TIME } from './run-tests.ts'

/** One value that is not as expected. */
export interface Difference {
  /** Keys below the test: `['expect', 'columns', 'user']`. */
  readonly path: readonly string[]
  readonly message: string
}

/** Lines of any day are read as they are. */
const END_OF_TIME = Date.UTC(9999, 0, 1)
const SHOWN_UNITS_MAX = 200

/** What differs between a test's expectation and what its line becomes with `parsers`; `table` reads it unless
 * the test says who does. */
export function runParserTest(
  test: ParserTest,
  table: string | undefined,
  parsers: ParserContent,
): readonly Difference[] {
  const { expect = {} } = test
  const event = eventOf(test, parsers)
  const reader = expect.parser ?? table
  const first = {
    path: expect.parser === undefined ? ['raw'] : ['expect', 'parser'],
    message: `expected parser ${reader}, got ${event.parser}${event.error === undefined ? '' : ` (${event.error.message})`}`,
  }
  return [
    ...(reader === undefined || reader === event.parser ? [] : [first]),
    ...differencesOf(event, expect),
  ]
}

function eventOf(test: ParserTest, parsers: ParserContent): NormalisedEvent {
  let columns: Columns | undefined
  for (const line of test.header ?? []) columns = columnsAfter(columns, line)
  return normalise(test.raw ?? JSON.stringify(test.json), {
    now: TEST_TIME,
    received: TEST_TIME,
    newest: END_OF_TIME,
    timeZone: test.time_zone ?? 'UTC',
    source: test.source,
    ...(columns === undefined ? {} : { columns }),
    ...parsers,
  })
}

function differencesOf(event: NormalisedEvent, expect: Expectation): readonly Difference[] {
  const { time, message, logsource = {}, columns = {}, fields = {} } = expect
  const found: Difference[] = []
  const compare = (path: readonly string[], wanted: unknown, got: unknown) => {
    const same = JSON.stringify(wanted ?? null) === JSON.stringify(got ?? null)
    if (!same) found.push(difference(path, wanted, got))
  }
  if (time !== undefined && timeOf(time) !== event.time) {
    found.push(difference(['time'], time, new Date(event.time).toISOString()))
  }
  if (message !== undefined) compare(['message'], message, event.message)
  if (logsource.product !== undefined) {
    compare(['logsource', 'product'], logsource.product, event.logsource.product)
  }
  for (const key of ['category', 'service'] as const) {
    const wanted = logsource[key]
    const got = event.logsource[key]
    if (wanted === undefined || (typeof wanted === 'string' && got.includes(wanted))) continue
    compare(['logsource', key], wanted, got)
  }
  for (const [name, wanted] of Object.entries(columns)) {
    compare(['columns', name], wanted, event.pivots[name as PivotName])
  }
  for (const [name, wanted] of Object.entries(fields)) {
    compare(['fields', name], wanted, fieldOf(event, name))
  }
  return found
}

/** A field as rules find it: several values are a list. */
function fieldOf({ fields }: NormalisedEvent, name: string): FieldValue | undefined {
  if (Object.hasOwn(fields, name)) return fields[name]
  const values = fieldValues(fields, name)
  return values.length > 1 ? values : values[0]
}

function difference(path: readonly string[], wanted: unknown, got: unknown): Difference {
  const message = `${path.join('.')}: expected ${shown(wanted)}, got ${shown(got)}`
  return { path: ['expect', ...path], message }
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  const isPlain = typeof value === 'string' && /^[^\s\d"[{][^\s"]*$/.test(value)
  const text = isPlain ? value : JSON.stringify(value)
  return text.length <= SHOWN_UNITS_MAX ? text : `${text.slice(0, SHOWN_UNITS_MAX)}…`
}
