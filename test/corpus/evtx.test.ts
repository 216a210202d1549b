// Real event logs: every record is read, and its fields are those that others found in it: the JSON that
// SigmaHQ keeps beside its cases, the XML that Windows rendered for winlogbeat's tests.
import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync } from 'node:fs'
import { readEvents } from '../../ci/input/read-events.ts'
import type { Event } from '../../parsers/event.ts'
import { createEvtxReader } from '../../parsers/evtx/reader.ts'
import { normalise } from '../../parsers/normalise.ts'
import type { FieldValue } from '../../sigma/event.ts'
import { corpusFolder } from './corpus.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS = { now: NOW, received: NOW, timeZone: 'UTC', newest: Number.MAX_SAFE_INTEGER }

const samples = await corpusFolder('evtx-parser-samples')
const sigmahq = await corpusFolder('sigmahq')
const beats = await corpusFolder('elastic-beats')

const eventsOf = async (path: string) =>
  (await Array.fromAsync(readEvents(path))).map(({ text }) => normalise(text, OPTIONS))

/** A value without what carriers change: numbers as text, GUID braces, line ends, blanks behind. */
function plain(value: FieldValue | undefined): unknown {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
  }
  const text = String(value).replaceAll('\r\n', '\n').trimEnd()
  return text.replace(/^\{([0-9a-fA-F-]{36})\}$/, '$1').toLowerCase()
}
const plainFields = (event: Event) => plain(event.fields) as Record<string, unknown>
const recordId = (event: Event) => String(event.fields.EventRecordID)

describe.skipIf(samples === undefined)('samples of another reader', () => {
  test.each([
    ['MSExchange_Management_wec.evtx', 1],
    ['issue_201.evtx', 1],
    ['new-user-security.evtx', 4],
    ['security.evtx', 2261],
    ['sysmon.evtx', 358],
  ])('%s: all %d records, none damaged', async (file, count) => {
    const reader = createEvtxReader()
    const bytes = await Bun.file(`${samples}/samples/${file}`).bytes()
    const items = [...reader.push(bytes), ...reader.end()]
    expect(items.filter((item) => item.kind === 'record')).toHaveLength(count)
    expect(items.filter((item) => item.kind === 'damage')).toEqual([])
  })

  test('a log with wiped sectors gives the rest, and names what is lost', async () => {
    const reader = createEvtxReader()
    const path = `${samples}/samples/sample_with_a_bad_chunk_magic.evtx`
    const items = [...reader.push(await Bun.file(path).bytes()), ...reader.end()]
    expect(items.filter((item) => item.kind === 'record').length).toBeGreaterThanOrEqual(270)
    const damage = items.filter((item) => item.kind === 'damage')
    expect(damage.length).toBeGreaterThan(0)
    for (const item of damage) expect(item.message).toMatch(/byte \d+/)
  })
})

test.skipIf(samples === undefined)(
  'every log of the corpus is read without damage but one',
  async () => {
    const root = samples!.replace(/[^/]+$/, '')
    const damagedLogs: string[] = []
    let records = 0
    for (const log of new Bun.Glob('**/*.evtx').scanSync({ cwd: root })) {
      const reader = createEvtxReader()
      const items = [...reader.push(await Bun.file(root + log).bytes()), ...reader.end()]
      records += items.filter((item) => item.kind === 'record').length
      if (items.some((item) => item.kind === 'damage')) damagedLogs.push(log.split('/').at(-1)!)
    }
    expect(damagedLogs).toEqual(['sample_with_a_bad_chunk_magic.evtx'])
    expect(records).toBeGreaterThan(3000)
  },
)

test.skipIf(samples === undefined)('a record is the same event decoded and as text', async () => {
  for await (const { text, json } of readEvents(`${samples}/samples/sysmon.evtx`)) {
    expect(json).toBeDefined()
    expect(normalise(text, OPTIONS, json)).toEqual(normalise(text, OPTIONS))
  }
})

describe.skipIf(sigmahq === undefined)('SigmaHQ’s cases', () => {
  const root = `${sigmahq}/regression_data`
  const logs = sigmahq === undefined ? [] : [...new Bun.Glob('**/*.evtx').scanSync({ cwd: root })]

  test('give the fields of the JSON beside them', async () => {
    for (const log of logs) {
      const records = new Map((await eventsOf(`${root}/${log}`)).map((e) => [recordId(e), e]))
      for (const expected of await eventsOf(`${root}/${log.replace(/evtx$/, 'json')}`)) {
        const got = records.get(recordId(expected))!
        expect(plainFields(got)).toEqual(plainFields(expected))
        expect(got).toMatchObject({ time: expected.time, pivots: expected.pivots })
        expect(got.logsource).toBe(expected.logsource)
      }
    }
  })
})

describe.skipIf(beats === undefined)('winlogbeat’s tests', () => {
  const rendered = `${beats}/winlogbeat/sys/wineventlog/testdata`
  const files = beats === undefined ? [] : readdirSync(rendered).filter((n) => n.endsWith('.xml'))
  test.each(files)('the records of %s are those that Windows rendered', async (file) => {
    const found = await eventsOf(`${rendered}/${file.replace(/xml$/, 'evtx')}`)
    const records = new Map(found.map((event) => [recordId(event), event]))
    const expected = await eventsOf(`${rendered}/${file}`)
    expect(expected.length).toBeGreaterThan(0)
    for (const event of expected) {
      expect(event.parser).toBe('windows')
      const got = records.get(recordId(event))!
      expect(plainFields(got)).toEqual(plainFields(event))
      expect(got).toMatchObject({ time: event.time, pivots: event.pivots })
    }
  })

  const modules = `${beats}/x-pack/winlogbeat/module`
  const goldens =
    beats === undefined
      ? []
      : [
          ...new Bun.Glob('*/test/testdata/collection/*.golden.json').scanSync({ cwd: modules }),
        ].filter((golden) => existsSync(`${modules}/${golden.replace('.golden.json', '')}`))
  test.each(goldens)('%s has the same data', async (golden) => {
    const found = await eventsOf(`${modules}/${golden.replace('.golden.json', '')}`)
    const records = new Map(found.map((event) => [recordId(event), plainFields(event)]))
    for (const expected of await eventsOf(`${modules}/${golden}`)) {
      const got = records.get(recordId(expected))!
      const { Data: data, ...rest } = plainFields(expected)
      for (const [name, value] of Object.entries(rest)) {
        const numbered = /^param(\d+)$/.exec(name)
        const own = got[name] ?? [got.Data].flat()[Number(numbered?.[1]) - 1]
        if (SAME_IN_ALL.test(name)) expect([name, own]).toEqual([name, value])
      }
      if (data !== undefined) expect([got.Data].flat()).toEqual([data].flat())
    }
  })
})

/** Winlogbeat renders levels, keywords, tasks and op-codes as words, and adds a message. */
const SAME_IN_ALL = /^(?!Level$|Keywords$|Task$|Opcode$|Message$|Security_UserID$)/
