import { expect, test } from 'bun:test'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { normalise } from '../../parsers/normalise.ts'
import { openRules } from '../ingest/rules.ts'
import { makeCatalogue } from './rule-catalogue.ts'
import { createRules } from './rules.ts'

const RULE = `title: Failed
id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f
name: failed
logsource: {product: linux}
detection: {selection: {result: failed, account|expand: '%watched%'}, condition: selection}
`
const FILTER = `title: Known
logsource: {product: linux}
filter: {rules: [failed], known: {host: lab}, condition: not known}
`

const PIPELINE = `name: own names
priority: 10
transformations:
  - {id: outcome, type: field_name_mapping, mapping: {result: outcome}}
`

test('a rule is explained as it runs: with its filters, lists and pipelines', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trapline-rules-'))
  try {
    await mkdir(join(folder, 'lists'))
    await Bun.write(join(folder, 'rule.yml'), RULE)
    await Bun.write(join(folder, 'known.yml'), FILTER)
    await Bun.write(join(folder, 'lists/watched.txt'), 'ana\n')
    await mkdir(join(folder, 'pipelines'))
    await Bun.write(join(folder, 'pipelines/own.yml'), PIPELINE)
    const options = { now: 0, received: 0, timeZone: 'UTC' }
    const event = normalise(
      '{"product":"linux","outcome":"failed","account":"ana","host":"lab"}',
      options,
    )
    const rules = createRules({ get: async () => [event] }, async () => ({}))
    rules.use(await makeCatalogue(openRules([{ path: folder, overlay: false }]).report))
    const [rule] = rules.list()
    const why = await rules.why(rule!.id, 'any')
    expect(why).toMatchObject({ fires: false, tree: { kind: 'and' }, change: { isProven: true } })
    expect(why.change?.changes.map(({ field }) => field)).toEqual(['host'])
    expect(why.effects).toEqual([
      {
        ...{ kind: 'filter', name: 'Known', number: 1, silences: true },
        changes: ['it asks for: not known'],
      },
      { kind: 'pipeline', name: 'own names', changes: ['result is outcome'] },
      { kind: 'list', name: 'watched', changes: ['%watched% stands for 1 value'] },
    ])
    const leaves = await rules.explain(rule!.id, 'any')
    expect(leaves.map(({ selection, matched }) => [selection, matched])).toEqual([
      ['selection', true],
      ['selection', true],
      ['filter 1: known', true],
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('an event that left by retention is explained from a copy', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trapline-rules-'))
  try {
    await Bun.write(join(folder, 'rule.yml'), RULE.replace(", account|expand: '%watched%'", ''))
    const options = { now: 0, received: 0, timeZone: 'UTC' }
    const event = normalise('{"product":"linux","result":"failed","account":"ana"}', options)
    const rules = createRules({ get: async () => [undefined] }, async () => ({}))
    rules.use(await makeCatalogue(openRules([{ path: folder, overlay: false }]).report))
    const [rule] = rules.list()
    expect(await rules.why(rule!.id, event)).toMatchObject({ fires: true })
    expect(await rules.why(rule!.id, event.id).catch((error) => error.code)).toBe('not-found')
  } finally {
    await rm(folder, { recursive: true })
  }
})
