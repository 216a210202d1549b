// How the fields of one view's events are read: by name, what is asked of the value and of its text as a
// keyword, answered in one step and remembered together.
import { addHit, createHits, type Hits } from './hits.ts'
import { accepts, addFieldMemo, type FieldMemo, type MemoPool, recall, remember } from './memo.ts'
import { buildNetworkIndex, findNetworks, type NetworkIndex } from './networks.ts'
import type { Check, FieldSlot, Slots } from './slots.ts'
import { buildTextIndex, scanText, type TextIndex } from './text-index.ts'
import { GUARD, READ } from './uses.ts'

/** Names with a reader of their own; events with more are read by the one for all others. */
const NAMES_MAX = 2_000

export interface Reader {
  /** What rules ask of the field; undefined when they do not. */
  readonly slot: FieldSlot | undefined
  /** What keywords ask of its text. */
  readonly keywords: FieldSlot | undefined
  /** The literals of both. */
  readonly indexes: readonly TextIndex[]
  readonly networks: NetworkIndex | undefined
  /** Tests for every text. */
  readonly always: readonly Check[]
  /** Tests for texts that set this literal. */
  readonly guarded: ReadonlyMap<number, readonly Check[]>
  /** By literal that leads to tests: the tests' atoms. */
  readonly guardedAtoms: ReadonlyMap<number, Int32Array>
  /** Fields with dots that may lie in it. */
  readonly below: readonly Reader[]
  /** Whether a number or boolean can set anything but presence. */
  readonly readsNumbers: boolean
  readonly memo: FieldMemo | undefined
  /** Tells it from every other reader of the process; above 0. */
  readonly id: number
  readonly relevant: Uint8Array
  /** True when no rule of the view asks anything of this field. */
  readonly isIdle: boolean
}

export interface Readers {
  /** By atom: what the rules of the view do with it. */
  readonly relevant: Uint8Array
  readonly byName: Map<string, Reader>
  /** For texts without a name of their own: message, raw, nested leaves. */
  readonly other: Reader
  readonly make: (name: string) => Reader
  /** Names of the last event and their readers, by place: events of one kind repeat. */
  readonly lastNames: string[]
  readonly lastReaders: Reader[]
}

let nextId = 1

/** Readers for the rules of a view; `relevant` tells by atom what they do with it. */
export function createReaders(
  slots: Slots,
  relevant: Uint8Array,
  pool: MemoPool | undefined,
): Readers {
  const active = (slot: FieldSlot | undefined) =>
    slot?.atoms.some((atom) => isRead(relevant, atom)) ? slot : undefined
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
      one?.numeric.some((atom) => isRead(relevant, atom)),
    )
    const compiled = [indexOf(slot), indexOf(byKeywords)].filter((index) => index !== undefined)
    const checks = [...(slot?.checks ?? []), ...(byKeywords?.checks ?? [])].filter(({ atom }) =>
      isRead(relevant, atom),
    )
    const isCostly = checks.length > 0 || compiled.some((index) => index.hasInner)
    const memo = pool !== undefined && isCostly ? addFieldMemo(pool) : undefined
    const guarded = byGuard(checks)
    const isIdle = slot === undefined && byKeywords === undefined && below.length === 0
    return {
      slot,
      keywords: byKeywords,
      indexes: compiled,
      networks: networksOf(checks),
      always: checks.filter(({ guards, network }) => guards === undefined && network === undefined),
      guarded,
      guardedAtoms: new Map(
        [...guarded].map(([guard, own]) => [guard, Int32Array.from(own, ({ atom }) => atom)]),
      ),
      below,
      readsNumbers,
      memo,
      id: nextId++,
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
    relevant,
    byName,
    other,
    lastNames: [],
    lastReaders: [],
    make(name) {
      const slot = active(slots.field(name))
      const below = slots.below(name).filter((one) => active(one) !== undefined)
      if (byName.size >= NAMES_MAX && slot === undefined && below.length === 0) return other
      const made = reader(slot, keywords, below.map(nestedReader))
      byName.set(name, made)
      return made
    },
  }
}

function isRead(relevant: Uint8Array, atom: number): boolean {
  return (relevant[atom]! & READ) !== 0
}

function networksOf(checks: readonly Check[]): NetworkIndex | undefined {
  const networks = checks.flatMap(({ atom, network }) =>
    network === undefined ? [] : [{ atom, network }],
  )
  return networks.length === 0 ? undefined : buildNetworkIndex(networks)
}

function byGuard(checks: readonly Check[]): ReadonlyMap<number, readonly Check[]> {
  const guarded = new Map<number, Check[]>()
  for (const check of checks) {
    for (const guard of check.guards ?? []) {
      const others = guarded.get(guard)
      if (others === undefined) guarded.set(guard, [check])
      else others.push(check)
    }
  }
  return guarded
}

/** Fewer literals than this are compiled for the view alone where it does not need all of the slot. */
const OWN_INDEX_LITERALS_MAX = 512

/** The literals of a slot that a view needs, compiled; undefined when there is none. */
function relevantIndex(slot: FieldSlot, relevant: Uint8Array): TextIndex | undefined {
  const needed = slot.literals.filter(({ atom }) => relevant[atom] !== 0)
  if (needed.length === 0) return undefined
  const isOwn = needed.length < slot.literals.length && needed.length <= OWN_INDEX_LITERALS_MAX
  return isOwn ? buildTextIndex(needed) : slot.index()
}

const hits = createHits()

/**
 * The atoms of a text that conditions read, from the memo or for it; undefined where the text is not one to
 * remember.
 */
export function rememberedAtoms(reader: Reader, text: string): Int32Array | undefined {
  const { memo } = reader
  if (memo === undefined || !accepts(memo, text)) return undefined
  const known = recall(memo, text)
  if (known !== undefined) return known
  findLiterals(reader, text)
  const found = checkedHits(reader, hits, () => text)
  remember(memo, text, found)
  return found
}

const NOTHING = new Int32Array(0)

/** The atoms that conditions read, given the literals of a text in `hits`: its tests are made. */
export function checkedHits(reader: Reader, literals: Hits, text: () => string): Int32Array {
  const { count } = literals
  for (const check of reader.always) if (check.passes(text())) addHit(literals, check.atom)
  eachGuarded(reader, literals, count, (check) => {
    if (!isAmong(literals, count, check.atom) && check.passes(text())) addHit(literals, check.atom)
  })
  const { atoms } = literals
  const { relevant } = reader
  let kept = 0
  for (let i = 0; i < literals.count; i++) {
    const atom = atoms[i]!
    if ((relevant[atom]! & READ) !== 0) atoms[kept++] = atom
  }
  return kept === 0 ? NOTHING : atoms.slice(0, kept)
}

/** Whether an atom is among the hits from `from` on. */
function isAmong({ atoms, count }: Hits, from: number, atom: number): boolean {
  for (let i = from; i < count; i++) if (atoms[i] === atom) return true
  return false
}

/** What a text sets at once, and what it leaves to be checked when a condition asks. */
export interface Marks {
  set(atom: number): void
  pend(atom: number): void
}

/** Marks the atoms of a text that is not remembered. */
export function markAtoms(reader: Reader, text: string, marks: Marks): void {
  findLiterals(reader, text)
  markHits(reader, hits.atoms, 0, hits.count, marks)
}

/** Marks the literals in `atoms` from `start` to `end`, and leaves the tests that they lead to. */
export function markHits(
  reader: Reader,
  atoms: Int32Array,
  start: number,
  end: number,
  marks: Marks,
): void {
  const { relevant, guardedAtoms } = reader
  for (let i = start; i < end; i++) {
    const atom = atoms[i]!
    const uses = relevant[atom]!
    if ((uses & READ) !== 0) marks.set(atom)
    if ((uses & GUARD) === 0) continue
    const pending = guardedAtoms.get(atom)
    if (pending === undefined) continue
    for (let at = 0; at < pending.length; at++) marks.pend(pending[at]!)
  }
  for (const check of reader.always) marks.pend(check.atom)
}

function findLiterals(reader: Reader, text: string): void {
  hits.count = 0
  for (const index of reader.indexes) scanText(index, text, hits)
  if (reader.networks !== undefined) findNetworks(reader.networks, text, hits)
}

/** The checks that the first `count` literals lead to; some more than once. */
function eachGuarded(
  { guarded, relevant }: Reader,
  literals: Hits,
  count: number,
  visit: (check: Check) => void,
): void {
  if (guarded.size === 0) return
  for (let i = 0; i < count; i++) {
    const guard = literals.atoms[i]!
    if ((relevant[guard]! & GUARD) === 0) continue
    const checks = guarded.get(guard)
    if (checks === undefined) continue
    for (let at = 0; at < checks.length; at++) visit(checks[at]!)
  }
}
