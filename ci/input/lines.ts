// Text in chunks to lines, with bounded memory. Lines that are parts of one event are put together, header
// lines are kept for those below them.
import { columnsAfter, isHeaderLine } from '../../parsers/columns.ts'
import { createFramer, type Frame } from '../../parsers/frames.ts'
import { EVENT_UNITS_MAX, type Header, type InputEvent, inputEvent } from './event.ts'

/** Cuts chunks into lines. */
export interface Splitter {
  /** Events that end in this chunk. */
  push(chunk: string): readonly InputEvent[]
  /** What was left at the end. */
  end(): readonly InputEvent[]
}

const HASH = 0x23
/** Header lines kept of a file; a log that repeats its header starts anew. */
const HEADER_LINES_MAX = 64

/** A log that was emptied under its writer begins with NULs, as many as it had bytes. */
function afterNuls(chunk: string): number {
  let start = 0
  while (chunk.charCodeAt(start) === 0) start++
  return start
}

/** A splitter beside whom lines may be read by somebody else. */
export interface LineSplitter extends Splitter {
  /** True at the start of a line that no line before it has anything to say about. */
  readonly isIdle: boolean
  /** Number of the line that comes next. */
  readonly index: number
  /** Counts lines, no headers, that somebody else has read. */
  pass(lines: number): void
}

/** Lines end at LF or CRLF; blank and header lines are counted but give nothing. */
export function lineSplitter(): LineSplitter {
  let index = 0
  let open = ''
  let header: Header | undefined
  let inHeader = false
  const framer = createFramer()
  const frames: Frame[] = []

  function take(line: string, out: InputEvent[]): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line
    const mayBeHeader = index === 0 || text.charCodeAt(0) === HASH
    if (mayBeHeader && isHeaderLine(text)) {
      const lines = inHeader ? (header?.lines.slice(-HEADER_LINES_MAX) ?? []) : []
      header = { columns: columnsAfter(header?.columns, text), lines: [...lines, text] }
      inHeader = true
    } else {
      framer.line(text, index, frames)
      inHeader = false
      give(out)
    }
    index++
  }

  function give(out: InputEvent[]): void {
    for (const frame of frames) out.push(inputEvent(frame.text, frame.index, header))
    frames.length = 0
  }

  return {
    get isIdle() {
      return open === '' && header === undefined && framer.isIdle
    },
    get index() {
      return index
    },
    pass(lines) {
      index += lines
    },
    push(chunk) {
      const out: InputEvent[] = []
      let start = open === '' ? afterNuls(chunk) : 0
      let newline = chunk.indexOf('\n', start)
      while (newline !== -1) {
        const line = chunk.slice(start, newline)
        take(open === '' ? line : open + line, out)
        open = ''
        start = newline + 1
        newline = chunk.indexOf('\n', start)
      }
      // One more than the limit is kept, so that the cut is noticed.
      if (open.length <= EVENT_UNITS_MAX) open += chunk.slice(start)
      return out
    },
    end() {
      const out: InputEvent[] = []
      if (open !== '') take(open, out)
      open = ''
      framer.end(frames)
      give(out)
      return out
    },
  }
}
