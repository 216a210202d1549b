// Both versions of what changed over the same events.
import type { Event } from '../../parsers/event.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import type { ChangedCorrelation, RuleChange } from './changes.ts'
import {
  type CorrelationRun,
  createCorrelationRun,
  type GatheredEvent,
  gatherEvents,
  type Held,
} from './correlation.ts'
import type { EventPair } from './reread.ts'
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
  /** An event that the two versions read differently. */
  addPair(pair: EventPair): void
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
  const count = ({ time }: Event) => {
    events++
    if (time < from) from = time
    if (time > to) to = time
  }
  const changesHit = (event: Event, after: boolean) =>
    [...matcher.match(event)].flatMap((hit) =>
      owners[hit]!.after === after ? [owners[hit]!.change] : [],
    )
  return {
    addPair: ({ before: was, after: event }) => {
      count(event)
      for (const sequence of sequences) sequence.add(event, was)
      const [before, after] = [new Set(changesHit(was, false)), new Set(changesHit(event, true))]
      for (const change of before.union(after)) {
        const answers = [before.has(change), after.has(change)] as const
        tallies[change]!.add(event, ...answers, was)
        onMatch?.(changes[change]!, event, ...answers)
      }
    },
    add: (event) => {
      count(event)
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
      const events = gathered.inOrder()
      const old = heldOf(before, events, ({ was }) => was)
      const now = heldOf(after, events, ({ event }) => event)
      for (const one of events) {
        const [was, is] = [old.get(one), now.get(one)]
        if (was === undefined && is === undefined) continue
        tally.add(one.event, was !== undefined, is !== undefined, one.was)
        onMatch?.(change, one.event, was !== undefined, is !== undefined, {
          before: was?.contributing ?? [],
          after: is?.contributing ?? [],
        })
      }
    },
  }
}

/** What a run says of each event that makes its correlation hold, in the order of the version's own times. */
function heldOf(
  run: CorrelationRun | undefined,
  gathered: readonly GatheredEvent[],
  read: (one: GatheredEvent) => Event,
): ReadonlyMap<GatheredEvent, Held> {
  const found = new Map<GatheredEvent, Held>()
  for (const one of gathered.toSorted((a, b) => read(a).time - read(b).time)) {
    const held = run?.add(read(one), one.ref)
    if (held !== undefined) found.set(one, held)
  }
  return found
}
