// All rules on an event at once. An event's values are scanned once per field and set atoms; rules whose
// witness is among them are checked. The answers are those of `evaluate` for every rule that the event's
// log source lets in.
import type { SigmaEvent } from '../event.ts'
import { type CompiledRules, compileRules, type MatcherRule } from './compiled.ts'
import { type Check, type ConditionCompiler, conditionCompiler } from './condition.ts'
import { createFlatMatching, type FlatMatching } from './flat-match.ts'
import { type Layout, learn } from './layout.ts'
import { createMemoPool, emptyMemos } from './memo.ts'
import { createScan, type Scan } from './scan.ts'
import { buildSlots } from './slots.ts'
import { createViews, relearn, type View, type ViewSource } from './views.ts'

export type { MatcherRule } from './compiled.ts'

export interface MatcherOptions {
  /** Keep what was found for values seen before; on by default. */
  readonly memo?: boolean
  /** Leave out rules by log source; on by default. */
  readonly routing?: boolean
}

export interface Matcher extends Omit<FlatMatching, 'empty'> {
  /** Indices of the rules that match, ascending. */
  match(event: SigmaEvent): readonly number[]
  /** Forgets the values seen. */
  emptyMemo(): void
  /** Counts since the matcher was made. */
  stats(): MatcherStats
}

export interface MatcherStats {
  readonly events: number
  /** Conditions run: rules whose witness was hit, or that have none. */
  readonly candidates: number
  readonly matches: number
  readonly rules: number
  /** Rules without a witness, checked for every event that reaches them. */
  readonly unwitnessed: number
  readonly atoms: number
}

const NOTHING: readonly number[] = []

/** Compiles rules into one matcher. Throws only for expressions that lowering would have refused. */
export function compileMatcher(
  rules: readonly MatcherRule[],
  options: MatcherOptions = {},
): Matcher {
  return createMatcher(compileRules(rules), options)
}

/** The matcher of rules that are compiled already. */
export function createMatcher(compiled: CompiledRules, options: MatcherOptions = {}): Matcher {
  const { memo = true, routing = true } = options
  const { witnesses, likelihoods, late } = compiled
  const pool = createMemoPool()
  const source: ViewSource = {
    ...{ compiled, slots: buildSlots(compiled.slots) },
    pool: memo ? pool : undefined,
  }
  const views = createViews(source, routing)
  const scan = createScan(likelihoods.length, late.length)
  const checks = createChecks(scan, conditionCompiler(scan.state, late), source)
  const flat = createFlatMatching(scan, checks, views, memo)
  return {
    ...flat,
    match(event) {
      const view = views(event.logsource)
      try {
        return checks.run(view, scan.read(event, view.readers))
      } finally {
        scan.reset()
      }
    },
    emptyMemo() {
      emptyMemos(pool)
      flat.empty()
    },
    stats: () => ({
      ...checks.counts,
      rules: witnesses.length,
      unwitnessed: witnesses.filter((witness) => witness === undefined).length,
      atoms: likelihoods.length,
    }),
  }
}

export interface Checks {
  /** The rules of a view that hold for what the scan has set: the first `count` touched atoms. */
  run(view: View, count: number): readonly number[]
  readonly counts: { events: number; candidates: number; matches: number }
}

function createChecks(scan: Scan, compile: ConditionCompiler, source: ViewSource): Checks {
  const { touched } = scan
  const { conditionOf, witnesses } = source.compiled
  const ruleCount = witnesses.length
  // Few rules ever become candidates: a condition is compiled when its rule first does.
  const checks = new Array<Check | undefined>(ruleCount).fill(undefined)
  const seen = new Uint8Array(ruleCount)
  const tried = new Int32Array(ruleCount)
  const found: number[] = []
  const counts = { events: 0, candidates: 0, matches: 0 }

  const holds = (rule: number): boolean => {
    const check = checks[rule]
    if (check !== undefined) return check()
    const made = compile(conditionOf(rule))
    checks[rule] = made
    return made()
  }

  /** Checks the rules that the first `count` touched atoms lead to, each once. */
  const checkTouched = ({ starts, ends, rules }: Layout, count: number): void => {
    let triedCount = 0
    for (let i = 0; i < count; i++) {
      const atom = touched[i]!
      const end = ends[atom]!
      for (let at = starts[atom]!; at < end; at++) {
        const rule = rules[at]!
        if (seen[rule] === 1) continue
        seen[rule] = 1
        tried[triedCount++] = rule
        if (holds(rule)) found.push(rule)
      }
    }
    for (let i = 0; i < triedCount; i++) seen[tried[i]!] = 0
    counts.candidates += triedCount
  }

  return {
    counts,
    run(view, count) {
      const { layout, learning } = view
      found.length = 0
      checkTouched(layout, count)
      for (const rule of layout.always) if (holds(rule)) found.push(rule)
      counts.candidates += layout.always.length
      if (learning !== undefined && learn(learning, touched, count)) {
        relearn(view, learning, source)
      }
      counts.events++
      counts.matches += found.length
      if (found.length < 2) return found.length === 0 ? NOTHING : [found[0]!]
      return found.slice().sort((a, b) => a - b)
    },
  }
}
