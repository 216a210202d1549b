// Which values of an event a target looks at, and their text. The reference evaluator, the matcher and the
// word index all start here, so that they cannot see different values.
import type { Fields, FieldValue, SigmaEvent } from '../event.ts'
import type { ColumnName, Target } from '../ir/expr.ts'

/** A name with more parts than this is looked up as one key only. */
const NESTED_PARTS_MAX = 16

/**
 * The values of a field: the exact key first, then the nested path split at dots (a key may itself hold
 * dots). Arrays count by element at every level, and an empty array as no value. Own properties only.
 *
 * @example fieldValues({ a: [{ b: 1 }, { b: [2, null] }] }, 'a.b') // [1, 2, null]
 */
export function fieldValues(fields: Fields, name: string): FieldValue[] {
  const out: FieldValue[] = []
  if (Object.hasOwn(fields, name)) pushElements(fields[name]!, out)
  else if (name.includes('.') && name.split('.').length <= NESTED_PARTS_MAX) {
    collectNested(fields, name, out)
  }
  return out
}

/** Whether there is such a field, whatever its value: null, an empty text or an empty list are there, too. */
function hasField(fields: Fields, name: string): boolean {
  if (Object.hasOwn(fields, name)) return true
  if (!name.includes('.') || name.split('.').length > NESTED_PARTS_MAX) return false
  return collectNested(fields, name, [])
}

/** Whether an event has what a target names: Sigma's `exists`. */
export function isPresent(target: Target, event: SigmaEvent): boolean {
  switch (target.scope) {
    case 'field':
      return hasField(event.fields, target.name)
    case 'auto':
      return hasField(event.fields, target.name) || targetValues(target, event).length > 0
    default:
      return targetValues(target, event).length > 0
  }
}

/** True as soon as one way of cutting `name` at a dot leads somewhere. */
function collectNested(node: Fields, name: string, out: FieldValue[]): boolean {
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const head = name.slice(0, dot)
    if (Object.hasOwn(node, head) && collectBelow(node[head]!, name.slice(dot + 1), out))
      return true
  }
  return false
}

function collectBelow(node: FieldValue, name: string, out: FieldValue[]): boolean {
  if (isList(node)) {
    let found = false
    for (const element of node) if (collectBelow(element, name, out)) found = true
    return found
  }
  if (!isObject(node)) return false
  if (!Object.hasOwn(node, name)) return collectNested(node, name, out)
  pushElements(node[name]!, out)
  return true
}

function pushElements(value: FieldValue, out: FieldValue[]): void {
  if (isList(value)) for (const element of value) pushElements(element, out)
  else out.push(value)
}

export function isList(value: FieldValue): value is readonly FieldValue[] {
  return Array.isArray(value)
}

export function isObject(value: FieldValue): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text that tests compare: strings as they are, numbers and booleans as JavaScript writes them. */
export function textOf(value: FieldValue): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/**
 * Calls `visit` with the path (`a.b`, array elements under the array's path) and text of every string,
 * number and boolean in `fields`, in order.
 */
export function eachLeaf(fields: Fields, visit: (path: string, text: string) => void): void {
  for (const key of Object.keys(fields)) visitLeaves(fields[key]!, key, visit)
}

function visitLeaves(
  value: FieldValue,
  path: string,
  visit: (path: string, text: string) => void,
): void {
  const text = textOf(value)
  if (text !== undefined) visit(path, text)
  else if (isList(value)) for (const element of value) visitLeaves(element, path, visit)
  else if (isObject(value)) {
    for (const key of Object.keys(value)) visitLeaves(value[key]!, `${path}.${key}`, visit)
  }
}

/** The values of a pivot column or of one that every event has; empty where it has none. */
export function columnValues(event: SigmaEvent, name: ColumnName): readonly FieldValue[] {
  if (name === 'category' || name === 'service') return event.logsource[name]
  const value =
    name === 'source'
      ? event.source
      : name === 'product'
        ? event.logsource.product
        : event.pivots[name]
  return value === undefined ? [] : [value]
}

/** True for a raw text that is a JSON object or array: Sigma keywords read its values, not its text. */
export function isJsonText(raw: string): boolean {
  const first = raw.charCodeAt(0)
  return first === 0x7b || first === 0x5b
}

/** Every value that a test on `target` looks at; empty where the event has none. */
export function targetValues(target: Target, event: SigmaEvent): readonly FieldValue[] {
  switch (target.scope) {
    case 'field':
      return fieldValues(event.fields, target.name)
    case 'column':
      return columnValues(event, target.name)
    case 'auto': {
      const values = fieldValues(event.fields, target.name)
      if (values.length > 0) return values
      return isColumn(target.name) ? columnValues(event, target.name) : []
    }
    case 'message':
      return event.message === '' ? [] : [event.message]
    case 'raw':
      return event.raw === '' ? [] : [event.raw]
    case 'any':
      return allTexts(event, event.raw !== '')
    case 'keyword':
      return allTexts(event, event.raw !== '' && !isJsonText(event.raw))
  }
}

function allTexts(event: SigmaEvent, withRaw: boolean): string[] {
  const texts: string[] = []
  if (event.message !== '') texts.push(event.message)
  eachLeaf(event.fields, (_, text) => texts.push(text))
  if (withRaw) texts.push(event.raw)
  return texts
}

const COLUMNS: { readonly [name in ColumnName]: true } = {
  host: true,
  user: true,
  src_ip: true,
  src_port: true,
  dst_ip: true,
  dst_port: true,
  process: true,
  hash: true,
  domain: true,
  url: true,
  action: true,
  outcome: true,
  severity: true,
  source: true,
  product: true,
  category: true,
  service: true,
}

/** Whether a name of the search language is a column. */
export function isColumn(name: string): name is ColumnName {
  return Object.hasOwn(COLUMNS, name)
}
