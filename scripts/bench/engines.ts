// Command line against command line: `trapline eval` and rsigma on the same lanes, each on one core, in one
// run. Load time (the same call on no events) is subtracted.
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from '../../ci/command.ts'
import { CORPUS, RULE_SETS } from './corpus.ts'
import { WINDOWS_LANE, windowsEvents } from './windows-lane.ts'

export const summary = 'trapline eval against rsigma: both command lines on the same lanes'
export const usage = `bun run bench engines --rsigma FILE [--only LANE] [--rounds N] [--events N] [--json]
  --rsigma  the program to compare with (cargo install rsigma)
  --only    one lane instead of all
  --rounds  measurements of each, the fastest counts; default 3
  --events  a lane is repeated up to so many events, default 200000`

const TRAPLINE = resolve(import.meta.dir, '../../ci/trapline.ts')
/** The core that every measured process is bound to. */
const CORE = String(cpus().length - 1)

export interface LaneRatio {
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
  const show = values.json ? () => {} : (lane: LaneRatio) => console.log(describe(lane))
  const { rsigma, only } = values
  const lanes = await compareEngines({
    ...{ rsigma, only, show },
    ...{ rounds: Number(values.rounds), events: Number(values.events) },
  })
  if (values.json) console.log(JSON.stringify({ lanes }))
}

interface CompareOptions {
  readonly rsigma: string
  readonly only: string | undefined
  readonly rounds: number
  readonly events: number
  readonly show: (lane: LaneRatio) => void
}

/** Both programs on every lane of the corpus, and on its real Windows events. */
export async function compareEngines(options: CompareOptions): Promise<readonly LaneRatio[]> {
  const { rsigma, only, rounds, events, show } = options
  const folder = mkdtempSync(join(tmpdir(), 'trapline-engines-'))
  try {
    const rules = copyRules(folder)
    const files = new Bun.Glob('*.ndjson.gz').scan({ cwd: join(CORPUS, 'lanes') })
    const names = (await Array.fromAsync(files)).map((file) => basename(file, '.ndjson.gz')).sort()
    const found: LaneRatio[] = []
    for (const lane of [...names, WINDOWS_LANE]) {
      if (only !== undefined && lane !== only) continue
      const once =
        lane === WINDOWS_LANE
          ? await windowsEvents(CORPUS)
          : Bun.gunzipSync(await Bun.file(join(CORPUS, 'lanes', `${lane}.ndjson.gz`)).bytes())
      const ratio = { lane, ...measure(rsigma, rules, writeLane(folder, once, events), rounds) }
      found.push(ratio)
      show(ratio)
    }
    return found
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

function writeLane(folder: string, lane: Uint8Array, wanted: number): LaneFiles {
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
  const pairs: readonly (readonly [work: CommandLine, idle: CommandLine])[] = [
    [theirs(files.whole), theirs(files.empty)],
    [theirs(files.whole, '--bloom-prefilter'), theirs(files.empty, '--bloom-prefilter')],
    [ours(repeated), ours([files.empty])],
    [ours(repeated, '--no-memo'), ours([files.empty], '--no-memo')],
  ]
  // What a program keeps of the rules, it keeps now.
  for (const [, idling] of pairs) seconds(idling)
  // In turn: the machine's speed changes within minutes.
  const work = pairs.map(() => Number.POSITIVE_INFINITY)
  const idle = pairs.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round++) {
    for (const [i, [working, idling]] of pairs.entries()) {
      work[i] = Math.min(work[i]!, seconds(working))
      idle[i] = Math.min(idle[i]!, seconds(idling))
    }
  }
  const [plain, bloom, memo, noMemo] = work.map((took, i) => {
    const net_s = took - idle[i]!
    if (net_s > 0) return Math.round(files.events / net_s)
    throw new UsageError(`${files.events} events take no longer than none: measure more (--events)`)
  }) as [number, number, number, number]
  const best = Math.max(plain, bloom)
  return {
    events: files.events,
    rsigma_events_per_second: best,
    trapline_events_per_second: memo,
    trapline_no_memo_events_per_second: noMemo,
    ratio: memo / best,
    ratio_no_memo: noMemo / best,
  }
}

/** Seconds of wall time of a run, bound to one core. */
function seconds(command: CommandLine): number {
  const started = performance.now()
  const { exitCode, stderr } = Bun.spawnSync(['taskset', '-c', CORE, ...command], {
    stdout: Bun.file('/dev/null'),
    stderr: 'pipe',
  })
  if (exitCode !== 0) throw new UsageError(`${command[0]} failed: ${stderr.toString().trim()}`)
  return (performance.now() - started) / 1000
}

function describe(lane: LaneRatio): string {
  return (
    `${lane.lane.padEnd(20)} rsigma ${lane.rsigma_events_per_second}/s · ` +
    `trapline ${lane.trapline_events_per_second}/s (${lane.ratio.toFixed(2)}x) · ` +
    `without memo ${lane.trapline_no_memo_events_per_second}/s (${lane.ratio_no_memo.toFixed(2)}x)`
  )
}
