import { expect, test } from 'bun:test'
import { ATTACK } from '../../sigma/facts/facts.ts'
import { loadRules } from '../../sigma/load.ts'
import { coverageOf } from './coverage.ts'
import { coverageChange } from './coverage-change.ts'

const rule = (n: number, tag: string, more = '') => ({
  path: `detections/r${n}.yml`,
  text: `title: Rule ${n}\nid: 0d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7a${n}\nstatus: test\ntags: [${tag}]\n${more}
logsource: {product: windows}\ndetection:\n    s: {a: b}\n    condition: s\nlevel: high\n`,
})
const change = (
  before: ReturnType<typeof rule>[],
  after: ReturnType<typeof rule>[],
  others: ReturnType<typeof rule>[] = [],
) => {
  const now = coverageOf(loadRules([...after, ...others]).rules, ATTACK)
  return coverageChange(loadRules(before), loadRules(after), now, ATTACK).map(
    ({ id, before: was, after: is }) => [id, was, is],
  )
}

test('names what the touched rules covered and cover, parts for their technique too', () => {
  const [a, b] = [rule(1, 'attack.t1105'), rule(2, 'attack.t1059.001')]
  expect(change([a, b], [a, b])).toEqual([])
  expect(change([a], [a, b])).toEqual([
    ['T1059', 0, 1],
    ['T1059.001', 0, 1],
  ])
  expect(change([a, b], [a])).toEqual([
    ['T1059', 1, 0],
    ['T1059.001', 1, 0],
  ])
  expect(change([a, rule(3, 'attack.t1105')], [a])).toEqual([['T1105', 2, 1]])
})

test('a rule that moves on counts for both techniques', () => {
  expect(change([rule(1, 'attack.t1105')], [rule(1, 'attack.t1003')])).toEqual([
    ['T1003', 0, 1],
    ['T1105', 1, 0],
  ])
})

test('a rule that goes back to shadow covers nothing any more', () => {
  const shadow = rule(1, 'attack.t1105', 'trapline: {rollout: {stage: shadow}}')
  expect(change([rule(1, 'attack.t1105')], [shadow])).toEqual([['T1105', 1, 0]])
})

test('rules that a change does not touch count in both', () => {
  const others = [rule(3, 'attack.t1105'), rule(4, 'attack.t1003')]
  expect(change([rule(1, 'attack.t1105')], [], others)).toEqual([['T1105', 2, 1]])
  expect(change([], [rule(1, 'attack.t1003')], others)).toEqual([['T1003', 1, 2]])
})
