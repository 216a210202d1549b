import { expect, test } from 'bun:test'
import { createMemoryWatch } from './memory.ts'

test('a process above the bound collects, but not again and again', () => {
  let clock = 0
  let collected = 0
  const collect = () => collected++
  const now = () => clock
  const large = createMemoryWatch(collect, 0, now)
  large()
  clock = 3999
  large()
  expect(collected).toBe(1)
  clock = 4000
  large()
  expect(collected).toBe(2)
  createMemoryWatch(collect, Number.MAX_SAFE_INTEGER, now)()
  expect(collected).toBe(2)
})
