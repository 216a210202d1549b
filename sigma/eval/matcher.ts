// All rules on an event at once. An event's values are scanned once per field and set atoms; rules whose
// witness is among them are checked. The answers are those of `evaluate` for every rule that the event's
// log source lets in.
import type { SigmaEvent } from '../event.ts'
import { createChecks } from './checks.ts'
import { type CompiledRules, compileRules, type MatcherRule } from './compiled.ts'
import { conditionCompiler } from './condition.ts'
import { createFlatMatching, type FlatMatching } from './flat-match.ts'
import { createMemoPool, emptyMemos } from './memo.ts'
import { createScan } from './scan.ts'
import { buildSlots } from './slots.ts'
import { createViews, type ViewSource } from './views.ts'

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
