// The lanes: 90,000 events whose matches another engine computed, with and without log source routing. Ours
// must be the same sets; a difference would have to be listed here and explained in docs/engine.md.
import { beforeAll, describe, expect, test } from 'bun:test'
import { readRuleFolder } from '../../ci/rule-files.ts'
import { packRuleSet, unpackRuleSet } from '../../ci/rule-set.ts'
import { normalise } from '../../parsers/normalise.ts'
import { evaluate } from '../../sigma/eval/evaluate.ts'
import { compileMatcher, createMatcher, type Matcher } from '../../sigma/eval/matcher.ts'
import { ruleAccepts } from '../../sigma/eval/routing.ts'
import type { SigmaEvent } from '../../sigma/event.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import { corpusFolder } from './corpus.ts'

const LANES = [
  'cisco_syslog',
  'correlation',
  'low_match',
  'match_heavy',
  'mixed_schema',
  'no_match',
  'raw_windows',
  'structured_windows',
  'sysmon_file_event',
]
const RULE_SETS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting']
/** Events of each lane that the reference evaluator runs every rule on; it takes milliseconds for each. */
const REFERENCE_EVENTS = Number(process.env.REFERENCE_EVENTS ?? 12)

const lanes = await corpusFolder('lanes')
const sigmahq = await corpusFolder('sigmahq')
const describeCorpus = describe.skipIf(lanes === undefined || sigmahq === undefined)

async function unzip(path: string): Promise<string[]> {
  const text = new TextDecoder().decode(Bun.gunzipSync(await Bun.file(path).bytes()))
  return text.split('\n').filter((line) => line !== '')
}

async function eventsOf(lane: string): Promise<SigmaEvent[]> {
  const options = { now: 0, received: 0, timeZone: 'UTC' }
  return (await unzip(`${lanes}/${lane}.ndjson.gz`)).map((line) => normalise(line, options))
}

describeCorpus('the lanes', () => {
  let rules: readonly LoadedRule[]
  let matchers: Record<'routed' | 'open' | 'kept', Matcher>
  let plain: Matcher

  beforeAll(async () => {
    const set = await readRuleFolder(RULE_SETS.map((name) => `${sigmahq}/${name}`))
    rules = set.rules
    matchers = {
      routed: compileMatcher(rules),
      open: compileMatcher(rules, { routing: false }),
      kept: createMatcher(unpackRuleSet(packRuleSet(set)).compiled()),
    }
    plain = compileMatcher(rules, { memo: false })
  }, 60_000)

  describe.each(LANES)('%s', (lane) => {
    test.each([
      ['routed', 'routed'],
      ['open', 'open'],
      ['kept', 'routed'],
    ] as const)('%s matches are those expected', async (mode, as) => {
      const expected = await unzip(`${lanes}/expected/${lane}.${as}.tsv.gz`)
      const found = (await eventsOf(lane)).flatMap((event, index) =>
        matchers[mode].match(event).map((rule) => `${index}\t${rules[rule]!.id}`),
      )
      expect(found.sort()).toEqual(expected.sort())
    })

    test('the matcher agrees with the reference evaluator on every rule', async () => {
      const events = await eventsOf(lane)
      const step = Math.ceil(events.length / REFERENCE_EVENTS)
      for (let i = 0; i < events.length; i += step) {
        const event = events[i]!
        const holding = rules.flatMap((rule, index) =>
          ruleAccepts(rule.logsource, event.logsource) && evaluate(rule.expr, event) ? [index] : [],
        )
        expect(matchers.routed.match(event)).toEqual(holding)
        expect(plain.match(event)).toEqual(holding)
      }
    })
  })
})
