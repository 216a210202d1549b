// Lines to the texts of events where an event is more than a line: the records of an audit event, joined by
// their serial (also where a shipper wrapped each), Windows events as XML and as Splunk's text, the journal's
// entries.
// Everything else passes through as it is.
import { stampOf } from './auditd/record.ts'
import { type CarriedRecord, carriedRecord, joinedRecords } from './frames/carried.ts'
import type { Frame } from './frames/frame.ts'
import { createJournalLines } from './frames/journal.ts'
import { FRAME_UNITS_MAX } from './frames/limits.ts'
import { createXmlLines } from './frames/windows.ts'
import { createWindowsTextLines } from './frames/windows-text.ts'

export type { Frame } from './frames/frame.ts'

/** Takes lines in order and gives events as they become whole. */
export interface Framer {
  /** One line, blank ones too. */
  line(text: string, index: number, out: Frame[]): void
  /** What was still open. */
  end(out: Frame[]): void
  /** True while no event is open: a line that is no part of one may then pass by. */
  readonly isIdle: boolean
}

/** An audit event is whole when so many lines came since its last record, or at its EOE record. */
const AUDIT_HOLD_LINES = 32

interface Group {
  readonly index: number
  text: string
  last: number
  /** The records, where each came in an envelope. */
  readonly carried?: CarriedRecord[]
  /** Characters of the envelopes. */
  units: number
}

/** A framer for one file, one request or one connection. */
export function createFramer(): Framer {
  const groups = new Map<string, Group>()
  const xml = createXmlLines()
  let count = 0
  const journal = createJournalLines()
  const windowsText = createWindowsTextLines()

  function audit(line: string, index: number, out: Frame[]): boolean {
    const stamp = isAuditLine(line) ? stampOf(line) : undefined
    if (stamp === undefined) return false
    const node = line.startsWith('node=') ? line.slice(0, line.indexOf(' ')) : ''
    const key = `${stamp} ${node}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { index, text: line, last: count, units: 0 })
    else if (group.text.length + line.length < FRAME_UNITS_MAX) {
      group.text += `\n${line}`
      group.last = count
      groups.delete(key)
      groups.set(key, group)
    } else {
      out.push(frame(group))
      groups.set(key, { index, text: line, last: count, units: 0 })
    }
    if (line.includes('type=EOE ')) give(out, key)
    return true
  }

  /** A record in an envelope: as `audit`. */
  function carried(text: string, index: number, out: Frame[]): boolean {
    const record = carriedRecord(text)
    if (record === undefined) return false
    const key = `{${record.key}`
    const group = groups.get(key)
    if (group?.carried === undefined || group.units + text.length > FRAME_UNITS_MAX) {
      if (group !== undefined) give(out, key)
      groups.set(key, { index, text, last: count, units: text.length, carried: [record] })
    } else {
      group.carried.push(record)
      groups.delete(key)
      group.units += text.length
      group.last = count
      groups.set(key, group)
    }
    if (record.line.includes('type=EOE ')) give(out, key)
    return true
  }

  function give(out: Frame[], key: string): void {
    const group = groups.get(key)
    if (group !== undefined) out.push(frame(group))
    groups.delete(key)
  }

  /** Gives the groups that nothing more can come to; the one that grew last stands last. */
  function flush(out: Frame[]): void {
    for (const [key, group] of groups) {
      if (count - group.last < AUDIT_HOLD_LINES) break
      give(out, key)
    }
  }

  return {
    get isIdle() {
      return groups.size === 0 && xml.isIdle && journal.isIdle && windowsText.isIdle
    },
    line(text, index, out) {
      count++
      if (groups.size > 0) flush(out)
      if (windowsText.line(text, index, out)) return
      if (xml.line(text, index, out) || journal.line(text, index, out)) return
      if (text.trim() === '' || audit(text, index, out) || carried(text, index, out)) return
      out.push({ text, index })
    },
    end(out) {
      xml.end(out)
      journal.end(out)
      windowsText.end(out)
      for (const group of groups.values()) out.push(frame(group))
      groups.clear()
    },
  }
}

const OPEN_BRACE = 0x7b

/** Whether a line may be a record itself, and not a document that carries one. */
function isAuditLine(line: string): boolean {
  if (line.charCodeAt(0) === OPEN_BRACE) return false
  const at = line.indexOf('audit(')
  if (at < 0 || !/[\w<]/.test(line[0]!)) return false
  const type = line.indexOf('type=')
  return type >= 0 && type < at
}

function frame({ text, index, carried }: Group): Frame {
  const isJoined = carried !== undefined && carried.length > 1
  return { text: isJoined ? joinedRecords(carried) : text, index }
}
