// A rule's witness: atoms of which at least one is set whenever the rule's condition holds.
import type { Condition } from './atoms.ts'

export interface Witness {
  readonly atoms: readonly number[]
  /** Sum of the atoms' likelihoods. */
  readonly cost: number
}

/** Never holds: no atom is needed to find it. */
const NEVER: Witness = { atoms: [], cost: 0 }

/**
 * The cheapest witness, or undefined when the condition can hold with no atom set. `likelihoods` are by
 * atom; `holds` false asks for a witness of the condition's negation.
 */
export function witnessOf(
  condition: Condition,
  likelihoods: readonly number[],
  holds = true,
): Witness | undefined {
  switch (condition.kind) {
    case 'const':
      return condition.value === holds ? undefined : NEVER
    case 'not':
      return witnessOf(condition.arg, likelihoods, !holds)
    case 'atom':
      return holds ? union([condition.atom], likelihoods) : undefined
    case 'late':
      return holds && condition.guards !== undefined
        ? union(condition.guards, likelihoods)
        : undefined
    case 'and':
    case 'or': {
      const all = condition.args.map((arg) => witnessOf(arg, likelihoods, holds))
      return (condition.kind === 'and') === holds ? cheapest(all) : together(all, likelihoods)
    }
  }
}

function cheapest(all: readonly (Witness | undefined)[]): Witness | undefined {
  let best: Witness | undefined
  for (const witness of all) {
    if (witness !== undefined && (best === undefined || witness.cost < best.cost)) best = witness
  }
  return best
}

function together(
  all: readonly (Witness | undefined)[],
  likelihoods: readonly number[],
): Witness | undefined {
  const atoms: number[] = []
  for (const witness of all) {
    if (witness === undefined) return undefined
    atoms.push(...witness.atoms)
  }
  return union(atoms, likelihoods)
}

function union(atoms: readonly number[], likelihoods: readonly number[]): Witness {
  if (atoms.length === 1) return { atoms, cost: likelihoods[atoms[0]!]! }
  const unique = [...new Set(atoms)]
  return { atoms: unique, cost: unique.reduce((sum, atom) => sum + likelihoods[atom]!, 0) }
}
