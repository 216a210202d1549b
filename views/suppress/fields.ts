// What of an event a mute may ask for: its columns and its fields, as checkable rows.
import type { Event } from '../../parsers/event.ts'
import type { FieldValue } from '../../sigma/event.ts'

export type MuteValue = string | number | boolean

export interface MuteField {
  /** As a filter names it: `@host` for a column, else the field. */
  readonly name: string
  readonly value: MuteValue
}

const VALUE_MAX_CHARACTERS = 2_000
const FIELDS_MAX = 300
const DEPTH_MAX = 8

/** Columns first, then fields; what a filter cannot name or compare is left out. */
export function muteFields(event: Event): readonly MuteField[] {
  const columns = Object.entries({ source: event.source, ...event.pivots })
  const found: MuteField[] = columns.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [{ name: `@${name}`, value }],
  )
  for (const [name, value] of Object.entries(event.fields)) {
    if (!name.startsWith('trapline.')) collect(name, value, 0, found)
  }
  return found.filter(({ name, value }) => !name.includes('|') && isUsable(value))
}

function isUsable(value: MuteValue): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(Math.trunc(value))
  return typeof value === 'boolean' || (value !== '' && value.length <= VALUE_MAX_CHARACTERS)
}

function collect(name: string, value: FieldValue, depth: number, found: MuteField[]): void {
  if (found.length >= FIELDS_MAX || value === null || depth >= DEPTH_MAX) return
  if (typeof value !== 'object') found.push({ name, value })
  else if (Array.isArray(value)) {
    for (const element of value) collect(name, element, depth + 1, found)
  } else {
    for (const [key, inner] of Object.entries(value))
      collect(`${name}.${key}`, inner, depth + 1, found)
  }
}

/** A row as the form sends it. */
export function fieldToken({ name, value }: MuteField): string {
  return JSON.stringify([name, value])
}

/** The row that a name and text of the value menu mean: the field of that name, else the column. */
export function fieldNamed(
  fields: readonly MuteField[],
  name: string,
  text: string | undefined,
): MuteField | undefined {
  const fits = (field: MuteField) => text === undefined || String(field.value) === text
  const bare = name.replace(/^@/, '')
  return (
    fields.find((field) => field.name === name && fits(field)) ??
    fields.find((field) => field.name === `@${bare}` && fits(field))
  )
}
