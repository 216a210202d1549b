import { expect, test } from 'bun:test'
import { createChores } from './chores.ts'

test('a chore runs when its interval has passed, once however much later', () => {
  let clock = 0
  const ran: string[] = []
  const chore = (name: string, every_ms: number) => ({ every_ms, run: () => void ran.push(name) })
  const chores = createChores([chore('often', 10), chore('seldom', 100)], () => clock)
  const at = (time: number) => {
    clock = time
    ran.length = 0
    chores.runDue()
    return ran.join(' ')
  }
  expect(at(9)).toBe('')
  expect(at(10)).toBe('often')
  expect(at(19)).toBe('')
  expect(at(95)).toBe('often')
  expect(at(104)).toBe('seldom')
  expect(at(105)).toBe('often')
  expect(at(500)).toBe('often seldom')
  expect(at(501)).toBe('')
})
