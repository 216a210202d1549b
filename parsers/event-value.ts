// One value of an event by name, as text: for titles and dedup fields.

import { type FieldValue, PIVOTS } from '../sigma/event.ts'
import type { Event } from './event.ts'

/** The field of exactly this name, else the nested path split at dots, else the pivot column. Undefined
 * when there is none, or it is empty, an object or a list. */
export function getPath(event: Pick<Event, 'fields' | 'pivots' | 'source'>, name: string) {
  const exact = asText(own(event.fields, name))
  if (exact !== undefined) return exact
  let value: FieldValue | undefined = event.fields
  for (const part of name.split('.')) value = own(value, part)
  const nested = asText(value)
  if (nested !== undefined) return nested
  if (name === 'source') return event.source
  const pivot = PIVOTS.find((column) => column === name)
  return pivot === undefined ? undefined : asText(event.pivots[pivot])
}

function own(value: FieldValue | undefined, name: string): FieldValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.hasOwn(value, name) ? (value as { [name: string]: FieldValue })[name] : undefined
}

function asText(value: FieldValue | undefined): string | undefined {
  if (value === undefined || value === null || typeof value === 'object') return undefined
  return value === '' ? undefined : String(value)
}
