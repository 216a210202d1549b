// Reading the words of ASA messages where they stand.
import { standsAt } from '../names.ts'

/** Longest word that may be an endpoint, UTF-16 units. */
export const MARK_UNITS = 300
/** Whether the word has the value in it. */
export function holds(message: string, start: number, end: number, value: string): boolean {
  for (let at = start; at + value.length <= end; at++) {
    if (standsAt(message, at, value)) return true
  }
  return false
}

export const POINTED = 1
export const DIVIDED = 2

/** Which of `.` (`POINTED`), `/` and `:` (`DIVIDED`) stand in the word; every endpoint has one. */
export function marksIn(message: string, start: number, end: number): number {
  const stop = Math.min(end, start + MARK_UNITS)
  let marks = 0
  for (let at = start; at < stop; at++) {
    const code = message.charCodeAt(at)
    if (code === 0x2e) marks |= POINTED
    else if (code === 0x2f || code === 0x3a) marks |= DIVIDED
  }
  return marks
}

/** The next word, without `=`, quotes, brackets and what closes it. */
export function valueBehind(message: string, end: number): string | undefined {
  let at = end
  while (at - end < 8 && isBlankOrEquals(message.charCodeAt(at))) at++
  // `user = : user IP`: nothing stands there.
  if (message.charCodeAt(at) === 0x3a) {
    if (message.lastIndexOf('=', at) >= end) return undefined
    while (
      at - end < 8 &&
      (isBlankOrEquals(message.charCodeAt(at)) || message.charCodeAt(at) === 0x3a)
    )
      at++
  }
  const closing = CLOSING_MARKS.get(message.charCodeAt(at))
  if (closing !== undefined) {
    const close = message.indexOf(closing, at + 1)
    return close < 0 || close - at > 512 ? undefined : message.slice(at + 1, close)
  }
  const space = message.indexOf(' ', at)
  const stop = space < 0 ? message.length : space
  if (stop - at > 512) return undefined
  // A name may have brackets: `anna(guest account)`.
  if (isLeftOpen(message, at, stop)) {
    const close = message.indexOf(')', stop)
    if (close > 0 && close - at < 128) return message.slice(at, close + 1)
  }
  return bare(message, at, stop)
}

/** Whether a bracket is opened behind the start and none is closed. */
function isLeftOpen(text: string, start: number, end: number): boolean {
  let opened = false
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x29) return false
    if (code === 0x28 && at > start) opened = true
  }
  return opened
}

/** One digit or more, nothing else. */
export function isDigits(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (!(code >= 0x30 && code <= 0x39)) return false
  }
  return text !== ''
}

/** What closes a value that begins with a quote or a bracket. */
const CLOSING_MARKS: ReadonlyMap<number, string> = new Map([
  [0x27, "'"],
  [0x22, '"'],
  [0x3c, '>'],
])

function isBlankOrEquals(code: number): boolean {
  return code === 0x20 || code === 0x3d
}

/** Where the first `:` or `=` stands behind a short label, or -1. */
export function labelEnd(text: string, start: number, end: number): number {
  for (let index = start; index < end && index < start + 10; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x3a || code === 0x3d) return index
  }
  return -1
}

/** By ASCII code: 1 for `(<["'`, 2 for `)>],;:."'`, both where it is either. */
const MARKS = new Uint8Array(128)
for (const mark of '(<["\'') MARKS[mark.charCodeAt(0)]! |= 1
for (const mark of ')>],;:."\'') MARKS[mark.charCodeAt(0)]! |= 2

function isMark(code: number, bit: 1 | 2): boolean {
  return code < 128 && (MARKS[code]! & bit) !== 0
}

/** A word without the brackets and marks around it; empty where that can be no endpoint: none of `/` and `:`
 * stands in it, nor a point beside a digit. */
export function trimmed(text: string, first: number, behind: number): string {
  let start = first
  let end = behind
  while (start < end && isMark(text.charCodeAt(start), 1)) start++
  let isOpened = false
  let isDivided = false
  let points = 0
  let digits = 0
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x28) isOpened = true
    else if (code === 0x2f || code === 0x3a) isDivided ||= code === 0x2f || at < end - 1
    else if (code === 0x2e) points++
    else if (code >= 0x30 && code <= 0x39) digits++
  }
  if (!isDivided && (points === 0 || digits === 0)) return ''
  while (end > start && isMark(text.charCodeAt(end - 1), 2)) {
    const last = text.charCodeAt(end - 1)
    if (last === 0x29 && isOpened) break
    if (last === 0x3a && text.charCodeAt(end - 2) === 0x3a) break
    end--
  }
  return text.slice(start, end)
}

const CLOSERS_MAX = 4

/** A value without an opening bracket, and without up to four marks or one full stop at its end. */
function bare(text: string, at: number, stop: number): string {
  const first = text.charCodeAt(at)
  const start = first === 0x28 || first === 0x5b ? at + 1 : at
  let end = stop
  while (end > start && stop - end < CLOSERS_MAX && isCloser(text.charCodeAt(end - 1))) end--
  if (end === stop && end > start && text.charCodeAt(end - 1) === 0x2e) end--
  return text.slice(start, end)
}

/** `,`, `;`, `:`, `)` or `]`. */
function isCloser(code: number): boolean {
  return code === 0x2c || code === 0x3b || code === 0x3a || code === 0x29 || code === 0x5d
}
