// Runs the cases of each source through the normaliser and counts what it gets right.
import { columnsAfter } from '../../../parsers/columns.ts'
import { type NormaliseOptions, normalise, UNPARSED } from '../../../parsers/normalise.ts'
import { parserNames, parsersNamed } from '../../../parsers/table.ts'
import { type Case, SCORED, type Scored } from './case.ts'
import { gotValue, isRight } from './compare.ts'

/** The corpus was collected before this day. */
const NOW = Date.parse('2026-11-21T12:00:00Z')
const END_OF_TIME = Date.UTC(9999, 0, 1)
/** CPU time that a source's lines are normalised for, milliseconds. */
const WARM_MS = 1500
const MEASURE_MS = 300
/** Measurements of a source, one after the other; the best counts: compilers and neighbours are in the others. */
const MEASUREMENTS = 8
/** Events between two looks at the clock, which costs as much as an event. */
const PASS_EVENTS_MIN = 1000

export interface Recall {
  readonly expected: number
  readonly right: number
}

export interface Score {
  readonly source: string
  readonly events: number
  /** Share that is an event of the source's parser when it is named. */
  readonly parsed: number
  /** Share that the source's parser takes when nobody names it. */
  readonly recognised: number
  readonly recall: { readonly [name in Scored]?: Recall }
  /** On one core, by CPU time: the best of `MEASUREMENTS`. */
  readonly events_per_s: number
}

export interface Miss {
  readonly file: string
  readonly line: number
  readonly field: Scored | 'parsed' | 'recognised'
  readonly expected: readonly string[]
  readonly got: string | undefined
  readonly text: string
}

/** Options under which a case is normalised. */
export function optionsOf(item: Case, source: string | undefined): NormaliseOptions {
  let columns: NormaliseOptions['columns']
  for (const line of item.header ?? []) columns = columnsAfter(columns, line)
  return {
    now: NOW,
    received: NOW,
    newest: END_OF_TIME,
    timeZone: item.timeZone,
    source,
    ...(columns === undefined ? {} : { columns }),
  }
}

/** Scores one source's cases; every miss goes to `report`. */
export function scoreSource(
  source: string,
  cases: readonly Case[],
  report: (miss: Miss) => void,
): Score {
  const named = parserNames().includes(source) ? source : undefined
  const own = new Set(parsersNamed(source).map((parser) => parser.name))
  const counts = new Map<Scored, { expected: number; right: number }>()
  let parsed = 0
  let recognised = 0
  for (const item of cases) {
    const miss = (field: Miss['field'], expected: readonly string[], got: string | undefined) =>
      report({ file: item.file, line: item.line, field, expected, got, text: item.text })
    const event = normalise(item.text, optionsOf(item, named))
    const guess = normalise(item.text, optionsOf(item, undefined))
    if (isOwn(event.parser, own)) parsed++
    else miss('parsed', [source], event.error?.message ?? event.parser)
    if (isOwn(guess.parser, own)) recognised++
    else miss('recognised', [source], guess.parser)
    for (const name of SCORED) {
      const expected = item.expected[name]
      if (expected === undefined) continue
      const count = counts.get(name) ?? { expected: 0, right: 0 }
      counts.set(name, count)
      count.expected++
      const got = gotValue(event, name)
      if (isRight(item, name, got)) count.right++
      else miss(name, expected, got)
    }
  }
  return {
    source,
    events: cases.length,
    parsed: parsed / cases.length,
    recognised: recognised / cases.length,
    recall: Object.fromEntries(counts),
    events_per_s: speedOf(cases, named),
  }
}

function isOwn(parser: string, own: ReadonlySet<string>): boolean {
  return parser !== UNPARSED && own.has(parser)
}

/** Events a second of CPU time, on this thread. */
function speedOf(cases: readonly Case[], source: string | undefined): number {
  const inputs = cases.map((item) => ({ text: item.text, options: optionsOf(item, source) }))
  let events = 0
  let used = 0
  const passes = Math.ceil(PASS_EVENTS_MIN / inputs.length)
  const run = () => {
    for (let pass = 0; pass < passes; pass++) {
      for (const { text, options } of inputs) normalise(text, options)
    }
    events += passes * inputs.length
  }
  const runFor = (milliseconds: number) => {
    events = 0
    used = 0
    const start = process.cpuUsage()
    while (used < milliseconds * 1000) {
      run()
      const { user, system } = process.cpuUsage(start)
      used = user + system
    }
  }
  // What the compiler's threads spend on new code is no part of a running server's cost.
  runFor(WARM_MS)
  const rates = Array.from({ length: MEASUREMENTS }, () => {
    runFor(MEASURE_MS)
    return (events * 1e6) / used
  })
  return Math.round(Math.max(...rates))
}
