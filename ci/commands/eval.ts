// `trapline eval`: rules on files of events, without a server.
import { parseArgs } from 'node:util'
import type { NormalisedEvent } from '../../parsers/event.ts'
import { type NormaliseOptions, normalise, UNPARSED } from '../../parsers/normalise.ts'
import { LATENESS_DEFAULT_MS } from '../../sigma/correlate/limits.ts'
import { columnsRead } from '../../sigma/eval/compiled.ts'
import { createMatcher, type Matcher } from '../../sigma/eval/matcher.ts'
import { spreadLists } from '../args.ts'
import { EXIT, UsageError } from '../command.ts'
import {
  type CorrelationMatch,
  createFileCorrelator,
  type FileCorrelator,
} from '../correlations.ts'
import { createFlatMatcher, type FlatMatcher } from '../flat-matches.ts'
import { STDIN } from '../input/bytes.ts'
import { withHeader } from '../input/header.ts'
import { readEventBatches, readOtherEvents } from '../input/read-events.ts'
import type { TakeLines } from '../input/take-lines.ts'
import { bufferedOutput, type Output } from '../output.ts'
import { ownParsers } from '../own-parsers.ts'
import { readRuleFolder } from '../rule-files.ts'
import type { RuleHead, RuleSet } from '../rule-set.ts'

export const summary = 'Runs rules on files of events and prints the matches'
export const usage = `trapline eval --rules PATH... --events FILE... [--json] [--no-routing] [--source NAME]
              [--lateness S] [--no-memo]
  --rules       rule files or folders (default: detections)
  --events      NDJSON, JSON or text logs, each also .gz or .zst; - is standard input
  --json        one JSON object a match: rule_id, title, level, event_index, file
  --no-routing  every rule on every event, whatever its log source
  --source      parser for events that do not say what they are: nginx, sshd, ...
  --no-memo     look at every value anew (slower; the memo is emptied at each file in any case)
  --lateness S  seconds that an event may lie behind the newest of its source and still correlate
                (default: 300; of several files none is late)
  --pipeline P  a processing pipeline: ecs, ocsf, windows-audit, sysmon-linux or a file; may be repeated
  --lists DIR   NAME.txt holds the values of the placeholder %NAME%, one a line
Pipelines in a folder pipelines/ and lists in lists/ among the rules are used, too. Correlations are printed with the event that made them hold, and the events that contributed since the last
time; rules that only feed correlations are not printed. The summary goes to standard error. Exit
code 2: no rule can run, or a rule file named by path cannot.`

const PROGRESS_INTERVAL_MS = 200

interface Options {
  readonly json: boolean
}

interface Totals {
  events: number
  unparsed: number
  matches: number
  readonly rules: Set<string>
}

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: spreadLists(args, ['rules', 'events']),
    allowPositionals: true,
    options: {
      rules: { type: 'string', multiple: true, default: ['detections'] },
      events: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      'no-routing': { type: 'boolean', default: false },
      source: { type: 'string' },
      lateness: { type: 'string' },
      pipeline: { type: 'string', multiple: true, default: [] },
      lists: { type: 'string' },
      'no-memo': { type: 'boolean', default: false },
    },
  })
  const files = [...values.events, ...positionals]
  if (files.length === 0) throw new UsageError('say which events: --events FILE...')
  const { pipeline: pipelines, lists } = values
  const loaded = await readRuleFolder(values.rules, { pipelines, lists })
  const refusal = refusalOf(loaded, values.rules)
  if (refusal !== undefined) return refusal
  const compiled = loaded.compiled()
  const matcher = createMatcher(compiled, {
    routing: !values['no-routing'],
    memo: !values['no-memo'],
  })
  const lateness_ms = latenessOf(values.lateness, files.length)
  const correlator = createFileCorrelator(loaded, lateness_ms)
  // Few rules read the severity of events, and correlations may group by it.
  const classify = correlator !== undefined || columnsRead(compiled).has('severity')
  const parsers = await ownParsers()
  const now = Date.now()
  const { source } = values
  const options = { now, received: now, timeZone: 'UTC', source, classify, ...parsers }
  // The fast way through flat JSON knows our tables alone.
  const isFlat = source === undefined && Object.keys(parsers).length === 0
  const flat = isFlat ? createFlatMatcher(matcher, options) : undefined
  const engine: Engine = { matcher, flat, correlator, options }
  const totals: Totals = { events: 0, unparsed: 0, matches: 0, rules: new Set() }
  const started = performance.now()
  const output = bufferedOutput()
  const progress = startProgress(totals)
  try {
    for (const file of files) {
      if (!(await evalFile(file, loaded.heads, engine, values, output, totals))) break
    }
    await output.flush()
  } finally {
    progress.stop()
  }
  summarise(loaded, totals, performance.now() - started, engine.correlator)
  return EXIT.ok
}

interface Engine {
  readonly matcher: Matcher
  /** Lines of flat JSON matched where they stand, where that is possible. */
  readonly flat: FlatMatcher | undefined
  readonly correlator: FileCorrelator | undefined
  readonly options: NormaliseOptions
}

function latenessOf(seconds: string | undefined, files: number): number {
  if (seconds === undefined) return files > 1 ? Number.POSITIVE_INFINITY : LATENESS_DEFAULT_MS
  const value = Number(seconds)
  if (!(value >= 0)) throw new UsageError(`--lateness: "${seconds}" is no number of seconds`)
  return value * 1000
}

/** Says which rules cannot run; the exit code where that is a reason to stop. */
function refusalOf(loaded: RuleSet, paths: readonly string[]): number | undefined {
  const named = loaded.refused.filter((rule) => paths.includes(rule.path))
  for (const rule of named) console.error(`${rule.path}:${rule.line}: ${rule.message}`)
  if (loaded.heads.length === 0) {
    console.error(`no rule can run among ${loaded.refused.length} below ${paths.join(', ')}`)
  }
  return named.length > 0 || loaded.heads.length === 0 ? EXIT.badRule : undefined
}

/** Runs one file; false when nobody reads the output any more. */
async function evalFile(
  file: string,
  rules: readonly RuleHead[],
  { matcher, flat, correlator, options }: Engine,
  { json }: Options,
  output: Output,
  totals: Totals,
): Promise<boolean> {
  const print = json ? jsonPrinter(rules, file) : textPrinter(rules, file)
  const printCorrelation = json ? correlationJson : correlationText
  matcher.emptyMemo()
  correlator?.open(file)
  const seen = new Uint8Array(rules.length)
  /** Prints what one event matches; `event` is made only where correlations ask for it. */
  const report = (
    matched: readonly number[],
    index: number,
    event: () => NormalisedEvent,
  ): void => {
    for (const rule of matched) {
      if (rules[rule]!.feedsOnly) continue
      totals.matches++
      if (seen[rule] === 0) totals.rules.add(rules[rule]!.id)
      seen[rule] = 1
      print(output, rule, index)
    }
    if (correlator === undefined || matched.length === 0) return
    for (const match of correlator.add(event(), index, matched)) {
      totals.matches++
      totals.rules.add(match.correlation.id)
      output.write(printCorrelation(match))
    }
  }
  const takeWith =
    ({ matchLines, event }: FlatMatcher): TakeLines =>
    (bytes, view, start, end, first) => {
      // The output can be written only between events.
      if (output.isFull) return { lines: 0, next: start }
      const taken = matchLines(bytes, view, start, end, (matched, index) =>
        report(matched, first + index, event),
      )
      totals.events += taken.lines
      return taken
    }
  const batches =
    flat === undefined ? readEventBatches(file) : readOtherEvents(file, takeWith(flat))
  for await (const batch of batches) {
    for (const input of batch) {
      const event = normalise(input.text, withHeader(options, input), input.json)
      totals.events++
      if (event.parser === UNPARSED) totals.unparsed++
      report(matcher.match(event), input.index, () => event)
      if (output.isFull && !(await output.flush())) return false
    }
    if ((output.isFull || file === STDIN) && !(await output.flush())) return false
  }
  return true
}

type Printer = (output: Output, rule: number, index: number) => void

function jsonPrinter(rules: readonly RuleHead[], file: string): Printer {
  const encoder = new TextEncoder()
  const heads: Uint8Array[] = []
  const tail = encoder.encode(`,"file":${JSON.stringify(file)}}\n`)
  return (output, rule, index) => {
    heads[rule] ??= encoder.encode(`${jsonHead(rules[rule]!)},"event_index":`)
    output.writeBytes(heads[rule])
    output.writeIndex(index)
    output.writeBytes(tail)
  }
}

function jsonHead({ id, title, level }: RuleHead): string {
  return JSON.stringify({ rule_id: id, title, level }).slice(0, -1)
}

function textPrinter(rules: readonly RuleHead[], file: string): Printer {
  return (output, rule, index) => {
    const { id, title, level } = rules[rule]!
    output.write(`${file}:${index}  ${level.padEnd(13)}  ${title}  (${id})\n`)
  }
}

function correlationJson({ correlation, index, file, ...rest }: CorrelationMatch): string {
  const { id, title, level, type } = correlation
  const head = { rule_id: id, title, level, event_index: index, file }
  return `${JSON.stringify({ ...head, correlation: { type, ...rest } })}\n`
}

function correlationText(match: CorrelationMatch): string {
  const { correlation, file, index, key, value, events } = match
  const { id, title, level, type } = correlation
  const group = Object.entries(key).map(([name, text]) => `${name}=${text ?? '(none)'}`)
  const what = [`${type} ${value}`, ...group, `events ${events.join(' ')}`].join(', ')
  return `${file}:${index}  ${level.padEnd(13)}  ${title}  (${id})  ${what}\n`
}

/** Shows how far it is while standard error is a terminal. */
function startProgress(totals: Totals): { stop(): void } {
  if (!process.stderr.isTTY) return { stop: () => {} }
  const show = () => {
    process.stderr.write(`\r\x1b[K${totals.events} events, ${totals.matches} matches`)
  }
  const timer = setInterval(show, PROGRESS_INTERVAL_MS)
  return {
    stop() {
      clearInterval(timer)
      process.stderr.write('\r\x1b[K')
    },
  }
}

function summarise(
  loaded: RuleSet,
  totals: Totals,
  took_ms: number,
  correlator: FileCorrelator | undefined,
): void {
  const late = correlator?.stats().late ?? 0
  const refused = Object.entries(Object.groupBy(loaded.refused, (rule) => rule.reason))
    .map(([reason, rules]) => `${rules?.length ?? 0} ${reason}`)
    .join(', ')
  const rate = took_ms > 0 ? Math.round((totals.events / took_ms) * 1000) : 0
  console.error(
    [
      `${loaded.heads.length} rules${correlator === undefined ? '' : `, ${loaded.correlations.length} correlations`}${refused === '' ? '' : ` (refused: ${refused})`}`,
      `${totals.events} events${totals.unparsed === 0 ? '' : ` (${totals.unparsed} unparsed)`}`,
      `${totals.matches} matches of ${totals.rules.size} rules`,
      ...(late === 0 ? [] : [`${late} matches too late to correlate`]),
      `${(took_ms / 1000).toFixed(2)} s, ${rate} events/s`,
    ].join(' · '),
  )
}
