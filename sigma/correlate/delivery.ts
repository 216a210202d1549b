// A match's way into the groups of its correlations, and a firing's into those above.
import type { Compiled, Feed } from './compile.ts'
import { type EntryRef, FIRED, type NewEntry } from './entries.ts'
import { type Gathered, gather } from './gather.ts'
import { groupOf, type State, tidy } from './state.ts'
import { type Group, mapKeyOf, type Stream } from './store.ts'
import type { FieldText, Firing, Ref } from './types.ts'
import { addEntry, type OnFire, sizeOfEntry, takeUnreported } from './window.ts'

/** A firing on its way to the correlations above. */
interface Raised {
  readonly firing: Firing
  readonly group: Group
  readonly carried: readonly FieldText[]
}

/** While values of an event are still to come, no window is looked at. */
const never = () => false

export interface Delivery {
  /** A match whose only text is that of its one group field. */
  plain(
    stream: Stream,
    feed: Feed,
    text: string | undefined,
    time: number,
    ref: EntryRef,
    out: Firing[] | undefined,
  ): Firing[] | undefined
  any(
    stream: Stream,
    feed: Feed,
    texts: readonly FieldText[],
    time: number,
    ref: EntryRef,
    out: Firing[] | undefined,
  ): Firing[] | undefined
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

export function createDelivery(state: State, memory_bytes_max: number): Delivery {
  let raised: Raised[] = []
  let current: Group | undefined

  /** Notes that the window of the current group that ends with entry `at` holds. */
  const onFire: OnFire = (at, low, value, unreported) => {
    const { flags, carried } = current!.window.entries
    flags[at] = flags[at]! | FIRED
    const firing = firingOf(current!, at, low, value, unreported)
    raised.push({ firing, group: current!, carried: carried[at] ?? [] })
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

  /** Adds a match to a group, an entry for each value; only the last one ends a window. */
  const addAll = (
    group: Group,
    { to, stage }: Feed,
    time: number,
    ref: EntryRef,
    values: Gathered['values'],
    carried: readonly FieldText[] | undefined,
  ) => {
    if (!to.staged && group.last === ref) return
    // A firing between two matches of one event does not make it count twice.
    if (typeof ref !== 'object') group.last = ref
    const last = values === undefined ? 0 : values.length - 1
    for (let i = 0; i <= last; i++) {
      const isLast = i === last
      const entry = { time, ref, flags: isLast ? 0 : FIRED, stage, value: values?.[i], carried }
      add(group, entry, isLast ? to : { ...to, holds: never })
    }
    tidy(state, group, memory_bytes_max)
  }

  const plain: Delivery['plain'] = (stream, feed, text, time, ref, out) => {
    if (text === undefined) {
      state.ungrouped++
      return out
    }
    const group = groupOf(state, stream.lanes[feed.to.index]!, text, undefined)
    addAll(group, feed, time, ref, undefined, undefined)
    return raised.length === 0 ? out : passOn(stream, out)
  }

  const any: Delivery['any'] = (stream, feed, texts, time, ref, out) => {
    const { to } = feed
    const { groupBy, valueFields } = to.rule
    const { keys, values, dropped } = gather(to, texts)
    state.dropped_values += dropped
    if (values?.length === 0) return out
    const isCarrying = to.carried.length > 0
    const carried = isCarrying ? texts.slice(groupBy.length + valueFields.length) : undefined
    for (const key of keys) {
      if (key.includes(undefined)) {
        state.ungrouped++
        continue
      }
      const group = groupOf(state, stream.lanes[to.index]!, mapKeyOf(key), key)
      addAll(group, feed, time, ref, values, carried)
    }
    return raised.length === 0 ? out : passOn(stream, out)
  }

  /** Firings go out, and into the correlations that read them. */
  const passOn = (stream: Stream, before: Firing[] | undefined): Firing[] => {
    const now = raised
    raised = []
    let out = before ?? []
    for (const { firing, group, carried } of now) {
      state.firings++
      out.push(firing)
      for (const feed of group.lane.correlation.feeds) {
        const texts = feed.sources.map((at) => (at >= 0 ? group.key[at] : carried[~at]))
        const refs: readonly Ref[] = firing.events.length === 0 ? [firing.ref] : firing.events
        out = any(stream, feed, texts, firing.time, refs, out) ?? out
      }
    }
    return out
  }
  return { plain, any }
}
