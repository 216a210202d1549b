// The commands as they are called: exit codes, formats, changes only.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A machine that does other things as well takes its time, milliseconds. */
setDefaultTimeout(60_000)

const TRAPLINE = new URL('../trapline.ts', import.meta.url).pathname
const RULE = `title: Root Shell
id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f
status: test
description: Detects a shell of root, to be looked at.
references:
    - https://example.org/report
author: Blue Team
date: 2026-01-31
tags:
    - attack.persistence
    - attack.t1505.003
logsource:
    category: process_creation
    product: linux
detection:
    selection:
        Image|endswith: /sh
        User: root
    condition: selection
falsepositives:
    - Unlikely
level: high
`
const TESTS = `tests:
    - name: root
      match: true
      events:
          - fields: {Image: /bin/sh, User: root}
    - name: other
      match: false
      events:
          - fields: {Image: /bin/sh, User: toor}
`

let folder: string

function call(...args: string[]) {
  const run = Bun.spawnSync([process.execPath, TRAPLINE, ...args], { cwd: folder })
  return { code: run.exitCode, out: run.stdout.toString(), err: run.stderr.toString() }
}

function git(...args: string[]) {
  const own = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false']
  const run = Bun.spawnSync(['git', ...own, ...args], { cwd: folder })
  if (run.exitCode !== 0) throw new Error(run.stderr.toString())
}

async function write(path: string, text: string) {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await Bun.write(join(folder, path), text)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trapline-check-'))
  await write('detections/proc_creation_lnx_root_shell.yml', RULE)
  await write('detections/proc_creation_lnx_root_shell.test.yml', TESTS)
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'first')
})

afterAll(() => rm(folder, { recursive: true }))

describe('trapline check', () => {
  test('ends with 0 where there is nothing to say', () => {
    expect(call('check')).toMatchObject({ code: 0, out: '2 files: no findings\n' })
  })

  test('ends with 1 for a warning, 0 where only errors count', async () => {
    await write(
      'more/proc_creation_lnx_two.yml',
      RULE.replace('e5f\n', 'e60\n').replace('Shell', 'Shell  Two'),
    )
    expect(call('check', 'more').code).toBe(1)
    expect(call('check', 'more', '--fail-on', 'error').code).toBe(0)
    expect(call('check', 'more', '--disable', 'title-untrimmed').code).toBe(0)
  })

  test('ends with 2 for a rule that cannot run, and says where', async () => {
    await write('bad/proc_creation_lnx_bad.yml', RULE.replace('endswith', 'endwith'))
    const { code, out } = call('check', 'bad')
    expect(code).toBe(2)
    expect(out).toContain('bad/proc_creation_lnx_bad.yml:17:9: error: ')
    expect(out).toContain('did you mean endswith?')
  })

  test.each(['filters/one.yml', 'pipelines/one.yml', 'correlations/one.yml'])(
    '%s lies where no server looks',
    async (path) => {
      await write(path, RULE.replace('e5f\n', 'e61\n').replace('Root Shell', 'Root Shell There'))
      const { code, out } = call('check')
      await rm(join(folder, path.split('/')[0]!), { recursive: true })
      expect([code, out]).toEqual([
        2,
        expect.stringContaining(`${path}:1:1: error: no server loads`),
      ])
    },
  )

  test('ends with 2 for what is not of its schema', async () => {
    await write(
      'hunts/one.yml',
      `title: Hunt\nid: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f\nquery: user=root\nscheduled: 1h\n`,
    )
    const { code, out } = call('check', 'hunts')
    expect(code).toBe(2)
    expect(out).toContain(
      'hunts/one.yml:4:1: error: unknown key scheduled, did you mean schedule? [schema]',
    )
    await rm(join(folder, 'hunts'), { recursive: true })
  })

  test('ends with 3 for a wrong call, path or setting', async () => {
    expect(call('check', '--format', 'xml').code).toBe(3)
    expect(call('check', 'nowhere').code).toBe(3)
    expect(call('check', '--nonsense').code).toBe(3)
    expect(call('check', '--disable', 'tag-duplicat').err).toContain('did you mean tag-duplicate?')
    expect(call('check', '--base', 'no-such-branch').code).toBe(3)
    await write('trapline.yml', 'lint: {disabled: []}\n')
    expect(call('check').code).toBe(3)
    await rm(join(folder, 'trapline.yml'))
  })

  test.each([
    ['backtests: {}', 'Unrecognized key: "backtests"'],
    ['backtest: {max_new: 1}', 'backtest: Unrecognized key: "max_new"'],
    ['tests: {require: some}', 'tests.require: '],
  ])('ends with 3 where trapline.yml says %s, whoever reads that part', async (text, words) => {
    await write('trapline.yml', `${text}\n`)
    const { code, err } = call('check')
    await rm(join(folder, 'trapline.yml'))
    expect([code, err]).toEqual([3, expect.stringContaining(words)])
  })

  test('coverage names rules that cannot run, and ends with 2', async () => {
    await write('half/proc_creation_lnx_bad.yml', RULE.replace('endswith', 'endwith'))
    await write('half/proc_creation_lnx_good.yml', RULE.replace('e5f\n', 'e63\n'))
    const { code, out } = call('coverage', 'half')
    await rm(join(folder, 'half'), { recursive: true })
    expect([code, out]).toEqual([2, expect.stringContaining('did you mean endswith?')])
    expect(out).toContain('1 rule covers')
  })

  test.each(['json', 'sarif'])('prints %s that parses', (format) => {
    expect(() => JSON.parse(call('check', '--format', format).out)).not.toThrow()
  })
})

describe('trapline check --base', () => {
  test('reports on what changed, and on references that the change broke', async () => {
    const correlation = `title: Many Root Shells
id: 0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111
correlation:
    type: event_count
    rules:
        - 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f
    group-by:
        - host
    timespan: 5m
    condition:
        gte: 10
level: high
`
    await write('detections/many_root_shells.yml', correlation)
    await write(
      'detections/old_rule.yml',
      RULE.replace('e5f\n', 'e61\n').replace('Root Shell', 'Old Rule'),
    )
    git('add', 'detections')
    git('commit', '-qm', 'second')
    expect(call('check', '--base', 'HEAD').out).toBe('0 files: no findings\n')
    const moved = RULE.replace('e5f\n', 'e62\n').replace('date: 2026-01-31', 'date: 2026/01/31')
    await write('detections/proc_creation_lnx_root_shell.yml', moved)
    const { code, out } = call('check', '--base', 'HEAD')
    expect(code).toBe(2)
    expect(out).toContain('[date-format]')
    expect(out).toContain('many_root_shells.yml:6:11: error: there is no rule with the id or name')
    expect(out).not.toMatch(/^detections\/old_rule/m)
    for (const path of ['./detections', join(folder, 'detections')]) {
      expect(call('check', path, '--base', 'HEAD').out).toBe(out)
    }
    git('checkout', '-q', '.')
  })
})

describe('trapline lint --fix', () => {
  test('mends the files and says how much', async () => {
    await write(
      'fix/proc_creation_lnx_fix.yml',
      RULE.replace('attack.t1505.003', 'attack.T1505.003   # kept'),
    )
    const { code, out } = call('lint', 'fix', '--fix')
    expect(code).toBe(0)
    expect(out).toContain('1 mended')
    const text = await Bun.file(join(folder, 'fix/proc_creation_lnx_fix.yml')).text()
    expect(text).toBe(RULE.replace('attack.t1505.003', 'attack.t1505.003   # kept'))
  })

  test('lists and explains checks', () => {
    expect(call('lint', '--list').out.split('\n').length).toBeGreaterThan(200)
    expect(call('lint', '--explain', 'wildcard-escaped').out).toContain(
      'wildcard-escaped (warning)',
    )
    expect(call('lint', '--explain', 'nonsense').code).toBe(3)
  })
})

describe('trapline test', () => {
  test('runs exemplars of the rule beside the file of tests', async () => {
    await write(
      'own/one.yml',
      `${RULE}rsigma.exemplars:\n  - {name: wrong, expect: match, event: {User: toor}}\n`,
    )
    const { code, out } = call('test', 'own')
    expect(code).toBe(1)
    expect(out).toContain('FAIL wrong: expected at least one match, none came')
  })

  test('asks for tests of stable rules; old ones may wait until a day', async () => {
    await write('stable/one.yml', RULE.replace('status: test', 'status: stable'))
    expect(call('test', 'stable')).toMatchObject({
      code: 1,
      out: expect.stringContaining('[test-missing]'),
    })
    expect(call('test', 'stable', '--require', 'none').code).toBe(0)
    await write('trapline.yml', 'tests: {untested: [{path: stable/one.yml, until: 2999-01-01}]}\n')
    expect(call('test', 'stable').code).toBe(0)
    await write('trapline.yml', 'tests: {untested: [{path: stable/one.yml, until: 2020-01-01}]}\n')
    expect(call('test', 'stable').out).toContain('ran out on 2020-01-01')
    await rm(join(folder, 'trapline.yml'))
  })

  test('prints JUnit that parses', () => {
    expect(() => Bun.XML.parse(call('test', '--format', 'junit').out)).not.toThrow()
  })
})

describe('parsers', () => {
  test('raw events of tests are read with the content’s own tables, and again when those change', async () => {
    const rule = RULE.replace('product: linux', 'product: okta').replace(
      'Image|endswith: /sh',
      'own: x',
    )
    const own = rule.replace('    category: process_creation\n', '').replace('e5f\n', 'e70\n')
    await write('detections/okta.yml', own.replace('        User: root\n', ''))
    await write(
      'detections/okta.test.yml',
      'tests:\n    - name: own\n      match: true\n      events: [{raw: \'{"eventType":"a","more":{"own":"x"}}\', source: okta}]\n',
    )
    const test = () => call('test', '--base', 'HEAD', '--format', 'json')
    const without = test()
    const table =
      'name: okta\ntitle: Okta\nproduct: okta\nrecognise: [{has: [eventType]}]\nlogsources: [{service: [okta]}]\nfields: {own: [more.own]}\n'
    await write('parsers/mappings/okta.yml', table)
    const passes = test()
    const all = JSON.parse(passes.out).tests.length
    await write('parsers/mappings/okta.yml', 'name: okta\n')
    const broken = test()
    for (const path of ['parsers', 'detections/okta.yml', 'detections/okta.test.yml'])
      await rm(join(folder, path), { recursive: true })
    expect([without.code, passes.code, all]).toEqual([1, 0, 3])
    expect([broken.code, broken.err]).toEqual([3, expect.stringContaining('okta.yml:1:1: ')])
  })

  test('a wrong mapping table stops, and is found where it is wrong', async () => {
    await write(
      'parsers/mappings/okta.yml',
      'name: okta\ntitle: Okta\nproduct: okta\npivots: {usr: [a]}\n',
    )
    const run = call('check')
    await rm(join(folder, 'parsers'), { recursive: true })
    expect(run.out).toContain('parsers/mappings/okta.yml:4:10')
    expect(run.out).toContain('usr is no column')
    expect(run.code).toBe(2)
  })
})
