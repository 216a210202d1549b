import { describe, expect, test } from 'bun:test'
import {
  addFieldMemo,
  createMemoPool,
  emptyMemos,
  MEMO_BYTES_MAX,
  recall,
  remember,
  rememberTest,
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
    const long = 'x'.repeat(1_025)
    remember(memo, long, atoms)
    expect(recall(memo, long)).toBeUndefined()
  })

  test('rests where values do not repeat, and tries again later', () => {
    const memo = addFieldMemo(createMemoPool())
    for (let i = 0; i < 1_000; i++) {
      if (recall(memo, `value ${i}`) === undefined) remember(memo, `value ${i}`, atoms)
    }
    expect(memo.found.size).toBe(0)
    for (let i = 0; i < 20_000; i++) {
      if (recall(memo, 'same') === undefined) remember(memo, 'same', atoms)
    }
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

  test('a remembered test runs once for a text', () => {
    let runs = 0
    const pool = createMemoPool()
    const remembered = rememberTest(pool, (value) => {
      runs++
      return value === 'yes'
    })
    expect([remembered('yes'), remembered('yes'), remembered('no')]).toEqual([true, true, false])
    expect(runs).toBe(2)
    emptyMemos(pool)
    expect(remembered('yes')).toBe(true)
    expect(runs).toBe(3)
  })
})
