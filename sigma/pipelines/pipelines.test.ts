import { describe, expect, test } from 'bun:test'
import { evaluate } from '../eval/evaluate.ts'
import type { FieldValue, SigmaEvent } from '../event.ts'
import { loadRules } from '../load.ts'
import { compilePipelines } from '../pipeline/apply.ts'
import { parsePipeline } from '../pipeline/pipeline.ts'

const shipped = async (name: string) => {
  const text = await Bun.file(new URL(`./${name}.yml`, import.meta.url)).text()
  const { pipeline, diagnostics } = parsePipeline(text, `${name}.yml`)
  expect(diagnostics).toEqual([])
  return compilePipelines({ pipelines: [pipeline!] })
}

const rule = (logsource: string, detection: string) => `title: t
id: t
logsource: ${logsource}
detection: {s: ${detection}, condition: s}
`
const event = (fields: Record<string, FieldValue>): SigmaEvent => ({
  ...{ time: 0, source: '', message: '', raw: '', pivots: {}, fields },
  logsource: { category: [], service: [], closed: false },
})

const WINDOWS = '{product: windows, category: process_creation}'
const CMD = "{Image|endswith: '\\cmd.exe', ParentImage|endswith: '\\word.exe'}"

describe('shipped pipelines', () => {
  test.each([
    [
      'ecs',
      WINDOWS,
      CMD,
      { process: { executable: 'C:\\cmd.exe', parent: { executable: 'C:\\word.exe' } } },
    ],
    ['ecs', WINDOWS, '{CallTrace: x}', { winlog: { event_data: { CallTrace: 'x' } } }],
    [
      'ecs',
      '{category: webserver}',
      '{cs-uri-stem: /a, sc-status: 200}',
      { url: { path: '/a' }, http: { response: { status_code: 200 } } },
    ],
    [
      'ocsf',
      WINDOWS,
      CMD,
      {
        class_uid: 1007,
        activity_id: 1,
        process: {
          file: { path: 'C:\\cmd.exe' },
          parent_process: { file: { path: 'D:\\word.exe' } },
        },
      },
    ],
    [
      'windows-audit',
      WINDOWS,
      CMD,
      { EventID: 4688, NewProcessName: 'C:\\cmd.exe', ParentProcessName: 'C:\\word.exe' },
    ],
    [
      'windows-audit',
      WINDOWS,
      '{IntegrityLevel: System}',
      { EventID: 4688, MandatoryLabel: 'S-1-16-16384' },
    ],
    [
      'sysmon-linux',
      '{product: linux, category: process_creation}',
      '{Image|endswith: /bash}',
      { EventID: 1, Image: '/bin/bash' },
    ],
  ])('%s: %s %s', async (name, logsource, detection, fields) => {
    const { rules, refused } = loadRules(
      [{ path: 'r.yml', text: rule(logsource, detection) }],
      await shipped(name),
    )
    expect(refused).toEqual([])
    expect(evaluate(rules[0]!.expr, event(fields as Record<string, FieldValue>))).toBe(true)
    expect(evaluate(rules[0]!.expr, event({}))).toBe(false)
  })

  test('windows-audit refuses what event 4688 cannot say, and changes the log source', async () => {
    const options = await shipped('windows-audit')
    const { refused } = loadRules(
      [{ path: 'r.yml', text: rule(WINDOWS, '{OriginalFileName: a}') }],
      options,
    )
    expect(refused.map(({ reason }) => reason)).toEqual(['pipeline-failure'])
    const { rules } = loadRules([{ path: 'r.yml', text: rule(WINDOWS, '{Image: a}') }], options)
    expect(rules[0]!.logsource).toEqual({ product: 'windows', service: 'security' })
  })

  test.each(['ecs', 'ocsf', 'windows-audit', 'sysmon-linux'])(
    '%s leaves other rules alone',
    async (name) => {
      const text = rule('{product: other}', '{a: b}')
      const plain = loadRules([{ path: 'r.yml', text }])
      const piped = loadRules([{ path: 'r.yml', text }], await shipped(name))
      expect(piped.rules).toEqual(plain.rules)
    },
  )
})
