// What each rule asks, flat: views are made of it in one pass without walking conditions again.
import type { Atoms, Condition, LateTest } from './atoms.ts'

/** What a view does with an atom: a condition reads it; it leads to a check. Bits. */
export const READ = 1
export const GUARD = 2
const BITS = 2

export interface RuleUses {
  /** By rule: where its uses begin in `uses`; one more entry for the end. */
  readonly first: Int32Array
  /** An atom times 4 plus what is done with it. */
  readonly uses: Int32Array
  /** By rule: its tests that compare two fields, where it has any. */
  readonly references: ReadonlyMap<number, readonly LateTest[]>
}

/** The uses of all conditions, guards of checked atoms included. */
export function usesOf(
  conditions: readonly Condition[],
  { guardsOf, late }: Pick<Atoms, 'guardsOf' | 'late'>,
): RuleUses {
  const first = new Int32Array(conditions.length + 1)
  const uses: number[] = []
  const references = new Map<number, readonly LateTest[]>()
  const addUses = (atom: number): void => {
    uses.push((atom << BITS) | READ)
    for (const guard of guardsOf.get(atom) ?? []) uses.push((guard << BITS) | GUARD)
  }
  for (const [rule, condition] of conditions.entries()) {
    eachAtom(condition, addUses)
    first[rule + 1] = uses.length
    const own: LateTest[] = []
    eachLate(condition, (id) => {
      if (late[id]!.test.kind === 'fieldref') own.push(late[id]!)
    })
    if (own.length > 0) references.set(rule, own)
  }
  return { first, uses: Int32Array.from(uses), references }
}

/** By atom: the bits of what these rules do with it. */
export function relevanceOf(
  rules: readonly number[],
  { first, uses }: RuleUses,
  atomCount: number,
): Uint8Array {
  const relevant = new Uint8Array(atomCount)
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i]!
    const end = first[rule + 1]!
    for (let at = first[rule]!; at < end; at++) {
      const use = uses[at]!
      relevant[use >> BITS]! |= use & (READ | GUARD)
    }
  }
  return relevant
}

/** Calls `visit` with every atom that a condition reads, those that guard its late tests included. */
function eachAtom(condition: Condition, visit: (atom: number) => void): void {
  switch (condition.kind) {
    case 'const':
      break
    case 'atom':
      visit(condition.atom)
      break
    case 'late':
      for (const atom of condition.guards ?? []) visit(atom)
      break
    case 'not':
      eachAtom(condition.arg, visit)
      break
    case 'and':
    case 'or':
      for (const arg of condition.args) eachAtom(arg, visit)
  }
}

/** Visits the late tests that a condition may make. */
function eachLate(condition: Condition, visit: (late: number) => void): void {
  if (condition.kind === 'late') visit(condition.late)
  else if (condition.kind === 'not') eachLate(condition.arg, visit)
  else if (condition.kind === 'and' || condition.kind === 'or') {
    for (const arg of condition.args) eachLate(arg, visit)
  }
}
