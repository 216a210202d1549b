import { describe, expect, test } from 'bun:test'
import { ATTACK } from '../../sigma/facts/facts.ts'
import { coverageOf, matrixOf, readTargets, targetsOf } from './coverage.ts'
import { navigatorLayer } from './navigator.ts'

const rule = (id: string, tags: string[], more = {}) => ({
  id,
  tags,
  status: undefined,
  trapline: undefined,
  ...more,
})

const RULES = [
  rule('a', ['attack.t1059.001', 'attack.execution']),
  rule('b', ['attack.t1059']),
  rule('old', ['attack.t1100']),
  rule('shadow', ['attack.t1190'], { trapline: { rollout: { stage: 'shadow' } } }),
  rule('gone', ['attack.t1003'], { status: 'deprecated' }),
  rule('odd', ['attack.t9999']),
  rule('bare', ['attack.execution']),
]

describe('coverage', () => {
  const coverage = coverageOf(RULES, ATTACK)
  const of = (id: string) => coverage.techniques.find((one) => one.id === id)

  test('counts a part for its technique as well', () => {
    expect(of('T1059')?.rules).toEqual(['a', 'b'])
    expect(of('T1059.001')?.rules).toEqual(['a'])
  })

  test('counts a retired id for what took its place', () => {
    expect(of('T1505.003')?.rules).toEqual(['old'])
  })

  test('keeps shadow and deprecated rules apart from live ones', () => {
    expect(of('T1190')).toMatchObject({ rules: ['shadow'], live: [] })
    expect(of('T1003')).toMatchObject({ rules: ['gone'], live: [] })
  })

  test('names ids that do not exist and rules without any', () => {
    expect(coverage.unknown).toEqual(['T9999'])
    expect(coverage.untagged).toEqual(['bare'])
  })

  test('stands against a list of targets', () => {
    const ids = readTargets('# ours\n- T1059\nT1190  # web\n\nt1100\nT0000\n')
    const { targets, unknown } = targetsOf(ids, coverage, ATTACK)
    expect(targets.map(({ id, isCovered }) => [id, isCovered])).toEqual([
      ['T1059', true],
      ['T1190', false],
      ['T1505.003', true],
    ])
    expect(unknown).toEqual(['T0000'])
  })

  test('is a layer whose techniques are read as targets again', () => {
    const layer = navigatorLayer(coverage, 'test')
    expect(readTargets(JSON.stringify(layer)).toSorted()).toEqual(
      coverage.techniques.map(({ id }) => id),
    )
    expect(layer.versions).toEqual({ attack: ATTACK.version, navigator: '5.1.0', layer: '4.5' })
  })
})

test('the matrix holds every enterprise technique under each of its tactics', () => {
  const matrix = matrixOf(ATTACK)
  expect([...matrix.keys()]).toHaveLength(15)
  expect(matrix.get('execution')).toContain('T1059')
  expect([...matrix.values()].flat().some((id) => id.includes('.'))).toBe(false)
})
