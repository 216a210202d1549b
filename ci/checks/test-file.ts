// The format of `<rule>.test.yml`: events beside each rule that must match it and near misses that must not.
import { z } from 'zod'
import type { Diagnostic } from '../../sigma/diagnostic.ts'
import { readShaped } from './shaped-yaml.ts'

/** Most events of one test. */
export const TEST_EVENTS_MAX = 1_000

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
  const { value, diagnostics } = readShaped(text, path, fileSchema)
  return { path, tests: value?.tests ?? [], diagnostics }
}
