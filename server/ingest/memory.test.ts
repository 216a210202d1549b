import { expect, test } from 'bun:test'
import { createMemoryWatch, RESIDENT_GROWTH_BYTES, RESIDENT_HIGH_BYTES } from './memory.ts'

test('a process above the bound collects, but not again and again', () => {
  let collections = 0
  let clock = 0
  let resident = RESIDENT_HIGH_BYTES - 1
  const options = { collect: () => collections++, now: () => clock, resident: () => resident }
  const watch = createMemoryWatch(options)
  const after = (time: number, bytes: number) => {
    clock = time
    resident = bytes
    watch()
    return collections
  }
  expect(after(0, RESIDENT_HIGH_BYTES - 1)).toBe(0)
  expect(after(1, RESIDENT_HIGH_BYTES)).toBe(1)
  expect(after(1000, RESIDENT_HIGH_BYTES * 2)).toBe(1)
  // What it left stays: only growth makes it worth while.
  expect(after(10_000, RESIDENT_HIGH_BYTES + RESIDENT_GROWTH_BYTES - 1)).toBe(1)
  expect(after(20_000, RESIDENT_HIGH_BYTES + RESIDENT_GROWTH_BYTES)).toBe(2)
  expect(after(30_000, RESIDENT_HIGH_BYTES)).toBe(2)
})
