// The fields that rules ask about, found by name in an event. Each is compiled when events first have it.
import type { Network } from '../cidr.ts'
import { pushTo } from '../collections.ts'
import type { CheckedTest, Slot } from './atoms.ts'
import { compileTest } from './compile-test.ts'
import { networkOf } from './operands.ts'
import { buildTextIndex, LITERAL_KINDS, type Literal, type TextIndex } from './text-index.ts'

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
  field(name: string): FieldSlot | undefined
  /** Fields with dots that this name may hold: `a.b.c` under `a` and `a.b`. */
  below(name: string): readonly FieldSlot[]
  readonly keywords: FieldSlot | undefined
}

/** The slots of all rules. */
export function buildSlots(slots: readonly Slot[]): Slots {
  const made = new Map<Slot, FieldSlot>()
  const compiled = (slot: Slot): FieldSlot => {
    const known = made.get(slot) ?? compileSlot(slot)
    made.set(slot, known)
    return known
  }
  const byName = new Map(slots.map((slot) => [slot.name, slot]))
  const find = (name: string | undefined) => {
    const slot = byName.get(name)
    return slot && compiled(slot)
  }
  const below = new Map<string, Slot[]>()
  for (const slot of slots) {
    for (const head of headsOf(slot.name ?? '')) pushTo(below, head, slot)
  }
  return {
    field: find,
    below: (name) => below.get(name)?.map(compiled) ?? [],
    keywords: find(undefined),
  }
}

/** What names may hold a field with dots. */
function headsOf(name: string): readonly string[] {
  const parts = name.split('.')
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('.'))
}

/** Letters and signs of the texts of numbers and booleans, folded. */
const NUMERIC = /^[-+.0-9aefilnrstuy]+$/

function compileSlot({
  name,
  literals: { texts, kinds, atoms },
  checked,
  presence,
}: Slot): FieldSlot {
  const literals = texts.map(
    (text, i): Literal => ({
      kind: LITERAL_KINDS[kinds[i]!]!,
      text,
      atom: atoms[i]!,
    }),
  )
  const ids = [...atoms, ...checked.map(({ atom }) => atom)]
  const numeric = literals.filter(({ text }) => NUMERIC.test(text)).map(({ atom }) => atom)
  const mayBeNumeric = ({ guards }: CheckedTest) =>
    guards === undefined || guards.some((atom) => numeric.includes(atom))
  let built: TextIndex | undefined
  return {
    ...{ name, presence, literals },
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
}
