import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fillLine, parseScenario, planScenario } from './scenario-file.ts'

const folder = join(import.meta.dir, '../../scripts/scenarios')
const minimal = `
title: T
description: D
techniques: [T1110.001]
values: { who: [a, b] }
steps:
  - source: linux_auth
    repeat: 3
    every: 2s
    lines: ['{{who}} {{n}} {{time_syslog}}', 'second {{hex 4}}']
  - after: 500ms
    source: dns
    lines: ['end']
`

test.each(readdirSync(folder))('%s is a scenario', (name) => {
  expect(parseScenario(readFileSync(join(folder, name), 'utf8'))).not.toHaveProperty('problem')
})

test.each(readdirSync(folder))('%s leaves no placeholder in what it sends', (name) => {
  const scenario = parseScenario(readFileSync(join(folder, name), 'utf8'))
  if ('problem' in scenario) throw new Error(scenario.problem)
  const filling = { time: new Date(0), random: () => 0.5 }
  for (const line of planScenario(scenario))
    expect(fillLine(line, scenario.values, filling)).not.toMatch(/\{\{\w/)
})

test('lines are planned with pauses and filled in turn', () => {
  const scenario = parseScenario(minimal)
  if ('problem' in scenario) throw new Error(scenario.problem)
  const plan = planScenario(scenario)
  expect(plan.map((line) => line.offset_ms)).toEqual([0, 0, 2000, 2000, 4000, 4000, 4500])
  const filling = { time: new Date('2026-01-05T03:04:05Z'), random: () => 0.99 }
  const lines = plan.map((line) => fillLine(line, scenario.values, filling))
  expect(lines.slice(0, 4)).toEqual([
    'a 0 Jan  5 03:04:05',
    'second ffff',
    'b 1 Jan  5 03:04:05',
    'second ffff',
  ])
})

test.each([
  ['an unknown placeholder', minimal.replace('{{who}}', '{{whom}}'), 'whom'],
  ['arguments of the wrong shape', minimal.replace('{{hex 4}}', '{{int 4}}'), 'int 4'],
  ['a placeholder that is misspelt', minimal.replace('{{n}}', '{{ n }}'), '{{ n }}'],
  ['too many lines', minimal.replace('repeat: 3', 'repeat: 20000'), 'at most'],
  ['a scenario without end', minimal.replace('every: 2s', 'every: 59m'), 'longer than'],
  ['a key that is none', minimal.replace('title:', 'titel:'), ''],
  ['a duplicate key', `${minimal}\ntitle: again\n`, 'line 15'],
  ['a YAML bomb', 'a: &a [x]\nb: &b [*a, *a]\n', 'lias'],
])('%s is refused', (_, text, part) => {
  const parsed = parseScenario(text)
  expect('problem' in parsed && parsed.problem).toContain(part)
})
