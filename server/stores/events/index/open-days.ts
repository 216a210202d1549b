// The day files and index files that the indexer has open. Some days are open at a time; one that has nothing
// to do is not opened again until its file changes, for a store keeps many days and most never change.
import type { Database } from 'bun:sqlite'
import { statSync } from 'node:fs'
import { type DayFileName, dayFilePath, openDayFileReadonly } from '../day-file.ts'
import { INDEX_VERSION, indexPath, openIndexWriter } from './layout.ts'
import { createMerging, type Merging } from './merging.ts'
import { openGroup, readGroups } from './read.ts'

/** Days open at the same time, but for one whose groups are being merged. */
export const OPEN_DAYS_MAX = 8
/** A file that was written to this shortly ago may change without looking different, milliseconds. */
const SETTLED_MS = 1000

export interface OpenDay {
  readonly name: DayFileName
  readonly day: Database
  readonly index: Database
  /** First numbers and counts that groups cover. */
  readonly covered: Map<number, number>
  readonly merging: Merging
  dayVersion: number
  /** Segments up to this `seq` are covered. */
  done: number
  /** How its file looked when nothing was left to do; undefined while something may be. */
  rests: string | undefined
}

export interface OpenDays {
  readonly dataFolder: string
  readonly patience_ms: number
  /** By file id, the longest unused first. */
  readonly open: Map<string, OpenDay>
  /** How the files of closed days looked that had nothing left to do. */
  readonly resting: Map<string, string>
}

export function createOpenDays(dataFolder: string, patience_ms: number): OpenDays {
  return { dataFolder, patience_ms, open: new Map(), resting: new Map() }
}

/** How a day's file looks; undefined where that says nothing. */
export function looksOf(days: OpenDays, name: DayFileName): string | undefined {
  const path = dayFilePath(days.dataFolder, name)
  const settled = Date.now() - SETTLED_MS
  const parts: number[] = []
  for (const file of [path, `${path}-wal`]) {
    const found = statSync(file, { throwIfNoEntry: false })
    if (found === undefined || found.size === 0) parts.push(0, 0)
    else if (found.mtimeMs > settled) return undefined
    else parts.push(found.size, found.mtimeMs)
  }
  return parts.join(' ')
}

/** True for a closed day that had nothing to do and has not changed. */
export function isResting(days: OpenDays, name: DayFileName, looks: string | undefined): boolean {
  const { open, resting } = days
  return looks !== undefined && !open.has(name.fileId) && resting.get(name.fileId) === looks
}

/** Opens a day, and closes the one that was used the longest ago; undefined where it has no file. */
export function openDay(days: OpenDays, name: DayFileName): OpenDay | undefined {
  const { dataFolder, open, patience_ms } = days
  const known = open.get(name.fileId)
  if (known !== undefined) {
    open.delete(name.fileId)
    open.set(name.fileId, known)
    return known
  }
  const day = openDayFileReadonly(dataFolder, name)
  if (day === undefined) return undefined
  const identity = { dayFile: name.fileId, version: INDEX_VERSION }
  const index = openIndexWriter(indexPath(dataFolder, name), identity)
  const covered = new Map<number, number>()
  for (const { id } of readGroups(index)) {
    for (const run of openGroup(index, id).info.segments) covered.set(run.first, run.count)
  }
  const merging = createMerging(index, patience_ms)
  const opened = { name, day, index, covered, merging, dayVersion: -1, done: 0, rests: undefined }
  makeRoom(days)
  open.set(name.fileId, opened)
  return opened
}

function makeRoom(days: OpenDays): void {
  if (days.open.size < OPEN_DAYS_MAX) return
  for (const [fileId, { merging }] of days.open) {
    if (merging.steps !== undefined) continue
    closeDay(days, fileId)
    return
  }
}

/** Closes a day; a merge under way begins anew when it opens again. */
export function closeDay(days: OpenDays, fileId: string): void {
  const day = days.open.get(fileId)
  if (day === undefined) return
  day.day.close()
  day.index.close()
  days.open.delete(fileId)
  if (day.rests === undefined) days.resting.delete(fileId)
  else days.resting.set(fileId, day.rests)
}

/** True while groups of another day are being merged: one merge at a time is in memory. */
export function isMergingElsewhere(days: OpenDays, day: OpenDay): boolean {
  for (const other of days.open.values()) {
    if (other !== day && other.merging.steps !== undefined) return true
  }
  return false
}
