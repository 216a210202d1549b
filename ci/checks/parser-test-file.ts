// The format of `parsers/mappings/<name>.test.yml` and `parsers/severity.test.yml`: a line, and what it becomes.
import { z } from 'zod'
import { parseTime } from '../../parsers/time.ts'
import type { Diagnostic } from '../../sigma/diagnostic.ts'
import { PIVOTS } from '../../sigma/event.ts'
import { type Place, readShaped } from './shaped-yaml.ts'

/** Most tests of one file. */
const TESTS_MAX = 1_000

const texts = z.union([z.string().min(1), z.array(z.string())])

const expectSchema = z.strictObject({
  /** Who reads it; the table beside by default. */
  parser: z.string().min(1).optional(),
  time: z
    .string()
    .refine((text) => timeOf(text) !== undefined, 'a time is ISO 8601 with a zone')
    .optional(),
  message: z.string().optional(),
  /** A text is one of those that the event has, a list is all of them. */
  logsource: z
    .strictObject({
      product: z.string().min(1).optional(),
      category: texts.optional(),
      service: texts.optional(),
    })
    .optional(),
  columns: z.partialRecord(z.enum(PIVOTS), z.union([z.string(), z.number(), z.null()])).optional(),
  /** As rules find them by name; null where there is none. */
  fields: z.record(z.string(), z.json()).optional(),
})

const testSchema = z
  .strictObject({
    name: z.string().min(1),
    because: z.string().optional(),
    raw: z.string().min(1).optional(),
    json: z.record(z.string(), z.json()).optional(),
    header: z.array(z.string()).optional(),
    source: z.string().min(1).optional(),
    time_zone: z.string().min(1).optional(),
    expect: expectSchema.optional(),
  })
  .refine((test) => (test.raw === undefined) !== (test.json === undefined), {
    message: 'a test has either raw or json',
  })

const fileSchema = z.strictObject({ tests: z.array(testSchema).min(1).max(TESTS_MAX) })

export type ParserTest = z.infer<typeof testSchema>
export type Expectation = z.infer<typeof expectSchema>

/** A parsed file of tests; `tests` is empty when it has errors. */
export interface ParserTestFile {
  readonly tests: readonly ParserTest[]
  readonly diagnostics: readonly Diagnostic[]
  /** Where what a test expects stands: keys below the test. */
  placeOf(test: number, ...path: readonly string[]): Place
}

/** Parses a file of tests. Two tests of one name are one too many. */
export function parseParserTests(text: string, path: string): ParserTestFile {
  const { value, diagnostics, placeOf } = readShaped(text, path, fileSchema)
  const tests = value?.tests ?? []
  const repeated = tests.flatMap((test, n): Diagnostic[] => {
    if (tests.findIndex(({ name }) => name === test.name) === n) return []
    const message = `another test is called ${JSON.stringify(test.name)}`
    const place = placeOf(['tests', n, 'name'])
    return [{ code: 'test-name-duplicate', severity: 'error', message, path, ...place }]
  })
  return {
    tests: repeated.length === 0 ? tests : [],
    diagnostics: [...diagnostics, ...repeated],
    placeOf: (test, ...at) => placeOf(['tests', test, ...at]),
  }
}

/** Milliseconds of a time with a zone; undefined for any other text. */
export function timeOf(text: string): number | undefined {
  return /(?:[zZ]|[+-]\d\d:?\d\d)$/.test(text)
    ? parseTime(text, { now: 0, timeZone: 'UTC' })
    : undefined
}
