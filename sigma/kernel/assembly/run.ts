// Lines one after another: those whose rules are known, or that can match none, need nobody else.
import { isEqual } from './bytes'
import { cutObject, endOfCut } from './cut'
import { DONE, findLine, KNOWN, keepRules, leadsToRules } from './find'
import { DECIMAL, ESCAPED, STRING, WIDE } from './kinds'
import {
  ENDS,
  HAS_KEY,
  KINDS,
  RESULTS,
  RESULTS_BYTES,
  ROUTE,
  RULE_COUNT,
  RULES,
  RUN_END,
  RUN_LINES,
  RUN_NEXT,
  RUN_PLAN,
  RUN_RESULTS,
  RUN_START,
  STARTS,
} from './places'
import { Route } from './structs'

// Why a run ends, in place of the outcome of a line that the host goes on with.
const RAN: i32 = -4
const LEFT: i32 = -5
const FULL: i32 = -6

const LF: u8 = 0x0a
const CR: u8 = 0x0d
const DASH: u32 = 0x2d
const ZERO: u32 = 0x30

/** Longest line, bytes. */
const LINE_BYTES_MAX: usize = 64 * 1024
const RESULT_HEAD_BYTES: usize = 16
/** `2026-11-21`. */
const DAY_BYTES: usize = 10

let resultsEnd: usize = RESULTS
/** Where the line at hand ends, and where the next one starts. */
let lineEnd: usize = 0
let nextLine: usize = 0

/**
 * Runs over the whole lines from `start` to `end`; `shift` is taken off the positions that are given. Ends at a line
 * that it leaves, whose outcome it gives; at the end; or where there is no room for more results.
 */
export function run(root: usize, start: usize, end: usize, shift: usize): i32 {
  resultsEnd = RESULTS
  let lines: u32 = 0
  let at = start
  let outcome = RAN
  while (at < end) {
    outcome = runLine(root, at, end, shift, lines)
    if (outcome !== RAN) break
    lines++
    at = nextLine
  }
  store<u32>(RUN_LINES, lines)
  store<u32>(RUN_START, <u32>(at - shift))
  store<u32>(RUN_END, <u32>(lineEnd - shift))
  store<u32>(RUN_NEXT, <u32>(nextLine - shift))
  store<u32>(RUN_RESULTS, <u32>resultsEnd)
  return outcome
}

function runLine(root: usize, start: usize, end: usize, shift: usize, line: u32): i32 {
  const place = cutObject(root, start, end, shift)
  if (place === 0) return LEFT
  lineEnd = endOfCut()
  nextLine = lineEnd
  if (load<u8>(nextLine) === CR) nextLine++
  if (load<u8>(nextLine++) !== LF || nextLine > end) return LEFT
  if (lineEnd - start > LINE_BYTES_MAX) return LEFT
  const route = routeOf(place, shift)
  if (changetype<usize>(route) === 0 || !isInTime(route, shift)) return LEFT
  const plan = route.plan
  const outcome = findLine(plan, shift, true)
  if (outcome === KNOWN) {
    if (addResult(line, start - shift, lineEnd - shift)) return RAN
    return resultsEnd === RESULTS ? LEFT : FULL
  }
  if (outcome === DONE && !leadsToRules(plan)) {
    if (load<u32>(HAS_KEY) !== 0) keepRules(plan, 0)
    return RAN
  }
  store<u32>(RUN_PLAN, plan.id)
  return outcome
}

/** The route whose texts the line at hand has; none: the host must look at it. */
function routeOf(place: usize, shift: usize): Route {
  let route = changetype<Route>(<usize>load<u32>(place, ROUTE))
  while (changetype<usize>(route) !== 0 && !isRoute(route, shift)) route = route.next
  return route
}

function isRoute(route: Route, shift: usize): bool {
  for (let i: u32 = 0; i < route.textCount; i++) {
    const wanted = route.texts + <usize>i * 12
    const value = <usize>load<u32>(wanted)
    const start = load<u32>(STARTS + (value << 2))
    const length = load<u32>(wanted, 8)
    if (load<u8>(KINDS + value) !== STRING) return false
    if (load<u32>(ENDS + (value << 2)) - start !== length) return false
    if (!isEqual(<usize>start + shift, <usize>load<u32>(wanted, 4), <usize>length)) return false
  }
  return true
}

/** Whether no time of the line may be so far ahead that its event would get another. */
function isInTime(route: Route, shift: usize): bool {
  for (let i: u32 = 0; i < route.timeCount; i++) {
    const value = <usize>load<u32>(route.times + ((<usize>i) << 2))
    const kind = load<u8>(KINDS + value)
    if (kind === ESCAPED || kind === DECIMAL || (kind & WIDE) !== 0) return false
    if (kind !== STRING) continue
    const start = load<u32>(STARTS + (value << 2))
    if (load<u32>(ENDS + (value << 2)) - start < <u32>DAY_BYTES) return false
    if (!isDayBefore(<usize>start + shift, route.day)) return false
  }
  return true
}

function isDayBefore(start: usize, day: usize): bool {
  let order: i32 = 0
  for (let i: usize = 0; i < DAY_BYTES; i++) {
    const byte = <u32>load<u8>(start + i)
    if (i === 4 || i === 7 ? byte !== DASH : byte - ZERO > 9) return false
    if (order === 0) order = <i32>byte - <i32>load<u8>(day + i)
  }
  return order < 0
}

/** Adds the rules of the known line at hand; false without room for them. */
function addResult(line: u32, start: usize, end: usize): bool {
  const count = load<u32>(RULE_COUNT)
  if (count === 0) return true
  const bytes = (<usize>count) << 2
  if (resultsEnd + RESULT_HEAD_BYTES + bytes > RESULTS + RESULTS_BYTES) return false
  store<u32>(resultsEnd, line)
  store<u32>(resultsEnd, <u32>start, 4)
  store<u32>(resultsEnd, <u32>end, 8)
  store<u32>(resultsEnd, count, 12)
  memory.copy(resultsEnd + RESULT_HEAD_BYTES, <usize>load<u32>(RULES), bytes)
  resultsEnd += RESULT_HEAD_BYTES + bytes
  return true
}
