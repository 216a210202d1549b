// Windows events as Splunk's forwarder writes them: a time on a line of its own, then names and values, then a
// message over many lines, up to the next such time.
import type { Frame } from '../frames.ts'
import { isSplunkTime } from '../windows/splunk-text.ts'
import { FRAME_UNITS_MAX } from './limits.ts'

/** Takes the lines of such events. */
export interface WindowsTextLines {
  /** True while no event is open. */
  readonly isIdle: boolean
  /** False when the line is none of such an event. */
  line(text: string, index: number, out: Frame[]): boolean
  /** The event that is still open. */
  end(out: Frame[]): void
}

/** Reads events out of lines. */
export function createWindowsTextLines(): WindowsTextLines {
  let open: Frame | undefined
  /** True once the line below the time was one of names and values. */
  let isSure = false

  function give(out: Frame[]): void {
    if (open !== undefined) out.push({ ...open, text: open.text.trimEnd() })
    open = undefined
    isSure = false
  }

  return {
    get isIdle() {
      return open === undefined
    },
    line(text, index, out) {
      if (isSplunkTime(text)) {
        give(out)
        open = { index, text }
        return true
      }
      if (open === undefined) return false
      if (!isSure && !text.startsWith('LogName=') && !text.startsWith('EventCode=')) {
        give(out)
        return false
      }
      isSure = true
      open = { ...open, text: `${open.text}\n${text}` }
      if (open.text.length > FRAME_UNITS_MAX) give(out)
      return true
    },
    end: give,
  }
}
