// The newest (or oldest) events that match, in the order (time, id).
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

interface Found extends Position {
  readonly event: Event
}

function compare(a: Position, b: Position): number {
  return a.time - b.time || compareIds(a.id, b.id)
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
  const nearest = (unit: Unit) => (direction === 'down' ? unit.newest : unit.oldest)
  const order = (a: Position, b: Position) => sign * compare(a, b)
  const found: Found[] = []
  for (const unit of units.toSorted((a, b) => sign * (nearest(a) - nearest(b)))) {
    const worst = found.length === limit ? found[limit - 1] : undefined
    if (worst !== undefined && sign * (nearest(unit) - worst.time) > 0) break
    if (cursor !== undefined && isPast(unit, cursor, direction)) continue
    await run.turn()
    if (run.stopped()) break
    collect(run, unit, limit, order, cursor, found)
  }
  return found.map(({ event }) => event)
}

/** True when the whole unit lies before the cursor. */
function isPast(unit: Unit, cursor: Position, direction: Direction): boolean {
  return direction === 'down' ? unit.oldest > cursor.time : unit.newest < cursor.time
}

/** Rows that are read at once. */
const FEW_ROWS = 2

/** Takes a unit's rows in order until they cannot be among the first any more. */
function collect(
  run: Run,
  unit: Unit,
  limit: number,
  order: (a: Position, b: Position) => number,
  cursor: Position | undefined,
  found: Found[],
): void {
  const { bits, sure } = run.propose(unit)
  const rows: number[] = []
  eachBit(bits, (row) => rows.push(row))
  if (rows.length === 0 || limit === 0) return
  const eventAt = (row: number) =>
    sure !== undefined && hasBit(sure, row) ? unit.event(row) : run.verify(unit, row)
  if (rows.length <= FEW_ROWS) {
    // To read a few events takes less than to unpack the times of all.
    for (const row of rows) {
      if (run.stopped()) return
      const event = eventAt(row)
      if (event === undefined) continue
      const one = { time: event.time, id: idAt(unit, row), event }
      if (cursor === undefined || order(one, cursor) > 0) insert(found, one, limit, order)
    }
    return
  }
  const times = unit.times()
  const at = (row: number): Position => ({ time: times[row]!, id: idAt(unit, row) })
  const forward = order({ time: 0, id: idAt(unit, 0) }, { time: 1, id: idAt(unit, 0) })
  rows.sort((a, b) => forward * (times[b]! - times[a]!) || forward * (b - a))
  for (const row of rows) {
    const position = at(row)
    if (cursor !== undefined && order(position, cursor) <= 0) continue
    const worst = found.length === limit ? found[limit - 1] : undefined
    if (worst !== undefined && order(position, worst) > 0) return
    if (sure !== bits && run.stopped()) return
    const event = eventAt(row)
    if (event !== undefined) insert(found, { ...position, event }, limit, order)
  }
}

function insert(
  found: Found[],
  one: Found,
  limit: number,
  order: (a: Position, b: Position) => number,
): void {
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
