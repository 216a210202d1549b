// Which rules answer otherwise when the same text is read by other tables, and what became of the events.
import type { Event } from '../../parsers/event.ts'
import { compileMatcher, type Matcher } from '../../sigma/eval/matcher.ts'
import type { LoadedRule, LoadedRules } from '../../sigma/rule.ts'
import { dedupKey } from './alert-count.ts'
import { type Difference, differenceOf, type EventPair } from './reread.ts'
import { EXAMPLES_MAX } from './tally.ts'

/** An event that the new tables read otherwise. */
export interface ReadingExample {
  readonly after: Event
  readonly parserBefore: string
  readonly difference: Difference
}

/** What new tables make of events, in counts of events. */
export interface Readings {
  /** Events read by both versions. */
  readonly read: number
  /** Events of which anything differs. */
  readonly changed: number
  readonly parser: number
  readonly logsource: number
  readonly fields: number
  readonly columns: number
  readonly message: number
  readonly time: number
  readonly examples: readonly ReadingExample[]
  /** Ids of rules that match other events, or fold them into other alerts. */
  readonly moved: readonly string[]
}

export interface ReadingsMaker {
  add(pair: EventPair): void
  result(): Readings
}

/** Rules of both versions, as workers take them. */
export interface RuleVersions {
  readonly before: readonly LoadedRule[]
  readonly after: readonly LoadedRule[]
  /** Ids of rules that correlations read: they may group by any field. */
  readonly correlated: ReadonlySet<string>
}

/** All rules that may answer otherwise. */
export function ruleVersions(before: LoadedRules, after: LoadedRules): RuleVersions {
  const inputs = [before, after].flatMap(({ correlations }) =>
    correlations.flatMap((correlation) => correlation.inputs.map(({ id }) => id)),
  )
  return { before: before.rules, after: after.rules, correlated: new Set(inputs) }
}

/** Hears of every event that was read by both versions. */
export function createReadings({ before, after, correlated }: RuleVersions): ReadingsMaker {
  const counts = { read: 0, changed: 0, parser: 0, logsource: 0, message: 0, time: 0 }
  const lists = { fields: 0, columns: 0 }
  const examples: ReadingExample[] = []
  const moved = new Set<string>()
  const [old, now] = [compileMatcher(before), compileMatcher(after)]
  return {
    add: (pair) => {
      counts.read++
      const difference = differenceOf(pair)
      if (difference === undefined) return
      counts.changed++
      for (const name of ['parser', 'logsource', 'message', 'time'] as const)
        if (difference[name]) counts[name]++
      for (const name of ['fields', 'columns'] as const)
        if (difference[name].length > 0) lists[name]++
      if (examples.length < EXAMPLES_MAX)
        examples.push({ after: pair.after, parserBefore: pair.before.parser, difference })
      const was = matched(old, before, pair.before)
      const is = matched(now, after, pair.after)
      for (const id of was.keys()) if (!is.has(id)) moved.add(id)
      for (const [id, rule] of is) {
        const other = was.get(id)
        if (other === undefined || correlated.has(id) || difference.time) moved.add(id)
        else if (dedupKey(other, pair.before) !== dedupKey(rule, pair.after)) moved.add(id)
      }
    },
    result: () => ({ ...counts, ...lists, examples, moved: [...moved] }),
  }
}

/** Readings of several workers as one. */
export function sumOfReadings(all: readonly Readings[]): Readings {
  const sum = (of: (one: Readings) => number) => all.reduce((total, one) => total + of(one), 0)
  return {
    read: sum(({ read }) => read),
    changed: sum(({ changed }) => changed),
    parser: sum(({ parser }) => parser),
    logsource: sum(({ logsource }) => logsource),
    fields: sum(({ fields }) => fields),
    columns: sum(({ columns }) => columns),
    message: sum(({ message }) => message),
    time: sum(({ time }) => time),
    examples: all.flatMap(({ examples }) => examples).slice(0, EXAMPLES_MAX),
    moved: [...new Set(all.flatMap(({ moved }) => moved))],
  }
}

function matched(
  matcher: Matcher,
  rules: readonly LoadedRule[],
  event: Event,
): ReadonlyMap<string, LoadedRule> {
  return new Map([...matcher.match(event)].map((at) => [rules[at]!.id, rules[at]!]))
}
