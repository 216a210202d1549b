import { describe, expect, test } from 'bun:test'
import { evaluate } from '../../sigma/eval/evaluate.ts'
import { loadRules } from '../../sigma/load.ts'
import { importSimpleRules } from './simple-rules.ts'

const HEAD = 'id: ssh-fail\nname: Failed SSH\nseverity: warning\nsource: sshd\nmitre: T1110.001\n'

function holds(conditions: string, fields: Record<string, string>): boolean {
  const { rules, diagnostics } = importSimpleRules(`${HEAD}${conditions}`, 'r.yml')
  expect(diagnostics).toEqual([])
  const loaded = loadRules([{ path: rules[0]!.file, text: rules[0]!.text }])
  expect(loaded.refused).toEqual([])
  return evaluate(loaded.rules[0]!.expr, {
    ...{ time: 0, source: '', message: '', raw: '', pivots: {}, fields },
    logsource: { category: [], service: [], closed: false },
  })
}

describe('importing simple rules', () => {
  test.each([
    [
      'contains',
      'conditions: [{field: a, op: contains, value: x*y}]',
      { a: '1x*y2' },
      { a: 'xzy' },
    ],
    ['contains as a key', 'condition: {field: a, contains: [x, y]}', { a: 'ay' }, { a: 'b' }],
    ['equals', 'condition: {equals: {a: x, b: y}}', { a: 'X', b: 'y' }, { a: 'x', b: 'z' }],
    ['regex', 'condition: {field: a, regex: "^x+$"}', { a: 'xx' }, { a: 'xy' }],
    [
      'any',
      'condition: {any: [{field: a, equals: x}, {field: b, equals: y}]}',
      { b: 'y' },
      { a: 'y', b: 'x' },
    ],
    [
      'all',
      'condition: {all: [{field: a, equals: x}, {field: b, equals: y}]}',
      { a: 'x', b: 'y' },
      { a: 'x' },
    ],
    [
      'all within any, and not',
      'condition: {any: [{all: [{field: a, equals: x}, {not: {field: b, equals: y}}]}, {field: c, contains: z}]}',
      { a: 'x', b: 'n' },
      { a: 'x', b: 'y' },
    ],
    [
      'any of one condition that is no list',
      'condition: {any: {field: a, equals: x}}',
      { a: 'x' },
      { field: 'a', equals: 'x' },
    ],
    [
      'all of one condition that is no list',
      'condition: {all: {field: a, contains: x}}',
      { a: 'yx' },
      { field: 'a', contains: 'x' },
    ],
    ['every word of one field', 'condition: {field: a, all: [x, y]}', { a: 'yx' }, { a: 'x' }],
  ])('%s', (_, conditions, yes, no) => {
    expect(holds(conditions, yes)).toBe(true)
    expect(holds(conditions, no as Record<string, string>)).toBe(false)
  })

  test('keeps what a rule says of itself', () => {
    const { rules } = importSimpleRules(`${HEAD}condition: {field: a, equals: x}`, 'r.yml')
    const [rule] = loadRules([{ path: 'r.yml', text: rules[0]!.text }]).rules
    expect(rule).toMatchObject({
      title: 'Failed SSH',
      level: 'medium',
      logsource: { service: 'sshd' },
      tags: ['attack.t1110.001'],
    })
    expect(rules[0]!.file).toBe('failed_ssh.yml')
  })

  test.each([
    [
      'rules:\n  - {name: a, source: s, condition: {field: a, equals: x}}\n  - name: b\n    source: s\n',
      3,
    ],
    ['- {name: a}\n- {name: b}\n', 1],
    ['name: a\nsource: s\ncondition: {field: a, equals: x}\n---\nname: b\n', 5],
  ])('a refusal names the line of its rule: %j', (text, line) => {
    expect(importSimpleRules(text, 'r.yml').diagnostics[0]).toMatchObject({ line })
  })

  test('a title of no Latin letters has a file of its own', () => {
    const files = ['侵入', '攻撃'].map(
      (title) =>
        importSimpleRules(`title: ${title}\nsource: s\ncondition: {field: a, equals: x}`, 'r.yml')
          .rules[0]!.file,
    )
    for (const file of files) expect(file).toMatch(/^rule_[0-9a-f]{8}\.yml$/)
    expect(new Set(files).size).toBe(2)
  })

  test.each([
    ['an unknown operator', `${HEAD}condition: {field: a, sounds_like: x}`, 'import-condition'],
    ['an unknown key', `${HEAD}condition: {field: a, equals: x}\nwindow: 5m`, 'import-unknown-key'],
    ['no log source', 'name: n\ncondition: {field: a, equals: x}', 'import-logsource'],
    [
      'an unknown severity',
      'name: n\nsource: s\nseverity: bad\ncondition: {field: a, equals: x}',
      'import-severity',
    ],
    [
      'a field whose name Sigma would read as modifiers',
      `${HEAD}condition: {field: "a|re", equals: x}`,
      'import-condition',
    ],
    ['no value at all', `${HEAD}condition: {field: a, equals: []}`, 'import-condition'],
    ['a regex that cannot run', `${HEAD}condition: {field: a, regex: "x(?!y)"}`, 'import-refused'],
    [
      'a number for contains of nothing',
      `${HEAD}condition: {field: a, contains: null}`,
      'import-refused',
    ],
    ['broken YAML', 'name: [', 'yaml-syntax'],
  ])('refuses %s', (_, text, code) => {
    expect(importSimpleRules(text, 'r.yml').diagnostics.map((one) => one.code)).toEqual([code])
  })
})
