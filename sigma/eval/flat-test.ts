// Tests of one field on a flat line, for conditions that ask for more than atoms: the value is decoded, its
// event is not made.
import type { FieldValue } from '../event.ts'
import type { Target, Test } from '../ir/expr.ts'
import { compileTest } from './compile-test.ts'
import {
  FLAT_BOOLEAN,
  FLAT_ESCAPED,
  FLAT_NULL,
  FLAT_NUMBER,
  FLAT_OBJECT,
  type FlatLine,
  matchedKind,
} from './flat.ts'
import { flatText } from './flat-text.ts'
import { compileReference } from './predicate.ts'
import { meaningOf } from './unescape.ts'

/** A line and where its values are by path. */
export interface FlatFields {
  readonly line: FlatLine
  readonly values: ReadonlyMap<string, number>
  /** Names of fields that the event may have beside those of the line. */
  readonly added: readonly string[]
  /** Values that readers look at. */
  readonly read: ReadonlySet<number>
  /** References that are answered before conditions ask. */
  readonly references: readonly Reference[]
  /** Set when a test looked at more than says the key of the line (`flat-plan.ts`). */
  isOpen: boolean
}

/** Whether one value is the same text as another. */
export interface Reference {
  readonly value: number
  readonly other: number
  readonly cased: boolean
}

/** The answer of a test; undefined where only the event can give it. */
export type FlatTest = (fields: FlatFields) => boolean | undefined

/** A test as a function of a flat line; undefined where it reads more than one field's own values. */
export function compileFlatTest(target: Target, test: Test): FlatTest | undefined {
  if (target.scope !== 'field') return undefined
  const { name } = target
  switch (test.kind) {
    case 'exists':
      return undefined
    case 'null':
      return (fields) => {
        const value = fields.values.get(name)
        if (value === undefined) return true
        if (!fields.read.has(value)) fields.isOpen = true
        return fields.line.kinds[value] === FLAT_NULL
      }
    case 'fieldref': {
      const compare = compileReference(test)
      return (fields) => {
        const { line, values, added, references } = fields
        const value = values.get(name)
        const other = values.get(test.name)
        if (other === undefined && added.includes(test.name)) return undefined
        if (value === undefined || other === undefined) return false
        const areTexts =
          matchedKind(line, value) <= FLAT_ESCAPED && matchedKind(line, other) <= FLAT_ESCAPED
        if (test.op === 'equals' && areTexts) {
          if (references.length === 0) fields.isOpen = true
          return isSameText(line, value, other, test.cased)
        }
        fields.isOpen = true
        const own = valueAt(line, value)
        const others = valueAt(line, other)
        return own === undefined || others === undefined ? undefined : compare(own, others)
      }
    }
    default: {
      const holds = compileTest(test)
      return (fields) => {
        const { line, values } = fields
        const value = values.get(name)
        if (value === undefined) return false
        fields.isOpen = true
        const own = valueAt(line, value)
        return own === undefined ? undefined : holds(own)
      }
    }
  }
}

const BACKSLASH = 0x5c

/** Whether two strings of a line, ASCII with valid escapes, are the same text. */
export function isSameText(
  { bytes, starts, ends }: FlatLine,
  value: number,
  other: number,
  cased: boolean,
): boolean {
  const end = ends[value]!
  const otherEnd = ends[other]!
  let i = starts[value]!
  let k = starts[other]!
  while (i < end && k < otherEnd) {
    let byte = bytes[i++]!
    let otherByte = bytes[k++]!
    if (byte === BACKSLASH) byte = meaningOf(bytes[i++]!)
    if (otherByte === BACKSLASH) otherByte = meaningOf(bytes[k++]!)
    if (byte !== otherByte && (cased || folded(byte) !== folded(otherByte))) return false
  }
  return i === end && k === otherEnd
}

function folded(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
}

/** The value, of a list the string in it; undefined where it is an object, or its escapes are not plain. */
function valueAt(line: FlatLine, value: number): FieldValue | undefined {
  const kind = matchedKind(line, value)
  if (kind === FLAT_OBJECT) return undefined
  if (kind === FLAT_NULL) return null
  const text = flatText(line, value)
  if (kind === FLAT_NUMBER) return Number(text)
  return kind === FLAT_BOOLEAN ? text === 'true' : text
}
