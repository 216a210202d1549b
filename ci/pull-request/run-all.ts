// Every check of a change in one go: each command in a process of its own, its report kept as JSON.
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { EXIT } from '../command.ts'
import { CODES_FILE, REPORT_NAMES, type ReportName } from './reports.ts'

const TRAPLINE = resolve(import.meta.dir, '../trapline.ts')
/** One command may take this long, milliseconds: a month of events is replayed in it. */
const TIMEOUT_MS = 50 * 60_000
/** A log without a word for so long looks like a hang, milliseconds. */
const SAID_EVERY_MS = 30_000

export interface RunOptions {
  /** The commit that is compared with; without it everything is looked at and nothing replayed. */
  readonly base: string | undefined
  /** Folder of the reports. */
  readonly out: string
  /** `check --fail-on`. */
  readonly failOn: string
  /** `test --require`; undefined for what trapline.yml says. */
  readonly require: string | undefined
  /** `coverage --targets FILE --fail-on-gaps`. */
  readonly targets: string | undefined
  /** The server whose events are replayed; its key stands in TRAPLINE_API_KEY. */
  readonly server: string | undefined
  /** Files of events in place of a server. */
  readonly events: readonly string[]
  readonly days: string | undefined
  readonly pseudonyms: boolean
  /** Folders of rules that filters here are for: `check` and `test` know them. */
  readonly beside: readonly string[]
  readonly onStart: (name: ReportName) => void
  /** Told now and then that a command is still at it. */
  readonly onWait?: (name: ReportName, seconds: number) => void
}

export interface CommandRun {
  readonly name: ReportName
  readonly code: number
}

/** Runs what the options ask for, one after another. */
export async function runAll(options: RunOptions): Promise<readonly CommandRun[]> {
  // Where it stands in a work tree, reports are not to be committed by accident.
  const made = await mkdir(options.out, { recursive: true })
  if (made !== undefined) await Bun.write(join(options.out, '.gitignore'), '*\n')
  for (const name of REPORT_NAMES)
    for (const ending of ['json', 'stderr'])
      await rm(join(options.out, `${name}.${ending}`), { force: true })
  const runs: CommandRun[] = []
  for (const [name, args] of commandsOf(options)) {
    options.onStart(name)
    const started = Date.now()
    const timer = setInterval(
      () => options.onWait?.(name, Math.round((Date.now() - started) / 1000)),
      SAID_EVERY_MS,
    )
    try {
      runs.push({ name, code: await runOne(name, args, options.out) })
    } finally {
      clearInterval(timer)
    }
  }
  const codes = Object.fromEntries(runs.map(({ name, code }) => [name, code]))
  await Bun.write(join(options.out, CODES_FILE), `${JSON.stringify(codes)}\n`)
  return runs
}

function commandsOf(options: RunOptions): [ReportName, string[]][] {
  const { base, failOn, require, targets, server, events, days, pseudonyms } = options
  const beside = options.beside.map((folder) => `--beside=${folder}`)
  const since = base === undefined ? [] : [`--base=${base}`]
  const given = (name: string, value: string | undefined) =>
    value === undefined ? [] : [`--${name}=${value}`]
  const replayed = [
    ...given('server', server),
    ...given('days', server === undefined ? undefined : days),
    ...events.map((file) => `--events=${file}`),
    ...(pseudonyms ? ['--pseudonyms'] : []),
  ]
  const canReplay = base !== undefined && (server !== undefined || events.length > 0)
  return [
    ...(base === undefined ? [] : [['plan', since] satisfies [ReportName, string[]]]),
    ['check', [...since, ...beside, `--fail-on=${failOn}`]],
    ['test', [...since, ...beside, ...given('require', require)]],
    [
      'coverage',
      [
        ...since,
        ...given('targets', targets),
        ...(targets === undefined ? [] : ['--fail-on-gaps']),
      ],
    ],
    ...(canReplay ? [['backtest', [...since, ...replayed]] satisfies [ReportName, string[]]] : []),
  ]
}

async function runOne(name: ReportName, args: readonly string[], out: string): Promise<number> {
  const child = Bun.spawn([process.execPath, TRAPLINE, name, ...args, '--format=json'], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: TIMEOUT_MS,
  })
  const [text, said] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  const code = await child.exited
  await Bun.write(join(out, `${name}.json`), text)
  const why = child.signalCode === null ? said : `took over ${TIMEOUT_MS / 60_000} minutes\n${said}`
  // What ends without a report and without a word still counts as broken.
  const silent = text.trim() === '' && why.trim() === ''
  await Bun.write(join(out, `${name}.stderr`), silent ? `ended with exit code ${code}\n` : why)
  return code <= EXIT.badConfiguration && child.signalCode === null ? code : EXIT.badConfiguration
}
