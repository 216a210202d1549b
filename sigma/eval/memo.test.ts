import { describe, expect, test } from 'bun:test'
import {
  accepts,
  addFieldMemo,
  createMemoPool,
  emptyMemos,
  MEMO_BYTES_MAX,
  recall,
  remember,
} from './memo.ts'

const atoms = Int32Array.of(1, 2)

describe('a memo', () => {
  test('gives back what was kept, until it is emptied', () => {
    const pool = createMemoPool()
    const memo = addFieldMemo(pool)
    remember(memo, 'a', atoms)
    expect(recall(memo, 'a')).toBe(atoms)
    emptyMemos(pool)
    expect(recall(memo, 'a')).toBeUndefined()
    expect(pool.bytes).toBe(0)
  })

  test('keeps no long texts', () => {
    const memo = addFieldMemo(createMemoPool())
    expect(accepts(memo, 'x'.repeat(1_024))).toBe(true)
    expect(accepts(memo, 'x'.repeat(1_025))).toBe(false)
  })

  test('rests where values do not repeat, and tries again later', () => {
    const memo = addFieldMemo(createMemoPool())
    const read = (text: string) => {
      if (accepts(memo, text) && recall(memo, text) === undefined) remember(memo, text, atoms)
    }
    for (let i = 0; i < 1_000; i++) read(`value ${i}`)
    expect(memo.found.size).toBe(0)
    for (let i = 0; i < 20_000; i++) read('same')
    expect(recall(memo, 'same')).toBe(atoms)
  })

  test('all fields together stay within one bound', () => {
    const pool = createMemoPool()
    const memos = [addFieldMemo(pool), addFieldMemo(pool)]
    for (let i = 0; i < 60_000; i++) {
      remember(memos[i % 2]!, `${i}`.padEnd(1_000, 'x'), atoms)
      expect(pool.bytes <= MEMO_BYTES_MAX).toBe(true)
    }
  })
})
