// One line of an access log: Common and Combined Log Format, with a virtual host in front or further
// columns behind.
import type { ParseContext } from '../event.ts'
import { clfAt, isoAt } from '../time.ts'
import { readHead } from './head.ts'

export interface AccessLine {
  readonly client: string
  readonly user?: string
  readonly virtualHost?: string
  readonly time: number
  /** The request line as logged; `method` and `target` are absent when it is none. */
  readonly request: string
  readonly method?: string
  readonly target?: string
  readonly version?: string
  /** Absent in formats without one. */
  readonly status?: number
  readonly bytes?: number
  readonly referer?: string
  readonly userAgent?: string
  /** Columns behind the user agent, quotes dropped. */
  readonly further: readonly string[]
  /** Whether the line has referer and user agent (Combined). */
  readonly combined: boolean
}

const FURTHER_MAX = 32
const HEAD_UNITS_MAX = 1024
const NUMBER = /^\d{1,15}$/
const DURATION = /^\d{1,15}(?:\.\d{1,9})?$/

let lastText: string | undefined
let lastContext: ParseContext | undefined
let lastLine: AccessLine | undefined

/** Reads an access line; undefined when the text is none. Recognising and parsing ask for the same line
 * one after the other, so the last answer is kept. */
export function readAccessLine(text: string, context: ParseContext): AccessLine | undefined {
  if (text === lastText && context === lastContext) return lastLine
  lastLine = readLine(text, context)
  lastText = text
  lastContext = context
  return lastLine
}

function readLine(text: string, context: ParseContext): AccessLine | undefined {
  const open = text.indexOf(' [')
  if (open < 0 || open > HEAD_UNITS_MAX) return undefined
  const stamp = clfAt(text, open + 2, context) ?? isoAt(text, open + 2, context)
  if (stamp === undefined || !text.startsWith('] "', stamp.end)) return undefined
  const head = readHead(text.slice(0, open))
  if (head === undefined) return undefined
  // Nothing stands in quotes between time and request where a format has a column of its own there.
  const empty = text.startsWith('-" "', stamp.end + 3) ? 4 : 0
  const request = readQuoted(text, stamp.end + 3 + empty)
  if (request === undefined || text.charCodeAt(request.end) !== 0x20) return undefined
  // A request that was given up has none.
  const isOpen = text.startsWith('- ', request.end + 1)
  const status = isOpen ? undefined : Number(text.slice(request.end + 1, request.end + 4))
  if (status !== undefined && !(status >= 100 && status <= 999)) return undefined
  const columns = readColumns(text, request.end + (isOpen ? 2 : 4))
  const [bytes = '-'] = columns
  // A number behind the bytes is how many were read, or how long it took; the referer is quoted.
  const skipped = columns.length > 1 && DURATION.test(columns[1]!) ? 1 : 0
  const [referer, userAgent] = [columns[1 + skipped], columns[2 + skipped]]
  return {
    ...head,
    time: stamp.time,
    request: request.value,
    ...requestParts(request.value),
    ...(status === undefined ? {} : { status }),
    ...(NUMBER.test(bytes) ? { bytes: Number(bytes) } : {}),
    ...present('referer', referer),
    ...present('userAgent', userAgent),
    further: skipped === 0 ? columns.slice(3) : [columns[1]!, ...columns.slice(4)],
    combined: columns.length >= 3 + skipped,
  }
}

/** Method, target and version of a request line; nothing where it is none. */
export function requestParts(request: string): Pick<AccessLine, 'method' | 'target' | 'version'> {
  const space = request.indexOf(' ')
  const method = request.slice(0, space)
  if (space <= 0 || space > 32 || method === '-' || !/^[A-Za-z_-]+$/.test(method)) return {}
  const last = request.lastIndexOf(' ')
  const versioned = last > space && request.startsWith('HTTP/', last + 1)
  const target = request.slice(space + 1, versioned ? last : undefined)
  return { method, target, ...(versioned ? { version: request.slice(last + 1) } : {}) }
}

/** Words and quoted texts behind the status. */
function readColumns(text: string, start: number): readonly string[] {
  const columns: string[] = []
  let at = start
  while (at < text.length && columns.length < FURTHER_MAX) {
    if (text.charCodeAt(at) === 0x20) {
      at++
      continue
    }
    if (text.charCodeAt(at) === 0x22) {
      const quoted = readQuoted(text, at + 1) ?? { value: text.slice(at + 1), end: text.length }
      columns.push(quoted.value)
      at = quoted.end
    } else {
      const end = wordEnd(text, at)
      columns.push(text.slice(at, end))
      at = end
    }
  }
  return columns
}

/** The end of a word; `name="a, b"` is one. */
function wordEnd(text: string, start: number): number {
  const space = text.indexOf(' ', start)
  const end = space < 0 ? text.length : space
  const open = text.indexOf('="', start)
  if (open < 0 || open > end) return end
  const close = text.indexOf('"', open + 2)
  return close < end ? end : close + 1
}

/** A text up to its quote; `\"` and `\\` are unescaped, `\x22` stays as logged. */
function readQuoted(text: string, start: number): { value: string; end: number } | undefined {
  let escaped = false
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x5c) {
      escaped = true
      index++
    } else if (code === 0x22) {
      const value = text.slice(start, index)
      return { value: escaped ? value.replace(/\\(["\\])/g, '$1') : value, end: index + 1 }
    }
  }
  return undefined
}

function present<N extends string>(name: N, value: string | undefined): { [K in N]?: string } {
  return value === undefined || value === '-' || value === ''
    ? {}
    : ({ [name]: value } as { [K in N]: string })
}
