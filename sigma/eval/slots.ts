// The fields that rules ask about, found by name in an event.
import type { Atoms } from './atoms.ts'
import { addFieldMemo, type FieldMemo, type MemoPool } from './memo.ts'
import { buildTextIndex, type TextIndex } from './text-index.ts'

/** One field, or (without a name) all texts, compiled. */
export interface FieldSlot {
  readonly id: number
  readonly name: string | undefined
  /** Atom set by any value that is not null, or -1. */
  readonly presence: number
  readonly index: TextIndex | undefined
  readonly memo: FieldMemo | undefined
}

export interface Slots {
  readonly all: readonly FieldSlot[]
  readonly byName: ReadonlyMap<string, FieldSlot>
  /** Fields with dots by every name that may hold them: `a.b.c` under `a` and `a.b`. */
  readonly below: ReadonlyMap<string, readonly FieldSlot[]>
  readonly keywords: FieldSlot | undefined
}

/** Compiles the slots of all rules; without a pool nothing is memoised. */
export function buildSlots(atoms: Atoms, pool: MemoPool | undefined): Slots {
  const all = atoms.slots.map(({ name, literals, presence }, id): FieldSlot => {
    const index = literals.length > 0 ? buildTextIndex(literals) : undefined
    const memo = pool !== undefined && index?.hasInner ? addFieldMemo(pool) : undefined
    return { id, name, presence, index, memo }
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
  return { all, byName, below, keywords: all.find((slot) => slot.name === undefined) }
}
