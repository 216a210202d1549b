import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { normalise } from '../../parsers/normalise.ts'
import { loadRules } from '../../sigma/load.ts'
import { runTest } from '../checks/run-tests.ts'
import { parseTestFile } from '../checks/test-file.ts'
import { redactCases } from './cases.ts'
import { addTests, fixtureFile, testOf } from './fixture.ts'

const NOW = Date.UTC(2026, 10, 20)
const read = (raw: string) => normalise(raw, { now: NOW, received: NOW, timeZone: 'UTC' })
const ruleOf = (detection: string, product = 'windows') => {
  const text = `title: T\nid: 8b4e7d3a-5d0f-4a44-9a0c-5f1f2d7a0001\nlogsource:\n    product: ${product}\ndetection:\n${detection}\n`
  return loadRules([{ path: 'r.yml', text }]).rules[0]!
}
const event = (user: string, command: string) =>
  read(
    JSON.stringify({
      ...{
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        Provider_Name: 'Microsoft-Windows-Sysmon',
      },
      ...{ EventID: 1, Computer: 'ws-0117', User: `ACMECORP\\${user}`, CommandLine: command },
    }),
  )
const passes = (rule: ReturnType<typeof ruleOf>, text: string) =>
  parseTestFile(text, 'r.test.yml').tests.map((one) => runTest(rule, one, one.events!).passed)

describe('redacted cases', () => {
  const rule = ruleOf(
    "    sel:\n        CommandLine|contains: urlcache\n    known:\n        User|endswith: 'svc-intune'\n    condition: sel and not known",
  )

  test('become tests that the rule passes', () => {
    const made = redactCases(rule, [
      { name: 'fires', match: true, events: [event('bob', 'certutil -urlcache')] },
      { name: 'silent', match: false, events: [event('bob', 'certutil -dump')] },
    ])
    expect(made.problems).toEqual([])
    expect(made.kept).toEqual([])
    expect(made.text).not.toContain('bob')
    expect(passes(rule, made.text)).toEqual([true, true])
  })

  test('keep a value that the rule asks for, and say which', () => {
    const made = redactCases(rule, [
      { name: 'silent', match: false, events: [event('svc-intune', 'certutil -urlcache')] },
      { name: 'fires', match: true, events: [event('bob', 'certutil -urlcache')] },
    ])
    expect(made.kept).toEqual([{ kind: 'user', from: 'svc-intune' }])
    expect(made.text).toContain('svc-intune')
    expect(made.text).not.toContain('bob')
    expect(passes(rule, made.text)).toEqual([true, true])
  })

  test('are refused by name where only a secret makes the rule match', () => {
    const needsSecret = ruleOf(
      '    sel:\n        CommandLine|contains: Hunter2\n    condition: sel',
    )
    const made = redactCases(needsSecret, [
      { name: 'fires', match: true, events: [event('bob', 'net user bob Hunter2 /add')] },
    ])
    expect(made.problems.map(({ code }) => code)).toEqual(['redaction-changes-match'])
    expect(made.text).toBe('')
  })

  test('are refused where the rule says otherwise to begin with', () => {
    const made = redactCases(rule, [{ name: 'fires', match: true, events: [event('bob', 'dir')] }])
    expect(made.problems).toMatchObject([{ code: 'case-not-as-said', case: 'fires' }])
  })

  test('of lines as received stay lines', () => {
    const linux = ruleOf(
      "    keywords:\n        - 'Failed password'\n    condition: keywords",
      'linux',
    )
    const line =
      'Nov 20 10:00:00 web01 sshd[12]: Failed password for alice from 8.8.4.4 port 5555 ssh2'
    const made = redactCases(linux, [{ name: 'fires', match: true, events: [read(line)] }])
    expect(made.problems).toEqual([])
    expect(made.text).toContain('host-1 sshd[12]: Failed password for user-1 from 192.0.2.1')
    expect(passes(linux, made.text)).toEqual([true])
  })

  test('whatever the condition asks, what comes out passes or is refused', () => {
    const value = fc.constantFrom('bob', 'ws-0117', 'urlcache', '10.9.8.7', 'Hunter2', 'acmecorp')
    const field = fc.constantFrom('User', 'Computer', 'CommandLine')
    fc.assert(
      fc.property(field, value, fc.boolean(), (name, text, negated) => {
        const asked = ruleOf(
          `    sel:\n        ${name}|contains: '${text}'\n    any:\n        EventID: 1\n    condition: any and ${negated ? 'not ' : ''}sel`,
        )
        const one = event('bob', 'certutil -urlcache http://10.9.8.7/ --password Hunter2')
        const match = runTest(
          asked,
          {
            name: 'x',
            match: true,
            events: testOf({ name: 'x', match: true, events: [one] }).events!,
          },
          testOf({ name: 'x', match: true, events: [one] }).events!,
        ).passed
        const made = redactCases(asked, [{ name: 'x', match, events: [one] }])
        expect(passes(asked, made.text === '' ? 'tests: []' : made.text).every(Boolean)).toBe(true)
        expect(made.tests.length + made.problems.length).toBe(1)
        expect(made.text).not.toContain('Hunter2')
      }),
      { numRuns: 60 },
    )
  })
})

describe('a test file', () => {
  test('is valid and names the rule where asked', () => {
    const text = fixtureFile('some-id', [
      { name: 'n', match: true, because: 'b', events: [event('bob', 'x: "y" #z')] },
    ])
    const { tests, diagnostics } = parseTestFile(text, 'x.test.yml')
    expect(diagnostics).toEqual([])
    expect(tests[0]).toMatchObject({ name: 'n', match: true, because: 'b', rule: 'some-id' })
  })

  test('keeps its comments when tests are added', () => {
    const before =
      '# why\ntests:\n    - name: a # first\n      match: false\n      events:\n          - fields: {a: 1}\n'
    const after = addTests(before, [
      testOf({ name: 'b', match: true, events: [event('bob', 'x')] }),
    ])
    expect(after).toContain('# why')
    expect(after).toContain('# first')
    expect(parseTestFile(after, 'x.test.yml').tests.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  test('of several events has their offsets', () => {
    const [one, two] = [event('a', 'x'), { ...event('a', 'y'), time: NOW + 90_000 }]
    const made = testOf({ name: 'n', match: true, events: [{ ...one!, time: NOW }, two!] })
    expect(made.events?.map(({ offset }) => offset)).toEqual(['0s', '90s'])
  })
})
