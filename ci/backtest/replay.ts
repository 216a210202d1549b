// Both versions of what changed over the same events.
import type { Event } from '../../parsers/event.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import type { ChangedCorrelation, RuleChange } from './changes.ts'
import { createCorrelationRun, gatherEvents } from './correlation.ts'
import { createTally, type Tally, type TallyMaker } from './tally.ts'

export interface Replayed {
  readonly events: number
  /** Event times of the first and last, milliseconds; undefined without events. */
  readonly from: number | undefined
  readonly to: number | undefined
  readonly tallies: readonly Tally[]
}

export interface Replay {
  add(event: Event): void
  /** Counts events of these times that no version matches. */
  skip(count: number, from: number, to: number): void
  result(): Replayed
}

/** Hears of every match while it is counted. `contributing`: ids of the events that a correlation held with, by
 * version. */
export type OnMatch = (
  change: RuleChange,
  event: Event,
  before: boolean,
  after: boolean,
  contributing?: { readonly before: readonly string[]; readonly after: readonly string[] },
) => void

/** A replay of changes. One matcher holds both versions, so an event is looked at once. */
export function createReplay(changes: readonly RuleChange[], onMatch?: OnMatch): Replay {
  const rules: LoadedRule[] = []
  const owners: { readonly change: number; readonly after: boolean }[] = []
  const tallies = changes.map(createTally)
  const sequences = changes.flatMap((change, at) =>
    change.correlation === undefined ? [] : [createSequence(change, tallies[at]!, onMatch)],
  )
  changes.forEach((one, change) => {
    if (one.correlation !== undefined) return
    const { before, after } = one
    if (before !== undefined) owners[rules.push(before) - 1] = { change, after: false }
    if (after !== undefined) owners[rules.push(after) - 1] = { change, after: true }
  })
  const matcher = compileMatcher(rules)
  let events = 0
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  return {
    add: (event) => {
      events++
      if (event.time < from) from = event.time
      if (event.time > to) to = event.time
      for (const sequence of sequences) sequence.add(event)
      const hits = matcher.match(event)
      for (let i = 0; i < hits.length; i++) {
        const { change, after } = owners[hits[i]!]!
        // The two versions of a change stand side by side, and hits ascend.
        const next = owners[hits[i + 1] ?? -1]
        const both = next?.change === change
        if (both) i++
        tallies[change]!.add(event, both || !after, both || after)
        onMatch?.(changes[change]!, event, both || !after, both || after)
      }
    },
    skip: (count, first, last) => {
      events += count
      if (first < from) from = first
      if (last > to) to = last
    },
    result: () => {
      for (const sequence of sequences) sequence.finish()
      return {
        events,
        from: events === 0 ? undefined : from,
        to: events === 0 ? undefined : to,
        tallies: tallies.map((tally) => tally.result()),
      }
    },
  }
}

/** Both versions of a correlation: events are gathered, then run through each in order of time. */
function createSequence(
  change: ChangedCorrelation,
  tally: TallyMaker,
  onMatch: OnMatch | undefined,
) {
  const [before, after] = [change.correlation.before, change.correlation.after].map((version) =>
    version === undefined ? undefined : createCorrelationRun(version),
  )
  const runs = [before, after].flatMap((run) => run ?? [])
  const gathered = gatherEvents(change.title, runs)
  return {
    add: gathered.add,
    finish: () => {
      for (const { event, ref } of gathered.inOrder()) {
        const was = before?.add(event, ref)
        const is = after?.add(event, ref)
        if (was === undefined && is === undefined) continue
        tally.add(event, was !== undefined, is !== undefined)
        onMatch?.(change, event, was !== undefined, is !== undefined, {
          before: was?.contributing ?? [],
          after: is?.contributing ?? [],
        })
      }
    },
  }
}
