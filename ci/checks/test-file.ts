// The format of `<rule>.test.yml`: events beside each rule that must match it and near misses that must not.
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import type { Diagnostic } from '../../sigma/diagnostic.ts'

/** Most events of one test, and longest test file in characters. */
export const TEST_EVENTS_MAX = 1_000
export const TEST_FILE_LENGTH_MAX = 4 * 1024 * 1024

const offset = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, 'an offset is a number and ms, s, m, h or d: 90s')
  .optional()

const eventSchema = z.union([
  z.strictObject({ offset, fields: z.record(z.string(), z.json()) }),
  z.strictObject({ offset, raw: z.string(), source: z.string().optional() }),
])

const testSchema = z
  .strictObject({
    name: z.string().min(1),
    match: z.boolean(),
    /** Why the expectation holds, for the reader. */
    because: z.string().optional(),
    /** Id or title of the rule meant, where the rule file holds several. */
    rule: z.string().optional(),
    /** Log source of the events; the rule's own by default. */
    logsource: z
      .strictObject({
        product: z.string().optional(),
        category: z.string().optional(),
        service: z.string().optional(),
      })
      .optional(),
    /** A file of events beside the test file, in place of `events`. */
    file: z.string().optional(),
    events: z.array(eventSchema).min(1).max(TEST_EVENTS_MAX).optional(),
  })
  .refine((test) => (test.file === undefined) !== (test.events === undefined), {
    message: 'a test has either events or a file of events',
  })

const fileSchema = z.strictObject({ tests: z.array(testSchema).min(1) })

export type RuleTest = z.infer<typeof testSchema>
export type TestEvent = z.infer<typeof eventSchema>

/** A parsed test file; `tests` is empty when it has errors. */
export interface TestFile {
  readonly path: string
  readonly tests: readonly RuleTest[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Parses a test file. Findings have the line and column of the value they are about. */
export function parseTestFile(text: string, path: string): TestFile {
  const refuse = (code: string, message: string, offsets?: readonly number[]): Diagnostic => {
    const position = offsets === undefined ? undefined : lines.linePos(offsets[0] ?? 0)
    const place = position === undefined ? {} : { line: position.line, column: position.col }
    return { code, severity: 'error', message, path, ...place }
  }
  const lines = new LineCounter()
  if (text.length > TEST_FILE_LENGTH_MAX) {
    const message = `the test file has ${text.length} characters, at most ${TEST_FILE_LENGTH_MAX} are read`
    return { path, tests: [], diagnostics: [refuse('test-file-too-long', message)] }
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0) {
    const diagnostics = document.errors.map((e) => refuse('test-file-yaml', e.message, e.pos))
    return { path, tests: [], diagnostics }
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { path, tests: [], diagnostics: [refuse('test-file-yaml', message)] }
  }
  const parsed = fileSchema.safeParse(value)
  if (parsed.success) return { path, tests: parsed.data.tests, diagnostics: [] }
  const diagnostics = parsed.error.issues.map((issue) => {
    const node = document.getIn(issue.path as (string | number)[], true)
    const range =
      rangeOf(node) ?? rangeOf(document.getIn(issue.path.slice(0, -1) as string[], true))
    return refuse('test-file-shape', `${issue.path.join('.')}: ${issue.message}`, range)
  })
  return { path, tests: [], diagnostics }
}

function rangeOf(node: unknown): readonly number[] | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  return Array.isArray(node.range) ? node.range : undefined
}
