// Rules compiled for the matcher: everything that can be worked out before an event is seen, as plain data that can
// be kept. What is made of it is made when events first need it.
import type { ColumnName, Expr } from '../ir/expr.ts'
import { type Condition, createAtoms, type LateTest, lowerToAtoms, type Slot } from './atoms.ts'
import { groupRules, type RuleGroups, type RuleLogSource } from './routing.ts'
import { type RuleUses, usesOf } from './uses.ts'
import { type Witness, witnessOf } from './witness.ts'

export interface MatcherRule {
  readonly id: string
  readonly logsource: RuleLogSource
  readonly expr: Expr
}

export interface CompiledRules {
  readonly groups: RuleGroups
  /** By atom: how likely it is to be set, guessed from its shape. */
  readonly likelihoods: readonly number[]
  readonly late: readonly LateTest[]
  readonly slots: readonly Slot[]
  /** By rule: its witness by the guesses. */
  readonly witnesses: readonly (Witness | undefined)[]
  readonly uses: RuleUses
  /** Asked for few rules. */
  readonly conditionOf: (rule: number) => Condition
}

/** Compiles rules. Throws only for expressions that lowering would have refused. */
export function compileRules(rules: readonly MatcherRule[]): CompiledRules {
  const atoms = createAtoms()
  const conditions = rules.map((rule) => lowerToAtoms(rule.expr, atoms))
  const { likelihoods, late, slots } = atoms
  return {
    groups: groupRules(rules.map((rule) => rule.logsource)),
    ...{ likelihoods, late, slots },
    witnesses: conditions.map((condition) => witnessOf(condition, (atom) => likelihoods[atom]!)),
    uses: usesOf(conditions, atoms),
    conditionOf: (rule) => conditions[rule]!,
  }
}

/** The columns that the rules read. */
export function columnsRead({ late }: CompiledRules): ReadonlySet<ColumnName> {
  return new Set(late.flatMap(({ target }) => (target.scope === 'column' ? [target.name] : [])))
}
