// What a pivot column accepts of a field's value, and in which form it keeps it.
import type { FieldValue, PivotName } from '../sigma/event.ts'
import { severityOf } from './severity.ts'

/** Longest text that a pivot column keeps, UTF-16 units: beyond it the field is searched, not the column. */
export const PIVOT_UNITS_MAX = 1024

/** The column's form of a value; undefined when it is no value for that column. */
export function pivotValue(name: PivotName, value: FieldValue): string | number | undefined {
  if (Array.isArray(value)) return firstOf(name, value)
  if (name === 'src_port' || name === 'dst_port') return portOf(value)
  if (name === 'outcome') return typeof value === 'boolean' ? success(value) : outcomeOf(value)
  if (typeof value === 'number') return name === 'user' ? String(value) : undefined
  const text = wordOf(value)
  if (text === undefined) return undefined
  if (name === 'src_ip' || name === 'dst_ip') return ipOf(text)
  if (name === 'severity') return severityOf(text)
  return name === 'hash' ? hashOf(text) : text
}

function firstOf(name: PivotName, values: readonly FieldValue[]): string | number | undefined {
  for (const value of values) {
    if (Array.isArray(value)) continue
    const found = pivotValue(name, value)
    if (found !== undefined) return found
  }
  return undefined
}

function wordOf(value: FieldValue): string | undefined {
  if (typeof value !== 'string' || value === '' || value === '-') return undefined
  return value.length <= PIVOT_UNITS_MAX ? value : undefined
}

const OUTCOMES: Readonly<Record<string, string>> = {
  success: 'success',
  succeeded: 'success',
  successful: 'success',
  failure: 'failure',
  failed: 'failure',
}
const NUMBER = /^\d{1,9}$/

/** The common words in one writing; a status that is a number is none. */
function outcomeOf(value: FieldValue): string | undefined {
  const word = wordOf(value)
  if (word === undefined || word === 'success' || word === 'failure') return word
  if (NUMBER.test(word)) return undefined
  const lower = word.toLowerCase()
  return Object.hasOwn(OUTCOMES, lower) ? OUTCOMES[lower] : word
}

function success(value: boolean): string {
  return value ? 'success' : 'failure'
}

/** A port number, also from its text. */
export function portOf(value: FieldValue | undefined): number | undefined {
  if (typeof value === 'string') return portOfText(value)
  if (typeof value !== 'number') return undefined
  return Number.isInteger(value) && value >= 0 && value <= 65_535 ? value : undefined
}

function portOfText(text: string): number | undefined {
  const { length } = text
  if (length === 0 || length > 5) return undefined
  let value = 0
  for (let index = 0; index < length; index++) {
    const digit = text.charCodeAt(index) - 0x30
    if (!(digit >= 0 && digit <= 9)) return undefined
    value = value * 10 + digit
  }
  return value <= 65_535 ? value : undefined
}

/** The port that the `length` digits at `start` are, without zeros in front; -1 for any other text. */
export function portAt(text: string, start: number, length: number): number {
  if (length === 0 || length > 5) return -1
  let value = 0
  for (let index = start; index < start + length; index++) {
    const digit = text.charCodeAt(index) - 0x30
    if (!(digit >= 0 && digit <= 9) || (digit === 0 && value === 0 && length > 1)) return -1
    value = value * 10 + digit
  }
  return value <= 65_535 ? value : -1
}

/** An address in the form to pivot on (IPv4 out of `::ffff:`, no brackets); undefined when it is none. */
export function ipOf(text: string): string | undefined {
  let address = text
  if (address.charCodeAt(0) === 0x5b && address.endsWith(']')) address = address.slice(1, -1)
  if (
    address.charCodeAt(0) === 0x3a &&
    address.length <= 22 &&
    address.includes('.') &&
    address.toLowerCase().startsWith('::ffff:')
  ) {
    address = address.slice(7)
  }
  return isIpv4(address) || isIpv6(address) ? address : undefined
}

/** Four decimal numbers up to 255, in the whole text or in the part of it. */
export function isIpv4(text: string, start = 0, end: number = text.length): boolean {
  if (end - start < 7 || end - start > 15) return false
  let parts = 1
  let value = -1
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x2e) {
      if (value < 0) return false
      parts++
      value = -1
    } else if (code >= 0x30 && code <= 0x39) {
      value = (value < 0 ? 0 : value * 10) + code - 0x30
      if (value > 255) return false
    } else return false
  }
  return parts === 4 && value >= 0
}

/** `isIpv4` of ASCII bytes. */
export function isIpv4At(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 7 || end - start > 15) return false
  let parts = 1
  let value = -1
  for (let index = start; index < end; index++) {
    const code = bytes[index]!
    if (code === 0x2e) {
      if (value < 0) return false
      parts++
      value = -1
    } else if (code >= 0x30 && code <= 0x39) {
      value = (value < 0 ? 0 : value * 10) + code - 0x30
      if (value > 255) return false
    } else return false
  }
  return parts === 4 && value >= 0
}

/** Looks like IPv6: hexadecimal groups, perhaps `::`, perhaps a zone or a dotted tail. */
export function isIpv6(text: string): boolean {
  if (text.length < 2 || text.length > 64) return false
  let colons = 0
  let doubled = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x3a) {
      colons++
      if (text.charCodeAt(index + 1) === 0x3a) doubled = true
    } else if (code === 0x25) return index > 2 && isWhole(doubled, colons)
    else if (!isHexOrDot(code)) return false
  }
  return isWhole(doubled, colons)
}

/** Eight groups, or six and a dotted tail, unless `::` stands for some: six groups of two are a MAC. */
function isWhole(doubled: boolean, colons: number): boolean {
  return doubled ? colons >= 2 && colons <= 8 : colons === 7
}

function isHexOrDot(code: number): boolean {
  const letter = code | 0x20
  return (code >= 0x30 && code <= 0x39) || (letter >= 0x61 && letter <= 0x66) || code === 0x2e
}

const HASH_STRENGTH: ReadonlyMap<string, number> = new Map([
  ['MD5', 1],
  ['SHA1', 2],
  ['SHA256', 3],
])

function strengthOf(name: string): number {
  return HASH_STRENGTH.get(name) ?? HASH_STRENGTH.get(name.trim().toUpperCase()) ?? 0
}

/** The strongest digest of `SHA1=..,SHA256=..`, or the text as it is where it names none. */
function hashOf(text: string): string | undefined {
  const equals = text.indexOf('=')
  if (equals < 0) return text
  let best = 0
  let digest: string | undefined
  for (let start = 0; start < text.length; ) {
    const comma = text.indexOf(',', start)
    const end = comma < 0 ? text.length : comma
    const at = text.indexOf('=', start)
    const strength = at > start && at < end ? strengthOf(text.slice(start, at)) : 0
    if (strength > 0 && strength >= best) {
      best = strength
      digest = text.slice(at + 1, end).trim()
    }
    start = end + 1
  }
  return digest
}
