// Plain scalars are typed by our own rules instead of a YAML schema's, and keep their source text.
import type { Position, Scalar } from '../rule.ts'

const NULLS = new Set(['', '~', 'null', 'Null', 'NULL'])
const TRUES = new Set(['true', 'True', 'TRUE'])
const FALSES = new Set(['false', 'False', 'FALSE'])
const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/

const YES = new Set(['yes', 'on'])
const NO = new Set(['no', 'off'])

/** The boolean of a scalar where nothing else makes sense: `yes`, `no`, `on` and `off` count, as in YAML 1.1. */
export function booleanOf(scalar: Scalar): boolean | undefined {
  if (scalar.kind === 'boolean') return scalar.value
  if (scalar.kind !== 'string') return undefined
  const word = scalar.text.toLowerCase()
  return YES.has(word) ? true : NO.has(word) ? false : undefined
}

/** The number of a scalar where nothing else makes sense: decimal text counts. */
export function decimalOf(scalar: Scalar): number | undefined {
  if (scalar.kind === 'number') return scalar.value
  return scalar.kind === 'string' && NUMBER.test(scalar.text) ? Number(scalar.text) : undefined
}

/**
 * The scalar of a source text. Only plain ones are anything but text: decimal numbers whose digits a
 * double keeps, `true`, `false`, and `null`, `~` or nothing.
 */
export function typedScalar(text: string, plain: boolean, { line, column }: Position): Scalar {
  if (!plain) return { line, column, kind: 'string', text }
  if (NULLS.has(text)) return { line, column, kind: 'null', text }
  if (TRUES.has(text)) return { line, column, kind: 'boolean', value: true, text }
  if (FALSES.has(text)) return { line, column, kind: 'boolean', value: false, text }
  if (NUMBER.test(text)) {
    const value = Number(text)
    if (Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
      return { line, column, kind: 'number', value, text }
    }
  }
  return { line, column, kind: 'string', text }
}
