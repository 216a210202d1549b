// One group's sliding window by event time. An entry that comes last in time moves the window; one that
// comes late finds its place, and the windows that hold it are looked at again.
import type { Compiled } from './compile.ts'
import {
  dropFirst,
  type Entries,
  type EntryRef,
  FIRED,
  insertEntry,
  type NewEntry,
  newEntries,
  REPORTED,
} from './entries.ts'
import { ENTRY_BYTES, FIRING_REFS_MAX } from './limits.ts'
import { lowerBound } from './measure.ts'
import type { FieldText, Ref } from './types.ts'

/** Entries kept before the first live one until they are worth removing. */
const DEAD_ENTRIES_MIN = 32

export interface Window {
  readonly entries: Entries
  /** Entries before it are dead. */
  base: number
  /** The window that ends with the newest entry begins here. */
  low: number
  /** Entries of that window that no firing has listed. */
  unreported: number
  state: unknown
}

/** Is called for every entry whose window holds. */
export type OnFire = (at: number, low: number, value: number, unreported: number) => void

/** An empty window of a correlation's group. */
export function newWindow(correlation: Compiled): Window {
  const state = correlation.measure.create()
  return { entries: newEntries(), base: 0, low: 0, unreported: 0, state }
}

/** Adds an entry and calls `onFire` for each window that it makes hold, its own and later ones. */
export function addEntry(
  window: Window,
  correlation: Compiled,
  entry: NewEntry,
  onFire: OnFire,
): void {
  const { entries } = window
  const at = placeOf(entries, window.base, entry, correlation.ordered)
  insertEntry(entries, at, entry, correlation.staged)
  if (at === entries.times.length - 1) append(window, correlation, at, onFire)
  else insert(window, correlation, at, onFire)
}

/** After all entries of its time; for ordered inputs, after those of an earlier or the same one. */
function placeOf(entries: Entries, base: number, entry: NewEntry, ordered: boolean): number {
  const { times, stages } = entries
  let at = times.length
  if (at === base || times[at - 1]! < entry.time) return at
  if (times[at - 1]! > entry.time) at = upperBound(times, entry.time, base)
  while (ordered && at > base && times[at - 1] === entry.time && stages[at - 1]! > entry.stage) at--
  return at
}

function upperBound(times: readonly number[], time: number, base: number): number {
  let low = base
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle]! <= time) low = middle + 1
    else high = middle
  }
  return low
}

function append(window: Window, correlation: Compiled, at: number, onFire: OnFire): void {
  const { entries } = window
  const { measure } = correlation
  const { times, flags } = entries
  measure.add(window.state, entries, at)
  window.unreported++
  const oldest = times[at]! - correlation.timespan_ms
  while (times[window.low]! < oldest) {
    measure.remove(window.state, entries, window.low)
    if ((flags[window.low]! & REPORTED) === 0) window.unreported--
    window.low++
  }
  if ((flags[at]! & FIRED) !== 0) return
  const value = measure.value(window.state, entries, at)
  if (!correlation.holds(value, window.state)) return
  onFire(at, window.low, value, window.unreported)
  window.unreported = 0
}

/** Looks again at the windows that hold the entry inserted at `at`. */
function insert(window: Window, correlation: Compiled, at: number, onFire: OnFire): void {
  const { times } = window.entries
  if (at < window.low || times[at]! < times.at(-1)! - correlation.timespan_ms) {
    window.low++
    lookAgain(window, correlation, at, onFire)
  } else if (correlation.ordered) {
    // Chains know their beginnings: what is before the newest window does no harm in its state.
    window.state = lookAgain(window, correlation, at, onFire)
    recount(window, correlation)
  } else walkBack(window, correlation, at, onFire)
}

/** Where the newest window begins, and what of it no firing has listed. */
function recount(window: Window, { timespan_ms }: Compiled): void {
  const { times, flags } = window.entries
  window.low = lowerBound(times, times.at(-1)! - timespan_ms, window.base)
  window.unreported = 0
  for (let i = window.low; i < times.length; i++)
    if ((flags[i]! & REPORTED) === 0) window.unreported++
}

/** The windows from `at` on, with a state of their own: that of the last of them. */
function lookAgain(window: Window, correlation: Compiled, at: number, onFire: OnFire): unknown {
  const { times, flags } = window.entries
  const { measure, timespan_ms } = correlation
  const since = times[at]! - timespan_ms
  let low = lowerBound(times, since, window.base)
  const resumed = measure.resume?.(window.state, times[at]!)
  const next = resumed === undefined ? 0 : upperBound(times, resumed.time, window.base)
  const isNear = resumed !== undefined && next >= low
  const state = isNear ? resumed.state : measure.create(since)
  for (let i = isNear ? next : low; i < at; i++) measure.add(state, window.entries, i)
  const end = times[at]! + timespan_ms
  for (let i = at; i < times.length && times[i]! <= end; i++) {
    measure.add(state, window.entries, i)
    const oldest = times[i]! - timespan_ms
    while (times[low]! < oldest) measure.remove(state, window.entries, low++)
    if ((flags[i]! & FIRED) !== 0) continue
    const value = measure.value(state, window.entries, i)
    if (correlation.holds(value, state)) onFire(i, low, value, Number.POSITIVE_INFINITY)
  }
  return state
}

/** Takes the newest window back to `at` and forward again: events a little out of order cost as much as they
 * are out of order, not as much as the window holds. */
function walkBack(window: Window, correlation: Compiled, at: number, onFire: OnFire): void {
  const { entries, state } = window
  const { times, flags } = entries
  const { measure, timespan_ms } = correlation
  const isUnreported = (i: number) => ((flags[i]! & REPORTED) === 0 ? 1 : 0)
  let { unreported } = window
  for (let i = times.length - 1; i > at; i--) {
    measure.remove(state, entries, i)
    unreported -= isUnreported(i)
  }
  let low = lowerBound(times, times[at]! - timespan_ms, window.base)
  for (let i = low; i < window.low; i++) {
    measure.add(state, entries, i)
    unreported += isUnreported(i)
  }
  for (let i = at; i < times.length; i++) {
    measure.add(state, entries, i)
    unreported += isUnreported(i)
    const oldest = times[i]! - timespan_ms
    for (; times[low]! < oldest; low++) {
      measure.remove(state, entries, low)
      unreported -= isUnreported(low)
    }
    if ((flags[i]! & FIRED) !== 0) continue
    const value = measure.value(state, entries, i)
    if (!correlation.holds(value, state)) continue
    onFire(i, low, value, unreported)
    unreported = 0
  }
  window.low = low
  window.unreported = unreported
}

/** Looks again at the windows that hold entries added at `time`, none of which was looked at yet. */
export function lookFrom(
  window: Window,
  correlation: Compiled,
  time: number,
  onFire: OnFire,
): void {
  lookAgain(window, correlation, lowerBound(window.entries.times, time, window.base), onFire)
  recount(window, correlation)
}

/** Makes the window that ends with the newest entry anew. */
export function rebuild(window: Window, correlation: Compiled): void {
  const { entries, base } = window
  const { times, flags } = entries
  window.state = correlation.measure.create(
    times.length === base ? undefined : times.at(-1)! - correlation.timespan_ms,
  )
  window.unreported = 0
  window.low = times.length
  if (times.length === base) return
  window.low = lowerBound(times, times.at(-1)! - correlation.timespan_ms, base)
  for (let i = window.low; i < times.length; i++) {
    correlation.measure.add(window.state, entries, i)
    if ((flags[i]! & REPORTED) === 0) window.unreported++
  }
}

/** Events of the window from `low` to `at` that no firing has listed, oldest first; marks them. */
export function takeUnreported(
  entries: Entries,
  low: number,
  at: number,
  unreported: number,
): Ref[] {
  const found: Ref[] = []
  let left = unreported
  for (let i = at; i >= low && left > 0; i--) {
    const flags = entries.flags[i]!
    if ((flags & REPORTED) !== 0) continue
    entries.flags[i] = flags | REPORTED
    left--
    if (found.length >= FIRING_REFS_MAX) continue
    const ref = entries.refs[i]!
    if (typeof ref === 'object') {
      for (let n = ref.length - 1; n >= 0; n--) if (!found.includes(ref[n]!)) found.push(ref[n]!)
    } else if (!found.includes(ref)) found.push(ref)
  }
  found.length = Math.min(found.length, FIRING_REFS_MAX)
  return found.reverse()
}

/** Lets go entries older than `oldest` before the current window; returns their estimated size. */
export function letGo(window: Window, oldest: number): { entries: number; bytes: number } {
  const { entries } = window
  const before = window.base
  let bytes = 0
  while (window.base < window.low && entries.times[window.base]! < oldest) {
    bytes += entryBytes(entries, window.base)
    window.base++
  }
  const count = window.base - before
  compact(window)
  return { entries: count, bytes }
}

/** Estimated size of an entry kept at an index. */
export function entryBytes(entries: Entries, at: number): number {
  return sizeOfEntry(entries.refs[at]!, entries.values[at], entries.carried[at])
}

/** Estimated size of an entry. */
export function sizeOfEntry(
  ref: EntryRef,
  value: string | number | undefined,
  carried: readonly FieldText[] | undefined,
): number {
  let bytes = ENTRY_BYTES
  if (typeof value === 'string') bytes += 2 * value.length
  if (typeof ref === 'object') bytes += ENTRY_BYTES * ref.length
  if (carried !== undefined) {
    for (const text of carried) if (text !== undefined) bytes += 2 * text.length
  }
  return bytes
}

function compact(window: Window): void {
  const { entries, base } = window
  if (base < DEAD_ENTRIES_MIN || base * 2 < entries.times.length) return
  dropFirst(entries, base)
  window.low -= base
  window.base = 0
}
