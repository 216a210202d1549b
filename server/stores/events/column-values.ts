// The values of a column as bytes, in the smallest of these forms that holds them all:
//   json      their JSON, as a list
//   integers  whole numbers below 2^32, four planes of bytes
//   ipv4      addresses as they are usually written, four planes of bytes
//   shapes    texts that differ by their digits: u32 bytes of the shapes' JSON, u32 values, a byte a value
//             for its shape, the shapes' JSON, then the digits of all values, two in a byte
// A shape is the text with each run of lower-case hexadecimal digits that has a decimal one replaced by the
// control character of the run's length: `user4711` and `user1234` have the shape `user\u0004`.
import type { FieldValue } from '../../../sigma/event.ts'
import { encodeScratch } from './block.ts'

/** Numbers of the forms in the file. */
export const JSON_FORM = 0
const INTEGERS_FORM = 1
const IPV4_FORM = 2
const SHAPES_FORM = 3

/** Fewer values than this are kept as JSON. */
const OTHER_FORMS_MIN = 16
/** A column whose values have more shapes than this, or few values a shape, has no shapes. */
const SHAPES_MAX = 256
const VALUES_PER_SHAPE_MIN = 4
const SHAPES_HEADER = 8
/** Longer runs are several, digits. */
const RUN_DIGITS_MAX = 31
const SPACE = 0x20

const decoder = new TextDecoder()

export interface EncodedValues {
  readonly form: number
  /** Valid until the next text is encoded. */
  readonly bytes: Uint8Array
}

/** Values in their smallest form. */
export function encodeValues(values: readonly FieldValue[]): EncodedValues {
  if (values.length >= OTHER_FORMS_MIN) {
    const other = typeof values[0] === 'number' ? integerBytes(values) : textBytes(values)
    if (other !== undefined) return other
  }
  return { form: JSON_FORM, bytes: encodeScratch(JSON.stringify(values)) }
}

/** What `encodeValues` made. Throws on damaged data. */
export function decodeValues(form: number, bytes: Uint8Array): readonly FieldValue[] {
  switch (form) {
    case JSON_FORM:
      return JSON.parse(decoder.decode(bytes)) as FieldValue[]
    case INTEGERS_FORM:
      return Array.from(fromPlanes(bytes))
    case IPV4_FORM:
      return Array.from(
        fromPlanes(bytes),
        (n) => `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`,
      )
    case SHAPES_FORM:
      return fromShapes(bytes)
    default:
      throw new Error(`a column's values have the unknown form ${form}`)
  }
}

function integerBytes(values: readonly FieldValue[]): EncodedValues | undefined {
  const numbers = new Uint32Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const isKept = typeof value === 'number' && value >>> 0 === value && !Object.is(value, -0)
    if (!isKept) return undefined
    numbers[i] = value
  }
  return { form: INTEGERS_FORM, bytes: planesOf(numbers) }
}

function textBytes(values: readonly FieldValue[]): EncodedValues | undefined {
  const [first] = values
  if (typeof first !== 'string') return undefined
  return (addressOf(first) < 0 ? undefined : addressBytes(values)) ?? shapeBytes(values)
}

function addressBytes(values: readonly FieldValue[]): EncodedValues | undefined {
  const numbers = new Uint32Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const address = typeof value === 'string' ? addressOf(value) : -1
    if (address < 0) return undefined
    numbers[i] = address
  }
  return { form: IPV4_FORM, bytes: planesOf(numbers) }
}

const DOT = 0x2e
const DIGIT_0 = 0x30
const ADDRESS_UNITS_MAX = 15

/** The number of an IPv4 address written without leading zeros; -1 for other texts. */
function addressOf(text: string): number {
  if (text.length > ADDRESS_UNITS_MAX) return -1
  let address = 0
  let part = -1
  let parts = 1
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === DOT) {
      if (part < 0 || parts === 4) return -1
      address = address * 256 + part
      part = -1
      parts++
      continue
    }
    const digit = code - DIGIT_0
    if (digit < 0 || digit > 9 || part === 0) return -1
    part = part < 0 ? digit : part * 10 + digit
    if (part > 255) return -1
  }
  return parts === 4 && part >= 0 ? address * 256 + part : -1
}

function planesOf(numbers: Uint32Array): Uint8Array {
  const count = numbers.length
  const bytes = new Uint8Array(4 * count)
  for (let i = 0; i < count; i++) {
    const n = numbers[i]!
    bytes[i] = n
    bytes[count + i] = n >>> 8
    bytes[2 * count + i] = n >>> 16
    bytes[3 * count + i] = n >>> 24
  }
  return bytes
}

function fromPlanes(bytes: Uint8Array): Uint32Array {
  const count = bytes.length / 4
  const numbers = new Uint32Array(count)
  for (let i = 0; i < count; i++) {
    numbers[i] =
      bytes[i]! |
      (bytes[count + i]! << 8) |
      (bytes[2 * count + i]! << 16) |
      (bytes[3 * count + i]! << 24)
  }
  return numbers
}

/** Value of each lower-case hexadecimal digit, -1 for other characters. */
const NIBBLE = new Int8Array(128).fill(-1)
const HEX_DIGITS = '0123456789abcdef'
for (let n = 0; n < 16; n++) NIBBLE[HEX_DIGITS.charCodeAt(n)] = n

/** Digits of the values so far, one in a byte. */
let digits = new Uint8Array(1 << 16)
let digitCount = 0
/** Where the runs of the text scanned last begin, and their lengths. */
const runs = { starts: new Uint32Array(1 << 10), lengths: new Uint32Array(1 << 10), count: 0 }

interface Shape {
  readonly number: number
  /** Texts, and the lengths of the digits between them. */
  readonly parts: readonly (string | number)[]
}

function shapeBytes(values: readonly FieldValue[]): EncodedValues | undefined {
  const shapes: string[] = []
  const byHash = new Map<number, Shape>()
  const shapesMax = Math.min(SHAPES_MAX, values.length / VALUES_PER_SHAPE_MIN)
  const shapeOf = new Uint8Array(values.length)
  digitCount = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const hash = typeof value === 'string' ? scanDigits(value) : NO_SHAPE
    if (typeof value !== 'string' || hash === NO_SHAPE) return undefined
    let shape = byHash.get(hash)
    if (shape === undefined) {
      if (shapes.length >= shapesMax) return undefined
      const text = shapeText(value)
      shape = { number: shapes.push(text) - 1, parts: partsOf(text) }
      byHash.set(hash, shape)
    } else if (!hasShape(value, shape)) return undefined
    shapeOf[i] = shape.number
  }
  const json = encodeScratch(JSON.stringify(shapes))
  const head = SHAPES_HEADER + values.length + json.length
  const bytes = new Uint8Array(head + ((digitCount + 1) >>> 1))
  new Uint32Array(bytes.buffer, 0, 2).set([json.length, values.length])
  bytes.set(shapeOf, SHAPES_HEADER)
  bytes.set(json, SHAPES_HEADER + values.length)
  if (digitCount % 2 === 1) digits[digitCount] = 0
  for (let i = 0, at = head; i < digitCount; i += 2)
    bytes[at++] = (digits[i]! << 4) | digits[i + 1]!
  return { form: SHAPES_FORM, bytes }
}

const NO_SHAPE = -1

/** Adds the digits of a text to `digits` and its runs to `runs`; a hash of its shape, or `NO_SHAPE`. */
function scanDigits(text: string): number {
  const { length } = text
  if (digitCount + length >= digits.length) digits = larger(digits, length)
  runs.count = 0
  let hash = length
  let start = -1
  let kept = digitCount
  let decimals = 0
  for (let i = 0; i <= length; i++) {
    const code = i < length ? text.charCodeAt(i) : SPACE
    if (code < SPACE) return NO_SHAPE
    const nibble = code < 128 ? NIBBLE[code]! : -1
    if (nibble >= 0) {
      if (start < 0) start = i
      digits[digitCount++] = nibble
      if (nibble < 10) decimals++
      if (i - start + 1 < RUN_DIGITS_MAX) continue
    }
    if (start >= 0) {
      if (decimals > 0) {
        if (runs.count === runs.starts.length) return NO_SHAPE
        runs.starts[runs.count] = start
        runs.lengths[runs.count++] = digitCount - kept
        hash = Math.imul(hash ^ start ^ ((digitCount - kept) << 16), HASH_STEP)
        kept = digitCount
      } else {
        for (let at = kept; at < digitCount; at++) hash = Math.imul(hash ^ digits[at]!, HASH_STEP)
        digitCount = kept
      }
      start = -1
      decimals = 0
    }
    if (nibble < 0) hash = Math.imul(hash ^ code, HASH_STEP)
  }
  return hash >>> 0
}

const HASH_STEP = 0x01000193

function larger(bytes: Uint8Array, more: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(bytes.length * 2 + more)
  grown.set(bytes)
  return grown
}

/** The shape of the text scanned last. */
function shapeText(text: string): string {
  let shape = ''
  let from = 0
  for (let run = 0; run < runs.count; run++) {
    shape += text.slice(from, runs.starts[run]) + String.fromCharCode(runs.lengths[run]!)
    from = runs.starts[run]! + runs.lengths[run]!
  }
  return shape + text.slice(from)
}

/** Whether the text scanned last has this shape: hashes may collide. */
function hasShape(text: string, { parts }: Shape): boolean {
  let at = 0
  let run = 0
  for (const part of parts) {
    if (typeof part === 'string') {
      if (!text.startsWith(part, at)) return false
      at += part.length
    } else {
      if (runs.starts[run] !== at || runs.lengths[run] !== part) return false
      run++
      at += part
    }
  }
  return at === text.length && run === runs.count
}

function fromShapes(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const jsonBytes = view.getUint32(0, true)
  const count = view.getUint32(4, true)
  const head = SHAPES_HEADER + count + jsonBytes
  const json = decoder.decode(bytes.subarray(SHAPES_HEADER + count, head))
  const shapes = JSON.parse(json) as string[]
  const parts = shapes.map(partsOf)
  const values = new Array<string>(count)
  let at = head * 2
  for (let i = 0; i < count; i++) {
    let text = ''
    for (const part of parts[bytes[SHAPES_HEADER + i]!]!) {
      if (typeof part === 'string') text += part
      else {
        for (const end = at + part; at < end; at++) {
          text += HEX_DIGITS[(at & 1) === 0 ? bytes[at >>> 1]! >>> 4 : bytes[at >>> 1]! & 15]
        }
      }
    }
    values[i] = text
  }
  return values
}

/** Texts, and the lengths of the digits between them. */
function partsOf(shape: string): (string | number)[] {
  const parts: (string | number)[] = []
  let from = 0
  for (let i = 0; i < shape.length; i++) {
    const code = shape.charCodeAt(i)
    if (code >= SPACE) continue
    if (i > from) parts.push(shape.slice(from, i))
    parts.push(code)
    from = i + 1
  }
  if (from < shape.length) parts.push(shape.slice(from))
  return parts
}
