import { expect, test } from 'bun:test'
import { changesOf } from './backtest/changes.ts'
import { narrowed } from './narrow.ts'

const id = (n: number) => `0d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7a${n}`
const rule = (n: number, value = 'b') => ({
  path: `detections/r${n}.yml`,
  text: `title: Rule ${n}\nid: ${id(n)}\nname: rule_${n}\nlogsource: {product: windows}\ndetection:\n    s: {a: ${value}}\n    condition: s\nlevel: low\n`,
})
const filter = (rules: string) => ({
  path: 'detections/filters/f.yml',
  text: `title: F\nid: ${id(8)}\nlogsource: {product: windows}\nfilter:\n    rules: ${rules}\n    x: {u: v}\n    condition: not x\n`,
})
const correlation = {
  path: 'detections/c.yml',
  text: `title: C\nid: ${id(9)}\ncorrelation:\n    type: event_count\n    rules: [rule_2]\n    group-by: [u]\n    timespan: 5m\n    condition: {gte: 3}\nlevel: high\n`,
}
const pipeline = {
  path: 'detections/pipelines/p.yml',
  text: 'name: p\npriority: 1\ntransformations: []\n',
}
const all = [rule(1), rule(2), rule(3), rule(4)]
const paths = (before: readonly { path: string; text: string }[], after: typeof before) =>
  narrowed({ base: 'x', before, after }).after.map(({ path }) => path)

test('equal rules are left out, but for those that correlations read', () => {
  expect(paths(all, all)).toEqual([])
  expect(paths(all, [rule(1, 'c'), ...all.slice(1)])).toEqual(['detections/r1.yml'])
  expect(paths([...all, correlation], [...all, correlation])).toEqual([
    'detections/r2.yml',
    'detections/c.yml',
  ])
})

test('a changed filter brings the rules that it names, one of any rule all of them', () => {
  expect(paths(all, [...all, filter(`[${id(3)}, rule_4]`)])).toEqual([
    'detections/r3.yml',
    'detections/r4.yml',
    'detections/filters/f.yml',
  ])
  expect(paths(all, [...all, filter(`\n        - ${id(3)}`)])).toHaveLength(2)
  expect(paths(all, [...all, filter('any')])).toHaveLength(5)
  const kept = filter(`[${id(3)}]`)
  expect(paths([...all, kept], [...all, kept])).toEqual([kept.path])
})

test('a pipeline or list reaches everything, an equal one stays for what is left', () => {
  expect(paths(all, [...all, pipeline])).toHaveLength(5)
  expect(paths(all, [...all, { path: 'detections/lists/l.txt', text: 'a\n' }])).toHaveLength(5)
  expect(paths([...all, pipeline], [rule(1, 'c'), ...all.slice(1), pipeline])).toEqual([
    'detections/r1.yml',
    pipeline.path,
  ])
})

test('changes are the same as of the whole', () => {
  const before = [...all, correlation, filter(`[${id(1)}]`)]
  const after = [rule(1, 'c'), rule(2, 'd'), rule(4), correlation, filter(`[${id(4)}]`)]
  const names = (versions: { before: typeof before; after: typeof before }) => {
    const { changed, notReplayed, broken } = changesOf({ base: 'x', ...versions })
    return { changed: changed.map((one) => one.id).sort(), notReplayed, broken }
  }
  expect(names(narrowed({ base: 'x', before, after }) as never)).toEqual(names({ before, after }))
  expect(names({ before, after }).changed).toEqual([id(1), id(2), id(3), id(4), id(9)])
})
