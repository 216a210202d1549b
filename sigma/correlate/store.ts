// Groups by exact key, their order of use, and the memory limit.
import type { Clocks } from './clock.ts'
import type { Compiled } from './compile.ts'
import type { EntryRef } from './entries.ts'
import { GROUP_BYTES } from './limits.ts'
import { entryBytes, newWindow, type Window } from './window.ts'

export type GroupKey = readonly (string | undefined)[]

export interface Group {
  readonly window: Window
  readonly key: GroupKey
  readonly mapKey: string | undefined
  readonly lane: Lane
  /** The match added last: another rule's match on the same event counts once. */
  last: EntryRef | undefined
  /** Estimated size, bytes. */
  bytes: number
  /** Turn of its last match. */
  used: number
  older: Group | undefined
  newer: Group | undefined
}

/** The groups of one correlation in one stream, in order of use. */
export interface Lane {
  readonly correlation: Compiled
  readonly stream: Stream
  readonly groups: Map<string | undefined, Group>
  stalest: Group | undefined
  newest: Group | undefined
  turn: number
}

/** The live events, or one import: clocks and groups of its own. */
export interface Stream {
  readonly name: string
  readonly clocks: Clocks
  readonly lanes: readonly Lane[]
  used: number
}

/** The text that stands for a key of several values; different keys never share one. */
export function mapKeyOf(key: GroupKey): string | undefined {
  if (key.length === 1) return key[0]
  let text = ''
  for (const part of key) text += part === undefined ? '-' : `${part.length}:${part}`
  return text
}

export function newLane(correlation: Compiled, stream: Stream): Lane {
  return { correlation, stream, groups: new Map(), stalest: undefined, newest: undefined, turn: 0 }
}

/** A new group, the newest of its lane. */
export function addGroup(lane: Lane, key: GroupKey, mapKey: string | undefined): Group {
  let bytes = GROUP_BYTES
  for (const part of key) if (part !== undefined) bytes += 2 * part.length
  const group: Group = {
    window: newWindow(lane.correlation),
    key,
    mapKey,
    lane,
    last: undefined,
    bytes,
    used: 0,
    older: lane.newest,
    newer: undefined,
  }
  if (lane.newest === undefined) lane.stalest = group
  else lane.newest.newer = group
  lane.newest = group
  lane.groups.set(mapKey, group)
  return group
}

/** Makes a group the newest of its lane. */
export function touch(group: Group): void {
  const { lane, older, newer } = group
  if (newer === undefined) return
  newer.older = older
  if (older === undefined) lane.stalest = newer
  else older.newer = newer
  group.older = lane.newest
  group.newer = undefined
  lane.newest!.newer = group
  lane.newest = group
}

export function removeGroup(group: Group): void {
  const { lane, older, newer } = group
  if (older === undefined) lane.stalest = newer
  else older.newer = newer
  if (newer === undefined) lane.newest = older
  else newer.older = older
  lane.groups.delete(group.mapKey)
}

/** Live entries of a group. */
export function entriesOf({ window }: Group): number {
  return window.entries.times.length - window.base
}

/** The stalest group of all lanes. */
export function stalestOf(streams: Iterable<Stream>): Group | undefined {
  let stalest: Group | undefined
  for (const stream of streams) {
    for (const lane of stream.lanes) {
      const group = lane.stalest
      if (group !== undefined && (stalest === undefined || group.used < stalest.used)) {
        stalest = group
      }
    }
  }
  return stalest
}

/** The size that a group's parts add up to. */
export function sizeOf(group: Group): number {
  let bytes = GROUP_BYTES
  for (const part of group.key) if (part !== undefined) bytes += 2 * part.length
  const { entries, base } = group.window
  for (let i = base; i < entries.times.length; i++) bytes += entryBytes(entries, i)
  return bytes
}
