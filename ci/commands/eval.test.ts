import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const entry = join(import.meta.dir, '..', 'trapline.ts')
let folder: string

const RULE = `title: Whoami
id: 11111111-1111-4111-8111-111111111111
status: test
level: high
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    CommandLine|contains: whoami
  condition: selection
`
const EVENTS = [
  '{"CommandLine":"cmd /c WHOAMI","product":"windows"}',
  '{"CommandLine":"dir"}',
  '{"CommandLine":"whoami","product":"linux"}',
]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trapline-test-eval-'))
  await Bun.write(join(folder, 'rules/whoami.yml'), RULE)
  await Bun.write(join(folder, 'rules/broken.yml'), 'title: Broken\ndetection: 1\n')
  await Bun.write(join(folder, 'events.ndjson'), `${EVENTS.join('\n')}\n`)
  await Bun.write(
    join(folder, 'pretty.json'),
    JSON.stringify(
      EVENTS.map((e) => JSON.parse(e)),
      null,
      2,
    ),
  )
  await Bun.write(join(folder, 'events.ndjson.gz'), gzipSync(EVENTS.join('\n')))
  await Bun.write(join(folder, 'empty.ndjson'), '')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function trapline(args: readonly string[], stdin?: string) {
  const run = Bun.spawnSync([process.execPath, entry, 'eval', ...args], {
    cwd: folder,
    stdin: Buffer.from(stdin ?? ''),
  })
  return { code: run.exitCode, out: run.stdout.toString(), err: run.stderr.toString() }
}

const match = (event_index: number, file: string) => ({
  rule_id: '11111111-1111-4111-8111-111111111111',
  title: 'Whoami',
  level: 'high',
  event_index,
  file,
})
const lines = (out: string) =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

describe('trapline eval', () => {
  test.each(['events.ndjson', 'pretty.json', 'events.ndjson.gz'])(
    'prints a JSON object a match for %s',
    (file) => {
      const { code, out, err } = trapline(['--rules', 'rules', '--events', file, '--json'])
      expect(lines(out)).toEqual([match(0, file)])
      expect(err).toContain('1 rules (refused: 1 ')
      expect(err).toContain('3 events')
      expect(code).toBe(0)
    },
  )

  test('reads several files and standard input', () => {
    const args = ['--rules', 'rules/whoami.yml', '--events', 'events.ndjson', '-', '--json']
    const { out } = trapline(args, `{"x":1}\n${EVENTS[0]}\n`)
    expect(lines(out)).toEqual([match(0, 'events.ndjson'), match(1, '-')])
  })

  test('--no-routing runs every rule on every event', () => {
    const { out } = trapline([
      '--rules',
      'rules',
      '--events',
      'events.ndjson',
      '--json',
      '--no-routing',
    ])
    expect(lines(out)).toEqual([match(0, 'events.ndjson'), match(2, 'events.ndjson')])
  })

  test('without --json prints a line for people', () => {
    const { out } = trapline(['--rules', 'rules', '--events', 'events.ndjson'])
    expect(out).toMatch(/^events\.ndjson:0 {2}high +Whoami {2}\(11111111-/)
  })

  test('prints as much into a file as through a pipe, beyond its buffer', async () => {
    const line = EVENTS[0]!
    await Bun.write(join(folder, 'many.ndjson'), `${line}\n`.repeat(5_000))
    const args = ['--rules', 'rules', '--events', 'many.ndjson', '--json']
    const { out } = trapline(args)
    const file = join(folder, 'out.ndjson')
    const run = Bun.spawnSync([process.execPath, entry, 'eval', ...args], {
      cwd: folder,
      stdout: Bun.file(file),
    })
    expect(run.exitCode).toBe(0)
    expect(out.split('\n')).toHaveLength(5_001)
    expect(await Bun.file(file).text()).toBe(out)
  })

  test('an empty file has no matches', () => {
    expect(trapline(['--rules', 'rules', '--events', 'empty.ndjson'])).toMatchObject({
      code: 0,
      out: '',
    })
  })

  test.each([
    [['--rules', 'rules'], 3, 'say which events'],
    [['--rules', 'rules', '--events', 'absent.ndjson'], 3, 'absent.ndjson: no such file'],
    [['--rules', 'absent', '--events', 'events.ndjson'], 3, 'cannot read absent'],
    [['--rules', 'rules/broken.yml', '--events', 'events.ndjson'], 2, 'rules/broken.yml:'],
    [['--rules', 'rules/broken.yml', 'rules', '--events', 'events.ndjson'], 2, 'rules/broken.yml:'],
  ])('%j ends with %d and says why', (args, code, message) => {
    const outcome = trapline(args)
    expect(outcome.code).toBe(code)
    expect(outcome.err).toContain(message)
  })
})

test('correlations are printed with their group and events, what feeds them is not', async () => {
  const rules = `title: Guessing
id: guessing
level: high
correlation: {type: event_count, rules: [failed], group-by: [user], timespan: 1m, condition: {gte: 2}}
---
title: Failed
id: failed
logsource: {product: linux}
detection: {s: {action: failed}, condition: s}
`
  const at = (second: number, user: string) =>
    JSON.stringify({ time: `2026-01-01T00:00:0${second}Z`, action: 'failed', user })
  await Bun.write(join(folder, 'guessing.yml'), rules)
  await Bun.write(join(folder, 'failed.ndjson'), [at(1, 'a'), at(2, 'b'), at(3, 'a')].join('\n'))
  const { out, code } = trapline(['--rules', 'guessing.yml', '--events', 'failed.ndjson', '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(out)).toEqual({
    rule_id: 'guessing',
    title: 'Guessing',
    level: 'high',
    event_index: 2,
    file: 'failed.ndjson',
    correlation: {
      type: 'event_count',
      key: { user: 'a' },
      value: 2,
      first: Date.UTC(2026, 0, 1, 0, 0, 1),
      last: Date.UTC(2026, 0, 1, 0, 0, 3),
      events: [0, 2],
    },
  })
})
