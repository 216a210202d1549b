// Values of binary XML as JSON: numbers as numbers while a double holds them, what Windows shows as
// hexadecimal as `0x..`, GUIDs in braces, times as ISO 8601, arrays as arrays.
import type { FieldValue } from '../../sigma/event.ts'
import { filetimeText, systemtimeText } from './time.ts'
import { utf16Text } from './utf16.ts'

export const TYPE = {
  null: 0x00,
  string: 0x01,
  ansiString: 0x02,
  int8: 0x03,
  uint8: 0x04,
  int16: 0x05,
  uint16: 0x06,
  int32: 0x07,
  uint32: 0x08,
  int64: 0x09,
  uint64: 0x0a,
  real32: 0x0b,
  real64: 0x0c,
  bool: 0x0d,
  binary: 0x0e,
  guid: 0x0f,
  size: 0x10,
  filetime: 0x11,
  systemtime: 0x12,
  sid: 0x13,
  hex32: 0x14,
  hex64: 0x15,
  handle: 0x20,
  binaryXml: 0x21,
  xml: 0x23,
} as const
const ARRAY = 0x80

/** Bytes of one element of an array; types that are not here have no fixed size. */
const ELEMENT_BYTES: Readonly<Record<number, number>> = {
  [TYPE.int8]: 1,
  [TYPE.uint8]: 1,
  [TYPE.int16]: 2,
  [TYPE.uint16]: 2,
  [TYPE.int32]: 4,
  [TYPE.uint32]: 4,
  [TYPE.int64]: 8,
  [TYPE.uint64]: 8,
  [TYPE.real32]: 4,
  [TYPE.real64]: 8,
  [TYPE.bool]: 4,
  [TYPE.guid]: 16,
  [TYPE.filetime]: 8,
  [TYPE.systemtime]: 16,
  [TYPE.hex32]: 4,
  [TYPE.hex64]: 8,
}

/** Bytes of a constant of that type; undefined for types without a fixed size. */
export function fixedBytes(type: number): number | undefined {
  return ELEMENT_BYTES[type]
}

const latin = new TextDecoder('windows-1252')

/** The value of `size` bytes at `at`. A size that does not fit the type gives the bytes as hexadecimal. */
export function decodeValue(bytes: Buffer, type: number, at: number, size: number): FieldValue {
  if ((type & ARRAY) !== 0) return arrayOf(bytes, type & ~ARRAY, at, size)
  if (type === TYPE.string || type === TYPE.xml) return textOf(bytes, at, at + size)
  if (type === TYPE.null || size === 0) return null
  switch (type) {
    case TYPE.ansiString:
      return latin.decode(bytes.subarray(at, at + size)).replace(/\0+$/, '')
    case TYPE.int8:
    case TYPE.int16:
    case TYPE.int32:
    case TYPE.int64:
      return signedOf(bytes, at, size)
    case TYPE.uint8:
    case TYPE.uint16:
    case TYPE.uint32:
    case TYPE.uint64:
      return unsignedOf(bytes, at, size)
    case TYPE.real32:
    case TYPE.real64:
      return realOf(bytes, at, size)
    case TYPE.bool:
      return isWhole(size) ? !isZero(bytes, at, size) : bytesOf(bytes, at, size)
    case TYPE.guid:
      return size === 16 ? guidOf(bytes, at) : bytesOf(bytes, at, size)
    case TYPE.size:
    case TYPE.hex32:
    case TYPE.hex64:
    case TYPE.handle:
      return hexOf(bytes, at, size)
    case TYPE.filetime:
      return size === 8
        ? filetimeText(bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4))
        : bytesOf(bytes, at, size)
    case TYPE.systemtime:
      return size === 16 ? systemtimeText(bytes, at) : bytesOf(bytes, at, size)
    case TYPE.sid:
      return sidOf(bytes, at, size)?.text ?? bytesOf(bytes, at, size)
    default:
      return bytesOf(bytes, at, size)
  }
}

/** Text without the NULs behind it. */
function textOf(bytes: Buffer, start: number, end: number): string {
  let last = start + ((end - start) & ~1)
  while (last > start && bytes[last - 1] === 0 && bytes[last - 2] === 0) last -= 2
  return last === start ? '' : utf16Text(bytes, start, last)
}

function arrayOf(bytes: Buffer, type: number, at: number, size: number): FieldValue {
  if (type === TYPE.string || type === TYPE.xml) return textsOf(bytes, at, at + size)
  if (type === TYPE.ansiString) {
    const text = latin.decode(bytes.subarray(at, at + size))
    return size === 0 ? [] : text.replace(/\0$/, '').split('\0')
  }
  if (type === TYPE.sid) return sidsOf(bytes, at, size)
  const element = type === TYPE.size ? (size % 8 === 0 ? 8 : 4) : ELEMENT_BYTES[type]
  if (element === undefined || size % element !== 0) {
    return size === 0 ? [] : bytesOf(bytes, at, size)
  }
  const values: FieldValue[] = []
  for (let next = at; next < at + size; next += element) {
    values.push(decodeValue(bytes, type, next, element))
  }
  return values
}

/** Strings that end with NUL each; the last one may lack it. */
function textsOf(bytes: Buffer, at: number, end: number): readonly string[] {
  const texts: string[] = []
  let start = at
  for (let next = at; next + 1 < end; next += 2) {
    if (bytes[next] !== 0 || bytes[next + 1] !== 0) continue
    texts.push(utf16Text(bytes, start, next))
    start = next + 2
  }
  if (start + 1 < end) texts.push(utf16Text(bytes, start, end))
  return texts
}

function sidsOf(bytes: Buffer, at: number, size: number): FieldValue {
  const sids: string[] = []
  for (let next = at; next < at + size; ) {
    const sid = sidOf(bytes, next, at + size - next)
    if (sid === undefined) return bytesOf(bytes, at, size)
    sids.push(sid.text)
    next += sid.size
  }
  return sids
}

/** `S-1-5-21-..` from revision (1), count (1), authority (6, big endian) and parts (4 each). */
function sidOf(
  bytes: Buffer,
  at: number,
  size: number,
): { readonly text: string; readonly size: number } | undefined {
  const count = size < 8 ? 0 : bytes[at + 1]!
  const needed = 8 + count * 4
  if (size < needed) return undefined
  const authority = bytes.readUIntBE(at + 2, 6)
  const shown = authority >= 2 ** 32 ? `0x${authority.toString(16)}` : String(authority)
  let text = `S-${bytes[at]}-${shown}`
  for (let part = at + 8; part < at + needed; part += 4) text += `-${bytes.readUInt32LE(part)}`
  return { text, size: needed }
}

/** `{54849625-5478-4994-a5ba-3e3b0328c30d}`. */
function guidOf(bytes: Buffer, at: number): string {
  const tail = bytes.toString('hex', at + 8, at + 16)
  const first = padded(bytes.readUInt32LE(at), 8)
  const second = padded(bytes.readUInt16LE(at + 4), 4)
  const third = padded(bytes.readUInt16LE(at + 6), 4)
  return `{${first}-${second}-${third}-${tail.slice(0, 4)}-${tail.slice(4)}}`
}

function padded(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

function signedOf(bytes: Buffer, at: number, size: number): FieldValue {
  if (size === 8) return exact(bytes.readBigInt64LE(at))
  return isWhole(size) ? bytes.readIntLE(at, size) : bytesOf(bytes, at, size)
}

function unsignedOf(bytes: Buffer, at: number, size: number): FieldValue {
  if (size === 8) {
    const high = bytes.readUInt32LE(at + 4)
    if (high < 0x20_0000) return high * 0x1_0000_0000 + bytes.readUInt32LE(at)
    return bytes.readBigUInt64LE(at).toString()
  }
  return wholeOf(bytes, at, size) ?? bytesOf(bytes, at, size)
}

function wholeOf(bytes: Buffer, at: number, size: number): number | undefined {
  if (size === 4) return bytes.readUInt32LE(at)
  if (size === 2) return bytes.readUInt16LE(at)
  return size === 1 ? bytes[at] : undefined
}

/** A number while a double holds it, else its decimal text. */
function exact(value: bigint): FieldValue {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}

function realOf(bytes: Buffer, at: number, size: number): FieldValue {
  if (size === 8) return finite(bytes.readDoubleLE(at))
  return size === 4 ? finite(shortest(bytes.readFloatLE(at))) : bytesOf(bytes, at, size)
}

function finite(value: number): FieldValue {
  return Number.isFinite(value) ? value : String(value)
}

/** The shortest decimal that gives the same 32-bit number: 0.1, not 0.10000000149. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits))
    if (Math.fround(rounded) === value) return rounded
  }
  return value
}

/** `0x3e7`: no leading zeros, as Windows shows handles, masks and status codes. */
function hexOf(bytes: Buffer, at: number, size: number): string {
  if (size === 4) return `0x${bytes.readUInt32LE(at).toString(16)}`
  if (size === 8) {
    const high = bytes.readUInt32LE(at + 4)
    const low = bytes.readUInt32LE(at).toString(16)
    return high === 0 ? `0x${low}` : `0x${high.toString(16)}${low.padStart(8, '0')}`
  }
  return isWhole(size) ? `0x${bytes.readUIntLE(at, size).toString(16)}` : bytesOf(bytes, at, size)
}

/** Any bytes as upper-case hexadecimal, as Windows shows binary data. */
function bytesOf(bytes: Buffer, at: number, size: number): string {
  return bytes.toString('hex', at, at + size).toUpperCase()
}

function isWhole(size: number): boolean {
  return size === 1 || size === 2 || size === 4 || size === 8
}

function isZero(bytes: Buffer, at: number, size: number): boolean {
  for (let next = at; next < at + size; next++) if (bytes[next] !== 0) return false
  return true
}
