// Every text of an event, with the name of the field it stands in: field values, JSON inside texts.
import type { Event } from '../../parsers/event.ts'
import type { FieldValue } from '../../sigma/event.ts'

/** JSON texts inside JSON texts that are opened. */
const DEPTH_MAX = 4

/** What is done with one text; `name` is the nearest field name, `''` for a text without one. */
export type TextVisitor = (text: string, name: string) => string

/** The value with every text replaced; numbers that become other digits stay numbers. */
export function mapTexts(value: FieldValue, name: string, visit: TextVisitor): FieldValue {
  if (typeof value === 'string') return mapJsonTexts(value, name, visit)
  if (typeof value === 'number') {
    const text = String(value)
    const to = visit(text, name)
    return to === text
      ? value
      : /^\d+$/.test(to) && Number.isSafeInteger(Number(to))
        ? Number(to)
        : to
  }
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, name, visit))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      visit(key, ''),
      mapTexts(item, isIndex(key) ? name : lastName(key), visit),
    ]),
  )
}

function isIndex(key: string): boolean {
  return /^\d+$/.test(key)
}

function lastName(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1)
}

/** A text that holds JSON is changed inside, its own writing otherwise kept; any other is visited whole. */
export function mapJsonTexts(text: string, name: string, visit: TextVisitor, depth = 0): string {
  if (depth >= DEPTH_MAX || !isJson(text)) return visit(text, name)
  let key = ''
  const literal = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/g
  return text.replace(literal, (written, offset: number) => {
    if (!written.startsWith('"')) {
      const to = visit(written, key)
      return /^-?\d+(\.\d+)?$/.test(to) ? to : JSON.stringify(to)
    }
    const value = JSON.parse(written) as string
    const isKey = /^\s*:/.test(text.slice(offset + written.length, offset + written.length + 20))
    if (isKey && !isIndex(value)) key = lastName(value)
    const to = isKey ? visit(value, '') : mapJsonTexts(value, key, visit, depth + 1)
    return to === value ? written : JSON.stringify(to)
  })
}

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** Visits all texts of an event: columns under their names, fields, message, raw. */
export function mapEvent(event: Event, visit: TextVisitor): Event {
  const pivots = Object.entries(event.pivots).map(([name, value]) => [
    name,
    typeof value === 'string' ? visit(value, name) : value,
  ])
  return {
    ...event,
    pivots: Object.fromEntries(pivots) as Event['pivots'],
    message: mapJsonTexts(event.message, '', visit),
    fields: mapTexts(event.fields, '', visit) as Event['fields'],
    raw: mapJsonTexts(event.raw, '', visit),
    ...(event.error === undefined
      ? {}
      : { error: { ...event.error, message: visit(event.error.message, '') } }),
  }
}
