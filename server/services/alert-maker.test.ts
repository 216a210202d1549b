import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import type { Event } from '../../parsers/event.ts'
import { DEDUP_DEFAULT } from '../../sigma/dedup.ts'
import type { StoredMatch } from '../stores/events/event-store.ts'
import type { Candidate } from '../stores/state/alert-writer.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'
import { fillTitle } from './alert-fold.ts'
import { createAlertMaker, dedupHash, type MuteOf, NO_MUTES } from './alert-maker.ts'

const MINUTE = 60_000
const NOON = Date.UTC(2026, 10, 21, 12)

const rule: RuleFacts = {
  id: 'r1',
  title: 'Shell from a web server',
  level: 'high',
  hash: 'h1',
  text: 'title: Shell from a web server',
  tags: ['attack.t1059'],
  dedup: DEDUP_DEFAULT,
  dedupWindow_ms: 60 * MINUTE,
}

let sequence = 0
const match = (minute: number, keys: StoredMatch['keys'] = { host: 'web-1' }): StoredMatch => ({
  sequence: ++sequence,
  eventId: `20261121-${String(sequence).padStart(12, '0')}`,
  ruleId: rule.id,
  ruleHash: rule.hash,
  time: NOON + minute * MINUTE,
  ingested: NOON,
  source: 'nginx',
  keys,
})

const eventOf = (id: string): Event => ({
  id,
  time: NOON,
  ingested: NOON,
  source: 'nginx',
  parser: 'json',
  logsource: { category: [], service: [], closed: false },
  pivots: { host: 'web-1', src_ip: '10.0.0.7' },
  message: 'm',
  fields: { Image: '/bin/sh', user: { name: 'ana' }, 'a.b': 7, empty: '' },
  raw: '{}',
})

/** Folds batches one after another over what is stored. */
function run(
  batches: readonly (readonly StoredMatch[])[],
  stored: readonly (Candidate & { hash: string })[] = [],
  muteOf: MuteOf = NO_MUTES,
) {
  const maker = createAlertMaker()
  let next = 100
  return batches.map((matches) => {
    const prepared = maker.prepare(matches, () => rule, muteOf)
    const found = new Map<string, Candidate[]>()
    for (const hash of maker.missing(prepared)) {
      found.set(
        hash,
        stored.filter((candidate) => candidate.hash === hash),
      )
    }
    const folded = maker.fold(prepared, found, next, eventOf)
    maker.settle(folded)
    next += folded.created.length
    return folded
  })
}

const hashOfWeb1 = dedupHash('r1', DEDUP_DEFAULT, { host: 'web-1' })
const stored = (number: number, closed: boolean, first: number, last: number) => ({
  hash: hashOfWeb1,
  number,
  closed,
  firstSeen: NOON + first * MINUTE,
  lastSeen: NOON + last * MINUTE,
})

describe('dedup hash', () => {
  test('is SHA-256 of the rule id and each field with its lower-cased value', () => {
    const text = '["r1",["host","web-1"],["user",""],["src_ip","10.0.0.7"]]'
    expect(dedupHash('r1', DEDUP_DEFAULT, { host: 'WEB-1', src_ip: '10.0.0.7' })).toBe(
      createHash('sha256').update(text).digest('hex'),
    )
  })

  test('keeps apart values that would read alike when joined', () => {
    const one = dedupHash('r', ['a', 'b'], { a: 'x","b', b: '' })
    expect(one).not.toBe(dedupHash('r', ['a', 'b'], { a: 'x', b: 'b' }))
  })
})

describe('folding', () => {
  test('matches of one hash inside the window become one alert', () => {
    const matches = [match(0), match(10), match(65)]
    const [folded] = run([matches])
    expect(folded?.updated).toEqual([])
    expect(folded?.created).toHaveLength(1)
    expect(folded?.created[0]).toMatchObject({
      number: 100,
      count: 3,
      firstSeen: NOON,
      lastSeen: NOON + 65 * MINUTE,
      severity: 'high',
      dedupHash: hashOfWeb1,
      previous: null,
      eventIds: matches.map((one) => one.eventId).reverse(),
    })
  })

  test('values differ without regard to case, and an absent one counts as empty', () => {
    const [folded] = run([
      [match(0, { host: 'WEB-1' }), match(1), match(2, { host: 'web-1', user: '' })],
    ])
    expect(folded?.created.map((alert) => alert.count)).toEqual([3])
  })

  test('another host is another alert', () => {
    const [folded] = run([[match(0), match(0, { host: 'web-2' })]])
    expect(folded?.created.map((alert) => alert.number)).toEqual([100, 101])
  })

  test.each([
    ['at the end of the window', 60, 0, 1],
    ['after the window', 61, 1, 0],
    ['before the first event, inside the window', -60, 0, 1],
    ['long before the first event', -61, 1, 0],
  ])('a match %s', (_, minute, created, updated) => {
    const [folded] = run([[match(minute)]], [stored(7, false, 0, 0)])
    expect([folded?.created.length, folded?.updated.length]).toEqual([created, updated])
    expect(folded?.created[0]?.previous ?? null).toBeNull()
  })

  test('a closed alert is followed by a new one that points to it', () => {
    const [folded] = run([[match(10), match(11)]], [stored(7, true, 0, 0)])
    expect(folded?.created).toHaveLength(1)
    expect(folded?.created[0]).toMatchObject({ previous: 7, count: 2 })
  })

  test('an open alert is taken before a closed one of the same window', () => {
    const [folded] = run([[match(10)]], [stored(9, true, 1, 1), stored(8, false, 0, 0)])
    expect(folded?.updated.map((alert) => [alert.number, alert.count])).toEqual([[8, 1]])
  })

  test('an alert made in one batch is raised in the next', () => {
    const [first, second] = run([[match(0)], [match(30), match(85)]])
    expect(first?.created[0]).toMatchObject({ number: 100, count: 1 })
    expect(second?.created).toEqual([])
    expect(second?.updated[0]).toMatchObject({
      number: 100,
      count: 2,
      lastSeen: NOON + 85 * MINUTE,
    })
  })

  test('two far-apart times that take turns keep two alerts', () => {
    const folded = run([[match(0), match(-600), match(1), match(-599)]])
    expect(folded[0]?.created.map((alert) => alert.count)).toEqual([2, 2])
  })

  test('is the same when a transaction is tried again', () => {
    const maker = createAlertMaker()
    const prepared = maker.prepare([match(0), match(1)], () => rule, NO_MUTES)
    const once = maker.fold(prepared, new Map(), 5, eventOf)
    const twice = maker.fold(prepared, new Map(), 5, eventOf)
    expect(twice.created).toEqual(once.created)
    expect(twice.rules).toEqual(once.rules)
  })

  test('names the newest hundred events, newest first', () => {
    const matches = Array.from({ length: 250 }, () => match(0))
    const [folded] = run([matches])
    expect(folded?.created[0]?.count).toBe(250)
    expect(folded?.created[0]?.eventIds).toEqual(
      matches
        .slice(-100)
        .map((one) => one.eventId)
        .reverse(),
    )
  })

  test('muted matches raise an alert of their own, held, and are counted', () => {
    const muteOf: MuteOf = ({ keys }) => (keys.user === 'backup' ? 'S-1' : undefined)
    const backup = { user: 'backup' }
    const [first, second] = run(
      [[match(0), match(1, backup), match(2, backup)], [match(3, backup)]],
      [],
      muteOf,
    )
    expect(first?.created.map(({ mute, count }) => [mute, count])).toEqual([
      [undefined, 1],
      ['S-1', 2],
    ])
    expect(first?.rules.get('r1')).toMatchObject({ matches: 3, suppressed: 2, alerts: 2 })
    expect(first?.mutes?.get('S-1')).toEqual({ matches: 2, last: NOON + 2 * MINUTE })
    expect(second?.created).toEqual([])
    expect(second?.updated.map(({ count }) => count)).toEqual([1])
  })

  test('a muted match never folds into an alert that no mute holds, nor the other way round', () => {
    const host = [match(0)]
    const open = [stored(7, false, 0, 0)]
    const [muted] = run([host], open, () => 'S-1')
    expect(muted?.updated).toEqual([])
    expect(muted?.created[0]).toMatchObject({ mute: 'S-1', previous: null })
    const held = [{ ...stored(7, false, 0, 0), mute: 'S-1' }]
    expect(run([host], held)[0]?.created).toHaveLength(1)
    expect(run([host], held, () => 'S-1')[0]?.updated.map(({ number }) => number)).toEqual([7])
    expect(run([host], held, () => 'S-2')[0]?.created).toHaveLength(1)
  })

  test('forgetting asks for the stored alerts again', () => {
    const maker = createAlertMaker()
    const fold = (found: Candidate[]) => {
      const prepared = maker.prepare([match(0)], () => rule, NO_MUTES)
      const missing = maker.missing(prepared)
      const folded = maker.fold(prepared, new Map([[hashOfWeb1, found]]), 1, eventOf)
      maker.settle(folded)
      return { missing: missing.length, created: folded.created.length }
    }
    expect(fold([])).toEqual({ missing: 1, created: 1 })
    expect(fold([])).toEqual({ missing: 0, created: 0 })
    maker.forget()
    expect(fold([stored(1, true, 0, 0)])).toEqual({ missing: 1, created: 1 })
  })

  test('an alert whose event is gone says so', () => {
    const maker = createAlertMaker()
    const prepared = maker.prepare([match(0)], () => rule, NO_MUTES)
    const { created } = maker.fold(prepared, new Map(), 1, () => undefined)
    expect(created[0]?.event.error?.code).toBe('event-gone')
    expect(created[0]?.event.pivots).toEqual({ host: 'web-1' })
  })
})

describe('title', () => {
  test.each([
    ['{Image} on {host}', '/bin/sh on web-1'],
    ['{user.name} {a.b} {source}', 'ana 7 nginx'],
    ['{absent} {empty} {user} {__proto__} {}', '{absent} {empty} {user} {__proto__} {}'],
    ['x'.repeat(400), 'x'.repeat(300)],
  ])('%s', (template, expected) => {
    expect(fillTitle(template, eventOf('1'))).toBe(expected)
  })
})
