// All rules on an event at once. An event's values are scanned once per field and set atoms; rules whose
// witness is among them are checked. The answers are those of `evaluate` for every rule that the event's
// log source lets in.
import type { SigmaEvent } from '../event.ts'
import type { Expr } from '../ir/expr.ts'
import { type Condition, createAtoms, lowerToAtoms } from './atoms.ts'
import { type Check, conditionCompiler } from './condition.ts'
import { createMemoPool, emptyMemos } from './memo.ts'
import { knownLogSources, type RuleLogSource } from './routing.ts'
import { createScan, type Scan } from './scan.ts'
import { buildSlots } from './slots.ts'
import { createViews, type View } from './views.ts'
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

export interface Matcher {
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
  const witnesses = conditions.map((condition) => witnessOf(condition, atoms.likelihoods))
  const logsources = rules.map((rule) => rule.logsource)
  const views = createViews(
    {
      logsources,
      witnesses,
      atomsOfRule: conditions.map(atomsOfCondition),
      guardsOf: atoms.guardsOf,
      atomCount,
      slots: buildSlots(atoms),
      pool: memo ? pool : undefined,
    },
    knownLogSources(logsources),
    routing,
  )
  const scan = createScan(atomCount, atoms.late.length)
  const checks = conditions.map(conditionCompiler(scan.state, atoms.late))
  const run = createRun(scan, checks)
  let events = 0
  let matches = 0
  return {
    match(event) {
      events++
      const found = run.match(event, views(event.logsource))
      matches += found.length
      return found
    },
    emptyMemo: () => emptyMemos(pool),
    stats: () => ({
      events,
      candidates: run.candidates(),
      matches,
      rules: rules.length,
      unwitnessed: witnesses.filter((witness) => witness === undefined).length,
      atoms: atomCount,
    }),
  }
}

/** The atoms that a condition reads. */
function atomsOfCondition(condition: Condition): readonly number[] {
  const found = new Set<number>()
  const visit = (node: Condition): void => {
    if (node.kind === 'atom') found.add(node.atom)
    else if (node.kind === 'late') for (const atom of node.guards ?? []) found.add(atom)
    else if (node.kind === 'not') visit(node.arg)
    else if (node.kind !== 'const') node.args.forEach(visit)
  }
  visit(condition)
  return [...found]
}

interface Run {
  match(event: SigmaEvent, view: View): readonly number[]
  candidates(): number
}

function createRun(scan: Scan, checks: readonly Check[]): Run {
  const { touched } = scan
  const seen = new Uint8Array(checks.length)
  const tried = new Int32Array(checks.length)
  const found: number[] = []
  let candidates = 0
  return {
    candidates: () => candidates,
    match(event, view) {
      const touchedCount = scan.read(event, view.readers)
      let triedCount = 0
      found.length = 0
      for (let i = 0; i < touchedCount; i++) {
        const atom = touched[i]!
        const end = view.first[atom + 1]!
        for (let at = view.first[atom]!; at < end; at++) {
          const rule = view.rules[at]!
          if (seen[rule] === 1) continue
          seen[rule] = 1
          tried[triedCount++] = rule
          if (checks[rule]!()) found.push(rule)
        }
      }
      for (let i = 0; i < triedCount; i++) seen[tried[i]!] = 0
      for (const rule of view.always) if (checks[rule]!()) found.push(rule)
      candidates += triedCount + view.always.length
      scan.reset()
      return found.length === 0 ? NOTHING : found.slice().sort((a, b) => a - b)
    },
  }
}
