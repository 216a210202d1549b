// Tables of lines for the tests of parsers: each line is read under its source's name and recognised without.
import { expect, test } from 'bun:test'
import { type NormaliseOptions, normalise } from '../../parsers/normalise.ts'

export const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'UTC' }

/** What is expected of an event; `time` in ISO 8601. */
export interface ExpectedEvent {
  readonly time?: string
  readonly pivots?: object
  readonly fields?: object
  readonly logsource?: object
  readonly message?: string
  /** Columns and fields that must not be there. */
  readonly absent?: readonly string[]
}

/** One test a line: read by name, and recognised unless `named` says that only the name can tell. */
export function testLines(
  source: string,
  rows: readonly (readonly [line: string, expected: ExpectedEvent, named?: 'named'])[],
): void {
  test.each(rows.map((row) => [row[0], row] as const))('%s', (line, [, expected, named]) => {
    const { absent, time, ...rest } = expected
    const wanted = {
      ...rest,
      parser: source,
      raw: line,
      ...(time === undefined ? {} : { time: Date.parse(time) }),
    }
    const event = normalise(line, { ...OPTIONS, source })
    expect(event).toMatchObject(wanted)
    for (const name of absent ?? []) {
      expect(Object.keys({ ...event.fields, ...event.pivots })).not.toContain(name)
    }
    const recognised = normalise(line, OPTIONS)
    if (named === undefined) expect(recognised).toMatchObject(wanted)
    else expect(recognised.parser).not.toBe(source)
  })
}

/** Lines that the source's parser refuses, kept with a reason. */
export function testRefused(source: string, lines: readonly string[]): void {
  test.each(lines.map((line) => [line]))('%s is refused', (line) => {
    const got = normalise(line, { ...OPTIONS, source })
    expect(got).toMatchObject({ parser: 'unparsed', raw: line })
    expect(got.error?.code).toStartWith(source.replaceAll('_', '-'))
  })
}
