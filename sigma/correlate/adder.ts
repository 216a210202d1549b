// Entries on their way into a group's window, and the firings that they raise.
import type { Compiled, Feed } from './compile.ts'
import { type EntryRef, FIRED, type NewEntry } from './entries.ts'
import type { State } from './state.ts'
import type { Group } from './store.ts'
import type { FieldText, Firing, Ref } from './types.ts'
import { addEntry, lookFrom, type OnFire, sizeOfEntry, takeUnreported } from './window.ts'

/** A match on its way to a correlation, or a firing. */
export interface Arrival {
  readonly feed: Feed
  /** Of the feed's fields, in their order. */
  readonly texts: readonly FieldText[]
  /** Milliseconds. */
  readonly time: number
  readonly ref: EntryRef
  /** The event that matched, or that ended the firing's window. */
  readonly anchor: Ref
}

/** What comes into one group: an arrival with its values there. */
export interface Incoming {
  readonly arrival: Arrival
  values: readonly (string | number)[] | undefined
}

export interface Raised {
  readonly firing: Firing
  readonly group: Group
  readonly carried: readonly FieldText[]
}

export interface Adder {
  add(group: Group, entry: NewEntry, correlation: Compiled): void
  /** Adds an entry for each value; `isLast` says whether the last of them ends a window. */
  addAll(group: Group, incoming: Incoming, isLast: boolean): void
  /** Adds what an event brings to ordered inputs: it may come before entries of its time. */
  addOrdered(group: Group, incoming: readonly Incoming[], ends: readonly boolean[]): void
  /** What was raised since the last time. */
  taken(): readonly Raised[]
  firings(): readonly Firing[]
}

const NOTHING: readonly Firing[] = []
const NO_TEXTS: readonly FieldText[] = []
/** While more of an event is to come, no window is looked at. */
const never = () => false

/** What adds entries to the windows of groups. */
export function createAdder(state: State): Adder {
  let raised: Raised[] = []
  let current: Group | undefined

  /** Notes that the window of the current group that ends with entry `at` holds. */
  const onFire: OnFire = (at, low, value, unreported) => {
    const { flags, carried } = current!.window.entries
    flags[at] = flags[at]! | FIRED
    state.firings++
    const firing = firingOf(current!, at, low, value, unreported)
    raised.push({ firing, group: current!, carried: carried[at] ?? NO_TEXTS })
  }

  const add = (group: Group, entry: NewEntry, correlation: Compiled) => {
    current = group
    addEntry(group.window, correlation, entry, onFire)
    const { ref, value, carried } = entry
    const bytes = sizeOfEntry(ref, value, carried)
    group.bytes += bytes
    state.bytes += bytes
    state.entries++
  }

  const addAll = (group: Group, { arrival, values }: Incoming, isLast: boolean) => {
    const { feed, texts, time, ref } = arrival
    const { to, stage } = feed
    const carried = carriedOf(feed, texts)
    const last = values === undefined ? 0 : values.length - 1
    for (let i = 0; i <= last; i++) {
      const ends = isLast && i === last
      const entry = { time, ref, flags: ends ? 0 : FIRED, stage, value: values?.[i], carried }
      add(group, entry, ends ? to : { ...to, holds: never })
    }
  }

  const addOrdered: Adder['addOrdered'] = (group, incoming, ends) => {
    const { correlation } = group.lane
    const times = new Set<number>()
    for (const [at, { arrival }] of incoming.entries()) {
      const { feed, texts, time, ref } = arrival
      const flags = ends[at] ? 0 : FIRED
      const entry = { time, ref, flags, stage: feed.stage, value: undefined }
      add(group, { ...entry, carried: carriedOf(feed, texts) }, { ...correlation, holds: never })
      times.add(time)
    }
    current = group
    for (const time of times) lookFrom(group.window, correlation, time, onFire)
  }

  const taken = (): readonly Raised[] => {
    const now = raised
    raised = []
    return now
  }
  return {
    add,
    addAll,
    addOrdered,
    taken,
    firings: () => {
      if (raised.length === 0) return NOTHING
      if (raised.length > 1) return taken().map(({ firing }) => firing)
      const { firing } = raised[0]!
      raised.length = 0
      return [firing]
    },
  }
}

/** The texts that correlations above read. */
function carriedOf({ to }: Feed, texts: readonly FieldText[]): readonly FieldText[] | undefined {
  const { groupBy, valueFields } = to.rule
  return to.carried.length > 0 ? texts.slice(groupBy.length + valueFields.length) : undefined
}

function firingOf(
  { key, window, lane }: Group,
  ...[at, low, value, unreported]: Parameters<OnFire>
): Firing {
  const { entries } = window
  const events = takeUnreported(entries, low, at, unreported)
  const anchor = entries.refs[at]!
  return {
    correlation: lane.correlation.index,
    id: lane.correlation.rule.id,
    time: entries.times[at]!,
    first: entries.times[low]!,
    ref: typeof anchor === 'object' ? anchor.at(-1)! : anchor,
    ...{ key, value, events },
  }
}
