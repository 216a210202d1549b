// Numbers in events: what counts as one, and how they and texts are ordered.
import type { FieldValue } from '../event.ts'
import type { CompareOp } from '../ir/expr.ts'

/** Longer texts are no numbers. */
const NUMBER_LENGTH_MAX = 400
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

/** The number that a value is: an event's number, or text that is wholly a decimal number. */
export function numberOf(value: FieldValue): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.length > NUMBER_LENGTH_MAX) return undefined
  return DECIMAL.test(value) ? Number(value) : undefined
}

/** Whether `order` (negative, zero, positive as `left` is before, at or after `right`) satisfies `op`. */
export function orderHolds(op: CompareOp | 'eq', order: number): boolean {
  switch (op) {
    case 'lt':
      return order < 0
    case 'lte':
      return order <= 0
    case 'gt':
      return order > 0
    case 'gte':
      return order >= 0
    case 'eq':
      return order === 0
  }
}

/** Order of two texts by code point (UTF-16 order differs above U+FFFF). */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return codePointRank(x) - codePointRank(y)
  }
  return a.length - b.length
}

/** Surrogates rank above every other unit, as the code points they make do. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
