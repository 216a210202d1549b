// How the cost of an event grows with the number of rules: real rules, and beyond their number variants of
// them with other texts, as if each had been written again for another tool.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from '../../ci/command.ts'
import { readRuleFolder } from '../../ci/rule-files.ts'
import { normalise } from '../../parsers/normalise.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import type { Expr, Test } from '../../sigma/ir/expr.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import { CORPUS, RULE_SETS } from './corpus.ts'

export const summary = 'events/s of the matcher by number of rules, 500 to 30,000'
export const usage = `bun run bench scale [--lane NAME] [--sizes N,N,...] [--json]
  --lane   a lane of the corpus, default structured_windows
  --sizes  default 500,1000,2000,3700,10000,30000
Processor time of one core, no memo of values.`

const ROUNDS = 3
export const SCALE_SIZES = [500, 1_000, 2_000, 3_700, 10_000, 30_000]

export interface ScaleFigures {
  readonly rules: number
  readonly events_per_second: number
  /** Conditions run for an event. */
  readonly candidates_per_event: number
  readonly compile_ms: number
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lane: { type: 'string', default: 'structured_windows' },
      sizes: { type: 'string', default: SCALE_SIZES.join(',') },
      json: { type: 'boolean', default: false },
    },
  })
  const sizes = values.sizes.split(',').map(Number)
  if (!sizes.every((size) => Number.isInteger(size) && size > 0))
    throw new UsageError('--sizes takes whole numbers')
  const { lane } = values
  const show = values.json ? () => {} : (figures: ScaleFigures) => console.log(describe(figures))
  const found = await measureScale(lane, sizes, show)
  if (values.json) console.log(JSON.stringify({ lane, sizes: found }))
}

/** The matcher on a lane of the corpus with so many rules. */
export async function measureScale(
  lane: string,
  sizes: readonly number[],
  show: (figures: ScaleFigures) => void,
): Promise<readonly ScaleFigures[]> {
  const path = join(CORPUS, 'lanes', `${lane}.ndjson.gz`)
  if (!existsSync(path)) throw new UsageError(`no lane ${lane}: ${path} is not there`)
  const text = new TextDecoder().decode(Bun.gunzipSync(await Bun.file(path).bytes()))
  const options = { now: 0, received: 0, timeZone: 'UTC' }
  const events = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => normalise(line, options))
  const { rules } = await readRuleFolder(RULE_SETS.map((set) => join(CORPUS, 'sigmahq', set)))
  return sizes.map((size) => {
    const figures = measure(ruleSet(rules, size), events)
    show(figures)
    return figures
  })
}

/** `size` rules: an even share of the real ones, or all of them and variants. */
function ruleSet(rules: readonly LoadedRule[], size: number): LoadedRule[] {
  return Array.from({ length: size }, (_, i) => {
    if (size <= rules.length) return rules[Math.floor((i * rules.length) / size)]!
    const round = Math.floor(i / rules.length)
    const rule = rules[i % rules.length]!
    return round === 0 ? rule : { ...rule, id: `${rule.id}-${round}`, expr: vary(rule.expr, round) }
  })
}

/** The same logic over other texts. */
function vary(expr: Expr, round: number): Expr {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return { ...expr, args: expr.args.map((arg) => vary(arg, round)) }
    case 'not':
      return { ...expr, arg: vary(expr.arg, round) }
    case 'match':
      return { ...expr, test: varyTest(expr.test, round) }
    default:
      return expr
  }
}

function varyTest(test: Test, round: number): Test {
  switch (test.kind) {
    case 'equals':
    case 'startswith':
    case 'endswith':
    case 'contains': {
      const middle = Math.ceil(test.value.length / 2)
      return { ...test, value: test.value.slice(0, middle) + round + test.value.slice(middle) }
    }
    default:
      return test
  }
}

function measure(
  rules: readonly LoadedRule[],
  events: readonly ReturnType<typeof normalise>[],
): ScaleFigures {
  const began = cpu_ms()
  const matcher = compileMatcher(rules, { memo: false })
  const compile_ms = Math.round(cpu_ms() - began)
  for (const event of events) matcher.match(event)
  const before = matcher.stats()
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const started = cpu_ms()
    for (const event of events) matcher.match(event)
    best = Math.min(best, cpu_ms() - started)
  }
  const after = matcher.stats()
  const seen = after.events - before.events
  return {
    rules: rules.length,
    events_per_second: Math.round((events.length / best) * 1000),
    candidates_per_event: (after.candidates - before.candidates) / seen,
    compile_ms,
  }
}

function cpu_ms(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function describe(figures: ScaleFigures): string {
  const { rules, events_per_second, candidates_per_event, compile_ms } = figures
  return (
    `${String(rules).padStart(6)} rules: ${events_per_second} events/s, ` +
    `${candidates_per_event.toFixed(1)} candidates an event, compiled in ${compile_ms} ms`
  )
}
