// Lines of generic JSON matched where they stand: the rules that an event of the line would match, without
// the event.

import type { NormalisedEvent } from '../parsers/event.ts'
import { createGenericLines } from '../parsers/generic-line.ts'
import { type NormaliseOptions, normalise } from '../parsers/normalise.ts'
import { createFlatLine, openFlatLine } from '../sigma/eval/flat.ts'
import type { LineTaker } from '../sigma/eval/flat-run.ts'
import type { Matcher } from '../sigma/eval/matcher.ts'
import { utf8Text } from '../sigma/eval/unescape.ts'

/** Matches lines of one file. */
export interface FlatMatcher {
  /** The rules that a line matches; undefined where it must be read as an event. */
  match(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
  ): readonly number[] | undefined
  /**
   * Matches the lines from `start` to `end`, each with its line end, until one must be read as an event; where that
   * one starts. `report` hears of lines that match, `index` behind the first one; the rules are good until it returns.
   */
  matchLines(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    report: (rules: readonly number[], index: number) => void,
  ): LinesMatched
  /** The event of the line matched last. */
  event(): NormalisedEvent
}

export interface LinesMatched {
  readonly lines: number
  readonly next: number
}

const LF = 0x0a
const CR = 0x0d

/** A matcher of lines beside `matcher`, whose events `normalise` would make with `options`. */
export function createFlatMatcher(matcher: Matcher, options: NormaliseOptions): FlatMatcher {
  let memory = matcher.flatMemory()
  let lines = createGenericLines(options, memory)
  let line = createFlatLine()
  let made: NormalisedEvent | undefined
  const event = () => {
    made ??= normalise(utf8Text(line.bytes, line.start, line.end), options)
    return made
  }
  const open = (bytes: Uint8Array, view: DataView) => {
    const current = matcher.flatMemory()
    if (current !== memory) {
      memory = current
      lines = createGenericLines(options, memory)
      line = createFlatLine()
    }
    if (view !== line.view) openFlatLine(line, bytes, view)
  }
  const matchOne = (start: number, end: number) => {
    line.start = start
    line.end = end
    made = undefined
    const kind = lines.read(line, start, end)
    return kind === undefined ? undefined : matcher.matchFlat(line, kind, event)
  }
  return {
    event,
    match(bytes, view, start, end) {
      open(bytes, view)
      return matchOne(start, end)
    },
    matchLines(bytes, view, start, end, report) {
      open(bytes, view)
      let passed = 0
      const taker: LineTaker = {
        make: event,
        pass(count) {
          passed += count
          made = undefined
        },
        take(rules, ahead) {
          made = undefined
          report(rules, passed + ahead)
        },
      }
      let next = start
      while (next < end) {
        next = matcher.runFlat(line, lines.root, next, end, taker)
        if (next >= end) break
        const behind = bytes.indexOf(LF, next)
        const lineEnd = behind > next && bytes[behind - 1] === CR ? behind - 1 : behind
        const rules = matchOne(next, lineEnd)
        if (rules === undefined) break
        if (rules.length > 0) report(rules, passed)
        passed++
        next = behind + 1
      }
      return { lines: passed, next }
    },
  }
}
