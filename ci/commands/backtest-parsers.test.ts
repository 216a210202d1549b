// `trapline backtest` where a change touches what reads events: tables of parsers, patterns of severity.
import { afterAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

setDefaultTimeout(60_000)
const root = mkdtempSync(join(tmpdir(), 'trapline-parsers-'))
const trapline = join(import.meta.dir, '../trapline.ts')
const SESSION = '0d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7a1'
const OFTEN = '0d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7a2'
const LOUD = '0d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7a3'
const OTHER = '0d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7a4'
let folder = root
afterAll(() => rmSync(root, { recursive: true, force: true }))

function command(program: readonly string[]) {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...program], { cwd: folder })
  return { code: exitCode, out: stdout.toString(), err: stderr.toString() }
}

const git = (...args: readonly string[]) =>
  command(['git', '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args])

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const rule = (id: string, title: string, selection: string) => `title: ${title}
id: ${id}
name: ${title.toLowerCase().replaceAll(' ', '_')}
status: test
logsource: {product: okta, service: okta}
detection:
    wanted: {${selection}}
    condition: wanted
level: high
`

const correlation = `title: Session Often
id: ${OFTEN}
status: test
correlation:
    type: event_count
    rules: [session_start]
    group-by: [target]
    timespan: 1h
    condition: {gte: 2}
level: high
`

const table = (service: string, fields = 'eventType: eventType\n  target: device') => `name: okta
title: Okta
product: okta
recognise: [{ has: [eventType, published] }]
logsources: [{ service: [${service}] }]
time: [published]
message: [displayMessage]
pivots: { host: [device] }
fields:
  ${fields}
`

const event = (type: string, device: string, minute: number, more: object = {}) =>
  JSON.stringify({
    eventType: type,
    published: new Date(Date.UTC(2026, 10, 1, 10, minute)).toISOString(),
    displayMessage: 'seen',
    device,
    ...more,
  })

const lines = [
  event('user.session.start', 'a', 0),
  event('user.session.start', 'a', 5),
  event('user.session.end', 'a', 9),
  event('user.session.start', 'b', 40),
]

beforeEach(() => {
  folder = mkdtempSync(join(root, 'repository-'))
  write('detections/session.yml', rule(SESSION, 'Session Start', 'eventType: user.session.start'))
  write('detections/other.yml', rule(OTHER, 'Session End', 'eventType: user.session.end'))
  write('detections/often.yml', correlation)
  write('parsers/mappings/okta.yml', table('okta'))
  write('events.ndjson', `${lines.join('\n')}\n`)
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('commit', '-qm', 'first')
})

function report(...args: readonly string[]) {
  const call = [process.execPath, trapline, 'backtest', '--events', 'events.ndjson', ...args]
  const { code, out, err } = command([...call, '--format', 'json'])
  return { code, err, report: out === '' ? undefined : JSON.parse(out) }
}

const idsOf = (found: { rules: { id: string }[] }) => found.rules.map(({ id }) => id).sort()

test('a table that gives another log source silences the rules of the old one, and says of how many events', () => {
  write('parsers/mappings/okta.yml', table('elsewhere'))
  const { code, report: found } = report()
  expect([code, idsOf(found)]).toEqual([0, [SESSION, OFTEN, OTHER]])
  expect(found.parsers).toMatchObject({
    tables: ['parsers/mappings/okta.yml'],
    events: 4,
    changed: 4,
    by: { logsource: 4, fields: 0, columns: 0, parser: 0, time: 0 },
    not_read_again: {},
  })
  expect(found.parsers.examples[0]).toMatchObject({ host: 'a', differs: ['log source'] })
  const session = found.rules.find(({ id }: { id: string }) => id === SESSION)
  expect(session).toMatchObject({ lost: 3, new: 0, same: 0, by_parser: true, change: 'changed' })
  expect(session.lost_examples).toHaveLength(3)
  expect(found.rules.find(({ id }: { id: string }) => id === OFTEN)).toMatchObject({ lost: 1 })
})

test('a table that names a field otherwise reaches rules and correlations that read it, and no other', () => {
  write('parsers/mappings/okta.yml', table('okta', 'eventType: eventType\n  goal: device'))
  const { report: found } = report()
  expect(found.parsers).toMatchObject({ changed: 4, by: { logsource: 0, fields: 4 } })
  expect(found.parsers.examples[0].differs.sort()).toEqual(['goal', 'target'])
  // Without the field no event is in a group.
  expect(found.rules).toMatchObject([{ id: OFTEN, same: 0, lost: 1, new: 0 }])
})

test('a table that is new or gone is compared with ours', () => {
  rmSync(join(folder, 'parsers'), { recursive: true })
  const { report: found } = report()
  expect(found.parsers.tables).toEqual(['parsers/mappings/okta.yml'])
  expect(found.parsers.by.columns).toBe(4)
  expect(idsOf(found)).toContain(OFTEN)
})

test('a budget holds for what fires through a table', () => {
  write('parsers/mappings/okta.yml', table('elsewhere'))
  git('commit', '-qam', 'silent')
  write('parsers/mappings/okta.yml', table('okta'))
  write('trapline.yml', 'backtest: {max_new_per_day: 1}\n')
  const { code, report: found } = report()
  expect(code).toBe(1)
  const codes = found.findings.map(({ code: name, path }: { code: string; path: string }) => [
    name,
    path,
  ])
  expect(codes).toEqual([['max-new-per-day', 'detections/session.yml']])
})

test('rule and table that change together are compared as they go together', () => {
  write('parsers/mappings/okta.yml', table('okta', 'kind: eventType\n  target: device'))
  write('detections/session.yml', rule(SESSION, 'Session Start', 'kind: user.session.start'))
  const { report: found } = report()
  expect(found.rules.find(({ id }: { id: string }) => id === SESSION)).toMatchObject({
    ...{ same: 3, lost: 0, new: 0, by_parser: false },
  })
  expect(idsOf(found)).toEqual([SESSION, OFTEN])
})

test('unchanged tables of the content read the events of files', () => {
  write('detections/session.yml', rule(SESSION, 'Session Start', 'target: a'))
  const { report: found } = report()
  expect(found.parsers).toBeUndefined()
  expect(found.rules.find(({ id }: { id: string }) => id === SESSION)).toMatchObject({
    ...{ same: 2, lost: 1, new: 1 },
  })
})

test('patterns of severity count where a rule asks for the severity, and are passed over by name elsewhere', () => {
  write('parsers/severity.yml', 'high: [seen]\n')
  const { report: idle } = report()
  expect(idle.rules).toEqual([])
  expect(idle.not_replayed).toEqual([
    'parsers/severity.yml: no rule asks for the severity of events',
  ])
  write('detections/loud.yml', rule(LOUD, 'Loud', "'@severity': high"))
  git('add', 'detections')
  git('commit', '-qm', 'loud')
  const { report: found } = report()
  expect(found.parsers.by.columns).toBe(4)
  expect(found.rules).toMatchObject([{ id: LOUD, new: 4, lost: 0 }])
})

test('long files are read by several threads, and counted as by one', () => {
  const rows = Array.from({ length: 30_000 }, (_, n) =>
    n % 1_000 === 7 ? event('user.session.start', `d${n}`, n % 60) : '{"product":"other"}',
  )
  write('events.ndjson', `${rows.join('\n')}\n`)
  write('parsers/mappings/okta.yml', table('elsewhere'))
  const { report: found } = report()
  expect(found).toMatchObject({ events: 30_000, parsers: { events: 30_000, changed: 30 } })
  expect(found.rules).toMatchObject([{ id: SESSION, lost: 30 }])
})

test('secrets in events that are read otherwise stay', () => {
  write('events.ndjson', `${event('x', 'a', 0, { displayMessage: 'run --password Xy7secret' })}\n`)
  write('parsers/mappings/okta.yml', table('elsewhere'))
  const { report: found } = report()
  expect(found.parsers.changed).toBe(1)
  expect(JSON.stringify(found)).not.toContain('Xy7secret')
})

test('a table that cannot be read stops it; one of the past is named and left out', () => {
  write('parsers/mappings/okta.yml', 'name: okta\n')
  const { code, err } = report()
  expect([code, err]).toEqual([2, expect.stringContaining('parsers/mappings/okta.yml: ')])
  git('commit', '-qam', 'broken')
  write('parsers/mappings/okta.yml', table('okta'))
  const repaired = report()
  expect(repaired.code).toBe(0)
  expect(repaired.report.not_replayed).toEqual([
    expect.stringMatching(/^parsers\/mappings\/okta\.yml: .*old version is replayed without it$/),
  ])
})

test('standard input is read once only', () => {
  write('parsers/mappings/okta.yml', table('elsewhere'))
  const { code, err } = report('--events', '-')
  expect([code, err]).toEqual([3, expect.stringContaining('events are read twice')])
})

test('text and Markdown say it too, and a repository inside another folder is found', () => {
  const inner = join(folder, 'content')
  for (const name of ['detections', 'parsers', 'events.ndjson'])
    cpSync(join(folder, name), join(inner, name), { recursive: true })
  git('add', '-A')
  git('commit', '-qm', 'inner')
  folder = inner
  write('parsers/mappings/okta.yml', table('elsewhere'))
  const call = [process.execPath, trapline, 'backtest', '--events', 'events.ndjson']
  const text = command(call).out
  expect(text).toContain('content/parsers/mappings/okta.yml: of 4 events 4 read otherwise')
  expect(text).toContain('Session Start (through parsers)')
  const markdown = command([...call, '--format', 'markdown']).out
  expect(markdown).toContain('**needs a look**')
  expect(markdown).toContain('Events that are read otherwise')
})
