// `trapline convert`: rules as SQL.
import { parseArgs } from 'node:util'
import { sqlOfCorrelation } from '../../sigma/backends/correlation.ts'
import { SQL_TABLE_DEFAULT, type SqlTable } from '../../sigma/backends/dialect.ts'
import { SQL_TARGETS, type SqlTarget, sqlOfRule } from '../../sigma/backends/sql.ts'
import type { LoadedCorrelation, LoadedRule } from '../../sigma/rule.ts'
import { EXIT, UsageError } from '../command.ts'
import { readRuleFolder } from '../rule-files.ts'
import { suggest } from '../suggest.ts'

export const summary = 'Prints rules and correlations as SQL for SQLite or ClickHouse'
export const usage = `trapline convert --target ${SQL_TARGETS.join('|')} [PATH...] [--table NAME] [--layout json|columns] [--json]
                 [--pipeline P]... [--lists DIR]
  PATH      rule files or folders (default: detections)
  --table   the table of events (default: events)
  --layout  json: fields in one JSON column "fields"; columns: a column of each field's name
            (both: columns id, time in milliseconds, message, raw)
  --json    one JSON object a rule: rule_id, title, sql or refused and message
What a target cannot say exactly is refused by name. Exit code 1: something was refused; 2: no rule can run.`

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      target: { type: 'string' },
      table: { type: 'string', default: SQL_TABLE_DEFAULT.table },
      layout: { type: 'string', default: 'json' },
      json: { type: 'boolean', default: false },
      pipeline: { type: 'string', multiple: true, default: [] },
      lists: { type: 'string' },
    },
  })
  const target = targetOf(values.target)
  const { layout } = values
  if (layout !== 'json' && layout !== 'columns') {
    throw new UsageError(`--layout: "${layout}" is neither json nor columns`)
  }
  const table: SqlTable = { ...SQL_TABLE_DEFAULT, table: values.table, layout }
  const { pipeline: pipelines, lists } = values
  const paths = positionals.length > 0 ? positionals : ['detections']
  const loaded = await readRuleFolder(paths, { pipelines, lists })
  const outcomes = [
    ...loaded.rules
      .filter((rule) => !rule.feedsOnly)
      .map((rule) => ({ rule, made: sqlOfRule(rule.expr, target, table) })),
    ...loaded.correlations
      .filter((correlation) => !correlation.feedsOnly)
      .map((rule) => ({ rule, made: sqlOfCorrelation(rule, loaded, target, table) })),
  ]
  for (const { rule, made } of outcomes) print(rule, made, values.json)
  for (const { path, line, message } of loaded.refused) console.error(`${path}:${line}: ${message}`)
  const refused = outcomes.filter(({ made }) => !('sql' in made)).length
  console.error(`${outcomes.length - refused} rules as SQL for ${target}, ${refused} refused`)
  if (outcomes.length === 0 && loaded.refused.length > 0) return EXIT.badRule
  if (outcomes.length === 0) throw new UsageError(`no rules below ${paths.join(', ')}`)
  return refused + loaded.refused.length === 0 ? EXIT.ok : EXIT.findings
}

function targetOf(name: string | undefined): SqlTarget {
  const known = SQL_TARGETS.find((target) => target === name)
  if (known !== undefined) return known
  const near = name === undefined ? undefined : suggest(name, [...SQL_TARGETS])
  const hint = near === undefined ? '' : `, did you mean ${near}?`
  throw new UsageError(`--target: one of ${SQL_TARGETS.join(', ')}${hint}`)
}

function print(
  { id, title, path, line }: LoadedRule | LoadedCorrelation,
  made: ReturnType<typeof sqlOfRule>,
  json: boolean,
): void {
  if (json) {
    const what = 'sql' in made ? made : { refused: made.code, message: made.message }
    console.log(JSON.stringify({ rule_id: id, title, ...what }))
  } else if ('sql' in made) {
    console.log(`-- ${title.replaceAll(/\s+/g, ' ')} (${id})\n${made.sql};\n`)
  } else console.error(`${path}:${line}: ${made.code}: ${made.message}`)
}
