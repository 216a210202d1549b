// Every rule of SigmaHQ for a cloud product finds the fields it asks for in events of that log source, as the
// parsers make them of what the vendors document. Fields that no log has are named here with the reason.
import { describe, expect, test } from 'bun:test'
import * as samples from '../../parsers/cloud.samples.ts'
import { type NormaliseOptions, normalise } from '../../parsers/normalise.ts'
import { ruleAccepts } from '../../sigma/eval/routing.ts'
import { fieldValues } from '../../sigma/eval/values.ts'
import { parseRules } from '../../sigma/parse/rules.ts'
import type { DetectionNode, SigmaRule } from '../../sigma/rule.ts'
import { corpusFolder } from './corpus.ts'

const root = await corpusFolder('sigmahq')
const TIMEOUT_MS = 60_000
const OPTIONS: NormaliseOptions = { now: 0, received: 0, timeZone: 'UTC', newest: 8e15 }
const PRODUCTS: ReadonlySet<string> = new Set([
  ...['aws', 'azure', 'gcp', 'github', 'kubernetes', 'm365', 'okta'],
])

/** Fields that rules name and that no log of the source has. */
const NOWHERE: ReadonlySet<string> = new Set([
  // Written in prose by the rule: a count, a day, a place to be filled in by whoever runs it.
  ...['signinlogs Count', 'signinlogs Date'],
  // Made by geo enrichment that the rule presumes.
  'cloudtrail src_country',
])

const events = Object.values(samples).map((sample) => normalise(JSON.stringify(sample), OPTIONS))

async function rules(): Promise<readonly SigmaRule[]> {
  const paths = [...new Bun.Glob('rules*/**/*.yml').scanSync({ cwd: root! })].sort()
  const texts = await Promise.all(paths.map((path) => Bun.file(`${root}/${path}`).text()))
  return texts
    .flatMap((text) => parseRules(text, { path: '' }).documents)
    .flatMap(({ value }) => (value?.kind === 'rule' ? [value] : []))
}

function fieldsOf(node: DetectionNode): readonly string[] {
  if (node.kind === 'keywords') return []
  if (node.kind === 'list') return node.nodes.flatMap(fieldsOf)
  return node.items.flatMap(({ field }) => (field === undefined || field === '' ? [] : [field]))
}

describe('SigmaHQ', () => {
  test.skipIf(root === undefined)(
    'its cloud rules see their fields',
    async () => {
      const unseen = new Set<string>()
      let asked = 0
      for (const rule of await rules()) {
        const { logsource } = rule
        if (!PRODUCTS.has(logsource.product ?? '')) continue
        const own = events.filter((event) => ruleAccepts(logsource, event.logsource))
        for (const field of [...rule.detection.selections.values()].flatMap(fieldsOf)) {
          asked++
          const isSeen = own.some((event) => fieldValues(event.fields, field).length > 0)
          const name = `${logsource.service} ${field}`
          if (!isSeen && !NOWHERE.has(name)) unseen.add(name)
        }
      }
      expect([...unseen].sort()).toEqual([])
      expect(asked).toBeGreaterThan(400)
    },
    TIMEOUT_MS,
  )
})
