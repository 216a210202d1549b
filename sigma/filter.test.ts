import { describe, expect, test } from 'bun:test'
import { evaluate } from './eval/evaluate.ts'
import type { SigmaEvent } from './event.ts'
import { exprWithoutFilter } from './filter.ts'
import { loadRules } from './load.ts'

const RULE = `title: shell
id: shell
name: a_shell
logsource: {product: windows, category: process_creation}
detection: {selection: {Image: cmd.exe}, other: {Image: pwsh.exe}, condition: 1 of *}
`
const filter = (rules: string, body: string, logsource = '{product: windows}') =>
  `title: ours\nlogsource: ${logsource}\nfilter: {rules: ${rules}, ${body}}\n`
const admins = 'selection: {User|startswith: adm_}, condition: not selection'
const load = (...texts: string[]) => loadRules([{ path: 'f.yml', text: texts.join('---\n') }])

const event = (fields: Record<string, string>): SigmaEvent => ({
  time: 0,
  source: '',
  logsource: { category: [], service: [], closed: false },
  pivots: {},
  message: '',
  fields,
  raw: '',
})

describe('filters', () => {
  test.each([
    ['any', true],
    ['[shell]', true],
    ['[a_shell]', true],
    ['[other]', false],
  ])('with rules: %s', (rules, applies) => {
    const { rules: loaded, filters, diagnostics } = load(RULE, filter(rules, admins))
    const [rule] = loaded
    expect(evaluate(rule!.expr, event({ Image: 'cmd.exe', User: 'adm_eve' }))).toBe(!applies)
    expect(evaluate(rule!.expr, event({ Image: 'cmd.exe', User: 'eve' }))).toBe(true)
    expect(evaluate(rule!.expr, event({ Image: 'calc.exe', User: 'eve' }))).toBe(false)
    expect(filters[0]?.applied).toEqual(applies ? ['shell'] : [])
    expect(diagnostics.some(({ code }) => code === 'filter-unused')).toBe(!applies)
  })

  test("the log source must be the filter's in every key that it names", () => {
    const applied = (logsource: string) =>
      load(RULE, filter('any', admins, logsource)).filters[0]?.applied.length
    expect(applied('{category: Process_Creation}')).toBe(1)
    expect(applied('{product: linux}')).toBe(0)
    expect(applied('{product: windows, service: sysmon}')).toBe(0)
  })

  test('several are joined, and explain themselves by selection', () => {
    const hosts = filter('any', 'selection: {Computer: build-1}, condition: not 1 of selection*')
    const [rule] = load(RULE, filter('any', admins), hosts).rules
    expect([...rule!.selections.keys()]).toEqual([
      'selection',
      'other',
      'filter 1: selection',
      'filter 2: selection',
    ])
    expect(rule!.conditionText).toBe('((1 of *) and (not selection)) and (not 1 of selection*)')
    expect(evaluate(rule!.expr, event({ Image: 'cmd.exe', Computer: 'build-1' }))).toBe(false)
    expect(evaluate(rule!.expr, event({ Image: 'cmd.exe', Computer: 'x' }))).toBe(true)
  })

  test.each([
    [1, 'adm_eve', 'x', true],
    [1, 'eve', 'build-1', false],
    [2, 'adm_eve', 'x', false],
    [2, 'eve', 'build-1', true],
  ])('without filter %p: %s on %s', (number, User, Computer, matches) => {
    const hosts = filter('any', 'selection: {Computer: build-1}, condition: not 1 of selection*')
    const [rule] = load(RULE, filter('any', admins), hosts).rules
    const expr = exprWithoutFilter(rule!, number)!
    expect(evaluate(expr, event({ Image: 'cmd.exe', User, Computer }))).toBe(matches)
    expect(exprWithoutFilter(rule!, 3)).toBeUndefined()
  })
})
