// All that the engine remembers, and how it is let go.
import { createClocks } from './clock.ts'
import type { Compiled } from './compile.ts'
import { STREAMS_MAX } from './limits.ts'
import {
  addGroup,
  entriesOf,
  type Group,
  type GroupKey,
  type Lane,
  newLane,
  removeGroup,
  type Stream,
  stalestOf,
  touch,
} from './store.ts'
import { letGo } from './window.ts'

/** Stale groups are looked for once in so many matches of a lane, and so many then. */
const EXPIRY_EVERY = 16
const EXPIRED_AT_ONCE_MAX = 64

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
  ungrouped: number
  turn: number
}

export function newState(): State {
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
    ungrouped: 0,
    turn: 0,
  }
}

/** Streams by name; the stalest goes when there are too many. */
export function createStreams(
  state: State,
  correlations: readonly Compiled[],
  lateness_ms: number,
) {
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

export function evict(state: State, group: Group): void {
  state.evicted_groups++
  state.evicted_entries += entriesOf(group)
  remove(state, group)
}

export function groupOf(
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
export function tidy(state: State, group: Group, memory_bytes_max: number): void {
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
