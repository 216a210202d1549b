import { describe, expect, test } from 'bun:test'
import { planAgainst, planBetween } from './plan.ts'
import { countChanges, planReport } from './report.ts'

const ID = '0d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7aa'
const rule = (more = '', value = 'a.exe') => ({
  path: 'detections/a.yml',
  text: `title: A Tool\nid: ${ID}\n${more}logsource: {product: windows}
detection:\n    s: {Image|endswith: '\\${value}'}\n    condition: s\nlevel: high\n`,
})
const filter = {
  path: 'detections/filters/f.yml',
  text: `title: Not Ours\nid: 1d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7ab\nlogsource: {product: windows}
filter:\n    rules: [${ID}]\n    ours: {User: deploy}\n    condition: not ours\n`,
}
const hunt = { path: 'hunts/h.yml', text: 'id: h1\ntitle: Odd Names\nquery: a\nhypothesis: b\n' }
const list = { path: 'detections/lists/admins.txt', text: 'root\n' }
const tests = (...names: readonly string[]) => ({
  path: 'detections/a.test.yml',
  text: `tests:\n${names.map((name) => `    - {name: ${name}, match: true, events: [{fields: {a: 1}}]}\n`).join('')}`,
})

describe('a plan', () => {
  test.each([
    ['nothing', [rule()], [rule()], []],
    ['a new rule', [], [rule()], [['rule', 'added', ['level high', 'stage live']]]],
    ['a removed rule', [rule()], [], [['rule', 'removed', []]]],
    [
      'another meaning',
      [rule()],
      [rule('', 'b.exe')],
      [['rule', 'changed', ['matches other events']]],
    ],
    ['other words', [rule()], [rule('author: Ana\n')], [['rule', 'changed', ['text']]]],
    [
      'a stage',
      [rule('trapline: {rollout: {stage: canary, share: 0.1}}\n')],
      [rule('trapline: {rollout: {stage: live}}\n')],
      [['rule', 'changed', ['stage canary (10 % of hosts) -> live']]],
    ],
    [
      'a moved rule',
      [rule()],
      [{ ...rule(), path: 'detections/b.yml' }],
      [['rule', 'changed', ['moved from detections/a.yml']]],
    ],
    [
      'a filter and the rule it is for',
      [rule()],
      [rule(), filter],
      [
        [
          'rule',
          'changed',
          ['matches other events: a filter or pipeline', 'now filtered by "Not Ours"'],
        ],
        ['filter', 'added', []],
      ],
    ],
    [
      'hunts and lists',
      [hunt],
      [list],
      [
        ['hunt', 'removed', []],
        ['list', 'added', []],
      ],
    ],
    [
      'tables of parsers',
      [],
      [{ path: 'parsers/mappings/x.yml', text: 'name: X\nfields: {}\n' }],
      [['parser', 'added', []]],
    ],
    ['tests', [tests('a')], [tests('a', 'b')], [['tests', 'changed', ['text']]]],
  ] as const)('names %s', (_, before, after, expected) => {
    const { changes } = planBetween(before, after)
    expect(changes.map(({ kind, change, what }) => [kind, change, what] as unknown)).toEqual([
      ...expected,
    ])
  })

  test('counts test cases by name', () => {
    expect(planBetween([tests('a', 'b')], [tests('b', 'c', 'd')]).tests).toEqual({
      added: 2,
      removed: 1,
    })
  })

  test('names what cannot run', () => {
    const broken = {
      path: 'detections/a.yml',
      text: rule().text.replace('condition: s', 'condition: t'),
    }
    const plan = planBetween([rule()], [broken])
    expect(plan.refused).toMatchObject([{ path: 'detections/a.yml' }])
    expect(plan.changes).toMatchObject([{ change: 'changed', what: ['can no longer run'] }])
    const report = planReport({ plan, against: 'main', warnings: [] })
    expect(report.findings[0]?.severity).toBe('error')
  })

  test('against a server goes by id and hash', () => {
    const hash = new Bun.CryptoHasher('sha256').update(rule().text).digest('hex')
    const live = { id: ID, title: 'A Tool', path: 'a.yml', level: 'high', status: 'test', hash }
    expect(planAgainst([live], [rule()]).changes).toEqual([])
    const other = { ...live, hash: 'f'.repeat(64), level: 'low' }
    expect(planAgainst([other], [rule()]).changes).toMatchObject([
      { change: 'changed', what: ['level low -> high'] },
    ])
    expect(planAgainst([live], []).changes).toMatchObject([{ change: 'removed', id: ID }])
  })
})

test('changes are counted in words, tests only where nothing else changes', () => {
  const { changes } = planBetween(
    [rule(), tests('a')],
    [rule('', 'b.exe'), filter, tests('a', 'b')],
  )
  expect(countChanges(changes)).toBe('1 rule changed, 1 filter added')
  expect(countChanges(changes.filter(({ kind }) => kind === 'tests'))).toBe('1 test file changed')
  expect(countChanges([])).toBe('no changes')
})
