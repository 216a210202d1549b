// All rules on an event at once. An event's values are scanned once per field and set atoms; rules whose
// witness is among them are checked. The answers are those of `evaluate` for every rule that the event's
// log source lets in.
import type { SigmaEvent } from '../event.ts'
import type { Expr } from '../ir/expr.ts'
import { createAtoms, lowerToAtoms } from './atoms.ts'
import { type Check, type ConditionCompiler, conditionCompiler } from './condition.ts'
import { createFlatMatching, type FlatMatching } from './flat-match.ts'
import { type Layout, learn } from './layout.ts'
import { createMemoPool, emptyMemos } from './memo.ts'
import type { RuleLogSource } from './routing.ts'
import { createScan, type Scan } from './scan.ts'
import { buildSlots } from './slots.ts'
import { usesOf } from './uses.ts'
import { createViews, relearn, type View, type ViewSource } from './views.ts'
import { witnessOf } from './witness.ts'

export interface MatcherRule {
  readonly id: string
  readonly logsource: RuleLogSource
  readonly expr: Expr
}

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
  const { memo = true, routing = true } = options
  const atoms = createAtoms()
  const conditions = rules.map((rule) => lowerToAtoms(rule.expr, atoms))
  const atomCount = atoms.likelihoods.length
  const pool = createMemoPool()
  const witnesses = conditions.map((condition) =>
    witnessOf(condition, (atom) => atoms.likelihoods[atom]!),
  )
  const logsources = rules.map((rule) => rule.logsource)
  const source: ViewSource = {
    logsources,
    conditions,
    witnesses,
    likelihoods: atoms.likelihoods,
    uses: usesOf(conditions, atoms),
    slots: buildSlots(atoms),
    pool: memo ? pool : undefined,
  }
  const views = createViews(source, routing)
  const scan = createScan(atomCount, atoms.late.length)
  const checks = createChecks(scan, conditionCompiler(scan.state, atoms.late), source)
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
      rules: rules.length,
      unwitnessed: witnesses.filter((witness) => witness === undefined).length,
      atoms: atomCount,
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
  const { conditions } = source
  // Few rules ever become candidates: a condition is compiled when its rule first does.
  const checks = new Array<Check | undefined>(conditions.length).fill(undefined)
  const seen = new Uint8Array(conditions.length)
  const tried = new Int32Array(conditions.length)
  const found: number[] = []
  const counts = { events: 0, candidates: 0, matches: 0 }

  const holds = (rule: number): boolean => {
    const check = checks[rule]
    if (check !== undefined) return check()
    const made = compile(conditions[rule]!)
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
