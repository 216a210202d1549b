// SigmaHQ's regression cases: the recorded events of an attack must fire the rule that was written for it,
// read by the Windows parser from their JSON and from the EVTX file itself.
import { beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { readEvents } from '../../ci/input/read-events.ts'
import { readRuleFolder } from '../../ci/rule-files.ts'
import { normalise } from '../../parsers/normalise.ts'
import { compileMatcher, type Matcher } from '../../sigma/eval/matcher.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import { corpusFolder } from './corpus.ts'

const RULE_SETS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting']
const CASES = 101

interface Case {
  readonly rule: string
  readonly folder: string
}

const sigmahq = await corpusFolder('sigmahq')

/** The rule of a case is the `id` in `rule_metadata`, not the case's own. */
function readCases(): Case[] {
  if (sigmahq === undefined) return []
  const root = `${sigmahq}/regression_data`
  return [...new Bun.Glob('**/info.yml').scanSync({ cwd: root })].sort().map((path) => {
    const info = Bun.YAML.parse(readFileSync(`${root}/${path}`, 'utf8')) as {
      readonly rule_metadata: readonly { readonly id: string }[]
    }
    return { rule: info.rule_metadata[0]!.id, folder: dirname(`${root}/${path}`) }
  })
}

const cases = readCases()

describe.skipIf(sigmahq === undefined)('the regression cases of SigmaHQ', () => {
  let rules: readonly LoadedRule[]
  let matcher: Matcher

  beforeAll(async () => {
    rules = (await readRuleFolder(RULE_SETS.map((set) => `${sigmahq}/${set}`))).rules
    matcher = compileMatcher(rules)
  }, 60_000)

  test('all are here', () => {
    expect(cases).toHaveLength(CASES)
  })

  const both = cases.flatMap((one) =>
    ['json', 'evtx'].map((form) => [one.folder.split('/').at(-1)!, form, one] as const),
  )
  test.each(both)('%s fires its rule from its %s', async (_name, form, { rule, folder }) => {
    const [file] = [...new Bun.Glob(`*.${form}`).scanSync({ cwd: folder })]
    const fired = new Set<string>()
    const options = { now: Date.now(), received: Date.now(), timeZone: 'UTC' }
    for await (const { text } of readEvents(`${folder}/${file}`)) {
      for (const index of matcher.match(normalise(text, options))) fired.add(rules[index]!.id)
    }
    expect([...fired]).toContain(rule)
  })
})
