// What a version of a rule costs to run: its condition on events of the replay, alone, without any memo.
import type { Event } from '../../parsers/event.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import type { LoadedRule } from '../../sigma/rule.ts'

/** Events kept for timing. */
export const COST_SAMPLE_MAX = 2_000
const ROUNDS = 5
/** Events of one round: fewer are run again and again, or a cold start would be measured. */
const ROUND_EVENTS_MIN = 2_000
const PER_EVENTS = 100_000

/** Milliseconds of one core per 100,000 events like the sample's; 0 for no rule or no events. */
export function costOf(rule: LoadedRule | undefined, sample: readonly Event[]): number {
  return rule === undefined ? 0 : costOfAll([rule], sample)
}

/** The same of several rules together. */
export function costOfAll(rules: readonly LoadedRule[], sample: readonly Event[]): number {
  if (rules.length === 0 || sample.length === 0) return 0
  const matcher = compileMatcher(rules, { memo: false })
  const turns = Math.ceil(ROUND_EVENTS_MIN / sample.length)
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now()
    for (let turn = 0; turn < turns; turn++) for (const event of sample) matcher.match(event)
    rounds.push(performance.now() - started)
  }
  return (Math.min(...rounds) / (sample.length * turns)) * PER_EVENTS
}
