// Values of binary XML as JSON: numbers as numbers while a double holds them, what Windows shows as
// hexadecimal as `0x..`, GUIDs in braces, times as ISO 8601, arrays as arrays.
import type { FieldValue } from '../../sigma/event.ts'
import { filetimeText, systemtimeText } from './time.ts'
import { scratch, scratchText, utf16Text } from './utf16.ts'

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
/** Added to the type of an array's elements. */
export const ARRAY = 0x80

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
        ? filetimeText(long(bytes, at), long(bytes, at + 4))
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

const MINUS = 0x2d

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
  if (authority >= 2 ** 32) return { text: longSid(bytes, at, needed, authority), size: needed }
  scratch[0] = 0x53
  scratch[1] = MINUS
  let end = putDecimal(2, bytes[at]!)
  scratch[end] = MINUS
  end = putDecimal(end + 1, authority)
  for (let part = at + 8; part < at + needed; part += 4) {
    scratch[end] = MINUS
    end = putDecimal(end + 1, long(bytes, part))
  }
  return { text: scratchText(end), size: needed }
}

/** Authorities of more than 32 bits are shown as hexadecimal. */
function longSid(bytes: Buffer, at: number, needed: number, authority: number): string {
  let text = `S-${bytes[at]}-0x${authority.toString(16)}`
  for (let part = at + 8; part < at + needed; part += 4) text += `-${long(bytes, part)}`
  return text
}

/** Writes a whole number below 2^32; the end of it. */
function putDecimal(at: number, value: number): number {
  let digits = 1
  for (let limit = 10; value >= limit; limit *= 10) digits++
  let rest = value
  for (let next = at + digits - 1; next >= at; next--) {
    const tens = Math.floor(rest / 10)
    scratch[next] = 0x30 + (rest - tens * 10)
    rest = tens
  }
  return at + digits
}

const HEX = Buffer.from('0123456789abcdef', 'latin1')
/** Bytes of a GUID in the order in which they are shown; -1 is a minus sign. */
const GUID_ORDER = [3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15]

/** `{54849625-5478-4994-a5ba-3e3b0328c30d}`. */
function guidOf(bytes: Buffer, at: number): string {
  scratch[0] = 0x7b
  let end = 1
  for (const place of GUID_ORDER) {
    if (place < 0) scratch[end++] = MINUS
    else {
      const byte = bytes[at + place]!
      scratch[end++] = HEX[byte >> 4]!
      scratch[end++] = HEX[byte & 15]!
    }
  }
  scratch[end++] = 0x7d
  return scratchText(end)
}

function signedOf(bytes: Buffer, at: number, size: number): FieldValue {
  if (size === 8) return exact(bytes.readBigInt64LE(at))
  return isWhole(size) ? bytes.readIntLE(at, size) : bytesOf(bytes, at, size)
}

function unsignedOf(bytes: Buffer, at: number, size: number): FieldValue {
  if (size === 8) {
    const high = long(bytes, at + 4)
    if (high < 0x20_0000) return high * 0x1_0000_0000 + long(bytes, at)
    return bytes.readBigUInt64LE(at).toString()
  }
  return wholeOf(bytes, at, size) ?? bytesOf(bytes, at, size)
}

function wholeOf(bytes: Buffer, at: number, size: number): number | undefined {
  if (size === 4) return long(bytes, at)
  if (size === 2) return bytes[at]! | (bytes[at + 1]! << 8)
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
  if (!isWhole(size)) return bytesOf(bytes, at, size)
  scratch[0] = 0x30
  scratch[1] = 0x78
  let end = 2
  for (let next = at + size - 1; next >= at; next--) {
    const byte = bytes[next]!
    if (end > 2 || byte > 15) scratch[end++] = HEX[byte >> 4]!
    if (end > 2 || byte > 0) scratch[end++] = HEX[byte & 15]!
  }
  if (end === 2) scratch[end++] = 0x30
  return scratchText(end)
}

/** Any bytes as upper-case hexadecimal, as Windows shows binary data. */
function bytesOf(bytes: Buffer, at: number, size: number): string {
  return bytes.toString('hex', at, at + size).toUpperCase()
}

/** 32 bits, low byte first. */
function long(bytes: Buffer, at: number): number {
  const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
  return (low | (bytes[at + 3]! << 24)) >>> 0
}

function isWhole(size: number): boolean {
  return size === 1 || size === 2 || size === 4 || size === 8
}

function isZero(bytes: Buffer, at: number, size: number): boolean {
  for (let next = at; next < at + size; next++) if (bytes[next] !== 0) return false
  return true
}
