// Goes through the units of a search and says which rows match: the plan proposes, the matcher decides.
// Stops at the time limit or when the caller gives up, and lets others have the thread in between.
import type { Event } from '../../../../parsers/event.ts'
import { compilePredicate } from '../../../../sigma/eval/predicate.ts'
import type { Expr } from '../../../../sigma/ir/expr.ts'
import {
  clearBit,
  countBits,
  eachBit,
  hasBit,
  intersect,
  isEmpty,
  setBit,
  wordsFor,
} from '../bits.ts'
import type { QueryStats, TimeRange } from '../event-store.ts'
import { type Answer, answerUnit, isNone } from './evaluate.ts'
import type { Questions } from './questions.ts'
import type { Unit } from './unit.ts'

/** How long a search may hold its thread in one go, milliseconds. */
const TURN_MS = 20
/** Rows decoded between two looks at the clock. */
const ROWS_PER_LOOK = 64

/** A search under way. */
export interface Run {
  readonly range: TimeRange
  /** True when the index says that no row of the unit matches: nothing more is to be asked of it. */
  skips(unit: Unit): boolean
  /** Rows that may match, by the plan, the range and `asof`, and those that surely do. */
  propose(unit: Unit): Answer
  /** True once it must stop; to be asked often. */
  stopped(): boolean
  /** Time that it still may take, milliseconds; none once the caller gave up. */
  left_ms(): number
  /** Lets other work have the thread when it is time to. */
  turn(): Promise<void> | undefined
  /** The event of a row if the matcher says that it matches. */
  verify(unit: Unit, row: number): Event | undefined
  /** The event of a row that is known to match. */
  read(unit: Unit, row: number): Event
  stats(): QueryStats
}

/** What a search asks of every unit. */
export interface RunRequest extends TimeRange {
  readonly expr?: Expr | undefined
  readonly rules?: readonly string[] | undefined
  readonly timeout_ms: number
}

/** Starts a search over `total` units. */
export function startRun(
  request: RunRequest,
  total: number,
  questions: Questions,
  signal?: AbortSignal,
): Run {
  const { expr, timeout_ms } = request
  const range: TimeRange = request
  const rules = request.rules === undefined ? undefined : new Set(request.rules)
  const started = performance.now()
  const { plan, lookups } = questions.ask(expr)
  const predicate = expr === undefined ? () => true : compilePredicate(expr)
  let turnStarted = started
  let complete = true
  let scanned = 0
  let candidates = 0
  let segments = 0
  return {
    range,
    skips(unit) {
      const isSkipped = isNone(lookups, plan, unit)
      if (isSkipped) segments++
      return isSkipped
    },
    propose(unit) {
      segments++
      const matched = rules && matchedRows(unit, rules)
      if (matched !== undefined && isEmpty(matched)) return { bits: matched, sure: matched }
      const { bits, sure } = answerUnit(lookups, plan, unit)
      if (matched !== undefined) intersect(bits, matched)
      keepRange(unit, bits, range)
      candidates += countBits(bits)
      if (sure !== undefined && sure !== bits) intersect(sure, bits)
      return { bits, sure }
    },
    stopped() {
      if (!complete) return true
      if (signal?.aborted === true || performance.now() - started > timeout_ms) complete = false
      return !complete
    },
    left_ms: () =>
      signal?.aborted === true ? 0 : Math.max(0, timeout_ms - (performance.now() - started)),
    turn() {
      if (performance.now() - turnStarted < TURN_MS) return undefined
      return new Promise((resolve) => {
        setImmediate(() => {
          turnStarted = performance.now()
          resolve()
        })
      })
    },
    verify(unit, row) {
      scanned++
      const event = unit.event(row)
      return predicate(event) ? event : undefined
    },
    read(unit, row) {
      scanned++
      return unit.event(row)
    },
    stats: () => ({
      took_ms: performance.now() - started,
      scanned,
      candidates,
      segments,
      segments_total: total,
      complete,
    }),
  }
}

/** Rows that one of the rules matched. */
function matchedRows(unit: Unit, rules: ReadonlySet<string>): Uint32Array {
  const bits = new Uint32Array(wordsFor(unit.visible))
  for (const { row, ruleId } of unit.matches()) if (rules.has(ruleId)) setBit(bits, row)
  return bits
}

/** Clears rows whose time is outside the range. */
function keepRange(unit: Unit, bits: Uint32Array, range: TimeRange): void {
  if (unit.oldest >= range.from && unit.newest < range.to) return
  const times = unit.times()
  const inside = new Uint32Array(wordsFor(unit.visible))
  for (let row = 0; row < unit.visible; row++) {
    if (times[row]! >= range.from && times[row]! < range.to) setBit(inside, row)
  }
  intersect(bits, inside)
}

/**
 * The rows of a unit that match. When the search stops in between, those verified so far: the rest is
 * left out and `run.stopped()` stays true.
 */
export async function matchesOf(run: Run, unit: Unit): Promise<Uint32Array> {
  const { bits, sure } = run.propose(unit)
  await run.turn()
  if (sure === bits) return bits
  const rows: number[] = []
  eachBit(bits, (row) => {
    if (sure === undefined || !hasBit(sure, row)) rows.push(row)
  })
  if (rows.length > 1) await Promise.all(unit.open(rows))
  for (const [at, row] of rows.entries()) {
    if (at % ROWS_PER_LOOK === 0) {
      await run.turn()
      if (run.stopped()) {
        for (const left of rows.slice(at)) clearBit(bits, left)
        return bits
      }
    }
    if (run.verify(unit, row) === undefined) clearBit(bits, row)
  }
  return bits
}

/** How many rows match, as far as the search got. */
export async function countMatches(run: Run, units: readonly Unit[]): Promise<number> {
  let total = 0
  for (const unit of units) {
    if (run.stopped()) break
    if (run.skips(unit)) continue
    total += countBits(await matchesOf(run, unit))
  }
  return total
}
