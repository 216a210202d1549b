// Strict JSON to field values. Numbers that a double would change keep their source text, strings become
// well-formed, nesting has a limit. Of duplicate keys the last one wins, as in `JSON.parse`;
// `__proto__` is an ordinary own key.
import type { Fields, FieldValue } from '../sigma/event.ts'
import { mayLoseDigits, withQuotedDigits } from './json-digits.ts'

/** Objects and arrays inside each other, at most. */
export const JSON_DEPTH_MAX = 128

/** Why a text is no JSON. A class, so that no JSON value can be mistaken for it. */
export class JsonError {
  readonly code: 'json-invalid' | 'json-too-deep'
  readonly message: string

  constructor(code: JsonError['code'], message: string) {
    this.code = code
    this.message = message
  }
}

/** Decodes a JSON text: its value, or why it is none. Never throws. */
export function parseJsonText(text: string): FieldValue | JsonError {
  if (!isShallow(text)) {
    return new JsonError('json-too-deep', `JSON is nested deeper than ${JSON_DEPTH_MAX} levels`)
  }
  const source = text.isWellFormed() ? text : text.toWellFormed()
  try {
    const value: FieldValue = JSON.parse(mayLoseDigits(source) ? withQuotedDigits(source) : source)
    return mayEscapeSurrogate(source) ? wellFormed(value) : value
  } catch (error) {
    return new JsonError('json-invalid', error instanceof Error ? error.message : String(error))
  }
}

/** `parseJsonText` where the text looks like an object: the object, undefined for other values. */
export function parseJsonObject(text: string): Fields | undefined | JsonError {
  if (!startsLikeObject(text)) return undefined
  const value = parseJsonText(text)
  if (value instanceof JsonError) return value
  return isFields(value) ? value : undefined
}

/** Whether a field value is an object. */
export function isFields(value: FieldValue | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether the first character that is not white space opens an object. */
export function startsLikeObject(text: string): boolean {
  let index = 0
  while (isJsonSpace(text.charCodeAt(index))) index++
  return text.charCodeAt(index) === 0x7b
}

function isJsonSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/

/** The plain search comes first: it is three times as fast, and most texts have no such escape at all. */
function mayEscapeSurrogate(text: string): boolean {
  return text.includes('\\u') && ESCAPED_SURROGATE.test(text)
}

/** Counts brackets only when there are more than the limit; those inside strings do not count. */
function isShallow(text: string): boolean {
  return openers(text, '{') + openers(text, '[') <= JSON_DEPTH_MAX || depthIsAllowed(text)
}

function openers(text: string, bracket: string): number {
  let count = 0
  let index = text.indexOf(bracket)
  while (index !== -1 && count <= JSON_DEPTH_MAX) {
    count++
    index = text.indexOf(bracket, index + 1)
  }
  return count
}

function depthIsAllowed(text: string): boolean {
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (inString) {
      if (code === 0x5c) index++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x7b || code === 0x5b) {
      depth++
      if (depth > JSON_DEPTH_MAX) return false
    } else if (code === 0x7d || code === 0x5d) depth--
  }
  return true
}

function wellFormed(value: FieldValue): FieldValue {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(wellFormed)
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.toWellFormed(), wellFormed(inner)]),
  )
}
