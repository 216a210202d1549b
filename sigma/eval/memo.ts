// Values repeat in real logs: what was found for a text is kept, within one bound for all fields.
import { countTrial, createTrial, letsPass, type Trial, type TrialTerms } from './trial.ts'

/** Longer texts are scanned every time, UTF-16 units. */
const TEXT_UNITS_MAX = 1_024
/** What all entries together may take, bytes (estimated); above it everything is forgotten. */
export const MEMO_BYTES_MAX = 32 * 1024 * 1024
const ENTRY_BYTES = 120
const TERMS: TrialTerms = { lookups: 512, hitShareMin: 0.3, rest: 16_384 }

export interface MemoPool {
  readonly fields: FieldMemo[]
  bytes: number
}

export interface FieldMemo extends Trial {
  readonly pool: MemoPool
  readonly found: Map<string, Int32Array>
}

export function createMemoPool(): MemoPool {
  return { fields: [], bytes: 0 }
}

/** A memo for one field, drawing on the pool's bound. */
export function addFieldMemo(pool: MemoPool): FieldMemo {
  const memo: FieldMemo = { pool, found: new Map(), ...createTrial() }
  pool.fields.push(memo)
  return memo
}

/** Forgets everything, trials included. */
export function emptyMemos(pool: MemoPool): void {
  for (const memo of pool.fields) {
    memo.found.clear()
    memo.lookups = 0
    memo.hits = 0
    memo.rest = 0
  }
  pool.bytes = 0
}

/** Drops the memos themselves: their readers are gone. */
export function forgetMemos(pool: MemoPool | undefined): void {
  if (pool === undefined) return
  pool.fields.length = 0
  pool.bytes = 0
}

/** Whether a text should be looked up and kept now. */
export function accepts(memo: FieldMemo, { length }: { readonly length: number }): boolean {
  return !letsPass(memo) && length <= TEXT_UNITS_MAX
}

/** What was kept for a text that the memo accepts. */
export function recall(memo: FieldMemo, text: string): Int32Array | undefined {
  const atoms = memo.found.get(text)
  countLookup(memo, atoms !== undefined)
  return atoms
}

/** Counts a look-up; a field whose values do not repeat rests from now on. */
export function countLookup(memo: FieldMemo, isHit: boolean): void {
  if (countTrial(memo, isHit, TERMS)) memo.found.clear()
}

/** Keeps the atoms of a text for `recall`. */
export function remember(memo: FieldMemo, text: string, atoms: Int32Array): void {
  if (memo.rest > 0) return
  const bytes = ENTRY_BYTES + text.length * 2 + atoms.byteLength
  takeRoom(memo.pool, bytes)
  memo.found.set(text, atoms)
}

/** Counts bytes in; forgets everything first where they would go beyond the bound. */
function takeRoom(pool: MemoPool, bytes: number): void {
  if (pool.bytes + bytes > MEMO_BYTES_MAX) {
    for (const field of pool.fields) field.found.clear()
    pool.bytes = 0
  }
  pool.bytes += bytes
}
