// The streaming correlation engine: matches in arrival order go in, firings come out. All state is in memory,
// bounded, and can be taken out and put back. See docs/correlations.md for what a window means.
import type { LoadedCorrelation } from '../rule.ts'
import { createClocks } from './clock.ts'
import { type Compiled, compileCorrelations, type Feed } from './compile.ts'
import { type EntryRef, FIRED, type NewEntry } from './entries.ts'
import { type Gathered, gather } from './gather.ts'
import { LATENESS_DEFAULT_MS, MEMORY_MAX_BYTES, STREAMS_MAX } from './limits.ts'
import { restoreStreams, snapshotOf } from './snapshot.ts'
import {
  addGroup,
  entriesOf,
  type Group,
  type GroupKey,
  type Lane,
  mapKeyOf,
  newLane,
  removeGroup,
  type Stream,
  stalestOf,
  touch,
} from './store.ts'
import type { Correlator, CorrelatorOptions, FieldText, Firing, Ref } from './types.ts'
import { lateBySource, viewGroups } from './view.ts'
import { addEntry, letGo, type OnFire, sizeOfEntry, takeUnreported } from './window.ts'

const NOTHING: readonly Firing[] = []
/** Stale groups are looked for once in so many matches of a lane, and so many then. */
const EXPIRY_EVERY = 16
const EXPIRED_AT_ONCE_MAX = 64

/** A firing on its way to the correlations above. */
interface Raised {
  readonly firing: Firing
  readonly group: Group
  readonly carried: readonly FieldText[]
}

/** Counters and streams; everything that is not derived from the correlations. */
export interface State {
  readonly streams: Map<string, Stream>
  matches: number
  firings: number
  late: number
  behind: number
  groups: number
  entries: number
  bytes: number
  evicted_groups: number
  evicted_entries: number
  dropped_values: number
  turn: number
}

/**
 * Compiles correlations (of `loadRules`) into an engine.
 *
 * @example
 * const correlator = createCorrelator(loaded.correlations, { read: correlationText })
 * const input = correlator.input(rule.id)
 * if (input !== undefined) correlator.push(input, event, event.time, event.source, event.id)
 */
export function createCorrelator<E>(
  correlations: readonly LoadedCorrelation[],
  options: CorrelatorOptions<E>,
): Correlator<E> {
  const { read, lateness_ms = LATENESS_DEFAULT_MS } = options
  const plan = compileCorrelations(correlations)
  const handles = new Map([...plan.rules.keys()].map((id, handle) => [id, handle]))
  const feeds = [...plan.rules.values()]
  const state = newState()
  const streamOf = createStreams(state, plan.correlations, lateness_ms)
  const deliver = createDelivery(state, options.memory_bytes_max ?? MEMORY_MAX_BYTES)
  return {
    input: (ruleId) => handles.get(ruleId),
    push: (input, event, time, source, ref, stream = '') => {
      state.matches++
      const into = streamOf(stream)
      const isBehind = time < into.clocks.low()
      if (!into.clocks.note(source, time)) {
        state.late++
        return NOTHING
      }
      if (isBehind) state.behind++
      let out: Firing[] | undefined
      for (const feed of feeds[input]!) {
        const texts: FieldText[] = []
        for (const name of feed.names) texts.push(read(event, name))
        out = deliver(into, feed, texts, time, ref, out)
      }
      return out ?? NOTHING
    },
    fieldsOf: (ruleId) => [...new Set(plan.rules.get(ruleId)?.flatMap((feed) => feed.names) ?? [])],
    stats: () => {
      const { streams, turn, ...counts } = state
      return { ...counts }
    },
    lateBySource: () => lateBySource(state.streams.values()),
    groups: (id, limit) => viewGroups(state.streams.values(), id, limit),
    snapshot: () => snapshotOf(plan.correlations, state),
    restore: (snapshot) =>
      restoreStreams(snapshot, plan.correlations, state, lateness_ms, streamOf),
  }
}

function newState(): State {
  return {
    streams: new Map(),
    matches: 0,
    firings: 0,
    late: 0,
    behind: 0,
    groups: 0,
    entries: 0,
    bytes: 0,
    evicted_groups: 0,
    evicted_entries: 0,
    dropped_values: 0,
    turn: 0,
  }
}

/** Streams by name; the stalest goes when there are too many. */
function createStreams(state: State, correlations: readonly Compiled[], lateness_ms: number) {
  return (name: string, clocks = createClocks(lateness_ms)): Stream => {
    const known = state.streams.get(name)
    if (known !== undefined) {
      known.used = ++state.turn
      return known
    }
    if (state.streams.size >= STREAMS_MAX) dropStalestStream(state)
    const lanes: Lane[] = []
    const stream: Stream = { name, clocks, lanes, used: ++state.turn }
    for (const correlation of correlations) lanes.push(newLane(correlation, stream))
    state.streams.set(name, stream)
    return stream
  }
}

function dropStalestStream(state: State): void {
  let stalest: Stream | undefined
  for (const stream of state.streams.values()) {
    if (stream.name !== '' && (stalest === undefined || stream.used < stalest.used))
      stalest = stream
  }
  if (stalest === undefined) return
  for (const lane of stalest.lanes) for (const group of lane.groups.values()) evict(state, group)
  state.streams.delete(stalest.name)
}

function remove(state: State, group: Group): void {
  state.groups--
  state.entries -= entriesOf(group)
  state.bytes -= group.bytes
  removeGroup(group)
}

function evict(state: State, group: Group): void {
  state.evicted_groups++
  state.evicted_entries += entriesOf(group)
  remove(state, group)
}

/** A match as it goes into a correlation's groups. */
interface Match {
  readonly feed: Feed
  readonly time: number
  readonly ref: EntryRef
  readonly carried: readonly FieldText[] | undefined
}

type Deliver = (
  stream: Stream,
  feed: Feed,
  texts: readonly FieldText[],
  time: number,
  ref: EntryRef,
  out: Firing[] | undefined,
) => Firing[] | undefined

function createDelivery(state: State, memory_bytes_max: number): Deliver {
  let raised: Raised[] = []
  let current: Group | undefined

  /** Notes that the window of the current group that ends with entry `at` holds. */
  const onFire: OnFire = (at, low, value, unreported) => {
    const { key, window, lane } = current!
    const { entries } = window
    entries.flags[at] = entries.flags[at]! | FIRED
    const events = takeUnreported(entries, low, at, unreported)
    const anchor = entries.refs[at]!
    const firing: Firing = {
      correlation: lane.correlation.index,
      id: lane.correlation.rule.id,
      time: entries.times[at]!,
      first: entries.times[low]!,
      ref: typeof anchor === 'object' ? anchor.at(-1)! : anchor,
      ...{ key, value, events },
    }
    raised.push({ firing, group: current!, carried: entries.carried[at] ?? [] })
  }

  const add = (group: Group, entry: NewEntry) => {
    current = group
    addEntry(group.window, group.lane.correlation, entry, onFire)
    const { ref, value, carried } = entry
    const bytes = sizeOfEntry(ref, value, carried)
    group.bytes += bytes
    state.bytes += bytes
    state.entries++
  }

  const addAll = (group: Group, match: Match, values: Gathered['values']) => {
    const { feed, time, ref, carried } = match
    if (!feed.to.staged && group.last === ref) return
    group.last = ref
    const { stage } = feed
    const last = values === undefined ? 0 : values.length - 1
    for (let i = 0; i <= last; i++) {
      const flags = i < last ? FIRED : 0
      add(group, { time, ref, flags, stage, value: values?.[i], carried })
    }
    tidy(state, group, memory_bytes_max)
  }

  const deliver: Deliver = (stream, feed, texts, time, ref, out) => {
    const { to } = feed
    const { groupBy, valueFields } = to.rule
    const carried =
      to.carried.length === 0 ? undefined : texts.slice(groupBy.length + valueFields.length)
    const match = { feed, time, ref, carried }
    const lane = stream.lanes[to.index]!
    const [text] = texts
    if (groupBy.length === 1 && valueFields.length === 0 && typeof text !== 'object') {
      addAll(groupOf(state, lane, text, undefined), match, undefined)
    } else {
      const { keys, values, dropped } = gather(to, texts)
      state.dropped_values += dropped
      if (values?.length === 0) return out
      for (const key of keys) addAll(groupOf(state, lane, mapKeyOf(key), key), match, values)
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
        out = deliver(stream, feed, texts, firing.time, refs, out) ?? out
      }
    }
    return out
  }
  return deliver
}

function groupOf(
  state: State,
  lane: Lane,
  mapKey: string | undefined,
  key: GroupKey | undefined,
): Group {
  let group = lane.groups.get(mapKey)
  if (group === undefined) {
    group = addGroup(lane, key ?? [mapKey], mapKey)
    state.groups++
    state.bytes += group.bytes
  } else touch(group)
  group.used = ++state.turn
  return group
}

/** Lets go what no window can need any more, and the stalest groups over the memory limit. */
function tidy(state: State, group: Group, memory_bytes_max: number): void {
  const { window, lane } = group
  const { timespan_ms } = lane.correlation
  const oldest = lane.stream.clocks.low() - timespan_ms
  const { entries } = window
  if (window.base < window.low && entries.times[window.base]! < oldest) {
    const gone = letGo(window, oldest)
    state.entries -= gone.entries
    state.bytes -= gone.bytes
    group.bytes -= gone.bytes
  }
  if (lane.turn++ % EXPIRY_EVERY === 0) {
    for (let n = 0; n < EXPIRED_AT_ONCE_MAX; n++) {
      const stalest = lane.stalest
      if (stalest === undefined || stalest === group) break
      if (stalest.window.entries.times.at(-1)! >= oldest) break
      remove(state, stalest)
    }
  }
  while (state.bytes > memory_bytes_max) {
    const stalest = stalestOf(state.streams.values())
    if (stalest === undefined) break
    evict(state, stalest)
  }
}
