// Both versions of what changed over the same events.
import type { Event } from '../../parsers/event.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import type { RuleChange } from './changes.ts'
import { createTally, type Tally } from './tally.ts'

export interface Replayed {
  readonly events: number
  /** Event times of the first and last, milliseconds; undefined without events. */
  readonly from: number | undefined
  readonly to: number | undefined
  readonly tallies: readonly Tally[]
}

export interface Replay {
  add(event: Event): void
  result(): Replayed
}

/** Hears of every match while it is counted. */
export type OnMatch = (change: RuleChange, event: Event, before: boolean, after: boolean) => void

/** A replay of changes. One matcher holds both versions, so an event is looked at once. */
export function createReplay(changes: readonly RuleChange[], onMatch?: OnMatch): Replay {
  const rules: LoadedRule[] = []
  const owners: { readonly change: number; readonly after: boolean }[] = []
  changes.forEach(({ before, after }, change) => {
    if (before !== undefined) owners[rules.push(before) - 1] = { change, after: false }
    if (after !== undefined) owners[rules.push(after) - 1] = { change, after: true }
  })
  const matcher = compileMatcher(rules)
  const tallies = changes.map(createTally)
  let events = 0
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  return {
    add: (event) => {
      events++
      if (event.time < from) from = event.time
      if (event.time > to) to = event.time
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
    result: () => ({
      events,
      from: events === 0 ? undefined : from,
      to: events === 0 ? undefined : to,
      tallies: tallies.map((tally) => tally.result()),
    }),
  }
}
