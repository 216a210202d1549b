// The entries of one group: parallel columns ordered by time, equal times in order of arrival.
import type { FieldText, Ref } from './types.ts'

/** An anchor whose window held, or that is none (more values of one event follow it). */
export const FIRED = 1
/** Listed by a firing. */
export const REPORTED = 2

/** What one entry stands for: an event, or the events of another correlation's firing. */
export type EntryRef = Ref | readonly Ref[]

/** Columns that a correlation does not need stay empty. */
export interface Entries {
  readonly times: number[]
  readonly refs: EntryRef[]
  readonly flags: number[]
  /** Index of the input. */
  readonly stages: number[]
  readonly values: (string | number)[]
  /** Fields that correlations above this one read. */
  readonly carried: (readonly FieldText[])[]
}

export function newEntries(): Entries {
  return { times: [], refs: [], flags: [], stages: [], values: [], carried: [] }
}

/** An entry before it has a place. */
export interface NewEntry {
  readonly time: number
  readonly ref: EntryRef
  readonly flags: number
  readonly stage: number
  readonly value: string | number | undefined
  readonly carried: readonly FieldText[] | undefined
}

/** Puts an entry at an index, the end included. */
export function insertEntry(entries: Entries, at: number, entry: NewEntry, staged: boolean): void {
  const { time, ref, flags, stage, value, carried } = entry
  if (at === entries.times.length) {
    entries.times.push(time)
    entries.refs.push(ref)
    entries.flags.push(flags)
    if (staged) entries.stages.push(stage)
    if (value !== undefined) entries.values.push(value)
    if (carried !== undefined) entries.carried.push(carried)
    return
  }
  entries.times.splice(at, 0, time)
  entries.refs.splice(at, 0, ref)
  entries.flags.splice(at, 0, flags)
  if (staged) entries.stages.splice(at, 0, stage)
  if (value !== undefined) entries.values.splice(at, 0, value)
  if (carried !== undefined) entries.carried.splice(at, 0, carried)
}

/** Takes the first `count` entries away. */
export function dropFirst(entries: Entries, count: number): void {
  entries.times.splice(0, count)
  entries.refs.splice(0, count)
  entries.flags.splice(0, count)
  if (entries.stages.length > 0) entries.stages.splice(0, count)
  if (entries.values.length > 0) entries.values.splice(0, count)
  if (entries.carried.length > 0) entries.carried.splice(0, count)
}
