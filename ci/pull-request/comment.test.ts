import { describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COMMENT_CHARACTERS_MAX, commentOf, MARKER, verdictOf } from './comment.ts'
import { webAddress } from './link.ts'
import { code, plain, VALUE_CHARACTERS_MAX } from './markup.ts'
import { codeQuality, mergedReport } from './merged.ts'
import { type Reports, type RuleBacktest, readReports } from './reports.ts'

const finding = (
  severity: 'error' | 'warning' | 'info',
  message = 'm',
  path = 'detections/a.yml',
) => ({
  ...{ code: 'x', severity, message, path, line: 3, column: 5 },
})
const check = (findings: ReturnType<typeof finding>[] = []) => ({
  ...{ summary: '', findings, tests: [], files: 2 },
})
const tested = (passed: boolean, message = '') => ({
  ...{ summary: '', findings: [], tests: [{ path: 'a.yml', name: 'by <b>', passed, message }] },
})
const rule = (more: Partial<RuleBacktest> = {}): RuleBacktest => ({
  ...{
    id: 'r1',
    title: 'Certutil',
    path: 'detections/c.yml',
    change: 'changed' as const,
    by_parser: false,
    new: 0,
    lost: 403,
    same: 9,
  },
  alerts: { before: 412, after: 9 },
  entities: [
    {
      host: 'ws-1',
      user: 'svc',
      before: 403,
      after: 0,
      verdicts: { false_positive_logic: 398, new: 5 },
    },
  ],
  new_examples: [],
  lost_examples: [{ time: '2026-11-01T10:00:00Z', host: 'ws-1', user: 'svc', message: 'certutil' }],
  ...{
    kept_true_positives: 3,
    lost_true_positives: [],
    quiet_alerts: { false_positive_logic: 398, new: 5 },
  },
  cost_ms_per_100k_events: { before_ms: 1.8, after_ms: 1.9 },
  ...more,
})
const backtest = (...rules: RuleBacktest[]) => ({
  ...{ summary: '', findings: [], tests: [], events: 9_200_000, days: 30, not_replayed: [], rules },
  ...{ from: '2026-10-22T00:00:00Z', to: '2026-11-21T00:00:00Z' },
})
const HOSTILE =
  '</details>| @team #1 `x` <img src=x> [a](http://evil) www.evil.test \u202e\n# title'

const parsers = {
  tables: ['parsers/mappings/okta.yml'],
  ...{ events: 3_000, changed: 120 },
  by: { parser: 0, logsource: 5, fields: 120, columns: 0, message: 0, time: 0 },
  examples: [{ time: '2026-11-01T10:00:00Z', message: HOSTILE, differs: ['log source', 'a`b'] }],
  not_read_again: { 'zeek: no header': 7 },
}

describe('the verdict', () => {
  test.each([
    ['passes', {}],
    ['passes', { check: check([finding('info')]), test: tested(true), backtest: backtest() }],
    ['passes', { backtest: backtest(rule({ lost: 0 })) }],
    ['needs a look', { check: check([finding('warning')]) }],
    ['needs a look', { backtest: backtest(rule()) }],
    ['needs a look', { backtest: { ...backtest(), parsers } }],
    ['fails', { check: check([finding('error')]) }],
    ['fails', { test: tested(false) }],
    ['fails', { check: check([finding('warning')]), codes: { check: 1 } }],
    ['fails', { broken: [{ name: 'backtest', why: 'no server' }] }],
  ] as const)('%s', (expected, reports) => {
    expect(verdictOf({ broken: [], ...reports } as Reports)).toBe(expected)
  })
})

describe('the comment', () => {
  test('says what other tables of parsers make of events, and through what a rule goes quiet', () => {
    const own = { ...backtest(rule({ by_parser: true, quiet_alerts: {} })), parsers }
    const text = commentOf({ broken: [], backtest: own })
    expect(text).toContain(
      '<code>parsers/mappings/okta.yml</code>: **120 of 3000 events are read otherwise**: the log source of 5, fields of 120.',
    )
    expect(text).toContain('unchanged, but its events are read otherwise: 403 of 412 events')
    expect(text).toContain('1 of 120 events read otherwise')
    expect(text).toContain('7 events stand as they were stored')
    expect(text).not.toContain('<img')
    const same = { ...backtest(), parsers: { ...parsers, changed: 0, examples: [] } }
    expect(commentOf({ broken: [], backtest: same })).toContain('all of 3000 events are read as')
  })

  test('has the figures of its model', () => {
    const text = commentOf(
      {
        broken: [],
        check: check([finding('warning')]),
        backtest: backtest(rule()),
        coverage: {
          ...{ summary: '', findings: [], tests: [] },
          touched: [
            { id: 'T1105', name: 'x', before: 3, after: 2 },
            { id: 'T1003', name: 'y', before: 1, after: 0 },
          ],
        },
      },
      { server: 'https://siem.example' },
    )
    for (const part of [
      '**needs a look**',
      '| Checks | 2 files, 1 warning |',
      '| Alerts over 30 days | **412 → 9** · 0 events new · **403 events gone** |',
      '| True positives kept | 3 of 3 |',
      '| Cost | 1.8 → 1.9 ms per 100,000 events |',
      '**T1003 is no longer covered** · T1105 stays covered by 2 live rules',
      'Of the alerts that go quiet: 398 false positive (logic), 5 never looked at',
      '[see them](https://siem.example/alerts?rule=r1&status=any&group=none)',
      '| <code>ws-1</code> | <code>svc</code> | 403 | 0 | 398 false positive (logic), 5 never looked at |',
      'Run against 9,200,000 events kept from 2026-10-22 to 2026-11-21',
    ])
      expect(text).toContain(part)
    expect(text.split('\n')[0]).toBe(MARKER)
  })

  test('shows text of logs, rules and commands as text', () => {
    const hostile = rule({
      title: HOSTILE,
      path: HOSTILE,
      entities: [{ host: HOSTILE, user: HOSTILE, before: 1, after: 0, verdicts: { [HOSTILE]: 1 } }],
      lost_examples: [{ time: '', message: HOSTILE }],
      lost_true_positives: [HOSTILE],
    })
    const text = commentOf({
      broken: [{ name: 'test', why: HOSTILE }],
      check: check([finding('error', HOSTILE, HOSTILE), finding('warning', HOSTILE)]),
      backtest: { ...backtest(hostile), not_replayed: [HOSTILE] },
    })
    expect(text).not.toMatch(/<img|@team|(?<!&)#1|\[a\]|http:|www\.evil|\u202e|^# /m)
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)!.length)
    for (const row of text.split('\n').filter((line) => line.startsWith('| <code>')))
      expect([4, 6]).toContain(row.match(/\|/g)!.length)
  })

  test('stays within what GitHub takes, and names what it leaves out', () => {
    const wide = (n: number) =>
      rule({
        title: `Rule ${n}`,
        entities: Array.from({ length: 50 }, (_, i) => ({
          ...{
            host: `host-${i}-${'h'.repeat(200)}`,
            user: '@'.repeat(200),
            before: 1,
            after: 0,
            verdicts: {},
          },
        })),
      })
    const many = Array.from({ length: 60 }, (_, n) => wide(n))
    const text = commentOf({ broken: [], backtest: backtest(...many) }, { details: 'https://ci/1' })
    expect(text.length).toBeLessThanOrEqual(COMMENT_CHARACTERS_MAX)
    expect(text).toContain('Too long for one comment, see')
    expect(text).toContain('and 40 more rules')
    expect(text.match(/<details>/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0)
    const tiny = commentOf({ broken: [], backtest: backtest(...many) }, { limit: 1_000 })
    expect(tiny.length).toBeLessThanOrEqual(1_000)
    expect(tiny).toContain('too long for one comment')
  })
})

describe('markup', () => {
  test.each([
    ['a*b_c', 'a&#42;b&#95;c'],
    ['@bob', '&#64;&#8288;bob'],
    ['fixes #12', 'fixes &#35;&#8288;12'],
    ['a\u0000\n\u202eb', 'a b'],
    ['50 % "so"; it\'s', '50 % "so"; it\'s'],
    ['\ud800', '\ufffd'],
  ])('%j is %s', (given, expected) => expect(plain(given)).toBe(expected))

  test('cuts long values and has none for nothing', () => {
    expect(code('')).toBe('')
    expect(code('x'.repeat(1_000))).toHaveLength(VALUE_CHARACTERS_MAX + '<code></code>'.length)
  })
})

test('links hold no credentials', () => {
  expect(webAddress('https://u:p@siem.example/a/?key=1')).toBe('https://siem.example/a')
  expect(() => webAddress('javascript:alert(1)')).toThrow('no web address')
})

describe('reports of a folder', () => {
  test('are read, what wrote none is named without credentials, and all merge into one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trapline-reports-'))
    await Bun.write(join(folder, 'check.json'), JSON.stringify(check([finding('warning')])))
    await Bun.write(join(folder, 'test.json'), JSON.stringify(tested(false, 'no match')))
    await Bun.write(join(folder, 'backtest.json'), '')
    await Bun.write(
      join(folder, 'backtest.stderr'),
      'git: https://x:ghp_abcdef@h/ failed\nusage: ...',
    )
    const reports = await readReports(folder)
    await Bun.write(join(folder, 'plan.json'), '{"a"')
    const broken = readReports(folder).catch((error: unknown) => String(error))
    expect(await broken).toContain('plan.json is no JSON')
    await rm(folder, { recursive: true })
    expect(reports.broken).toEqual([{ name: 'backtest', why: 'git: https://***@h/ failed' }])
    const report = mergedReport(reports, 'rules/')
    expect(report.findings.map(({ code: id, path }) => [id, path])).toEqual([
      ['x', 'rules/detections/a.yml'],
      ['backtest-did-not-run', 'rules/trapline.yml'],
    ])
    const quality = JSON.parse(codeQuality(report))
    expect(quality).toMatchObject([
      { check_name: 'x', severity: 'minor', location: { lines: { begin: 3 } } },
      { check_name: 'backtest-did-not-run', severity: 'critical' },
      { check_name: 'test-failed', severity: 'critical' },
    ])
    expect(new Set(quality.map((one: { fingerprint: string }) => one.fingerprint)).size).toBe(3)
  })
})
