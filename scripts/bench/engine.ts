// The rule engine on the lanes: events a second on one core, every SigmaHQ rule loaded.
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from '../../ci/command.ts'
import { readRuleFolder } from '../../ci/rule-files.ts'
import { declaredLogSource } from '../../parsers/logsource.ts'
import { normalise } from '../../parsers/normalise.ts'
import { compileMatcher, type Matcher } from '../../sigma/eval/matcher.ts'
import type { Fields, SigmaEvent } from '../../sigma/event.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import { CORPUS, RULE_SETS } from './corpus.ts'

export const summary = 'events/s of the rule engine on each lane, one core'
export const usage = `bun run bench engine [--rules DIR]... [--lanes DIR] [--only LANE] [--repeat N] [--cpu] [--json]
  --rules   folders of rules; default: SigmaHQ's three sets of the corpus
  --lanes   folder of *.ndjson.gz; default: the corpus
  --repeat  repetitions of each figure, the best counts; the memo is emptied before each; default 5
  --cpu     count the processor time of the whole process, for machines that do other work`

interface Lane {
  readonly name: string
  readonly lines: readonly string[]
}

/** Figures of one lane. Rates are events a second. */
interface LaneFigures {
  readonly lane: string
  readonly events: number
  readonly matches: number
  readonly candidatesPerEvent: number
  /** Matching alone, on events already decoded. */
  readonly match: number
  readonly matchNoMemo: number
  /** `JSON.parse` of the line, then matching. */
  readonly parseAndMatch: number
  readonly parseAndMatchNoMemo: number
  /** What `trapline eval` and ingest do: the whole normaliser, then matching. */
  readonly normaliseAndMatch: number
  readonly jsonParseAlone: number
}

interface Figures {
  readonly rules: number
  readonly load_ms: number
  readonly compile_ms: number
  readonly compiled_bytes: number
  readonly peak_rss_bytes: number
  readonly lanes: readonly LaneFigures[]
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rules: { type: 'string', multiple: true },
      lanes: { type: 'string', default: join(CORPUS, 'lanes') },
      only: { type: 'string' },
      repeat: { type: 'string', default: '5' },
      cpu: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const repeat = Number(values.repeat)
  if (!Number.isInteger(repeat) || repeat < 1) throw new UsageError('--repeat wants a number')
  const folders = values.rules ?? RULE_SETS.map((set) => join(CORPUS, 'sigmahq', set))
  const lanes = await readLanes(values.lanes, values.only)
  const started = performance.now()
  const { rules } = await readRuleFolder(folders)
  const load_ms = performance.now() - started
  const { matcher, compile_ms, compiled_bytes } = compile(rules)
  const plain = compileMatcher(rules, { memo: false })
  const clock_ms = values.cpu ? cpuTime_ms : () => performance.now()
  const figures: LaneFigures[] = []
  for (const lane of lanes) {
    figures.push(measureLane(lane, matcher, plain, { repeat, clock_ms }))
    if (!values.json) console.log(describe(figures.at(-1)!))
  }
  const result: Figures = {
    rules: rules.length,
    load_ms: Math.round(load_ms),
    compile_ms: Math.round(compile_ms),
    compiled_bytes,
    peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
    lanes: figures,
  }
  if (values.json) console.log(JSON.stringify(result))
  else {
    const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
    console.log(
      `\n${rules.length} rules: load ${result.load_ms} ms, compile ${result.compile_ms} ms, ` +
        `${mb(compiled_bytes)} compiled, peak ${mb(result.peak_rss_bytes)} resident`,
    )
  }
}

function compile(rules: readonly LoadedRule[]) {
  Bun.gc(true)
  const before = process.memoryUsage().rss
  const started = performance.now()
  const matcher = compileMatcher(rules)
  const compile_ms = performance.now() - started
  Bun.gc(true)
  return { matcher, compile_ms, compiled_bytes: process.memoryUsage().rss - before }
}

async function readLanes(folder: string, only: string | undefined): Promise<Lane[]> {
  const lanes: Lane[] = []
  for await (const file of new Bun.Glob('*.ndjson.gz').scan({ cwd: folder })) {
    const name = basename(file, '.ndjson.gz')
    if (only !== undefined && name !== only) continue
    const text = new TextDecoder().decode(
      Bun.gunzipSync(await Bun.file(join(folder, file)).bytes()),
    )
    lanes.push({ name, lines: text.split('\n').filter((line) => line !== '') })
  }
  if (lanes.length === 0) throw new UsageError(`no lanes (*.ndjson.gz) in ${folder}`)
  return lanes.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The event of generic JSON, with nothing but what matching reads. */
function plainEvent(line: string): SigmaEvent {
  const fields = JSON.parse(line) as Fields
  const message = typeof fields.message === 'string' ? fields.message : ''
  const logsource = declaredLogSource(fields)
  return { time: 0, source: 'json', logsource, pivots: {}, message, fields, raw: line }
}

interface Measure {
  readonly repeat: number
  readonly clock_ms: () => number
}

/** Processor time of all threads, collector and compiler included. */
function cpuTime_ms(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

function measureLane(
  lane: Lane,
  matcher: Matcher,
  plain: Matcher,
  { repeat, clock_ms }: Measure,
): LaneFigures {
  const { lines } = lane
  const events = lines.map(plainEvent)
  const options = { now: 0, received: 0, timeZone: 'UTC' }
  const best = (pass: () => void, before = () => {}) => {
    let least_ms = Number.POSITIVE_INFINITY
    for (let i = 0; i < repeat; i++) {
      before()
      const started = clock_ms()
      pass()
      least_ms = Math.min(least_ms, clock_ms() - started)
    }
    return Math.round((lines.length / least_ms) * 1000)
  }
  const matchAll = (by: Matcher) => () => {
    for (const event of events) by.match(event)
  }
  const parseAll = (by: Matcher) => () => {
    for (const line of lines) by.match(plainEvent(line))
  }
  const normaliseAll = () => {
    for (const line of lines) matcher.match(normalise(line, options))
  }
  const before = plain.stats()
  matchAll(plain)()
  const after = plain.stats()
  return {
    lane: lane.name,
    events: lines.length,
    matches: after.matches - before.matches,
    candidatesPerEvent: (after.candidates - before.candidates) / lines.length,
    match: best(matchAll(matcher), matcher.emptyMemo),
    matchNoMemo: best(matchAll(plain)),
    parseAndMatch: best(parseAll(matcher), matcher.emptyMemo),
    parseAndMatchNoMemo: best(parseAll(plain)),
    normaliseAndMatch: best(normaliseAll, matcher.emptyMemo),
    jsonParseAlone: best(() => {
      for (const line of lines) JSON.parse(line)
    }),
  }
}

function describe(f: LaneFigures): string {
  const n = (value: number) => value.toLocaleString('en-US').padStart(9)
  return (
    `${f.lane.padEnd(19)} match ${n(f.match)} (no memo ${n(f.matchNoMemo)})  ` +
    `with JSON.parse ${n(f.parseAndMatch)} (no memo ${n(f.parseAndMatchNoMemo)})  ` +
    `normalised ${n(f.normaliseAndMatch)}  parse alone ${n(f.jsonParseAlone)}  ` +
    `candidates ${f.candidatesPerEvent.toFixed(1)}  matches ${f.matches}`
  )
}
