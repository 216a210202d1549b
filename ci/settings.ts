// `trapline.yml` of a rule repository: what its checks hold it to.
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { UsageError } from './command.ts'

export const SETTINGS_FILE = 'trapline.yml'

const Backtest = z.strictObject({
  /** New alerts a day of one rule. */
  max_new_per_day: z.number().min(0).optional(),
  /** Whether losing an event once judged a true positive fails the run. */
  no_lost_true_positives: z.boolean().default(true),
  /** Milliseconds of one core per 100,000 events for one rule. */
  max_ms_per_100k_events: z.number().positive().optional(),
  /** Different hosts and users that a rule may alert for. */
  max_cardinality: z.number().int().min(1).optional(),
})
export type Budgets = z.output<typeof Backtest>

/** Parts that others read stand here by name: a misspelt part would be no part at all. */
const Settings = z.strictObject({
  backtest: Backtest.prefault({}),
  lint: z.unknown().optional(),
  tests: z.unknown().optional(),
})
export type Settings = z.output<typeof Settings>

/** Settings of the folder; defaults where it has no file. Rejects `UsageError` naming the key. */
export async function readSettings(folder = '.'): Promise<Settings> {
  const path = `${folder}/${SETTINGS_FILE}`
  const file = Bun.file(path)
  const document = parseDocument((await file.exists()) ? await file.text() : '{}')
  const [error] = document.errors
  if (error !== undefined) throw new UsageError(`${path}: ${error.message}`)
  const parsed = Settings.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : ''
  throw new UsageError(`${path}: ${where}${issue?.message}`)
}
