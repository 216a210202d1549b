// An event's fields as flat names and texts: what the drawer lists and columns show.
import type { Event } from '../../parsers/event.ts'
import type { FieldValue } from '../../sigma/event.ts'

const DEPTH_MAX = 8
const FIELDS_MAX = 500

export interface FlatField {
  readonly name: string
  readonly text: string
}

/** All fields, nested ones as `a.b`, arrays element by element, at most `FIELDS_MAX`. */
export function flatFields(fields: Event['fields']): readonly FlatField[] {
  const found: FlatField[] = []
  for (const [name, value] of Object.entries(fields)) collect(name, value, 0, found)
  return found
}

function collect(name: string, value: FieldValue, depth: number, found: FlatField[]): void {
  if (found.length >= FIELDS_MAX) return
  if (value === null || typeof value !== 'object' || depth >= DEPTH_MAX) {
    found.push({ name, text: textOf(value) })
  } else if (Array.isArray(value)) {
    for (const element of value) collect(name, element, depth + 1, found)
  } else {
    for (const [key, inner] of Object.entries(value))
      collect(`${name}.${key}`, inner, depth + 1, found)
  }
}

function textOf(value: FieldValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The text of one column: event column first, pivot, then field (exact, then nested). */
export function fieldText(event: Event, name: string): string | undefined {
  const bare = name.replace(/^@/, '')
  if (bare === 'source') return event.source
  if (bare === 'parser') return event.parser
  if (bare === 'id') return event.id
  if (bare === 'product') return event.logsource.product
  if (bare === 'category' || bare === 'service') return event.logsource[bare].join(', ')
  const exact = event.fields[name]
  const pivots: Readonly<Record<string, string | number | undefined>> = event.pivots
  if (exact === undefined || name !== bare) {
    if (Object.hasOwn(pivots, bare)) return String(pivots[bare])
  }
  if (exact !== undefined) return textOf(exact)
  const nested = flatFields(event.fields).filter((field) => field.name === name)
  return nested.length === 0 ? undefined : nested.map((field) => field.text).join(', ')
}
