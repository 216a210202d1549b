// Audit events as go-libaudit joins them, and Sigma's rules for Linux on joined events.
import { beforeAll, describe, expect, test } from 'bun:test'
import { basename } from 'node:path'
import { readRuleFolder } from '../../ci/rule-files.ts'
import { createFramer, type Frame } from '../../parsers/frames.ts'
import { normalise } from '../../parsers/normalise.ts'
import { compileMatcher, type Matcher } from '../../sigma/eval/matcher.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import { corpusFolder } from './corpus.ts'

const OPTIONS = { now: 0, received: 0, timeZone: 'UTC', newest: Number.MAX_SAFE_INTEGER }
const libaudit = await corpusFolder('go-libaudit')
const sigmahq = await corpusFolder('sigmahq')

function joined(text: string): readonly string[] {
  const out: Frame[] = []
  const framer = createFramer()
  for (const [index, line] of text.split('\n').entries()) framer.line(line, index, out)
  framer.end(out)
  return out.map((frame) => frame.text)
}

interface Golden {
  readonly test_name: string
  readonly event: {
    readonly '@timestamp': string
    readonly sequence: number
    readonly result?: string
    readonly process?: {
      readonly pid?: string
      readonly exe?: string
      readonly args?: readonly string[]
    }
    readonly data?: Readonly<Record<string, string>>
  }
}

describe.skipIf(libaudit === undefined)('events that go-libaudit joins', () => {
  const root = `${libaudit}/aucoalesce/testdata`
  const files =
    libaudit === undefined ? [] : [...new Bun.Glob('*.yaml').scanSync({ cwd: root })].sort()

  test.each(files)('%s', async (file) => {
    const cases = Bun.YAML.parse(await Bun.file(`${root}/${file}`).text()) as {
      readonly tests: Readonly<Record<string, string>>
    }
    const goldens = (await Bun.file(
      `${root}/${basename(file, '.yaml')}.json.golden`,
    ).json()) as readonly Golden[]
    expect(goldens.length).toBeGreaterThan(0)
    for (const { test_name: name, event: expected } of goldens) {
      const texts = joined(cases.tests[name]!)
      expect([name, texts.length]).toEqual([name, 1])
      const got = normalise(texts[0]!, OPTIONS)
      expect(got.parser).toBe('auditd')
      expect(got.fields.serial).toBe(String(expected.sequence))
      expect(got.time).toBe(Date.parse(expected['@timestamp']))
      const { result, process: run, data } = expected
      if (result === 'success') expect([name, got.pivots.outcome]).toEqual([name, 'success'])
      if (result === 'fail') expect([name, got.pivots.outcome]).toEqual([name, 'failure'])
      if (run?.exe !== undefined) expect([name, got.pivots.process]).toEqual([name, run.exe])
      if (run?.pid !== undefined) expect([got.fields.pid].flat()).toContain(run.pid)
      if (run?.args !== undefined && got.fields.argc !== undefined) {
        expect(got.fields.CommandLine).toBe(run.args.join(' '))
      }
      if (data?.syscall !== undefined && got.fields.SYSCALL !== undefined) {
        expect([name, got.fields.SYSCALL]).toEqual([name, data.syscall])
      }
    }
  })
})

describe.skipIf(sigmahq === undefined)('Sigma’s rules for Linux', () => {
  let rules: readonly LoadedRule[]
  let matcher: Matcher
  beforeAll(async () => {
    rules = (await readRuleFolder([`${sigmahq}/rules/linux`])).rules
    matcher = compileMatcher(rules)
  })

  const STAMP = 'msg=audit(1763632800.250:77):'
  const executed = (exe: string, ...words: readonly string[]) =>
    [
      `type=SYSCALL ${STAMP} arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 ppid=1 pid=2 uid=0 comm="x" exe="${exe}"`,
      `type=EXECVE ${STAMP} argc=${words.length} ${words.map((word, at) => `a${at}="${word}"`).join(' ')}`,
    ].join('\n')

  test.each([
    ['Suspicious Commands Linux', executed('/usr/bin/chmod', 'chmod', '777', '/tmp/x')],
    ['Chmod Targeting Sensitive Directories', executed('/usr/bin/chmod', 'chmod', '+x', '/tmp/x')],
    ['System Information Discovery - Auditd', executed('/usr/bin/uname', 'uname', '-a')],
    [
      'Modification of ld.so.preload',
      `type=SYSCALL ${STAMP} arch=c000003e syscall=257 success=yes exe="/bin/vi"\ntype=PATH ${STAMP} item=1 name="/etc/ld.so.preload" nametype=CREATE`,
    ],
    [
      'Special File Creation via Mknod Syscall',
      `type=SYSCALL ${STAMP} arch=c000003e syscall=133 success=yes exe="/usr/bin/mknod"`,
    ],
    [
      'Disable System Firewall',
      `type=SERVICE_STOP ${STAMP} pid=1 uid=0 msg='unit=ufw comm="systemd" exe="/lib/systemd/systemd" res=success'`,
    ],
  ])('%s', (title, text) => {
    const fired = matcher.match(normalise(text, OPTIONS)).map((index) => rules[index]!.title)
    expect([...fired]).toContain(title)
  })
})
