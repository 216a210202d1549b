// JSON in chunks to documents: one object, several one after another (pretty-printed or not), or the
// elements of one array. Only brackets and strings are understood here; what stands between documents, or
// is never closed, comes out as an event of its own, so that nothing is lost.
import { EVENT_UNITS_MAX, type InputEvent, inputEvent } from './event.ts'
import type { Splitter } from './lines.ts'

const NEWLINE = 0x0a
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** `array`: the text is one array, its elements are the events. */
export function documentSplitter(array: boolean): Splitter {
  let index = 0
  let depth = 0
  let inString = false
  let escaped = false
  /** Around an array: before its bracket, among its elements, behind it. */
  let place: 'before' | 'inside' | 'outside' = array ? 'before' : 'outside'
  /** The last character that was no white space. */
  let last = 0
  let text = ''
  let start = 0

  /** Ends the event that began at `start` of this chunk. */
  function finish(chunk: string, end: number, out: InputEvent[]): void {
    const whole = (text + chunk.slice(start, end)).trim()
    text = ''
    start = end
    if (whole !== '') out.push(inputEvent(whole, index++))
  }

  /** A bracket, comma or line end outside strings. */
  function structural(code: number, at: number, chunk: string, out: InputEvent[]): void {
    if (depth === 0 && place !== 'outside' && isArrayMark(code, place)) {
      finish(chunk, at, out)
      start = at + 1
      place = code === CLOSE_ARRAY ? 'outside' : 'inside'
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      // Where no value can stand, the document before was never closed.
      const broken = depth > 0 && !mayPrecedeValue(last)
      if (broken || (depth === 0 && place === 'outside')) finish(chunk, at, out)
      depth = broken ? 1 : depth + 1
    } else if ((code === CLOSE_OBJECT || code === CLOSE_ARRAY) && depth > 0) {
      depth--
      if (depth === 0 && place === 'outside') finish(chunk, at + 1, out)
    } else if (code === NEWLINE && depth === 0 && place === 'outside') finish(chunk, at, out)
  }

  return {
    push(chunk) {
      const out: InputEvent[] = []
      start = 0
      for (let at = 0; at < chunk.length; at++) {
        const code = chunk.charCodeAt(at)
        if (escaped) escaped = false
        else if (inString && code !== NEWLINE) {
          if (code === BACKSLASH) escaped = true
          else if (code === QUOTE) inString = false
        } else if (code === QUOTE) inString = true
        else {
          inString = false
          structural(code, at, chunk, out)
        }
        if (code > 0x20) last = code
      }
      if (text.length <= EVENT_UNITS_MAX) text += chunk.slice(start)
      return out
    },
    end() {
      const out: InputEvent[] = []
      start = 0
      finish('', 0, out)
      return out
    },
  }
}

/** `[` before the elements of an array, `,` and `]` among them. */
function isArrayMark(code: number, place: 'before' | 'inside'): boolean {
  return place === 'before' ? code === OPEN_ARRAY : code === COMMA || code === CLOSE_ARRAY
}

function mayPrecedeValue(code: number): boolean {
  return code === COMMA || code === COLON || code === OPEN_ARRAY
}
