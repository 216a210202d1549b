// `trapline backtest`: what a change to rules would have done to events of the past.
import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { loadRules } from '../../sigma/load.ts'
import { spreadLists } from '../args.ts'
import { type Changes, changesBetween } from '../backtest/changes.ts'
import { jsonReport, markdownReport, textReport } from '../backtest/report.ts'
import { backtestFiles, backtestServer, type Outcome } from '../backtest/run.ts'
import { EXIT, UsageError } from '../command.ts'
import { filesAt, git } from '../git.ts'
import { findRuleFiles, isRuleFile } from '../rule-files.ts'
import { accessOf, SERVER_OPTIONS } from '../send/api.ts'
import { type Budgets, readSettings } from '../settings.ts'

export const summary = 'replay past events through both versions of what changed'
export const usage = `trapline backtest --base REF [--rules PATH...] (--events FILE... | --server URL)
  --base      the commit or branch to compare with (default: main)
  --rules     rule folders (default: detections)
  --events    files of events, as for eval
  --source    parser for events that do not say what they are
  --server    replay what a running server keeps, against the verdicts given on it
  --api-key   a key that may read (default: TRAPLINE_API_KEY)
  --days      how far back on the server (default: 30)
  --format    text, json or markdown (default: text)
Budgets stand in trapline.yml under backtest. Exit code 1: a change breaks one of them.`

const FORMATS = {
  text: textReport,
  markdown: markdownReport,
  json: (backtest: Parameters<typeof jsonReport>[0]) => `${JSON.stringify(jsonReport(backtest))}\n`,
} as const

type Options = ReturnType<typeof optionsOf>

function optionsOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: spreadLists(args, ['rules', 'events']),
    options: {
      base: { type: 'string', default: 'main' },
      rules: { type: 'string', multiple: true, default: ['detections'] },
      events: { type: 'string', multiple: true, default: [] },
      source: { type: 'string' },
      ...SERVER_OPTIONS,
      days: { type: 'string', default: '30' },
      format: { type: 'string', default: 'text' },
    },
  })
  const days = Number(values.days)
  if (!Number.isInteger(days) || days < 1) throw new UsageError('--days takes a whole number')
  if (!Object.hasOwn(FORMATS, values.format))
    throw new UsageError(`--format takes ${Object.keys(FORMATS).join(', ')}`)
  if ((values.server === undefined) === (values.events.length === 0))
    throw new UsageError('say which events: --events FILE... or --server URL')
  return { ...values, days, format: values.format as keyof typeof FORMATS }
}

export async function run(args: readonly string[]): Promise<number> {
  const options = optionsOf(args)
  const { backtest: budgets } = await readSettings()
  const changes = await changesSince(options.base, options.rules)
  if (changes.broken.length > 0) {
    for (const problem of changes.broken) console.error(problem)
    return EXIT.badRule
  }
  const outcome = await replayed(changes, options, budgets)
  process.stdout.write(FORMATS[options.format]({ ...outcome, changes }))
  const failed = outcome.judged.some(({ findings }) =>
    findings.some(({ severity }) => severity === 'error'),
  )
  return failed ? EXIT.findings : EXIT.ok
}

/** Rules of the work tree against those of the base, both under paths from the repository's root. */
async function changesSince(base: string, folders: readonly string[]): Promise<Changes> {
  const root = (await git('.', 'rev-parse', '--show-toplevel')).trim()
  const below = folders.map((folder) => relative(root, resolve(folder)) || '.')
  const outside = below.find((folder) => folder.startsWith('..'))
  if (outside !== undefined) throw new UsageError(`${outside} is outside the repository`)
  const before = loadRules(await filesAt(root, base, below, isRuleFile))
  const files = await findRuleFiles(folders)
  const texts = files.map(async (path) => ({
    path: relative(root, resolve(path)),
    text: await Bun.file(path).text(),
  }))
  return changesBetween(before, loadRules(await Promise.all(texts)))
}

async function replayed(changes: Changes, options: Options, budgets: Budgets): Promise<Outcome> {
  const { server, events, source, days } = options
  if (server !== undefined) {
    const access = accessOf(options)
    if (changes.changed.length === 0) return NOTHING
    return backtestServer(changes.changed, access, days, budgets)
  }
  let count = 0
  const onEvents = (more: number) => {
    count += more
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${count} events`)
  }
  const outcome = await backtestFiles(changes.changed, { files: events, source, onEvents }, budgets)
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  return outcome
}

const NOTHING: Outcome = { events: 0, from: undefined, to: undefined, days: 1, judged: [] }
