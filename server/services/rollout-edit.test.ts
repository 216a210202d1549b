import { describe, expect, test } from 'bun:test'
import { withStage } from './rollout-edit.ts'

const FILE = `title: Other
id: one
trapline: {rollout: {stage: live}}
---
# A rule   with odd   spacing
title: Marker
id:   two   # its id
trapline:
    owner: soc
    rollout:
        # since the spring
        stage:  shadow   # not yet
        share: 0.10
\tlevel: high
`.replace('\tlevel', 'level')

describe('withStage', () => {
  test('changes the stage of the rule that is meant, and nothing else', () => {
    expect(withStage(FILE, 'two', 'canary')).toBe(
      FILE.replace('stage:  shadow   # not yet', 'stage:  canary   # not yet'),
    )
    expect(withStage(FILE, 'one', 'shadow')).toBe(FILE.replace('{stage: live}', '{stage: shadow}'))
  })

  test.each([
    ["stage: 'shadow'", "stage: 'live'"],
    ['stage: "shadow"', 'stage: "live"'],
    ['{share: 0.5, stage: shadow, min_days: 3}', '{share: 0.5, stage: live, min_days: 3}'],
  ])('keeps how it is written: %s', (before, after) => {
    const file = (rollout: string) =>
      `id: x\r\ntrapline:\r\n  rollout:${rollout.startsWith('{') ? ' ' : '\r\n    '}${rollout}\r\n`
    expect(withStage(file(before), 'x', 'live')).toBe(file(after))
  })

  test.each([
    ['another rule', 'id: y\ntrapline: {rollout: {stage: shadow}}\n'],
    ['no stage', 'id: x\ntrapline: {owner: me}\n'],
    ['an alias', 'id: x\nname: &s shadow\ntrapline: {rollout: {stage: *s}}\n'],
    ['a folded text', 'id: x\ntrapline:\n  rollout:\n    stage: >-\n      shadow\n'],
    ['no YAML', 'id: [x\n'],
  ])('says that it cannot where there is %s', (_, text) => {
    expect(withStage(text, 'x', 'live')).toBeUndefined()
  })
})
