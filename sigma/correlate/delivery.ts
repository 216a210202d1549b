// A match's way into the groups of its correlations, and a firing's into those above. What one event brings to a
// group comes in together, and only the last of it ends a window: the event's window holds all of it.
import { pushTo } from '../collections.ts'
import { type Arrival, createAdder, type Incoming, type Raised } from './adder.ts'
import type { Compiled, Feed } from './compile.ts'
import { gather } from './gather.ts'
import { groupOf, type State, tidy } from './state.ts'
import { type Group, type GroupKey, mapKeyOf, type Stream } from './store.ts'
import type { FieldText, Firing, Ref } from './types.ts'

export interface Delivery {
  /** A match whose only text is that of its one group field, of a correlation that none reads. */
  plain(
    stream: Stream,
    feed: Feed,
    text: string | undefined,
    time: number,
    ref: Ref,
  ): readonly Firing[]
  /** A match of a correlation that none reads. */
  one(
    stream: Stream,
    feed: Feed,
    texts: readonly FieldText[],
    time: number,
    ref: Ref,
  ): readonly Firing[]
  /** All that one event brings: what is read goes before what reads it. */
  together(stream: Stream, arrivals: readonly Arrival[]): readonly Firing[]
}

const NOTHING: readonly Firing[] = []

/** What brings matches to the groups of a state, which is kept within `memory_bytes_max`. */
export function createDelivery(state: State, memory_bytes_max: number): Delivery {
  const adder = createAdder(state)
  const intoGroup = (stream: Stream, key: GroupKey, incoming: readonly Incoming[]) => {
    const { to } = incoming[0]!.arrival.feed
    const group = groupOf(state, stream.lanes[to.index]!, mapKeyOf(key), key)
    const own = to.staged ? incoming : mergedByEvent(group, incoming)
    const last = new Map<string, number>()
    for (const [at, { arrival }] of own.entries()) last.set(anchorOf(arrival), at)
    const ends = own.map(({ arrival }, at) => last.get(anchorOf(arrival)) === at)
    if (to.ordered && own.length > 1) adder.addOrdered(group, own, ends)
    else for (const [at, one] of own.entries()) adder.addAll(group, one, ends[at]!)
    tidy(state, group, memory_bytes_max)
  }

  /** Sorts what comes into one correlation by group. */
  const deliver = (stream: Stream, arrivals: readonly Arrival[]) => {
    const groups = new Map<string | undefined, Incoming[]>()
    const keysOf = new Map<string | undefined, GroupKey>()
    for (const arrival of inOrder(arrivals)) {
      const { keys, values, dropped } = gather(arrival.feed.to, arrival.texts)
      state.dropped_values += dropped
      if (values?.length === 0) continue
      for (const key of keys) {
        if (key.includes(undefined)) {
          state.ungrouped++
          continue
        }
        keysOf.set(mapKeyOf(key), key)
        pushTo(groups, mapKeyOf(key), { arrival, values })
      }
    }
    for (const [mapKey, incoming] of groups) intoGroup(stream, keysOf.get(mapKey)!, incoming)
  }

  return {
    plain: (stream, feed, text, time, ref) => {
      if (text === undefined) {
        state.ungrouped++
        return NOTHING
      }
      const { to, stage } = feed
      const group = groupOf(state, stream.lanes[to.index]!, text, undefined)
      if (!to.staged && group.last === ref) return NOTHING
      group.last = ref
      adder.add(group, { time, ref, flags: 0, stage, value: undefined, carried: undefined }, to)
      tidy(state, group, memory_bytes_max)
      return adder.firings()
    },
    one: (stream, feed, texts, time, ref) => {
      const { to } = feed
      const { keys, values, dropped } = gather(to, texts)
      state.dropped_values += dropped
      if (values?.length === 0) return NOTHING
      for (const key of keys) {
        if (key.includes(undefined)) {
          state.ungrouped++
          continue
        }
        const group = groupOf(state, stream.lanes[to.index]!, mapKeyOf(key), key)
        if (!to.staged && group.last === ref) continue
        group.last = ref
        if (values === undefined || values.length === 1) {
          const value = values?.[0]
          adder.add(
            group,
            { time, ref, flags: 0, stage: feed.stage, value, carried: undefined },
            to,
          )
        } else {
          adder.addAll(group, { arrival: { feed, texts, time, ref, anchor: ref }, values }, true)
        }
        tidy(state, group, memory_bytes_max)
      }
      return adder.firings()
    },
    together: (stream, arrivals) => {
      const waiting = new Map<Compiled, Arrival[]>()
      for (const arrival of arrivals) pushTo(waiting, arrival.feed.to, arrival)
      let out: Firing[] | undefined
      for (let next = lowestOf(waiting.keys()); next; next = lowestOf(waiting.keys())) {
        deliver(stream, waiting.get(next)!)
        waiting.delete(next)
        for (const one of adder.taken()) {
          out ??= []
          out.push(one.firing)
          for (const above of firingArrivals(one)) pushTo(waiting, above.feed.to, above)
        }
      }
      return out ?? NOTHING
    },
  }
}

function lowestOf(correlations: Iterable<Compiled>): Compiled | undefined {
  let lowest: Compiled | undefined
  for (const one of correlations) if (lowest === undefined || one.rank < lowest.rank) lowest = one
  return lowest
}

/** By time, those of ordered inputs in their order, else as they came. */
function inOrder(arrivals: readonly Arrival[]): readonly Arrival[] {
  if (arrivals.length === 1) return arrivals
  const { ordered } = arrivals[0]!.feed.to
  return arrivals.toSorted((a, b) => a.time - b.time || (ordered ? a.feed.stage - b.feed.stage : 0))
}

function anchorOf({ time, anchor }: Arrival): string {
  return `${time} ${typeof anchor} ${anchor}`
}

/** The matches of several rules on one event are one, with the values of all of them. */
function mergedByEvent(group: Group, incoming: readonly Incoming[]): readonly Incoming[] {
  const merged: Incoming[] = []
  let match: Incoming | undefined
  for (const one of incoming) {
    const { ref } = one.arrival
    if (typeof ref === 'object') merged.push(one)
    else if (match !== undefined) {
      match.values = match.values && [...new Set([...match.values, ...(one.values ?? [])])]
    } else if (group.last !== ref) {
      group.last = ref
      match = { ...one }
      merged.push(match)
    }
  }
  return merged
}

function firingArrivals({ firing, group, carried }: Raised): readonly Arrival[] {
  const { events, ref } = firing
  const refs: readonly Ref[] = events.at(-1) === ref ? events : [...events, ref]
  return group.lane.correlation.feeds.map((feed) => ({
    feed,
    texts: feed.sources.map((at) => (at >= 0 ? group.key[at] : carried[~at])),
    time: firing.time,
    ref: refs,
    anchor: firing.ref,
  }))
}
