import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A machine that does other things as well takes its time, milliseconds. */
setDefaultTimeout(60_000)
const folder = mkdtempSync(join(tmpdir(), 'trapline-backtest-'))
const trapline = join(import.meta.dir, '../trapline.ts')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function command(program: readonly string[]) {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...program], { cwd: folder })
  return { code: exitCode, out: stdout.toString(), err: stderr.toString() }
}

const git = (...args: readonly string[]) =>
  command(['git', '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args])

const backtest = (...args: readonly string[]) =>
  command([
    process.execPath,
    trapline,
    'backtest',
    '--rules',
    'rules',
    '--events',
    'events.ndjson',
    ...args,
  ])

const write = (path: string, text: string) => writeFileSync(join(folder, path), text)

const rule = (condition: string, more = '') => `title: Tool Run
id: 0d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7aa
status: test
${more}logsource:
    product: windows
detection:
    tool:
        Image|endswith: '\\tool.exe'
    admin:
        User: admin
    condition: ${condition}
level: high
`

const event = (host: string, user: string, minute: number) =>
  JSON.stringify({
    time: new Date(Date.UTC(2026, 10, 1, 10, minute)).toISOString(),
    host,
    user,
    User: user,
    Image: 'C:\\tools\\tool.exe',
    product: 'windows',
  })

beforeAll(() => {
  mkdirSync(join(folder, 'rules'))
  write('rules/tool.yml', rule('tool'))
  // Two alerts on ws-1 (an hour and more apart), one on ws-2; the admin's is the third.
  const rows = [
    event('ws-1', 'bob', 0),
    event('ws-1', 'bob', 30),
    event('ws-1', 'bob', 95),
    event('ws-2', 'admin', 5),
  ]
  write('events.ndjson', `${rows.join('\n')}\n`)
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('commit', '-qm', 'first')
})

const report = (...args: readonly string[]) => {
  const { code, out, err } = backtest('--format', 'json', ...args)
  return { code, err, report: out === '' ? undefined : JSON.parse(out) }
}

describe('a backtest against the base branch', () => {
  test('says nothing about rules that did not change', () => {
    write('rules/tool.yml', rule('tool'))
    const { code, report: found } = report()
    expect({ code, rules: found.rules, events: found.events }).toEqual({
      code: 0,
      rules: [],
      events: 4,
    })
  })

  test('knows a change of words from a change of meaning', () => {
    write('rules/tool.yml', rule('tool', 'author: Ana\n'))
    expect(report().report).toMatchObject({
      rules: [],
      same_meaning: ['0d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7aa'],
    })
  })

  test('counts what a filter takes away, by event, alert, host and user', () => {
    write('rules/tool.yml', rule('tool and not admin'))
    const [changed] = report().report.rules
    expect(changed).toMatchObject({
      change: 'changed',
      path: 'rules/tool.yml',
      new: 0,
      lost: 1,
      same: 3,
      alerts: { before: 3, after: 2 },
      entities: [
        { host: 'ws-2', user: 'admin', before: 1, after: 0 },
        { host: 'ws-1', user: 'bob', before: 3, after: 3 },
      ],
    })
    expect(changed.lost_examples).toHaveLength(1)
    expect(changed.lost_examples[0].fields.User).toBe('admin')
  })

  test('runs each version with its own pipelines', () => {
    write('rules/tool.yml', rule('tool').replaceAll('Image|', 'Binary|'))
    mkdirSync(join(folder, 'rules/pipelines'))
    const mapping =
      'name: m\npriority: 1\ntransformations:\n    - id: a\n      type: field_name_mapping\n'
    write('rules/pipelines/m.yml', `${mapping}      mapping: {Binary: Image}\n`)
    const { report: found } = report()
    write('rules/pipelines/m.yml', `${mapping}      mapping: {Binary: User}\n`)
    const [changed] = report().report.rules
    rmSync(join(folder, 'rules/pipelines'), { recursive: true })
    expect(found).toMatchObject({ rules: [], same_meaning: [expect.any(String)] })
    expect(changed).toMatchObject({ lost: 4, same: 0 })
  })

  test('reads long files on several threads, and counts as on one', () => {
    const events = readFileSync(join(folder, 'events.ndjson'), 'utf8')
    write('rules/tool.yml', rule('tool and not admin'))
    const rows = Array.from({ length: 45_000 }, (_, n) =>
      n % 1_000 === 7
        ? event(`ws-${n}`, n % 2_000 === 7 ? 'admin' : 'bob', n / 100)
        : '{"product":"windows","Image":"other"}',
    )
    write('events.ndjson', `${rows.join('\n')}\n`)
    const { report: found } = report()
    write('events.ndjson', events)
    expect(found).toMatchObject({ events: 45_000, from: '2026-11-01T10:00:00.000Z' })
    const [changed] = found.rules
    expect(changed).toMatchObject({ same: 22, lost: 23, new: 0 })
    const hosts = changed.lost_examples.map(({ host }: { host: string }) => host)
    expect(hosts).toEqual(['ws-7', 'ws-2007', 'ws-4007', 'ws-6007', 'ws-8007'])
  })

  test('a pipeline that cannot be used stops it', () => {
    mkdirSync(join(folder, 'rules/pipelines'))
    write('rules/pipelines/m.yml', 'name: m\ntransformations: [{type: nothing}]\n')
    const { code, err } = backtest()
    rmSync(join(folder, 'rules/pipelines'), { recursive: true })
    expect([code, err]).toEqual([2, expect.stringContaining('rules/pipelines/m.yml')])
  })

  test.each(['junit', 'sarif', 'github'] as const)('speaks %s', (format) => {
    write('rules/tool.yml', rule('tool and admin'))
    const { code, out } = backtest('--format', format)
    expect(code).toBe(0)
    expect(out).toContain(format === 'github' ? '1 rule changed' : 'trapline')
  })

  test('counts a removed rule as lost and an added one as new', () => {
    rmSync(join(folder, 'rules/tool.yml'))
    write('rules/other.yml', rule('tool').replace('0d6d1c3e', '1d6d1c3e'))
    const { rules } = report().report
    rmSync(join(folder, 'rules/other.yml'))
    expect(rules.map((r: Record<string, unknown>) => [r.change, r.new, r.lost])).toEqual([
      ['added', 4, 0],
      ['removed', 0, 4],
    ])
  })

  test('knows a rule without an id by its path', () => {
    const anonymous = (condition: string) => rule(condition).replace(/^id: .*\n/m, '')
    write('rules/tool.yml', rule('tool'))
    write('rules/anonymous.yml', anonymous('tool'))
    git('add', '-A')
    git('commit', '-qm', 'anonymous')
    write('rules/anonymous.yml', anonymous('tool and admin'))
    const { rules } = report().report
    git('reset', '-q', '--hard', 'HEAD~1')
    expect(rules).toMatchObject([{ path: 'rules/anonymous.yml', change: 'changed', lost: 3 }])
  })

  test('fails on a budget of trapline.yml and names it', () => {
    write('rules/tool.yml', rule('tool and admin'))
    git('commit', '-qam', 'narrow')
    write('rules/tool.yml', rule('tool'))
    write('trapline.yml', 'backtest: {max_new_per_day: 1, max_cardinality: 1}\n')
    const { code, report: found } = report()
    const text = backtest()
    rmSync(join(folder, 'trapline.yml'))
    git('reset', '-q', '--hard', 'HEAD~1')
    expect(code).toBe(1)
    expect(found.rules[0].findings.map((f: { code: string }) => f.code)).toEqual([
      'max-new-per-day',
      'cardinality',
    ])
    expect(text.out).toContain('error: max-new-per-day: 2 new alerts a day, at most 1')
  })

  test('counts hosts and users however many they are, and holds them to the budget', () => {
    const events = readFileSync(join(folder, 'events.ndjson'), 'utf8')
    const rows = Array.from({ length: 2_500 }, (_, n) => event(`ws-${n % 1_250}`, 'bob', n % 60))
    write('events.ndjson', `${rows.join('\n')}\n`)
    write('rules/tool.yml', rule('tool and not admin'))
    write('trapline.yml', 'backtest: {max_cardinality: 1100, max_ms_per_100k_events: 0.000001}\n')
    const { code, report: found } = report()
    write('events.ndjson', events)
    rmSync(join(folder, 'trapline.yml'))
    expect([code, found.rules[0].cardinality]).toEqual([1, { before: 1_250, after: 1_250 }])
    const said = found.findings.map((one: { code: string; message: string }) => one.message)
    expect(said).toEqual([
      expect.stringMatching(/^[\d.]+ ms per 100,000 events, at most 0.000001$/),
      '1250 hosts and users, at most 1100',
    ])
  })

  test('lets no secret leave, and names only where they may', () => {
    write('rules/tool.yml', rule('tool and not tool'))
    const events = readFileSync(join(folder, 'events.ndjson'), 'utf8')
    const line = {
      ...JSON.parse(event('ws-9', 'carla', 1)),
      CommandLine: 'tool --password Xy7secret',
    }
    write('events.ndjson', `${JSON.stringify(line)}\n`)
    const clear = JSON.stringify(report().report)
    const hidden = JSON.stringify(report('--pseudonyms').report)
    write('events.ndjson', events)
    expect(clear).toContain('carla')
    for (const text of [clear, hidden]) expect(text).not.toContain('Xy7secret')
    for (const name of ['carla', 'ws-9']) expect(hidden).not.toContain(name)
  })

  test('names people whole where they may be named: mail addresses too', () => {
    write('rules/tool.yml', rule('tool and not tool'))
    const events = readFileSync(join(folder, 'events.ndjson'), 'utf8')
    write('events.ndjson', `${event('ws-9', 'carla@acme.example.org', 1)}\n`)
    const [clear] = report().report.rules
    const hidden = JSON.stringify(report('--pseudonyms').report)
    write('events.ndjson', events)
    expect(clear.lost_examples[0].user).toBe('carla@acme.example.org')
    expect(hidden).not.toContain('carla')
  })

  test('shows log text in Markdown as text', () => {
    write('rules/tool.yml', rule('admin'))
    const hostile = event('<img src=x>|`', 'bob', 3)
    write('events.ndjson', `${hostile}\n`)
    const { out } = backtest('--format', 'markdown')
    expect(out).toContain('1 gone')
    expect(out).toContain('| &#60;img src=x&#62;&#124;&#96; | bob | 1 | 0 |')
    expect(out).toMatch(/^- \S+ &#60;img src=x&#62;&#124;&#96; `` \{.*<img.* ``$/m)
  })

  test.each([
    ['an unknown base', ['--base', 'nowhere'], 'no commit or branch nowhere'],
    ['a base that is an option', ['--base=--output=x'], 'is no commit or branch'],
    ['an unknown format', ['--format', 'xml'], 'unknown format'],
    ['both kinds of events', ['--server', 'http://127.0.0.1:1'], 'say which events'],
  ])('refuses %s', (_, args, message) => {
    const { code, err } = backtest(...args)
    expect([code, err]).toEqual([3, expect.stringContaining(message)])
  })

  test('refuses a rule that no longer loads, with its place', () => {
    write('rules/tool.yml', rule('tool and nothing'))
    const { code, err } = backtest()
    expect([code, err]).toEqual([2, expect.stringContaining('rules/tool.yml:')])
  })
})
