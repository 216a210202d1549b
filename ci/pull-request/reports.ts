// The JSON reports of a CI run, as `trapline ... --format json` wrote them into one folder.
import { join } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../command.ts'
import { PLAN_KINDS } from '../plan/plan.ts'
import { scrub } from '../scrub.ts'

/** Characters of why a command wrote no report. */
const WHY_CHARACTERS_MAX = 500

const Finding = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  path: z.string(),
  line: z.number().default(1),
  column: z.number().default(1),
})
const Test = z.object({
  path: z.string(),
  name: z.string(),
  passed: z.boolean(),
  message: z.string(),
})
const Base = z.object({
  summary: z.string(),
  findings: z.array(Finding),
  tests: z.array(Test).default([]),
})
const Counts = z.record(z.string(), z.number())
const Pair = z.object({ before: z.number(), after: z.number() })
const Example = z.looseObject({
  time: z.string(),
  host: z.string().optional(),
  user: z.string().optional(),
  message: z.string().default(''),
})
const BacktestRule = z.object({
  id: z.string(),
  title: z.string(),
  path: z.string(),
  change: z.enum(['added', 'changed', 'removed']),
  by_parser: z.boolean().default(false),
  new: z.number(),
  lost: z.number(),
  same: z.number(),
  alerts: Pair,
  entities: z.array(
    z.object({
      host: z.string(),
      user: z.string(),
      before: z.number(),
      after: z.number(),
      verdicts: Counts,
    }),
  ),
  new_examples: z.array(Example),
  lost_examples: z.array(Example),
  kept_true_positives: z.number(),
  lost_true_positives: z.array(z.string()),
  quiet_alerts: Counts,
  cost_ms_per_100k_events: z.object({ before_ms: z.number(), after_ms: z.number() }),
})

const Parsers = z.object({
  tables: z.array(z.string()),
  events: z.number(),
  changed: z.number(),
  by: z.object({
    parser: z.number(),
    logsource: z.number(),
    fields: z.number(),
    columns: z.number(),
    message: z.number(),
    time: z.number(),
  }),
  examples: z.array(Example.extend({ differs: z.array(z.string()) })),
  not_read_again: Counts,
})

const Codes = z.record(z.string(), z.number())

const SCHEMAS = {
  check: Base.extend({ files: z.number() }),
  test: Base,
  coverage: Base.extend({
    touched: z
      .array(z.object({ id: z.string(), name: z.string(), before: z.number(), after: z.number() }))
      .default([]),
  }),
  backtest: Base.extend({
    events: z.number(),
    days: z.number(),
    from: z.string().optional(),
    to: z.string().optional(),
    not_replayed: z.array(z.string()),
    parsers: Parsers.optional(),
    rules: z.array(BacktestRule),
  }),
  plan: Base.extend({
    changes: z.array(
      z.object({
        kind: z.enum(PLAN_KINDS),
        change: z.enum(['added', 'changed', 'removed']),
        id: z.string(),
        title: z.string(),
        path: z.string(),
        line: z.number(),
        what: z.array(z.string()),
      }),
    ),
    test_cases: z.object({ added: z.number(), removed: z.number() }),
  }),
} as const

export const REPORT_NAMES = ['plan', 'check', 'test', 'coverage', 'backtest'] as const
export type ReportName = (typeof REPORT_NAMES)[number]

/** The reports of a run; absent where the command was not run or wrote none. */
export type Reports = {
  readonly [name in ReportName]?: z.output<(typeof SCHEMAS)[name]>
} & {
  /** Commands that ran and wrote no report, with what they said. */
  readonly broken: readonly { readonly name: ReportName; readonly why: string }[]
  /** Exit codes of the commands, where `trapline ci` ran them. */
  readonly codes?: Readonly<Record<string, number>>
}

/** Beside the reports: what the commands ended with. */
export const CODES_FILE = 'exit-codes.json'
export type ReportFinding = z.output<typeof Finding>
export type RuleBacktest = z.output<typeof BacktestRule>

/**
 * Reads `NAME.json` of every command from a folder, and `NAME.stderr` of those that wrote none. Rejects
 * `UsageError` for a file that is no report.
 */
export async function readReports(folder: string): Promise<Reports> {
  const broken: { name: ReportName; why: string }[] = []
  const entries = await Promise.all(
    REPORT_NAMES.map(async (name) => {
      const path = join(folder, `${name}.json`)
      const text = await textOf(path)
      if (text !== '') return [[name, parseReport(name, path, text)] as const]
      const said = await textOf(join(folder, `${name}.stderr`))
      if (said !== '') broken.push({ name, why: firstLine(said) })
      return []
    }),
  )
  const codes = await textOf(join(folder, CODES_FILE))
  return {
    ...Object.fromEntries(entries.flat()),
    broken,
    ...(codes === '' ? {} : { codes: Codes.parse(JSON.parse(codes)) }),
  }
}

async function textOf(path: string): Promise<string> {
  const file = Bun.file(path)
  return (await file.exists()) ? (await file.text()).trim() : ''
}

/** What a command says first; usage texts come after it. */
function firstLine(text: string): string {
  return scrub(text.split('\n')[0] ?? '').slice(0, WHY_CHARACTERS_MAX)
}

function parseReport(name: ReportName, path: string, text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${path} is no JSON: ${error instanceof Error ? error.message : error}`)
  }
  const parsed = SCHEMAS[name].safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(`${path}: ${issue?.path.join('.')}: ${issue?.message}`)
}
