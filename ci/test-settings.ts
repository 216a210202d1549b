// The `tests` part of `trapline.yml`: which rules must have tests, and which old ones may wait.
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { UsageError } from './command.ts'
import { SETTINGS_FILE } from './settings.ts'

const Tests = z.strictObject({
  /** Rules that need a test that matches and one that does not. */
  require: z.enum(['none', 'stable', 'all']).default('stable'),
  /** Rules that may go without for now: new ones are never added, the date says until when. */
  untested: z.array(z.strictObject({ path: z.string().min(1), until: z.iso.date() })).default([]),
})
export type TestSettings = z.output<typeof Tests>

/** Settings of the working folder; defaults where it has none. Rejects `UsageError` naming the key. */
export async function readTestSettings(): Promise<TestSettings> {
  const file = Bun.file(SETTINGS_FILE)
  const document = parseDocument((await file.exists()) ? await file.text() : '{}')
  const [error] = document.errors
  if (error !== undefined) throw new UsageError(`${SETTINGS_FILE}: ${error.message}`)
  const root = document.toJS({ maxAliasCount: 0 }) as { tests?: unknown } | null
  const parsed = Tests.safeParse(root?.tests ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(`${SETTINGS_FILE}: tests.${issue?.path.join('.')}: ${issue?.message}`)
}
