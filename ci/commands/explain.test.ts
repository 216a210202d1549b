import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A machine that does other things as well takes its time, milliseconds. */
setDefaultTimeout(60_000)

const TRAPLINE = new URL('../trapline.ts', import.meta.url).pathname
const RULES = `title: Failed
id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f
name: failed
logsource: {product: linux}
detection: {selection: {outcome: failed}, condition: selection}
---
title: Many Failed
id: 0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111
correlation:
    type: event_count
    rules: [failed]
    group-by: [account]
    timespan: 5m
    condition: {gte: 3}
`
const line = (account: string, minute: number) =>
  JSON.stringify({
    product: 'linux',
    outcome: 'failed',
    account,
    timestamp: `2026-01-01T00:0${minute}:00Z`,
  })

let folder: string
const call = (...args: string[]) => {
  const run = Bun.spawnSync([process.execPath, TRAPLINE, 'explain', ...args], { cwd: folder })
  return { code: run.exitCode, out: run.stdout.toString(), err: run.stderr.toString() }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trapline-explain-'))
  await Bun.write(join(folder, 'rules.yml'), RULES)
  const lines = [line('a', 1), line('b', 1), line('a', 2), line('b', 2), line('a', 3)]
  await Bun.write(join(folder, 'events.ndjson'), lines.join('\n'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('trapline explain', () => {
  test('takes a rule by the name that a correlation has for it, and says what there is to choose', () => {
    const event = '{"product":"linux","outcome":"failed"}'
    const named = call('--rule', 'rules.yml', '--id', 'failed', '--event', event)
    expect([named.code, named.out.startsWith('fires: Failed')]).toEqual([0, true])
    const wrong = call('--rule', 'rules.yml', '--id', 'faild', '--event', event)
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('  6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f  Failed\n')
  })

  test('a rule beside its own copy is explained', async () => {
    const rule = RULES.split('---')[0]!
    const copies = await mkdtemp(join(tmpdir(), 'trapline-explain-'))
    for (const name of ['a', 'b']) await Bun.write(join(copies, `${name}.yml`), rule)
    const { code, err } = call(
      ...['--rule', join(copies, 'b.yml'), '--event', '{"product":"linux","outcome":"failed"}'],
    )
    await rm(copies, { recursive: true })
    expect([code, err]).toEqual([0, expect.stringContaining('has the same id')])
  })

  test('names the filter that keeps an event from a correlation', async () => {
    const filter =
      '---\ntitle: No Guests\nlogsource: {product: linux}\nfilter: {rules: [failed], guest: {account: b}, condition: not guest}\n'
    const own = await mkdtemp(join(tmpdir(), 'trapline-explain-'))
    const rules = join(own, 'rules.yml')
    await Bun.write(rules, RULES + filter)
    const args = ['--rule', rules, '--id', 'Many Failed', '--event', 'events.ndjson']
    expect(call(...args, '--index', '1').out).toContain(
      'filter "No Guests" leaves this event out of Failed',
    )
    expect(call(...args, '--index', '0').out).not.toContain('leaves this event out')
    await rm(own, { recursive: true })
  })

  test('does not promise a firing where the log source keeps the rule away', () => {
    const { code, out } = call(
      ...['--rule', 'rules.yml', '--id', 'Failed'],
      ...['--event', '{"product":"windows","outcome":"ok"}'],
    )
    expect(code).toBe(1)
    expect(out).toContain('- log source: the rule wants linux/-/-')
    expect(out).toContain('For its log source it would fire if this were otherwise (tried):')
  })

  test('ends with 1 and the smallest change where the rule does not fire', () => {
    const { code, out } = call(
      '--rule',
      'rules.yml',
      '--id',
      'Failed',
      '--event',
      '{"outcome":"ok"}',
    )
    expect(code).toBe(1)
    expect(out).toContain('- outcome is "failed": it is "ok"')
    expect(out).toContain('It would fire if this were otherwise (tried):')
  })

  test('ends with 0 where it fires; JSON has the same tree', () => {
    const { code, out } = call(
      '--rule',
      'rules.yml',
      '--id',
      'Failed',
      '--event',
      'events.ndjson',
      '--index',
      '2',
      '--json',
    )
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ fires: true, tree: { kind: 'selection', holds: true } })
  })

  test('says of a correlation which group fired and how far the others are', () => {
    const { code, out } = call(
      '--rule',
      'rules.yml',
      '--id',
      'Many Failed',
      '--event',
      'events.ndjson',
    )
    expect(code).toBe(0)
    expect(out).toContain('+ account=a: 3, events 0, 2, 4')
    expect(out).toContain('open group account=b: 2 entries, value 2')
  })

  test('says how a correlation stands around one event, and what is missing', () => {
    const standing = (index: string) =>
      call(
        ...['--rule', 'rules.yml', '--id', 'Many Failed'],
        ...['--event', 'events.ndjson', '--index', index],
      )
    const lacking = standing('3')
    expect(lacking.code).toBe(1)
    expect(lacking.out).toContain('- account=b: 2 events, at least 3 asked, events 1, 3')
    expect(lacking.out).toContain('missing: 1 more event')
    expect(standing('0')).toMatchObject({ code: 0 })
    expect(standing('9')).toMatchObject({ code: 3 })
  })

  test('shows a filter that lies beside the rule, by its number and selection', async () => {
    const filter = `title: Known\nlogsource: {product: linux}\nfilter:\n    rules: [failed]\n    known: {account: test}\n    condition: not known\n`
    await Bun.write(join(folder, 'known.yml'), filter)
    const event = '{"product":"linux","outcome":"failed","account":"test"}'
    const { code, out } = call('--rule', 'rules.yml', '--id', 'Failed', '--event', event)
    await rm(join(folder, 'known.yml'))
    expect(code).toBe(1)
    expect(out).toContain('+ filter 1: known')
    expect(out).toContain('filter 1 "Known" leaves this event out')
    expect(out).toContain(
      'account is "test", must be so that it no longer is "test", for example absent',
    )
  })

  test('says what a pipeline given on the command line made of the rule', async () => {
    const own = 'name: own\ntransformations:\n    - {type: field_name_prefix, prefix: my.}\n'
    await Bun.write(join(folder, 'own.yaml.txt'), own)
    const event = '{"product":"linux","my":{"outcome":"failed","account":"x"}}'
    const { code, out } = call(
      ...['--rule', 'rules.yml', '--id', 'Failed', '--event', event],
      ...['--pipeline', './own.yaml.txt'],
    )
    expect(out).toContain('pipeline "own"')
    expect(out).toContain('outcome is my.outcome')
    expect(code).toBe(0)
  })

  test('ends with 2 for a rule that is not there, 3 for a wrong call', () => {
    expect(call('--rule', 'rules.yml', '--id', 'None', '--event', '{}').code).toBe(2)
    expect(call('--rule', 'rules.yml').code).toBe(3)
    expect(
      call('--rule', 'rules.yml', '--id', 'Failed', '--event', 'events.ndjson', '--index', '9')
        .code,
    ).toBe(3)
  })
})
