// Text in chunks to lines, with bounded memory.
import { EVENT_UNITS_MAX, type InputEvent, inputEvent } from './event.ts'

/** Cuts chunks into lines. */
export interface Splitter {
  /** Events that end in this chunk. */
  push(chunk: string): readonly InputEvent[]
  /** What was left at the end. */
  end(): readonly InputEvent[]
}

/** Lines end at LF or CRLF; blank ones are counted but give nothing. */
export function lineSplitter(): Splitter {
  let index = 0
  let open = ''

  function take(line: string, out: InputEvent[]): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line
    if (text.trim() !== '') out.push(inputEvent(text, index))
    index++
  }

  return {
    push(chunk) {
      const out: InputEvent[] = []
      let start = 0
      let newline = chunk.indexOf('\n')
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
      return out
    },
  }
}
