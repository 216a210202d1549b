import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { loadRules } from '../load.ts'
import { CORRELATION_OPS, CORRELATION_TYPES, type LoadedCorrelation } from '../rule.ts'
import { createCorrelator } from './engine.ts'
import { type OracleMatch, type OracleRule, oracle } from './oracle.ts'

/** A machine that does other things as well takes its time, milliseconds. */
setDefaultTimeout(60_000)

const LATENESS_MS = 40
const RULES = ['a', 'b', 'c']

const loaded = (rule: OracleRule): LoadedCorrelation => {
  const { correlations } = loadRules([
    {
      path: 'c.yml',
      text: `title: c
id: c
correlation: {type: event_count, rules: [r], timespan: 1s, condition: {gte: 1}}
---
title: r
id: r
logsource: {product: p}
detection: {s: {f: v}, condition: s}
`,
    },
  ])
  const isTemporal = rule.type.startsWith('temporal')
  return {
    ...correlations[0]!,
    type: rule.type,
    inputs: rule.inputs.map((id) => ({ id, kind: 'rule', name: id, aliases: {} })),
    groupBy: rule.groupBy,
    timespan_ms: rule.timespan_ms,
    ops:
      rule.ops.length === 0 && isTemporal ? [{ op: 'gte', value: rule.inputs.length }] : rule.ops,
    valueFields: rule.field === undefined ? [] : [rule.field],
    percentile: rule.percentile,
  }
}

const open = (rule: OracleRule, lateness_ms = LATENESS_MS) =>
  createCorrelator<OracleMatch['fields']>([loaded(rule)], {
    read: (fields, name) => fields[name],
    lateness_ms,
  })

const ruleOf: fc.Arbitrary<OracleRule> = fc
  .record({
    type: fc.constantFrom(...CORRELATION_TYPES),
    inputs: fc.constantFrom(['a'], ['a', 'b'], ['a', 'b', 'c'], ['c', 'a']),
    groupBy: fc.constantFrom([], ['g'], ['g', 'h']),
    timespan_ms: fc.integer({ min: 1, max: 60 }),
    ops: fc.array(
      fc.record({ op: fc.constantFrom(...CORRELATION_OPS), value: fc.integer({ min: 0, max: 6 }) }),
      { minLength: 1, maxLength: 2 },
    ),
    percentile: fc.constantFrom(undefined, 0, 10, 50, 90, 100),
  })
  .map(({ percentile, ...rule }) => ({
    ...rule,
    ...(rule.type.startsWith('value_') ? { field: 'v' } : {}),
    ...(rule.type === 'value_percentile' && percentile !== undefined ? { percentile } : {}),
  }))

const matchesOf = (jitter_ms: number, sources = ['s', 't']): fc.Arbitrary<OracleMatch[]> =>
  fc
    .array(
      fc.record({
        rule: fc.constantFrom(...RULES),
        step: fc.integer({ min: 0, max: 12 }),
        back: fc.integer({ min: 0, max: jitter_ms }),
        source: fc.constantFrom(...sources),
        g: fc.constantFrom(undefined, '', 'x', 'X', '1:x'),
        h: fc.constantFrom(undefined, 'x', '-'),
        v: fc.constantFrom(undefined, '1', '2', '3', '7', '-4'),
      }),
      { maxLength: 60 },
    )
    .map((steps) => {
      let now = 1000
      return steps.map(({ rule, step, back, source, g, h, v }, ref) => {
        now += step
        const fields = Object.fromEntries(
          Object.entries({ g, h, v }).filter(([, value]) => value !== undefined),
        ) as Record<string, string>
        return { rule, time: now - back, source, ref, fields }
      })
    })

const anchors = (firings: readonly { ref: string | number; time: number; value: number }[]) =>
  firings.map(({ ref, time, value }) => ({ ref, time, value }))

function run(rule: OracleRule, matches: readonly OracleMatch[], cuts: readonly number[] = []) {
  let engine = open(rule)
  return matches.flatMap(({ rule: id, fields, time, source, ref }, at) => {
    if (cuts.includes(at)) {
      const state = JSON.parse(JSON.stringify(engine.snapshot()))
      engine = open(rule)
      engine.restore(state)
    }
    const input = engine.input(id)
    return input === undefined ? [] : engine.push(input, fields, time, source, ref)
  })
}

/** Long enough that states of ordered chains are kept and gone on from. */
const LONG_MATCHES = 300
const longOrdered = fc
  .array(
    fc.record({
      rule: fc.constantFrom(...RULES),
      step: fc.integer({ min: 0, max: 3 }),
      back: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 400 })),
    }),
    { minLength: LONG_MATCHES / 2, maxLength: LONG_MATCHES },
  )
  .map((steps) => {
    let now = 1000
    return steps.map(({ rule, step, back }, ref): OracleMatch => {
      now += step
      return { rule, time: now - back, source: 's', ref, fields: {} }
    })
  })

test('long ordered windows equal brute force, however late their matches come', () => {
  const rule = { type: 'temporal_ordered', inputs: ['a', 'b', 'c'], groupBy: [] } as const
  fc.assert(
    fc.property(longOrdered, fc.constantFrom(2, 20, 90, 250), (matches, timespan_ms) => {
      const ordered: OracleRule = { ...rule, timespan_ms, ops: [{ op: 'gte', value: 2 }] }
      const engine = open(ordered, 500)
      const own = matches.flatMap(({ rule: id, fields, time, source, ref }) =>
        engine.push(engine.input(id)!, fields, time, source, ref),
      )
      expect(anchors(own)).toEqual(anchors(oracle(ordered, matches, 500)))
    }),
    { numRuns: 60 },
  )
})

describe('the correlation engine equals brute force', () => {
  test.each([
    ['in order', 0, ['s', 't']],
    ['out of order within the lateness', LATENESS_MS, ['s', 't']],
    ['out of order beyond it', 3 * LATENESS_MS, ['s']],
  ])('%s', (_, jitter, sources) => {
    fc.assert(
      fc.property(ruleOf, matchesOf(jitter, sources), (rule, matches) => {
        expect(anchors(run(rule, matches))).toEqual(anchors(oracle(rule, matches, LATENESS_MS)))
      }),
      { numRuns: 1500 },
    )
  })

  test('wherever its state is taken out and put back', () => {
    const cuts = fc.array(fc.nat(60), { maxLength: 4 })
    fc.assert(
      fc.property(ruleOf, matchesOf(LATENESS_MS), cuts, (rule, matches, at) => {
        expect(run(rule, matches, at)).toEqual(run(rule, matches))
      }),
      { numRuns: 800 },
    )
  })

  test('and lists every event of a window in this firing or an earlier one of the group', () => {
    fc.assert(
      fc.property(ruleOf, matchesOf(LATENESS_MS), (rule, matches) => {
        const listed = new Set<number>()
        const firings = run(rule, matches)
        const expected = oracle(rule, matches, LATENESS_MS)
        for (const [at, firing] of firings.entries()) {
          for (const ref of firing.events) {
            expect(listed.has(ref as number)).toBe(false)
            listed.add(ref as number)
          }
          for (const ref of expected[at]!.window) expect(listed.has(ref)).toBe(true)
        }
      }),
      { numRuns: 800 },
    )
  })

  test('a threshold fires for the same windows whatever the order of arrival', () => {
    const count: OracleRule = {
      type: 'event_count',
      inputs: RULES,
      groupBy: ['g'],
      timespan_ms: 30,
      ops: [{ op: 'gte', value: 3 }],
    }
    fc.assert(
      fc.property(matchesOf(0), fc.infiniteStream(fc.nat()), (matches, keys) => {
        const engine = (order: readonly OracleMatch[]) => {
          const own = open(count, 1e9)
          return order
            .flatMap(({ rule, fields, time, source, ref }) =>
              own.push(own.input(rule)!, fields, time, source, ref),
            )
            .map(({ time, key }) => `${time} ${key.join()}`)
            .sort()
        }
        const shuffled = matches
          .map((match) => ({ match, key: keys.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ match }) => match)
        expect(engine(shuffled)).toEqual(engine(matches))
      }),
      { numRuns: 400 },
    )
  })
})

describe('the correlation engine', () => {
  const count = (over: Partial<OracleRule> = {}): OracleRule => ({
    type: 'event_count',
    inputs: ['a'],
    groupBy: ['g'],
    timespan_ms: 10,
    ops: [{ op: 'gte', value: 2 }],
    ...over,
  })

  test('counts an event that several rules match once', () => {
    const engine = open(count({ inputs: ['a', 'b'] }))
    expect(engine.push(engine.input('a')!, { g: 'x' }, 1, 's', 7)).toEqual([])
    expect(engine.push(engine.input('b')!, { g: 'x' }, 1, 's', 7)).toEqual([])
    expect(engine.push(engine.input('b')!, { g: 'x' }, 2, 's', 8)).toHaveLength(1)
  })

  test('a list stands for each of its values, in groups and in counts', () => {
    const engine = createCorrelator<Record<string, readonly string[]>>(
      [loaded(count({ type: 'value_count', field: 'v' }))],
      { read: (fields, name) => fields[name] },
    )
    const firings = engine.push(
      engine.input('a')!,
      { g: ['x', 'y'], v: ['1', '2', '2'] },
      1,
      's',
      1,
    )
    expect(firings.map(({ key, value }) => [key, value])).toEqual([
      [['x'], 2],
      [['y'], 2],
    ])
  })

  test('a match without a value to group by is in no group, and is counted', () => {
    const engine = open(count({ groupBy: ['g', 'h'] }))
    const input = engine.input('a')!
    for (const [ref, fields] of [{ g: 'x' }, { g: 'x' }, { h: 'y' }, {}].entries()) {
      expect(engine.push(input, fields, 1000, 's', ref)).toEqual([])
    }
    expect(engine.stats()).toMatchObject({ matches: 4, ungrouped: 4, groups: 0, entries: 0 })
    const one = open(count({ groupBy: ['g'] }))
    for (const ref of [1, 2]) expect(one.push(one.input('a')!, {}, 1000, 's', ref)).toEqual([])
    expect(one.stats()).toMatchObject({ ungrouped: 2, groups: 0 })
  })

  test('late matches are counted by source and left out', () => {
    const engine = open(count(), 5)
    engine.push(engine.input('a')!, { g: 'x' }, 100, 's', 1)
    expect(engine.push(engine.input('a')!, { g: 'x' }, 94, 's', 2)).toEqual([])
    expect(engine.push(engine.input('a')!, { g: 'x' }, 94, 't', 3)).toHaveLength(1)
    expect(engine.stats().late).toBe(1)
    expect(engine.lateBySource()).toEqual([{ source: 's', late: 1 }])
  })

  test('a source that appears far behind the others is let in, and counted', () => {
    const engine = open(count(), 5)
    engine.push(engine.input('a')!, { g: 'x' }, 100, 's', 1)
    engine.push(engine.input('a')!, { g: 'x' }, 80, 't', 2)
    expect(engine.push(engine.input('a')!, { g: 'x' }, 81, 't', 3)).toHaveLength(1)
    expect(engine.stats()).toMatchObject({ late: 0, behind: 1 })
  })

  test('an import has clocks and groups of its own', () => {
    const engine = open(count(), 5)
    const push = (time: number, ref: number, stream?: string) =>
      engine.push(engine.input('a')!, { g: 'x' }, time, 's', ref, stream)
    push(1_000_000, 1)
    expect(push(10, 2, 'import')).toEqual([])
    expect(push(12, 3, 'import')).toHaveLength(1)
    expect(push(1_000_001, 4)).toHaveLength(1)
    expect(engine.stats().late).toBe(0)
  })

  test('over the memory limit the stalest groups go, and are counted', () => {
    const engine = createCorrelator<Record<string, string>>([loaded(count())], {
      read: (fields, name) => fields[name],
      memory_bytes_max: 100_000,
    })
    for (let n = 0; n < 1000; n++) engine.push(engine.input('a')!, { g: `g${n}` }, 5, 's', n)
    const stats = engine.stats()
    expect(stats.bytes).toBeLessThanOrEqual(100_000)
    expect(stats.groups + stats.evicted_groups).toBe(1000)
    expect(stats.evicted_entries).toBe(stats.evicted_groups)
    expect(engine.push(engine.input('a')!, { g: 'g999' }, 6, 's', 1000)).toHaveLength(1)
    expect(engine.push(engine.input('a')!, { g: 'g0' }, 6, 's', 1001)).toHaveLength(0)
  })

  test('groups that no window can need any more are let go', () => {
    const engine = open(count(), 5)
    for (let n = 0; n < 1000; n++) {
      engine.push(engine.input('a')!, { g: `g${n}` }, n * 100, 's', n)
    }
    expect(engine.stats().groups).toBeLessThan(20)
    expect(engine.stats().evicted_groups).toBe(0)
  })

  test('a restored engine knows only correlations that are the same', () => {
    const engine = open(count())
    engine.push(engine.input('a')!, { g: 'x' }, 1, 's', 1)
    const same = open(count())
    expect(same.restore(engine.snapshot())).toEqual(['c'])
    expect(same.groups('c', 10)).toMatchObject([{ key: ['x'], entries: 1, value: 1 }])
    const other = open(count({ timespan_ms: 11 }))
    expect(other.restore(engine.snapshot())).toEqual([])
    expect(other.stats().groups).toBe(0)
  })
})
