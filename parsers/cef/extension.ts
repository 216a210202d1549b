// The header and the extension of CEF.
import { trimmedAt } from '../device/csv.ts'
import type { WritableFields } from '../device/event.ts'
import { internedAt } from '../names.ts'

const KEY_UNITS_MAX = 64
const PAIRS_MAX = 512

/** The first `count` parts of a header, `\|` and `\\` unescaped, and where the rest starts. */
export function splitPipes(
  text: string,
  start: number,
  count: number,
): { readonly values: readonly string[]; readonly end: number } | undefined {
  const values: string[] = []
  let at = start
  while (values.length < count) {
    const end = pipeAfter(text, at)
    if (end < 0) {
      if (values.length !== count - 1) return undefined
      values.push(text.slice(at))
      return { values, end: text.length }
    }
    const value = text.slice(at, end)
    values.push(value.includes('\\') ? value.replace(/\\([\\|])/g, '$1') : value)
    at = end + 1
  }
  return { values, end: at }
}

function pipeAfter(text: string, start: number): number {
  let end = text.indexOf('|', start)
  while (end > start && text.charCodeAt(end - 1) === 0x5c && text.charCodeAt(end - 2) !== 0x5c) {
    end = text.indexOf('|', end + 1)
  }
  return end
}

/** Adds the pairs of an extension. A value ends in front of the next ` key=`; `\=`, `\\`, `\n` are
 * unescaped; what a `cs1Label` names is a field of that name too. */
export function readExtension(text: string, start: number, fields: WritableFields): void {
  const keys: string[] = []
  const bounds: number[] = []
  let equals = text.indexOf('=', start)
  while (equals >= 0 && keys.length < PAIRS_MAX) {
    const key = text.charCodeAt(equals - 1) === 0x5c ? -1 : keyStart(text, equals, start)
    if (key >= 0) {
      keys.push(internedAt(text, key, equals))
      bounds.push(key, equals + 1)
    }
    equals = text.indexOf('=', equals + 1)
  }
  const escapes = text.includes('\\')
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!
    const next = index + 1 < keys.length ? bounds[2 * index + 2]! : text.length
    const cut = trimmedAt(text, bounds[2 * index + 1]!, next)
    const value = escapes ? unescapedValue(cut) : cut
    if (value.length > 0 && key !== '__proto__') fields[key] = value
  }
  addLabelled(keys, fields)
}

/** Where the key in front of `=` starts, or -1 when no blank or start stands in front of it. */
function keyStart(text: string, equals: number, floor: number): number {
  let at = equals
  while (at > floor && equals - at <= KEY_UNITS_MAX && isKeyUnit(text.charCodeAt(at - 1))) at--
  if (at === equals) return -1
  return at === floor || text.charCodeAt(at - 1) === 0x20 || text.charCodeAt(at - 1) === 0x7c
    ? at
    : -1
}

function isKeyUnit(code: number): boolean {
  const letter = code | 0x20
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2e ||
    code === 0x2d ||
    code === 0x5b ||
    code === 0x5d
  )
}

function unescapedValue(value: string): string {
  if (!value.includes('\\')) return value
  return value.replace(/\\([=\\|nr])/g, (_, mark: string) =>
    mark === 'n' || mark === 'r' ? '\n' : mark,
  )
}

const LABEL = 'Label'

function addLabelled(keys: readonly string[], fields: WritableFields): void {
  for (const key of keys) {
    if (!key.endsWith(LABEL)) continue
    const name = fields[key]
    const value = fields[key.slice(0, -LABEL.length)]
    if (typeof name !== 'string' || value === undefined || name === '__proto__') continue
    if (fields[name] === undefined) fields[name] = value
  }
}
