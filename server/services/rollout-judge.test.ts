import { expect, test } from 'bun:test'
import type { Rollout } from '../../sigma/rule.ts'
import { judgeRollout } from './rollout-judge.ts'

const DAY = 86_400_000
const QUIET = { alerts: 0, shadow: 0, truePositives: 0, falsePositives: 0 }

test.each<[string, Rollout, number, Partial<typeof QUIET>, string | undefined]>([
  ['no criteria', { stage: 'shadow' }, 90, {}, undefined],
  ['too soon', { stage: 'shadow', min_days: 7 }, 6.9, {}, undefined],
  ['long enough, without a share', { stage: 'shadow', min_days: 7 }, 7, {}, 'live'],
  ['long enough, with a share', { stage: 'shadow', min_days: 7, share: 0.1 }, 7, {}, 'canary'],
  ['a share of all hosts is no canary', { stage: 'shadow', min_days: 7, share: 1 }, 7, {}, 'live'],
  ['a canary goes live', { stage: 'canary', min_days: 2, share: 0.1 }, 2, {}, 'live'],
  ['live stays live', { stage: 'live', min_days: 2 }, 20, {}, undefined],
  ['never within the first day', { stage: 'shadow', min_days: 0 }, 0.5, {}, undefined],
  ['few enough', { stage: 'shadow', max_alerts_per_day: 5 }, 2, { shadow: 10 }, 'live'],
  ['too many in shadow', { stage: 'shadow', max_alerts_per_day: 5 }, 2, { shadow: 11 }, undefined],
  [
    'a canary counts the hosts outside its share as well',
    { stage: 'canary', max_alerts_per_day: 5, share: 0.1 },
    2,
    { shadow: 10, alerts: 1 },
    'shadow',
  ],
  [
    'live goes back to canary',
    { stage: 'live', max_alerts_per_day: 5, share: 0.1 },
    2,
    { alerts: 11 },
    'canary',
  ],
  [
    'live goes back to shadow',
    { stage: 'live', max_alerts_per_day: 5 },
    0.1,
    { alerts: 6 },
    'shadow',
  ],
  ['no verdicts is no precision', { stage: 'shadow', min_precision: 0.9 }, 30, {}, undefined],
  [
    'few verdicts neither promote nor demote',
    { stage: 'live', min_precision: 0.9 },
    30,
    { falsePositives: 4 },
    undefined,
  ],
  [
    'precise enough',
    { stage: 'canary', min_precision: 0.9, share: 0.2 },
    3,
    { truePositives: 9, falsePositives: 1 },
    'live',
  ],
  [
    'not precise enough',
    { stage: 'canary', min_precision: 0.9, share: 0.2 },
    3,
    { truePositives: 8, falsePositives: 2 },
    'shadow',
  ],
  [
    'all criteria must be met',
    { stage: 'shadow', min_days: 3, max_alerts_per_day: 5, min_precision: 0.5 },
    3,
    { shadow: 15, truePositives: 2, falsePositives: 3 },
    undefined,
  ],
])('%s', (_, rollout, days, measures, to) => {
  const now = 100 * DAY
  const judged = judgeRollout(rollout, { ...QUIET, ...measures }, now - days * DAY, now)
  expect(judged.to).toBe(to as never)
})
