// Fields that are their pivot's value, fields of one word, networks and messages: planned searches over
// several merged groups answer what the matcher alone does.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../../../parsers/event.ts'
import { normalise } from '../../../../parsers/normalise.ts'
import { parseQuery } from '../../../../query/query.ts'
import { evaluate } from '../../../../sigma/eval/evaluate.ts'
import { createIndexer } from '../index/indexer.ts'
import { type OpenReader, openEventReader } from '../reader.ts'
import { scanEvents } from '../scan.ts'
import { openWriter } from '../writer.ts'

const START = Date.UTC(2026, 10, 21, 12)
const ALL = { from: START - 1, to: START + 86_400_000, timeout_ms: 30_000 }
const BATCH = 64

/** Lines as they come: of each group of 64, the first are plain and the last break one rule or another. */
function line(n: number): string {
  const base = {
    host: `ws-${n % 7}`,
    user: n % 3 === 0 ? `Anna${n % 5}` : `anna${n % 5}`,
    src_ip: `10.${n % 4}.7.${n % 11}`,
    dst_port: n % 2 === 0 ? 443 : 8080,
    severity: ['low', 'high', 'medium'][n % 3],
    process_id: n % 40,
    message: `Logon ${n % 9} of anna${n % 5}`,
  }
  const odd: Record<number, object> = {
    58: { src_ip: '::ffff:0a01:0703' },
    59: { host: ['ws-1', 'ws-2'], severity: 'very high' },
    60: { user: 'anna1 admin', process_id: '12', dst_port: '443' },
    61: { src_ip: 'not 10.1.7.3', process_id: 12.5 },
    62: { message: { text: 'logon 3' }, host: null },
    63: { user: '', process_id: -12, severity: true },
  }
  // Only later groups have them, so that plain groups merge with others.
  const json = JSON.stringify({ ...base, ...(n >= BATCH * 8 ? odd[n % BATCH] : {}) })
  return n >= BATCH * 8 && n % 97 === 96
    ? json.replace('{', '{"host":"ws-5","user":"twice",')
    : json
}

interface Store {
  readonly folder: string
  readonly reader: OpenReader
  readonly events: readonly Event[]
}

/** A store of the first events, indexed a batch at a time. */
function fill(batches: number): Store {
  const folder = mkdtempSync(join(tmpdir(), 'trapline-same-'))
  let clock = START
  const writer = openWriter({
    dataFolder: folder,
    retention_days: 0,
    diskMinFree_bytes: 0,
    now: () => clock,
  })
  const indexer = createIndexer(folder, 0)
  for (let batch = 0; batch < batches; batch++) {
    const made = Array.from({ length: BATCH }, (_, i) => {
      clock = START + batch * BATCH + i
      return normalise(line(batch * BATCH + i), { now: clock, received: clock, timeZone: 'UTC' })
    })
    writer.append([{ answer: '', events: made, matches: [] }])
    writer.seal()
    while (indexer.step()) {
      // until everything sealed is indexed and merged
    }
  }
  indexer.close()
  writer.close()
  return { folder, reader: openEventReader(folder), events: [...scanEvents(folder)] }
}

function close({ folder, reader }: Store): void {
  reader.close()
  rmSync(folder, { recursive: true, force: true })
}

let store: Store

beforeAll(() => {
  store = fill(20)
})

afterAll(() => close(store))

describe('planned and plain search agree on', () => {
  test.each([
    'host:ws-1',
    'host:WS-1',
    'not host:ws-1',
    'host:ws*',
    'host:*-3',
    '@host:ws-2',
    'user:anna1',
    'user:ANNA1',
    'user:anna1*',
    'not user:anna1',
    'user:""',
    'src_ip:10.1.7.3',
    'src_ip:10.1.7.0/24',
    'src_ip:10.1.0.0/16',
    'src_ip:10.0.0.0/8',
    'src_ip:10.1.7.3/32',
    'src_ip:10.1.7.2/31',
    'src_ip:0.0.0.0/0',
    'src_ip:"::ffff:0a01:0703"',
    'not src_ip:10.1.7.0/24',
    'dst_port:443',
    'dst_port:[400 TO 500]',
    'process_id:12',
    'process_id:"12"',
    'process_id:-12',
    'process_id:12.5',
    'not process_id:12',
    'severity:high',
    'severity:HIGH and user:anna2',
    'severity:true',
    'message:logon',
    'message:"logon 3"',
    'message:*ogon*',
    'message:/logon [34] of/i',
    'not message:logon',
    'logon',
    '"of anna3"',
    'host:ws-5 or user:twice',
    '*nna1*',
  ])('%s', async (query) => {
    const { expr, valid } = parseQuery(query)
    expect(valid).toBe(true)
    const { events, reader } = store
    const wanted = events.filter((event) => expr === undefined || evaluate(expr, event))
    const request = { ...ALL, ...(expr === undefined ? {} : { expr }) }
    const count = await reader.count(request)
    expect([count.total, count.exact]).toEqual([wanted.length, true])
    const { events: found } = await reader.search({ ...request, limit: 5000 })
    expect(found.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => id).sort())
  })
})

test('equality of plain fields and networks on them need no event', async () => {
  const plain = fill(8)
  for (const query of ['host:ws-1', 'src_ip:10.1.7.0/24', 'severity:high', 'process_id:12']) {
    const { expr } = parseQuery(query)
    const { stats, total } = await plain.reader.count({ ...ALL, expr: expr! })
    expect([query, total > 0, stats.scanned]).toEqual([query, true, 0])
  }
  close(plain)
})
