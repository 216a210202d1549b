// The newest (or oldest) events that match, in the order (time, id). Which rows they are is found first, and
// their blocks are read then, several at a time: unpacking them is most of the work.
import type { Event } from '../../../../parsers/event.ts'
import { eachBit, hasBit } from '../bits.ts'
import { compareIds } from '../id.ts'
import type { Run } from './run.ts'
import { idAt, type Unit } from './unit.ts'

export interface Position {
  readonly time: number
  readonly id: string
}

/** `down`: newest first. */
export type Direction = 'down' | 'up'

/** A row that is to be read. */
interface Candidate {
  readonly unit: Unit
  readonly row: number
  /** It surely matches. */
  readonly sure: boolean
}

interface Found extends Position, Candidate {
  event: Event | undefined
}

function compare(a: Position, b: Position): number {
  return a.time - b.time || compareIds(a.id, b.id)
}

/** Rows whose blocks are unpacked at the same time, at most. */
const BATCH_ROWS = 64
/** As many once there are enough rows: few of those that come can still be among the first. */
const LATE_BATCH_ROWS = 8
/** To read a few events takes less than to unpack the times of all. */
const FEW_ROWS = 2

/** A search for the first rows under way. */
interface First {
  readonly run: Run
  readonly limit: number
  readonly direction: Direction
  readonly cursor: Position | undefined
  readonly order: (a: Position, b: Position) => number
  /** In order, at most `limit`. */
  readonly found: Found[]
  /** Rows that were not read yet. */
  readonly waiting: Candidate[]
}

/**
 * The first `limit` matching events after `cursor` in that direction. Goes through units by their nearest
 * time and stops when nothing nearer can come.
 */
export async function firstEvents(
  run: Run,
  units: readonly Unit[],
  limit: number,
  direction: Direction,
  cursor?: Position,
): Promise<Event[]> {
  const sign = direction === 'down' ? -1 : 1
  const order = (a: Position, b: Position) => sign * compare(a, b)
  const first: First = { run, limit, direction, cursor, order, found: [], waiting: [] }
  const nearest = (unit: Unit) => (direction === 'down' ? unit.newest : unit.oldest)
  for (const unit of sorted(units, (a, b) => sign * (nearest(a) - nearest(b)))) {
    const worst = worstOf(first)
    if (worst !== undefined && sign * (nearest(unit) - worst.time) > 0) break
    if (cursor !== undefined && isPast(unit, cursor, direction)) continue
    if (run.skips(unit)) continue
    await run.turn()
    if (run.stopped()) break
    await collect(first, unit)
  }
  await readWaiting(first)
  return readFound(first.found)
}

/** Sorts thousands of units, most often in order already, one way or the other. */
function sorted(
  units: readonly Unit[],
  compareUnits: (a: Unit, b: Unit) => number,
): readonly Unit[] {
  const inOrder = (some: readonly Unit[]) =>
    some.every((unit, at) => at === 0 || compareUnits(some[at - 1]!, unit) <= 0)
  if (inOrder(units)) return units
  const reversed = units.toReversed()
  return inOrder(reversed) ? reversed : units.toSorted(compareUnits)
}

/** The last of the rows found, once there are enough. */
function worstOf({ found, limit }: First): Found | undefined {
  return found.length === limit ? found[limit - 1] : undefined
}

/** True when the whole unit lies before the cursor. */
function isPast(unit: Unit, cursor: Position, direction: Direction): boolean {
  return direction === 'down' ? unit.oldest > cursor.time : unit.newest < cursor.time
}

/** Takes a unit's rows in order until they cannot be among the first any more. */
async function collect(first: First, unit: Unit): Promise<void> {
  const { run, limit, cursor, order } = first
  const { bits, sure } = run.propose(unit)
  const rows: number[] = []
  eachBit(bits, (row) => rows.push(row))
  if (rows.length === 0 || limit === 0) return
  const isSure = (row: number) => sure !== undefined && hasBit(sure, row)
  if (rows.length <= FEW_ROWS) {
    for (const row of rows) first.waiting.push({ unit, row, sure: isSure(row) })
    if (isEnough(first)) await readWaiting(first)
    return
  }
  const times = unit.times()
  const forward = first.direction === 'down' ? 1 : -1
  rows.sort((a, b) => forward * (times[b]! - times[a]!) || forward * (b - a))
  for (const row of rows) {
    const position = { time: times[row]!, id: idAt(unit, row) }
    if (cursor !== undefined && order(position, cursor) <= 0) continue
    const worst = worstOf(first)
    if (worst !== undefined && order(position, worst) > 0) return
    if (isSure(row)) {
      insert(first, { ...position, unit, row, sure: true, event: undefined })
      continue
    }
    first.waiting.push({ unit, row, sure: false })
    if (!isEnough(first)) continue
    await readWaiting(first)
    if (run.stopped()) return
  }
}

/** True when as many rows wait as may be wanted. */
function isEnough({ waiting, found, limit }: First): boolean {
  const wanted = found.length < limit ? limit - found.length : LATE_BATCH_ROWS
  return waiting.length >= Math.min(BATCH_ROWS, wanted)
}

/** Reads the rows that wait; those that match are found. */
async function readWaiting(first: First): Promise<void> {
  const { run, cursor, order } = first
  const waiting = first.waiting.splice(0)
  await openBlocks(waiting)
  await run.turn()
  for (const one of waiting) {
    if (run.stopped()) return
    const { unit, row } = one
    const event = one.sure ? unit.event(row) : run.verify(unit, row)
    if (event === undefined) continue
    const position = { time: event.time, id: event.id }
    if (cursor === undefined || order(position, cursor) > 0) {
      insert(first, { ...one, ...position, event })
    }
  }
}

async function readFound(found: readonly Found[]): Promise<Event[]> {
  const events: Event[] = []
  for (let at = 0; at < found.length; at += BATCH_ROWS) {
    const batch = found.slice(at, at + BATCH_ROWS)
    await openBlocks(batch.filter(({ event }) => event === undefined))
    for (const { unit, row, event } of batch) events.push(event ?? unit.event(row))
  }
  return events
}

async function openBlocks(rows: readonly Candidate[]): Promise<void> {
  if (rows.length <= FEW_ROWS) return
  const byUnit = Map.groupBy(rows, ({ unit }) => unit)
  const opening = [...byUnit].flatMap(([unit, own]) => unit.open(own.map(({ row }) => row)))
  await Promise.all(opening)
}

function insert({ found, limit, order }: First, one: Found): void {
  let low = 0
  let high = found.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (order(found[middle]!, one) < 0) low = middle + 1
    else high = middle
  }
  found.splice(low, 0, one)
  if (found.length > limit) found.pop()
}
