// The host's part of a run over lines (`sigma/kernel/assembly/run.ts`): it reads the results and goes on with the lines
// that the kernel leaves to it.
import type { SigmaEvent } from '../event.ts'
import type { KernelMemory } from '../kernel/memory.ts'
import {
  RESULTS,
  RUN_END,
  RUN_LINES,
  RUN_NEXT,
  RUN_PLAN,
  RUN_RESULTS,
  RUN_START,
} from '../kernel/places.ts'
import { bringIn, WINDOW_BYTES } from '../kernel/window.ts'
import type { FlatLine } from './flat.ts'

/** Hears about the lines of a run, in their order. */
export interface LineTaker {
  /** So many lines were matched; those with rules are told by `take` before. */
  pass(lines: number): void
  /** The rules of a line, good until the next one: it comes `ahead` lines behind those passed. `line` says where it
   * stands. */
  take(rules: readonly number[], ahead: number): void
  /** The event of the line at hand. */
  readonly make: () => SigmaEvent
}

/** What lines a run is over. */
export interface LineRun {
  readonly root: number
  readonly start: number
  readonly end: number
  /** The rules of a line, given the number of its plan and the outcome of its search; undefined: to be left. */
  readonly finish: (plan: number, outcome: number) => readonly number[] | undefined
  readonly counts: { events: number; matches: number }
}

// Outcomes: the numbers of `run.ts`.
const RAN = -4
const LEFT = -5
const FULL = -6

const LF = 0x0a

/** Runs over lines; the start of the first one that is left. */
export function runLines(
  memory: KernelMemory,
  line: FlatLine,
  { root, start, end, finish, counts }: LineRun,
  taker: LineTaker,
): number {
  const { window, exports } = memory
  const word = (address: number): number => memory.words[address >> 2]!
  let next = start
  let last = start
  while (next < end) {
    if (next >= last) last = lastEnd(line.bytes, next, end)
    if (last === next) return next
    const shift = bringIn(window, memory.bytes, line.bytes, line.turn, next, last)
    const outcome = exports.run(root, next + shift, last + shift, shift)
    const passed = word(RUN_LINES)
    counts.events += passed
    counts.matches += takeResults(line, memory.words, taker)
    taker.pass(passed)
    next = word(RUN_START)
    if (outcome === RAN || outcome === FULL) continue
    if (outcome === LEFT) return next
    line.start = next
    line.end = word(RUN_END)
    const behind = word(RUN_NEXT)
    const rules = finish(word(RUN_PLAN), outcome)
    if (rules === undefined) return next
    if (rules.length > 0) taker.take(rules, 0)
    taker.pass(1)
    next = behind
  }
  return next
}

/** Where the last line ends that the window can hold whole; `start` where there is none. */
function lastEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end - start <= WINDOW_BYTES) return end
  const last = bytes.lastIndexOf(LF, start + WINDOW_BYTES - 1)
  return last < start ? start : last + 1
}

/** The rules of one result. */
const known: number[] = []

/** Reads the results of a run; how many rules they are. */
function takeResults(line: FlatLine, words: Int32Array, taker: LineTaker): number {
  const end = words[RUN_RESULTS >> 2]! >> 2
  let matches = 0
  for (let at = RESULTS >> 2; at < end; ) {
    const ahead = words[at]!
    line.start = words[at + 1]!
    line.end = words[at + 2]!
    const count = words[at + 3]!
    known.length = count
    for (let i = 0; i < count; i++) known[i] = words[at + 4 + i]!
    taker.take(known, ahead)
    matches += count
    at += 4 + count
  }
  return matches
}
