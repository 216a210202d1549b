import { describe, expect, test } from 'bun:test'
import {
  atomsCount,
  atomsStart,
  type ByteMemo,
  createByteMemo,
  emptyByteMemo,
  findBytes,
  keepBytes,
  tagOf,
  VALUE_LIMITS,
} from './byte-memo.ts'

const encoder = new TextEncoder()

function keep(
  memo: ByteMemo,
  reader: number,
  hash: number,
  text: string,
  atoms: readonly number[],
) {
  const bytes = encoder.encode(text)
  return keepBytes(memo, reader, hash, bytes, 0, bytes.length, Int32Array.from(atoms), reader * 2)
}

function find(memo: ByteMemo, reader: number, hash: number, text: string): number[] | undefined {
  const bytes = encoder.encode(`--${text}--`)
  const view = new DataView(bytes.buffer)
  const entry = findBytes(memo, reader, hash, view, 2, bytes.length - 4)
  if (entry < 0) return undefined
  const start = atomsStart(memo, entry)
  return [...memo.atoms.subarray(start, start + atomsCount(memo, entry))]
}

describe('a memo of bytes', () => {
  test('gives back what was kept for a reader and a text, whatever the hash', () => {
    const memo = createByteMemo(VALUE_LIMITS)
    keep(memo, 1, 7, 'value', [3, 5])
    keep(memo, 2, 7, 'value', [])
    keep(memo, 1, 7, 'other', [9])
    expect(find(memo, 1, 7, 'value')).toEqual([3, 5])
    expect(find(memo, 2, 7, 'value')).toEqual([])
    expect(find(memo, 1, 7, 'other')).toEqual([9])
    expect(find(memo, 1, 7, 'valuf')).toBeUndefined()
    expect(find(memo, 1, 7, 'values')).toBeUndefined()
    expect(find(memo, 3, 7, 'value')).toBeUndefined()
    emptyByteMemo(memo)
    expect(find(memo, 1, 7, 'value')).toBeUndefined()
  })

  test('grows, and finds what it kept before', () => {
    const memo = createByteMemo(VALUE_LIMITS)
    const hashOf = (i: number) => Math.imul(i, 0x85ebca6b)
    for (let i = 0; i < 20_000; i++) keep(memo, 1, hashOf(i), `value ${i}`, [i, i + 1])
    let found = 0
    for (let i = 0; i < 20_000; i++) {
      const atoms = find(memo, 1, hashOf(i), `value ${i}`)
      if (atoms === undefined) continue
      expect(atoms).toEqual([i, i + 1])
      found++
    }
    expect(found).toBeGreaterThan(19_500)
  })

  test('keeps few of many texts that were made to have one hash', () => {
    const memo = createByteMemo(VALUE_LIMITS)
    for (let i = 0; i < 1_000; i++) keep(memo, 1, 7, `value ${i}`, [i])
    expect(memo.count).toBeLessThan(20)
  })

  test('stays within its bound', () => {
    const memo = createByteMemo(VALUE_LIMITS)
    const text = 'x'.repeat(1_000)
    for (let i = 0; i < 40_000; i++) keep(memo, 1, Math.imul(i, 0x85ebca6b), text, [i])
    expect(memo.texts.length).toBeLessThanOrEqual(16 * 1024 * 1024)
    expect(memo.isFull).toBe(true)
    emptyByteMemo(memo)
    expect(memo.isFull).toBe(false)
    expect(tagOf(memo, keep(memo, 3, 7, 'value', [1]))).toBe(6)
  })
})
