// Command line against command line: `trapline eval` and rsigma on the same lanes, each on one core, in one
// run. Load time (the same call on no events) is subtracted.
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from '../../ci/command.ts'

export const summary = 'trapline eval against rsigma: both command lines on the same lanes'
export const usage = `bun run bench engines --rsigma FILE [--only LANE] [--rounds N] [--events N] [--json]
  --rsigma  the program to compare with (cargo install rsigma)
  --only    one lane instead of all
  --rounds  measurements of each, the fastest counts; default 3
  --events  a lane is repeated up to so many events, default 200000`

const CORPUS = resolve(import.meta.dir, '../../../shared/corpus')
const RULE_SETS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting']
const TRAPLINE = resolve(import.meta.dir, '../../ci/trapline.ts')
/** The core that every measured process is bound to. */
const CORE = String(cpus().length - 1)

interface LaneRatio {
  readonly lane: string
  readonly events: number
  readonly rsigma_events_per_second: number
  readonly trapline_events_per_second: number
  readonly trapline_no_memo_events_per_second: number
  readonly ratio: number
  readonly ratio_no_memo: number
}

type CommandLine = readonly string[]

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rsigma: { type: 'string' },
      only: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      events: { type: 'string', default: '200000' },
      json: { type: 'boolean', default: false },
    },
  })
  if (values.rsigma === undefined)
    throw new UsageError('--rsigma FILE: the program to compare with')
  const folder = mkdtempSync(join(tmpdir(), 'trapline-engines-'))
  try {
    const rules = copyRules(folder)
    const rounds = Number(values.rounds)
    const found: LaneRatio[] = []
    const lanes = new Bun.Glob('*.ndjson.gz').scan({ cwd: join(CORPUS, 'lanes') })
    for (const file of (await Array.fromAsync(lanes)).sort()) {
      const lane = basename(file, '.ndjson.gz')
      if (values.only !== undefined && lane !== values.only) continue
      const files = await writeLane(folder, join(CORPUS, 'lanes', file), Number(values.events))
      found.push({ lane, ...measure(values.rsigma, rules, files, rounds) })
      if (!values.json) console.log(describe(found.at(-1)!))
    }
    if (values.json) console.log(JSON.stringify({ lanes: found }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One folder with all three rule sets, for a program that takes one. */
function copyRules(folder: string): string {
  const into = join(folder, 'rules')
  Bun.spawnSync(['mkdir', into])
  for (const set of RULE_SETS)
    Bun.spawnSync(['cp', '-r', join(CORPUS, 'sigmahq', set), join(into, set)])
  return into
}

interface LaneFiles {
  readonly events: number
  /** The lane as often as asked for, in one file; and once, for a program that takes it several times. */
  readonly whole: string
  readonly once: string
  readonly times: number
  readonly empty: string
}

async function writeLane(folder: string, path: string, wanted: number): Promise<LaneFiles> {
  const lane = Bun.gunzipSync(await Bun.file(path).bytes())
  const count = lane.reduce((sum, byte) => sum + (byte === 0x0a ? 1 : 0), 0)
  const times = Math.max(1, Math.round(wanted / count))
  const files = {
    whole: join(folder, 'whole.ndjson'),
    once: join(folder, 'once.ndjson'),
    empty: join(folder, 'empty.ndjson'),
  }
  writeFileSync(files.once, lane)
  writeFileSync(files.empty, '')
  const whole = openSync(files.whole, 'w')
  for (let i = 0; i < times; i++) writeFileSync(whole, lane)
  closeSync(whole)
  return { ...files, events: count * times, times }
}

function measure(rsigma: string, rules: string, files: LaneFiles, rounds: number) {
  const repeated = Array.from({ length: files.times }, () => files.once)
  const ours = (events: CommandLine, ...more: CommandLine): CommandLine => [
    ...[process.execPath, TRAPLINE, 'eval', '--json', '--rules', rules, ...more],
    ...['--events', ...events],
  ]
  const theirs = (events: string, ...more: CommandLine): CommandLine => [
    ...[rsigma, '-q', 'engine', 'eval', '-r', rules, '--logsource-routing', ...more],
    ...['-e', `@${events}`, '-o', '/dev/null', '--no-stats'],
  ]
  const rate = (work: CommandLine, idle: CommandLine) =>
    Math.round(files.events / Math.max(1e-6, fastest(work, rounds) - fastest(idle, rounds)))
  const flags: readonly CommandLine[] = [[], ['--bloom-prefilter']]
  const rsigma_events_per_second = Math.max(
    ...flags.map((more) => rate(theirs(files.whole, ...more), theirs(files.empty, ...more))),
  )
  const trapline_events_per_second = rate(ours(repeated), ours([files.empty]))
  const trapline_no_memo_events_per_second = rate(
    ours(repeated, '--no-memo'),
    ours([files.empty], '--no-memo'),
  )
  return {
    events: files.events,
    rsigma_events_per_second,
    trapline_events_per_second,
    trapline_no_memo_events_per_second,
    ratio: trapline_events_per_second / rsigma_events_per_second,
    ratio_no_memo: trapline_no_memo_events_per_second / rsigma_events_per_second,
  }
}

/** Seconds of wall time of the fastest run, bound to one core. */
function fastest(command: CommandLine, rounds: number): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    const { exitCode, stderr } = Bun.spawnSync(['taskset', '-c', CORE, ...command], {
      stdout: Bun.file('/dev/null'),
      stderr: 'pipe',
    })
    if (exitCode !== 0) throw new UsageError(`${command[0]} failed: ${stderr.toString().trim()}`)
    best = Math.min(best, (performance.now() - started) / 1000)
  }
  return best
}

function describe(lane: LaneRatio): string {
  return (
    `${lane.lane.padEnd(20)} rsigma ${lane.rsigma_events_per_second}/s · ` +
    `trapline ${lane.trapline_events_per_second}/s (${lane.ratio.toFixed(2)}x) · ` +
    `without memo ${lane.trapline_no_memo_events_per_second}/s (${lane.ratio_no_memo.toFixed(2)}x)`
  )
}
