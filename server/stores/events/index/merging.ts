// When groups of one index file become a larger one. A merge goes by slices, each a transaction of its own,
// between which groups are made and searches see the old groups; what a crash leaves of it is removed.
import type { Database } from 'bun:sqlite'
import { dropOneLeftover } from './leftover.ts'
import { mergeGroups } from './merge.ts'
import { readGroups } from './read.ts'

/** So many groups of like size become one, up to this many events. */
const MERGE_GROUPS = 8
const MERGED_EVENTS_MAX = 786_432
/** Groups below this many events are all of the smallest size. */
const SMALL_GROUP_EVENTS = 2048
/** Pages that nothing uses are given back when they are more than this share, and these many. */
const UNUSED_SHARE = 0.1
export const UNUSED_PAGES = 16
/** So many at a time. */
const VACUUM_PAGES = 1024
/** After so many times the patience without a group or a merge: the next one would use them. */
const VACUUM_PATIENCE = 5

export interface Merging {
  readonly index: Database
  readonly patience_ms: number
  /** The merge under way. */
  steps: Generator<void, number> | undefined
  /** When the file was last written to, milliseconds. */
  worked: number
}

/** Merging of an index file by its one writer, which waits `patience_ms` for a group to be full. */
export function createMerging(index: Database, patience_ms: number): Merging {
  return { index, patience_ms, steps: undefined, worked: performance.now() }
}

/** Merges for about so long; false when there is nothing to do. */
export function mergeSome(merging: Merging, budget_ms: number): boolean {
  const { index } = merging
  const until = performance.now() + budget_ms
  if (merging.steps === undefined) {
    if (dropOneLeftover(index)) return hasWorked(merging)
    merging.steps = nextMerge(index)
  }
  if (merging.steps === undefined) return giveBack(merging)
  const { steps } = merging
  let done = false
  try {
    index.transaction(() => {
      do done = steps.next().done === true
      while (!done && performance.now() < until)
    })()
  } catch (error) {
    // What the steps put is gone: the merge begins anew.
    merging.steps = undefined
    throw error
  }
  if (done) merging.steps = undefined
  return hasWorked(merging)
}

function hasWorked(merging: Merging): true {
  merging.worked = performance.now()
  return true
}

/** Groups differ in size when one is 8 times the other. */
function sizeClass(events: number): number {
  return Math.max(0, Math.floor(Math.log2(events / SMALL_GROUP_EVENTS) / 3))
}

/** A merge of the first groups of one size, when there are enough of them. */
function nextMerge(index: Database): Generator<void, number> | undefined {
  const bySize = Map.groupBy(readGroups(index), ({ events }) => sizeClass(events))
  for (const groups of bySize.values()) {
    const some = groups.slice(0, MERGE_GROUPS)
    const total = some.reduce((sum, { events }) => sum + events, 0)
    if (some.length < MERGE_GROUPS || total > MERGED_EVENTS_MAX) continue
    const ids = some.map(({ id }) => id)
    return mergeGroups(index, ids, total * MERGE_GROUPS > MERGED_EVENTS_MAX)
  }
  return undefined
}

/** Shortens a file of which much is not used; false when there is nothing to do. */
function giveBack({ index, patience_ms, worked }: Merging): boolean {
  if (performance.now() - worked < patience_ms * VACUUM_PATIENCE) return false
  const unused = numberOf(index, 'freelist_count')
  if (unused < UNUSED_PAGES || unused < numberOf(index, 'page_count') * UNUSED_SHARE) return false
  // Files of an earlier release keep their pages.
  if (numberOf(index, 'auto_vacuum') === 0) return false
  index.run(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`)
  return true
}

function numberOf(index: Database, pragma: string): number {
  return Object.values(index.query(`PRAGMA ${pragma}`).get() as Record<string, number>)[0]!
}
