// Small readers of JSON values, for the shapes of Windows events.
import type { FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'

/** The text of an XML element that JSON wraps with its attributes. */
export function content(value: FieldValue | undefined): FieldValue | undefined {
  if (value === undefined || !isFields(value)) return value
  return value['#text'] ?? value.Value ?? value
}

/** A text that is not empty. */
export function text(value: FieldValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** An event id from a number or its text; -1 for anything else. */
export function toId(value: FieldValue | undefined): number {
  const id = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= 65_535 ? id : -1
}
