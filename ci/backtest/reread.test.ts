import { describe, expect, test } from 'bun:test'
import type { Event } from '../../parsers/event.ts'
import { parserContent } from '../../parsers/mapping/content.ts'
import { normalise, ORIGINAL_TIME_FIELD } from '../../parsers/normalise.ts'
import { MAPPED } from '../../parsers/table.ts'
import { concerns, createPairReader, differenceOf, type EventPair, rereadStored } from './reread.ts'

const HOUR_MS = 3_600_000
const received = Date.UTC(2026, 10, 1)
const table = (pivots: string) =>
  parserContent(
    [
      {
        path: 'parsers/mappings/okta.yml',
        text: `name: okta\ntitle: Okta\nproduct: okta\nrecognise: [{ has: [eventType, at] }]\naccept: [{ has: [eventType] }]\nlogsources: [{ service: [okta] }]\ntime: [at]\nmessage: [eventType]\npivots: {${pivots}}\n`,
      },
    ],
    MAPPED,
  )
const before = table('')
const after = table('user: [who]')

function stored(text: string, more: object = {}): Event {
  const options = { now: received, received, timeZone: 'Europe/Berlin', ...before, ...more }
  return { ...normalise(text, options), id: '20261101-000000000001' }
}

function reread(event: Event): EventPair {
  const pair = rereadStored(event, { before, after })
  if ('unread' in pair) throw new Error(pair.unread)
  return pair
}

const okta = (more: object = {}) =>
  JSON.stringify({ eventType: 'x', at: '2026-10-31T23:00:00Z', who: 'ana', ...more })

describe('a stored event', () => {
  test('is read as it came in, and as the new table reads it', () => {
    const event = stored(okta())
    const pair = reread(event)
    expect(differenceOf({ before: event, after: pair.before })).toBeUndefined()
    expect(pair.after).toMatchObject({ id: event.id, pivots: { user: 'ana' }, source: 'okta' })
    expect(differenceOf(pair)).toMatchObject({ columns: ['user'], fields: [], logsource: false })
  })

  test('keeps the label and the host that its sender gave', () => {
    const pair = reread(stored(okta(), { source: 'prod', host: '192.0.2.7' }))
    expect([pair.before.source, pair.after.source]).toEqual(['prod', 'prod'])
    expect([pair.before.pivots.host, pair.after.pivots.host]).toEqual(['192.0.2.7', '192.0.2.7'])
  })

  test('is read by the parser that its sender named, where recognition would not', () => {
    const event = stored('{"eventType":"x","who":"eve"}', { source: 'okta' })
    expect(event.parser).toBe('okta')
    expect(reread(event).after).toMatchObject({ parser: 'okta', pivots: { user: 'eve' } })
  })

  test('keeps a time that the store replaced, and one without a zone', () => {
    const old = stored(okta({ at: '2020-01-01T00:00:00Z' }), { oldest: received - HOUR_MS })
    expect(old.time).toBe(received)
    const pair = reread(old)
    expect([pair.before.time, pair.after.time]).toEqual([received, received])
    expect(pair.after.fields[ORIGINAL_TIME_FIELD]).toBe('2020-01-01T00:00:00.000Z')
    const line = stored('2026-10-31 23:00:00 gate sshd[1]: {"a":1}')
    expect(reread(line).after.time).toBe(line.time)
  })

  test('without its raw text is named', () => {
    expect(rereadStored({ ...stored(okta()), raw: '' }, { before, after })).toEqual({
      unread: 'no-raw-text',
    })
  })

  test('whose raw text needs a header that is gone is named', () => {
    const columns = {
      ...{ format: 'zeek' as const, names: ['ts', 'own', 'more'], separator: '\t', path: 'own' },
      ...{ setSeparator: ',', unset: '-', empty: '(empty)' },
    }
    const event = stored('1793487600.000000\ta\tb', { source: 'zeek', columns })
    expect(event.parser).toBe('zeek')
    expect(rereadStored(event, { before, after })).toEqual({ unread: 'unreadable' })
  })
})

test('a changed table concerns its own events, those of later parsers, and what wraps others', () => {
  const concerned = concerns(new Set(['okta']))
  for (const name of ['okta', 'github', 'json', 'syslog', 'docker', 'wazuh', 'unparsed'])
    expect([name, concerned(name, 'any')]).toEqual([name, true])
  for (const name of ['windows', 'cloudtrail', 'suricata', 'zeek'])
    expect([name, concerned(name, 'any')]).toEqual([name, false])
  expect([concerned('windows', 'okta'), concerned('windows', 'OKTA')]).toEqual([true, true])
  expect(concerns(new Set())('json', 'okta')).toBe(false)
})

describe('a text of a file', () => {
  const wide = parserContent(
    [
      {
        path: 'parsers/mappings/okta.yml',
        text: 'name: okta\ntitle: Okta\nproduct: okta\nrecognise: [{ has: [EventID] }]\nlogsources: [{ service: [okta] }]\n',
      },
    ],
    MAPPED,
  )
  const read = createPairReader({ before, after: wide }, new Set(['okta']))
  const options = { now: received, received, timeZone: 'UTC' }
  const windows = { EventID: 4688, Channel: 'Security', Computer: 'ws-1' }

  test('is read once where neither table is asked', () => {
    for (const text of ['Oct 11 22:14:15 gate su: failed', JSON.stringify(windows)]) {
      const pair = read(text, options)
      expect(pair.after.parser).not.toBe('okta')
      expect(pair.before).toBe(pair.after)
    }
  })

  test('is read twice where its sender, or it itself, names the parser', () => {
    for (const pair of [
      read(JSON.stringify(windows), { ...options, source: 'okta' }),
      read(JSON.stringify({ ...windows, source: 'okta' }), options),
    ])
      expect([pair.before.parser, pair.after.parser]).toEqual(['windows', 'okta'])
  })
})
