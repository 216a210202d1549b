// Lines of generic JSON matched where they stand: the rules that an event of the line would match, without
// the event.

import type { NormalisedEvent } from '../parsers/event.ts'
import { createGenericLines } from '../parsers/generic-line.ts'
import { type NormaliseOptions, normalise } from '../parsers/normalise.ts'
import { createFlatLine, openFlatLine } from '../sigma/eval/flat.ts'
import type { Matcher } from '../sigma/eval/matcher.ts'

/** Matches lines of one file. */
export interface FlatMatcher {
  /** The rules that a line matches; undefined where it must be read as an event. */
  match(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
  ): readonly number[] | undefined
  /** The event of the line matched last. */
  event(): NormalisedEvent
}

/** A matcher of lines beside `matcher`, whose events `normalise` would make with `options`. */
export function createFlatMatcher(matcher: Matcher, options: NormaliseOptions): FlatMatcher {
  const lines = createGenericLines(options)
  const line = createFlatLine()
  let lineStart = 0
  let lineEnd = 0
  let made: NormalisedEvent | undefined
  const event = () => {
    made ??= normalise(textOf(line.bytes, lineStart, lineEnd), options)
    return made
  }
  return {
    event,
    match(bytes, view, start, end) {
      if (view !== line.view) openFlatLine(line, bytes, view)
      lineStart = start
      lineEnd = end
      made = undefined
      const kind = lines.read(line, start, end)
      return kind === undefined ? undefined : matcher.matchFlat(line, kind, event)
    },
  }
}

/** Lines that are matched are ASCII. */
function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', start, end)
}
