// `trapline backtest`: what a change to rules would have done to events of the past.
import { parseArgs } from 'node:util'
import { spreadLists } from '../args.ts'
import { type Changes, changesOf } from '../backtest/changes.ts'
import type { Outcome } from '../backtest/conclude.ts'
import { outgoing } from '../backtest/outgoing.ts'
import { type Backtest, backtestReport, markdownReport, textReport } from '../backtest/report.ts'
import { backtestFiles } from '../backtest/run-files.ts'
import { backtestServer } from '../backtest/run-server.ts'
import { EXIT, UsageError } from '../command.ts'
import { narrowed } from '../narrow.ts'
import { startCount } from '../progress.ts'
import { FORMAT_NAMES, type FormatName, formatNamed, printReport } from '../report/formats.ts'
import { accessOf, SERVER_OPTIONS } from '../send/api.ts'
import { type Budgets, readSettings } from '../settings.ts'
import { readVersions } from '../versions.ts'

export const summary = 'replay past events through both versions of what changed'
export const usage = `trapline backtest --base REF [--rules PATH...] (--events FILE... | --server URL)
  --base      the commit or branch to compare with (default: main)
  --rules     rule folders (default: detections)
  --events    files of events, as for eval
  --source    parser for events that do not say what they are
  --server    replay what a running server keeps, against the verdicts given on it
  --api-key   a key that may read (default: TRAPLINE_API_KEY)
  --days      how far back on the server (default: 30)
  --pseudonyms  users, hosts and addresses leave under pseudonyms (secrets never leave)
  --format    ${FORMAT_NAMES} (default: text)
Budgets stand in trapline.yml under backtest. Exit code 1: a change breaks one of them.`

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
      pseudonyms: { type: 'boolean', default: false },
      format: { type: 'string' },
    },
  })
  const days = Number(values.days)
  if (!Number.isInteger(days) || days < 1) throw new UsageError('--days takes a whole number')
  if ((values.server === undefined) === (values.events.length === 0))
    throw new UsageError('say which events: --events FILE... or --server URL')
  return { ...values, days, format: formatNamed(values.format) }
}

export async function run(args: readonly string[]): Promise<number> {
  const options = optionsOf(args)
  const { backtest: budgets } = await readSettings()
  const changes = changesOf(
    narrowed(await readVersions(options.base, [...options.rules, ...PARSERS])),
  )
  if (changes.broken.length > 0) {
    for (const problem of changes.broken) console.error(problem)
    return EXIT.badRule
  }
  const outcome = await replayed(changes, options, budgets)
  const shown = outgoing(outcome, { pseudonyms: options.pseudonyms })
  await print({ ...shown, changes }, options.format)
  const failed = outcome.judged.some(({ findings }) =>
    findings.some(({ severity }) => severity === 'error'),
  )
  return failed ? EXIT.findings : EXIT.ok
}

/** Tables of parsers: events are read again where they change. */
const PARSERS = ['parsers/mappings', 'parsers/severity.yml']

async function print(backtest: Backtest, format: FormatName): Promise<void> {
  if (format === 'text') await Bun.write(Bun.stdout, textReport(backtest))
  else if (format === 'markdown') await Bun.write(Bun.stdout, markdownReport(backtest))
  else await printReport(backtestReport(backtest), format)
}

async function replayed(changes: Changes, options: Options, budgets: Budgets): Promise<Outcome> {
  const { server, events, source, days } = options
  if (server !== undefined) {
    const access = accessOf(options)
    if (changes.changed.length + changes.tables.changed.length === 0) return NOTHING
    const progress = startCount('events')
    const outcome = await backtestServer(changes, access, days, budgets, progress.add)
    progress.end()
    return outcome
  }
  const progress = startCount('events')
  const onEvents = progress.add
  const outcome = await backtestFiles(changes, { files: events, source, onEvents }, budgets)
  progress.end()
  return outcome
}

const NOTHING: Outcome = { events: 0, from: undefined, to: undefined, days: 1, judged: [] }
