// What clients send, checked before it is used.
import type { Change } from './documents.ts'
import type { Position, Range } from './protocol.ts'

export interface Message {
  readonly id?: number | string | null
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
}

/** A message by its text; undefined when it is no JSON object. */
export function messageOf(text: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

/** Whether this is a place in a text: a line and a character, both counted from 0. */
export function isPosition(value: unknown): value is Position {
  return isObject(value) && isCount(value.line) && isCount(value.character)
}

/** Whether these are two places in a text. */
export function isRange(value: unknown): value is Range {
  return isObject(value) && isPosition(value.start) && isPosition(value.end)
}

/** Whether these are changes of a text: each a range and what takes its place, or a whole text. */
export function isChanges(value: unknown): value is readonly Change[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one: unknown) =>
        isObject(one) &&
        typeof one.text === 'string' &&
        (one.range === undefined || one.range === null || isRange(one.range)),
    )
  )
}
