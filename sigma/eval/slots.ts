// The fields that rules ask about, found by name in an event.

import type { Network } from '../cidr.ts'
import type { Atoms, CheckedTest } from './atoms.ts'
import { compileTest } from './compile-test.ts'
import { networkOf } from './operands.ts'
import { buildTextIndex, type Literal, type TextIndex } from './text-index.ts'

/** A test that is made on a text before its atom is set. */
export interface Check {
  readonly atom: number
  readonly guards: readonly number[] | undefined
  readonly passes: (text: string) => boolean
  /** Where the test is a network: all of a field are looked up together. */
  readonly network: Network | undefined
}

/** One field, or (without a name) all texts, compiled. */
export interface FieldSlot {
  readonly name: string | undefined
  /** Atom set by any value that is not null, or -1. */
  readonly presence: number
  readonly literals: readonly Literal[]
  /** All its literals compiled, at the first call. */
  readonly index: () => TextIndex
  readonly checks: readonly Check[]
  /** Every atom of the slot. */
  readonly atoms: readonly number[]
  /** Those that the text of a number or boolean may set, presence aside. */
  readonly numeric: readonly number[]
}

export interface Slots {
  readonly byName: ReadonlyMap<string, FieldSlot>
  /** Fields with dots by every name that may hold them: `a.b.c` under `a` and `a.b`. */
  readonly below: ReadonlyMap<string, readonly FieldSlot[]>
  readonly keywords: FieldSlot | undefined
}

/** Letters and signs of the texts of numbers and booleans, folded. */
const NUMERIC = /^[-+.0-9aefilnrstuy]+$/

/** Compiles the slots of all rules. */
export function buildSlots(atoms: Atoms): Slots {
  const all = atoms.slots.map(({ name, literals, checked, presence }): FieldSlot => {
    const ids = [...literals, ...checked].map(({ atom }) => atom)
    const numeric = literals.filter(({ text }) => NUMERIC.test(text)).map(({ atom }) => atom)
    const mayBeNumeric = ({ guards }: CheckedTest) =>
      guards === undefined || guards.some((atom) => numeric.includes(atom))
    let built: TextIndex | undefined
    return {
      name,
      presence,
      literals,
      index: () => {
        built ??= buildTextIndex(literals)
        return built
      },
      atoms: presence < 0 ? ids : [...ids, presence],
      checks: checked.map(({ atom, guards, test }) => ({
        atom,
        guards,
        passes: compileTest(test),
        network: test.kind === 'cidr' ? networkOf(test.network) : undefined,
      })),
      numeric: [...numeric, ...checked.filter(mayBeNumeric).map(({ atom }) => atom)],
    }
  })
  const byName = new Map<string, FieldSlot>()
  const below = new Map<string, FieldSlot[]>()
  for (const slot of all) {
    if (slot.name === undefined) continue
    byName.set(slot.name, slot)
    for (let dot = slot.name.indexOf('.'); dot >= 0; dot = slot.name.indexOf('.', dot + 1)) {
      const head = slot.name.slice(0, dot)
      const under = below.get(head)
      if (under === undefined) below.set(head, [slot])
      else under.push(slot)
    }
  }
  return { byName, below, keywords: all.find((slot) => slot.name === undefined) }
}
