// Every rule of SigmaHQ loads or is refused for a reason counted here. The counts may only get better: a
// change that refuses more rules fails, one that refuses fewer must lower the number.
import { describe, expect, test } from 'bun:test'
import { loadRules } from '../../sigma/load.ts'
import type { LoadedRules, RuleFile } from '../../sigma/rule.ts'
import { corpusFolder } from './corpus.ts'

const root = await corpusFolder('sigmahq')
const TIMEOUT_MS = 60_000
const skipped = test.skipIf(root === undefined)
const withCorpus = (name: string, run: () => Promise<void>) => skipped(name, run, TIMEOUT_MS)

async function filesBelow(folder: string): Promise<RuleFile[]> {
  const paths = [...new Bun.Glob(`${folder}/**/*.yml`).scanSync({ cwd: root! })].sort()
  return Promise.all(
    paths.map(async (path) => ({ path, text: await Bun.file(`${root}/${path}`).text() })),
  )
}

async function load(folders: readonly string[]): Promise<LoadedRules & { files: number }> {
  const files = (await Promise.all(folders.map(filesBelow))).flat()
  return { ...loadRules(files), files: files.length }
}

function countByReason(loaded: LoadedRules): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { reason } of loaded.refused) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}

const RULES = [
  'rules',
  'rules-emerging-threats',
  'rules-threat-hunting',
  'rules-compliance',
  'rules-placeholder',
]

describe('SigmaHQ', () => {
  withCorpus('its rules load, save those with placeholders', async () => {
    const loaded = await load(RULES)
    expect(loaded.files).toBe(3_780)
    expect(loaded.rules.length + loaded.refused.length).toBe(3_780)
    expect(countByReason(loaded)).toEqual({ 'placeholder-unsupported': 25 })
  })

  withCorpus('nothing is said about a rule beside why it is refused', async () => {
    const { refused, diagnostics } = await load(RULES)
    const refusedPaths = new Set(refused.map((rule) => rule.path))
    const unexpected = diagnostics.filter((diagnostic) => !refusedPaths.has(diagnostic.path!))
    expect(unexpected).toEqual([])
    expect(new Set(diagnostics.map((diagnostic) => diagnostic.code))).toEqual(
      new Set(['placeholder-unsupported']),
    )
    for (const { path, line, column } of diagnostics) expect(path && line && column).toBeTruthy()
  })

  withCorpus('deprecated rules load as well', async () => {
    const loaded = await load(['deprecated'])
    expect(countByReason(loaded)).toEqual({
      'aggregation-unsupported': 1,
      'placeholder-unsupported': 3,
    })
    expect(loaded.rules.length).toBe(168)
  })

  withCorpus(
    'unsupported rules are refused by name, or load where single events are enough',
    async () => {
      const loaded = await load(['unsupported'])
      expect(countByReason(loaded)).toEqual({
        'aggregation-unsupported': 54,
        'id-duplicate': 2,
        'unknown-selection': 4,
      })
      expect(loaded.rules.length).toBe(29)
    },
  )
})

describe('the specification', () => {
  withCorpus('its schema tests are read as the documents they are', async () => {
    const folder = (await corpusFolder('sigma-specification'))!
    const kinds: Record<string, number> = {}
    for (const path of new Bun.Glob('tests/**/*.yml').scanSync({ cwd: folder })) {
      const text = await Bun.file(`${folder}/${path}`).text()
      for (const { reason } of loadRules([{ path, text }]).refused)
        kinds[reason] = (kinds[reason] ?? 0) + 1
    }
    expect(kinds).toEqual({ 'correlation-rule-unknown': 8 })
  })
})
