// The conditions of the rules that an event makes candidates.
import type { Check, ConditionCompiler } from './condition.ts'
import { type Layout, learn } from './layout.ts'
import type { Scan } from './scan.ts'
import { relearn, type View, type ViewSource } from './views.ts'

const NOTHING: readonly number[] = []

export interface Checks {
  /** The rules of a view that hold for what the scan has set: the first `count` touched atoms. */
  run(view: View, count: number): readonly number[]
  readonly counts: { events: number; candidates: number; matches: number }
}

/** The conditions of rules, compiled by `compile` when a rule first becomes a candidate. */
export function createChecks(scan: Scan, compile: ConditionCompiler, source: ViewSource): Checks {
  const { touched } = scan
  const { conditionOf, witnesses } = source.compiled
  const ruleCount = witnesses.length
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
