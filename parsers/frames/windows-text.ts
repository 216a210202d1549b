// Windows events as text over many lines: as Splunk's forwarder writes them (a time on a line of its own, names and
// values, a message), and as Windows' own tools print them. Each goes on to the next one's first line.

import { type ConsoleKind, confirmsHead, consoleHead, endsList } from '../windows/console-text.ts'
import { isSplunkTime } from '../windows/splunk-text.ts'
import type { Frame } from './frame.ts'
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

/** `bare`: Splunk's without the time. */
type Kind = ConsoleKind | 'splunk' | 'bare'

interface Open extends Frame {
  readonly kind: Kind
  /** True once a line below the first said that it is one. */
  readonly isSure: boolean
}

/** Reads events out of lines. */
export function createWindowsTextLines(): WindowsTextLines {
  let open: Open | undefined

  function give(out: Frame[]): void {
    if (open?.isSure === true) out.push({ index: open.index, text: open.text.trimEnd() })
    else if (open !== undefined) {
      // Lines that only looked like one.
      for (const [at, text] of open.text.split('\n').entries()) {
        if (text.trim() !== '') out.push({ index: open.index + at, text: text.trimEnd() })
      }
    }
    open = undefined
  }

  /** Whether a line belongs to the open event; undefined while nothing is sure. */
  function belongs(text: string, { kind, isSure }: Open): boolean | undefined {
    if (isSure) return kind !== 'list' || !endsList(text)
    return kind === 'splunk'
      ? text.startsWith('LogName=') || text.startsWith('EventCode=')
      : confirmsHead(kind as ConsoleKind, text)
  }

  return {
    get isIdle() {
      return open === undefined
    },
    line(text, index, out) {
      const kind = headOf(text, open)
      if (kind !== undefined) {
        give(out)
        open = { index, text: text.trimStart(), kind, isSure: kind === 'bare' }
        return true
      }
      if (open === undefined) return false
      const is = belongs(text, open)
      if (is === false) {
        give(out)
        return false
      }
      open = { ...open, text: `${open.text}\n${text}`, isSure: is === true }
      if (open.text.length > FRAME_UNITS_MAX) give(out)
      return true
    },
    end: give,
  }
}

/** Which kind of event a line begins, given the open one. */
function headOf(text: string, open: Open | undefined): Kind | undefined {
  if (isSplunkTime(text)) return 'splunk'
  if (text.startsWith('LogName=')) {
    const isOwn = open === undefined || open.kind === 'bare'
    return isOwn && !text.includes('EventCode') ? 'bare' : undefined
  }
  const kind = consoleHead(text)
  if (kind === undefined || open === undefined || open.kind === 'splunk') return kind
  // The first label below `Event[0]:`, and further properties of a list that began with another.
  if (kind === 'description') return isFirstLabel(text, open) ? undefined : kind
  const name = text.slice(0, text.indexOf(' ') + 1)
  const isNew = open.text.startsWith(name) || open.text.includes(`\n${name}`)
  return open.kind !== 'list' || isNew ? kind : undefined
}

function isFirstLabel(text: string, { text: own }: Open): boolean {
  return text.trimStart().startsWith('Log') && own.startsWith('Event[') && !own.includes('Log Name')
}
