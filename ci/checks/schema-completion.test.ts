import { describe, expect, test } from 'bun:test'
import { completionsAt } from './completion.ts'
import { lintFacts } from './content.ts'
import { checkSchema } from './schema.ts'

const facts = lintFacts({ today: '2026-11-21' })

/** Labels at `^` in a text. */
function labels(file: string, marked: string): readonly string[] {
  const before = marked.slice(0, marked.indexOf('^')).split('\n')
  const position = { line: before.length - 1, character: before.at(-1)!.length }
  return completionsAt(marked.replace('^', ''), position, facts, file).map(({ label }) => label)
}

describe('completion goes as deep as the schema of a file', () => {
  test.each([
    ['a.test.yml', '^', ['tests']],
    ['a.test.yml', 'tests:\n    - name: one\n      ^', ['match', 'events', 'rule']],
    ['a.test.yml', 'tests:\n    - name: one\n      match: ^', ['true', 'false']],
    [
      'a.test.yml',
      'tests:\n    - name: one\n      logsource:\n          ^',
      ['product', 'category', 'service'],
    ],
    ['hunts/a.yml', 'title: A\nquery: x\n^', ['hypothesis', 'filters', 'schedule']],
    ['hunts/a.yml', 'title: A\nquery: x\nfilters:\n    ^', ['source', 'severity', 'range']],
    ['hunts/a.yml', 'query: x\nsharing: ^', ['team', 'roles', 'private']],
    ['pipelines/a.yml', 'name: a\n^', ['priority', 'transformations']],
    [
      'pipelines/a.yml',
      'name: a\ntransformations:\n    - id: x\n      ^',
      ['type', 'rule_conditions', 'mapping'],
    ],
    [
      'pipelines/a.yml',
      'name: a\ntransformations:\n    - id: x\n      type: ^',
      ['field_name_mapping', 'add_condition'],
    ],
    ['filters/a.yml', 'title: A\nfilter:\n    ^', ['rules', 'condition']],
    ['trapline.yml', '^', ['lint', 'tests', 'backtest']],
    ['trapline.yml', 'tests:\n    require: ^', ['none', 'stable', 'all']],
    ['trapline.yml', 'lint:\n    severity:\n        ^', ['field-unknown', 'test-missing']],
  ])('%s %j', (file, text, wanted) => {
    expect(labels(file, text)).toEqual(expect.arrayContaining(wanted))
  })

  test('rules keep their own', () => {
    expect(labels('a.yml', 'title: A\nlogsource:\n    ^')).toContain('product')
    expect(labels('a.yml', 'title: A\n^')).toContain('detection')
  })
})

describe('trapline.yml is held to its schema', () => {
  test.each([
    ['lint: {disable: [field-case], severity: {field-case: info}}', []],
    ['lint: {severity: {field-case: loud}}', ['must be one of error, warning, info, off']],
    ['tests: {requires: all}', ['unknown key requires']],
    ['backtest: {max_cardinality: 0}', ['must be >= 1']],
  ])('%s', (text, messages) => {
    const found = checkSchema({ path: 'repo/trapline.yml', text })
    expect(found).toHaveLength(messages.length)
    for (const [n, message] of messages.entries()) expect(found[n]!.message).toContain(message)
  })
})
