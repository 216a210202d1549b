// Events whose members a warehouse or a query tool has renamed: back to the names that their product gives them.
import type { Fields, FieldValue } from '../sigma/event.ts'
import { JsonError, parseJsonText } from './json-text.ts'

/** The suffixes that Azure's custom tables give columns by their type: text, number, time, truth, identifier. */
const SUFFIX = /_[sdtbg]$/

/** Whether JSON is a row of a custom table with such columns; `column` is one of them, without its suffix. */
export function isCustomRow(json: Fields, column: string): boolean {
  return json[`${column}_s`] !== undefined
}

/** A row of a custom table without the suffixes; `separator` stands between the names of objects in each other, which
 * the table has joined by `_`. */
export function customRow(json: Fields, separator: '_' | '.'): Fields {
  const out: { [name: string]: FieldValue } = {}
  for (const name in json) {
    const isOwn = SUFFIX.test(name)
    const plain = isOwn ? name.slice(0, -2) : name
    const key = isOwn && separator === '.' ? plain.replaceAll('_', '.') : plain
    if (key !== '__proto__') out[key] ??= decoded(json[name]!)
  }
  return out
}

/** JSON in a text, which such tables have in place of objects and lists. */
export function decoded(value: FieldValue): FieldValue {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value
  const read = parseJsonText(value)
  return read instanceof JsonError ? value : (read ?? value)
}

/** The members of `json` under the names of `names`, beside the others; what is empty is left out. */
export function renamed(json: Fields, names: Readonly<Record<string, string>>): Fields {
  const out: { [name: string]: FieldValue } = {}
  for (const name in json) {
    const value = json[name]!
    if (value === '' || name === '__proto__') continue
    out[Object.hasOwn(names, name) ? names[name]! : name] = value
  }
  return out
}

/** `alternate_id` as `alternateId`, in each part of a path. */
export function camelled(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
