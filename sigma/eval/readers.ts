// How the fields of one view's events are read: by name, what is asked of the value and of its text as a
// keyword, answered in one step and remembered together.
import { createHits } from './hits.ts'
import { addFieldMemo, type FieldMemo, type MemoPool, recall, remember } from './memo.ts'
import type { FieldSlot, Slots } from './slots.ts'
import { buildTextIndex, scanText, type TextIndex } from './text-index.ts'

/** Names with a reader of their own; events with more are read by the one for all others. */
const NAMES_MAX = 2_000

export interface Reader {
  /** What rules ask of the field; undefined when they do not. */
  readonly slot: FieldSlot | undefined
  /** What keywords ask of its text. */
  readonly keywords: FieldSlot | undefined
  /** The literals of both. */
  readonly indexes: readonly TextIndex[]
  /** Fields with dots that may lie in it. */
  readonly below: readonly Reader[]
  /** Whether a number or boolean can set anything but presence. */
  readonly readsNumbers: boolean
  readonly memo: FieldMemo | undefined
  readonly relevant: Uint8Array
  /** True when no rule of the view asks anything of this field. */
  readonly isIdle: boolean
}

export interface Readers {
  readonly byName: Map<string, Reader>
  /** For texts without a name of their own: message, raw, nested leaves. */
  readonly other: Reader
  readonly make: (name: string) => Reader
  /** Names of the last event and their readers, by place: events of one kind repeat. */
  readonly lastNames: string[]
  readonly lastReaders: Reader[]
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
  const indexes = new Map<FieldSlot, TextIndex | undefined>()
  const indexOf = (slot: FieldSlot | undefined) => {
    if (slot === undefined) return undefined
    if (!indexes.has(slot)) indexes.set(slot, relevantIndex(slot, relevant))
    return indexes.get(slot)
  }

  function reader(
    slot: FieldSlot | undefined,
    byKeywords: FieldSlot | undefined,
    below: readonly Reader[],
  ): Reader {
    const readsNumbers = [slot, byKeywords].some((one) =>
      one?.numeric.some((atom) => relevant[atom] === 1),
    )
    const compiled = [indexOf(slot), indexOf(byKeywords)].filter((index) => index !== undefined)
    const hasInner = compiled.some((index) => index.hasInner)
    const memo = pool !== undefined && hasInner ? addFieldMemo(pool) : undefined
    const isIdle = slot === undefined && byKeywords === undefined && below.length === 0
    return {
      slot,
      keywords: byKeywords,
      indexes: compiled,
      below,
      readsNumbers,
      memo,
      relevant,
      isIdle,
    }
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
    lastNames: [],
    lastReaders: [],
    make(name) {
      const slot = active(slots.byName.get(name))
      const below = (slots.below.get(name) ?? []).filter((one) => active(one) !== undefined)
      if (byName.size >= NAMES_MAX && slot === undefined && below.length === 0) return other
      const made = reader(slot, keywords, below.map(nestedReader))
      byName.set(name, made)
      return made
    },
  }
}

/** Fewer literals than this are compiled for the view alone where it does not need all of the slot. */
const OWN_INDEX_LITERALS_MAX = 512

/** The literals of a slot that a view needs, compiled; undefined when there is none. */
function relevantIndex(slot: FieldSlot, relevant: Uint8Array): TextIndex | undefined {
  const needed = slot.literals.filter((literal) => relevant[literal.atom] === 1)
  if (needed.length === 0) return undefined
  const isOwn = needed.length < slot.literals.length && needed.length <= OWN_INDEX_LITERALS_MAX
  return isOwn ? buildTextIndex(needed) : slot.index()
}

const hits = createHits()

/** The relevant atoms of a text, from the memo where it is known. */
export function atomsOf(reader: Reader, text: string): Int32Array {
  const { memo } = reader
  const known = memo === undefined ? undefined : recall(memo, text)
  if (known !== undefined) return known
  hits.count = 0
  for (const index of reader.indexes) scanText(index, text, hits)
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
