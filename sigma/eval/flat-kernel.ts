// What a matcher puts into the memory of its kernel (`sigma/kernel/assembly/structs.ts`): automata, readers, plans and
// memos. What was put there once is found again by the object it was made of.
import { createKernelMemory, type KernelMemory } from '../kernel/memory.ts'
import { addIndex, NOWHERE } from './flat-index.ts'
import type { Reader, Readers } from './readers.ts'
import type { TextIndex } from './text-index.ts'
import type { View } from './views.ts'

/** What readers and plans may take until the kernel is to be dropped: they are made anew for ever new log sources. */
const CHURN_BYTES_MAX = 64 * 1024 * 1024

/** Beside `READ` and `GUARD` (`uses.ts`): the atom makes rules candidates. */
const LEADS = 4

export interface FlatKernel {
  readonly memory: KernelMemory
  /** The address of a reader. */
  readerAt(reader: Reader): number
  /** Adds a trial of what is remembered. */
  addTrial(): number
  /** Says which atoms make rules of a view candidates: those of its witnesses. */
  markWitnesses(view: View): void
  /** Adds numbers of a plan. */
  addWords(values: ArrayLike<number>): number
  /** Forgets what is remembered, trials included. */
  empty(): void
  /** Whether it is time for another one. */
  isFull(): boolean
}

/** A kernel that knows nothing; with `memo` it remembers values and lines. */
export function createFlatKernel(memo: boolean): FlatKernel {
  const memory = createKernelMemory()
  if (memo) addMemos(memory)
  const indexes = new WeakMap<TextIndex, number>()
  const uses = new WeakMap<Uint8Array, number>()
  const readers = new WeakMap<Reader, number>()
  /** Of views whose witnesses are marked. */
  const marked = new WeakSet<Readers>()
  const trials: number[] = []
  let churn_bytes = 0
  const known = <K extends WeakKey>(map: WeakMap<K, number>, key: K, add: () => number): number => {
    const at = map.get(key) ?? add()
    map.set(key, at)
    return at
  }
  const indexAt = (index: TextIndex | undefined): number =>
    index === undefined ? NOWHERE : known(indexes, index, () => addIndex(memory, index))
  const addWords = (values: ArrayLike<number>): number => {
    churn_bytes += values.length * Int32Array.BYTES_PER_ELEMENT
    return memory.addWords(values)
  }
  const addTrial = (): number => {
    const at = addWords([0, 0, 0])
    trials.push(at)
    return at
  }
  const usesAt = (relevant: Uint8Array): number =>
    known(uses, relevant, () => {
      churn_bytes += relevant.length
      return memory.addBytes(relevant)
    })
  const addReader = (reader: Reader): number => {
    const { id, readsNumbers, memo, always, networks, relevant } = reader
    const relevantAt = usesAt(relevant)
    const [first, second] = reader.indexes
    return addWords([
      ...[id, Number(readsNumbers), memo === undefined ? NOWHERE : addTrial()],
      ...[Number(always.length > 0), Number(networks !== undefined), relevantAt],
      ...[indexAt(first), indexAt(second)],
      ...[reader.slot?.presence ?? -1, reader.keywords?.presence ?? -1],
    ])
  }
  return {
    memory,
    addTrial,
    addWords,
    markWitnesses({ readers, witnesses }) {
      if (marked.has(readers)) return
      marked.add(readers)
      const first = usesAt(readers.relevant)
      for (const witness of witnesses)
        for (const atom of witness ?? []) memory.bytes[first + atom]! |= LEADS
    },
    readerAt: (reader) => known(readers, reader, () => addReader(reader)),
    empty() {
      if (memo) memory.exports.emptyMemos()
      for (const trial of trials) memory.words.fill(0, trial >> 2, (trial >> 2) + 3)
    },
    isFull: () => churn_bytes > CHURN_BYTES_MAX,
  }
}

interface MemoLimits {
  readonly texts_bytes: number
  readonly atoms: number
  readonly entries: number
}

/** 8.5 MiB: 4 of texts, 2 of atoms, 2.5 of entries and table. */
const VALUE_LIMITS: MemoLimits = {
  texts_bytes: 4 * 1024 * 1024,
  atoms: 512 * 1024,
  entries: 64 * 1024,
}
/** 2.1 MiB each: 1 of keys, half of atoms or rules, as much of entries and table. */
const KEY_LIMITS: MemoLimits = {
  texts_bytes: 1024 * 1024,
  atoms: 128 * 1024,
  entries: 16 * 1024,
}
/** Room for what comes next, so that memory grows rarely: that may start a garbage collection. What nobody writes to
 * takes no memory. */
const FIRST_BYTES = 12 * 1024 * 1024
const ENTRY_BYTES = 32
const WORD_BYTES = 4

function bytesOf({ texts_bytes, atoms, entries }: MemoLimits): number {
  return entries * (2 * WORD_BYTES + ENTRY_BYTES) + texts_bytes + atoms * WORD_BYTES
}

function addMemos(memory: KernelMemory): void {
  memory.reserve(bytesOf(VALUE_LIMITS) + 2 * bytesOf(KEY_LIMITS) + FIRST_BYTES)
  const add = ({ texts_bytes, atoms, entries }: MemoLimits): number => {
    const table = memory.take(entries * 2 * WORD_BYTES)
    const entriesAt = memory.take(entries * ENTRY_BYTES)
    const textsAt = memory.take(texts_bytes)
    const atomsAt = memory.take(atoms * WORD_BYTES)
    const counts = [0, 0, 0, 0, 0]
    return memory.addWords([
      ...counts,
      ...[table, entriesAt, textsAt, atomsAt],
      ...[entries, texts_bytes, atoms],
    ])
  }
  memory.exports.useMemos(add(VALUE_LIMITS), add(KEY_LIMITS), add(KEY_LIMITS))
}
