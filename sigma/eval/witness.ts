// A rule's witness: atoms of which at least one is set whenever the rule's condition holds.
import type { Condition } from './atoms.ts'

/** May name an atom twice. */
export type Witness = readonly number[]

/** How likely an atom is to be set. */
export type LikelihoodOf = (atom: number) => number

/** What it costs to have no witness. */
const NONE = Number.POSITIVE_INFINITY

/**
 * The witness whose atoms are least likely together, or undefined when the condition can hold with no atom set;
 * empty for what never holds.
 */
export function witnessOf(condition: Condition, likelihoodOf: LikelihoodOf): Witness | undefined {
  if (costOf(condition, likelihoodOf, true) === NONE) return undefined
  const atoms: number[] = []
  gather(condition, likelihoodOf, true, atoms)
  return atoms
}

/** The sum of the likelihoods of the cheapest witness; `holds` false: of the condition's negation. */
function costOf(condition: Condition, likelihoodOf: LikelihoodOf, holds: boolean): number {
  switch (condition.kind) {
    case 'const':
      return condition.value === holds ? NONE : 0
    case 'not':
      return costOf(condition.arg, likelihoodOf, !holds)
    case 'atom':
      return holds ? likelihoodOf(condition.atom) : NONE
    case 'late': {
      if (!holds || condition.guards === undefined) return NONE
      let cost = 0
      for (const guard of condition.guards) cost += likelihoodOf(guard)
      return cost
    }
    case 'and':
    case 'or': {
      const isAll = (condition.kind === 'and') === holds
      let cost = isAll ? NONE : 0
      for (const arg of condition.args) {
        const own = costOf(arg, likelihoodOf, holds)
        cost = isAll ? Math.min(cost, own) : cost + own
      }
      return cost
    }
  }
}

/** Adds the atoms of the cheapest witness of a condition that has one. */
function gather(
  condition: Condition,
  likelihoodOf: LikelihoodOf,
  holds: boolean,
  atoms: number[],
): void {
  switch (condition.kind) {
    case 'const':
      return
    case 'not':
      gather(condition.arg, likelihoodOf, !holds, atoms)
      return
    case 'atom':
      atoms.push(condition.atom)
      return
    case 'late':
      for (const guard of condition.guards ?? []) atoms.push(guard)
      return
    case 'and':
    case 'or': {
      if ((condition.kind === 'and') !== holds) {
        for (const arg of condition.args) gather(arg, likelihoodOf, holds, atoms)
        return
      }
      const costs = condition.args.map((arg) => costOf(arg, likelihoodOf, holds))
      const cheapest = costs.indexOf(Math.min(...costs))
      gather(condition.args[cheapest]!, likelihoodOf, holds, atoms)
    }
  }
}
