import { expect, test } from 'bun:test'
import { changesBetween, rulesChanged } from '../../ci/backtest/changes.ts'
import { normalise } from '../../parsers/normalise.ts'
import { loadRules } from '../../sigma/load.ts'
import { judgeVerdicts, type KeptVerdict } from './gate-verdicts.ts'

const RULE = '5a1c2b3d-0000-4000-8000-000000000001'
const OTHER = '5a1c2b3d-0000-4000-8000-000000000002'
const rule = (value: string, id = RULE) => ({
  path: `detections/${id}.yml`,
  text: `title: Named\nid: ${id}\nlogsource: {product: linux}\ndetection: {a: {name: ${value}}, condition: a}\n`,
})
const FILTER_ID = '5a1c2b3d-0000-4000-8000-000000000003'
const FILTER = {
  path: 'detections/filter.yml',
  text: `title: Known\nid: ${FILTER_ID}\nlogsource: {product: linux}\nfilter: {rules: [${RULE}], lab: {host: lab}, condition: not lab}\n`,
}
const kept = (name: string, isTruePositive = true): KeptVerdict => ({
  ruleId: RULE,
  alertId: 'A-7',
  isTruePositive,
  event: normalise(JSON.stringify({ product: 'linux', name, host: 'lab' }), {
    now: 0,
    received: 0,
    timeZone: 'UTC',
  }),
})

type Files = readonly { path: string; text: string }[]
function judge(before: Files, after: Files, one: KeptVerdict) {
  const now = loadRules(after)
  const { verdicts, findings } = judgeVerdicts(
    [one],
    rulesChanged(changesBetween(loadRules(before), now).changed),
    now,
    'error',
  )
  return { lost: verdicts.lost, codes: findings.map(({ code }) => code) }
}

const LOST = { lost: ['A-7'], codes: ['lost-true-positive'] }
const FINE = { lost: [], codes: [] }

test.each<[string, Files, Files, KeptVerdict, object]>([
  ['a rule that still fires', [rule('a')], [rule('[a, b]')], kept('a'), FINE],
  ['a rule that no longer fires', [rule('a')], [rule('b')], kept('a'), LOST],
  ['a filter that hides it', [rule('a')], [rule('a'), FILTER], kept('a'), LOST],
  [
    'a filter that two people agreed to',
    [rule('a')],
    [rule('a'), FILTER],
    { ...kept('a'), agreedFilters: [FILTER_ID] },
    { lost: [], codes: ['agreed-true-positive'] },
  ],
  [
    'a rule that no longer fires, with an agreement on a filter that is not there',
    [rule('a')],
    [rule('b')],
    { ...kept('a'), agreedFilters: [FILTER_ID] },
    LOST,
  ],
  ['what did not fire before either', [rule('b')], [rule('c')], kept('a'), FINE],
  ['a rule that is gone', [rule('a'), rule('x', OTHER)], [rule('x', OTHER)], kept('a'), LOST],
  ['a rule that another one stands in for', [rule('a')], [rule('a', OTHER)], kept('a'), FINE],
  ['a rule whose meaning stays', [rule('a')], [rule("'a'")], kept('a'), FINE],
  [
    'a false positive that fires anew',
    [rule('b')],
    [rule('a')],
    kept('a', false),
    { lost: [], codes: ['refired-false-positive'] },
  ],
  ['a false positive that fires as before', [rule('a')], [rule('[a, b]')], kept('a', false), FINE],
])('%s', (_, before, after, one, expected) => {
  expect(judge(before, after, one)).toEqual(expected as ReturnType<typeof judge>)
})
