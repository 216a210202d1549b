// How the fields of one view's events are read: by name, what is asked of the value and of its text as a
// keyword, answered in one step and remembered together.
import { createHits } from './hits.ts'
import { addFieldMemo, type FieldMemo, type MemoPool, recall, remember } from './memo.ts'
import type { FieldSlot, Slots } from './slots.ts'
import { scanText } from './text-index.ts'

/** Names with a reader of their own; events with more are read by the one for all others. */
const NAMES_MAX = 2_000

export interface Reader {
  /** What rules ask of the field; undefined when they do not. */
  readonly slot: FieldSlot | undefined
  /** What keywords ask of its text. */
  readonly keywords: FieldSlot | undefined
  /** Fields with dots that may lie in it. */
  readonly below: readonly Reader[]
  /** Whether a number or boolean can set anything but presence. */
  readonly readsNumbers: boolean
  readonly memo: FieldMemo | undefined
  readonly relevant: Uint8Array
}

export interface Readers {
  readonly byName: Map<string, Reader>
  /** For texts without a name of their own: message, raw, nested leaves. */
  readonly other: Reader
  readonly make: (name: string) => Reader
}

/** Readers for the rules of a view; `relevant` tells by atom whether one of them reads it. */
export function createReaders(
  slots: Slots,
  relevant: Uint8Array,
  pool: MemoPool | undefined,
): Readers {
  const active = (slot: FieldSlot | undefined) =>
    slot?.atoms.some((atom) => relevant[atom] === 1) ? slot : undefined
  const keywords = active(slots.keywords)

  function reader(
    slot: FieldSlot | undefined,
    byKeywords: FieldSlot | undefined,
    below: readonly Reader[],
  ): Reader {
    const readsNumbers = [slot, byKeywords].some((one) =>
      one?.numeric.some((atom) => relevant[atom] === 1),
    )
    const hasInner = slot?.index?.hasInner === true || byKeywords?.index?.hasInner === true
    const memo = pool !== undefined && hasInner ? addFieldMemo(pool) : undefined
    return { slot, keywords: byKeywords, below, readsNumbers, memo, relevant }
  }

  const other = reader(undefined, keywords, [])
  const nested = new Map<FieldSlot, Reader>()
  const nestedReader = (slot: FieldSlot): Reader => {
    const known = nested.get(slot)
    if (known !== undefined) return known
    const made = reader(slot, undefined, [])
    nested.set(slot, made)
    return made
  }
  const byName = new Map<string, Reader>()
  return {
    byName,
    other,
    make(name) {
      const slot = active(slots.byName.get(name))
      const below = (slots.below.get(name) ?? []).filter((one) => active(one) !== undefined)
      const isNew = slot !== undefined || below.length > 0 || keywords !== undefined
      if (byName.size >= NAMES_MAX && slot === undefined && below.length === 0) return other
      const made = isNew ? reader(slot, keywords, below.map(nestedReader)) : other
      byName.set(name, made)
      return made
    },
  }
}

const hits = createHits()

/** The relevant atoms of a text, from the memo where it is known. */
export function atomsOf(reader: Reader, text: string): Int32Array {
  const { memo } = reader
  const known = memo === undefined ? undefined : recall(memo, text)
  if (known !== undefined) return known
  hits.count = 0
  if (reader.slot?.index !== undefined) scanText(reader.slot.index, text, hits)
  if (reader.keywords?.index !== undefined) scanText(reader.keywords.index, text, hits)
  const { atoms } = hits
  const { relevant } = reader
  let kept = 0
  for (let i = 0; i < hits.count; i++) {
    const atom = atoms[i]!
    if (relevant[atom] === 1) atoms[kept++] = atom
  }
  const found = kept === 0 ? NOTHING : atoms.slice(0, kept)
  if (memo !== undefined) remember(memo, text, found)
  return found
}

const NOTHING = new Int32Array(0)
