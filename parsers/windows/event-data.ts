// The data of a Windows event out of the forms that converters of its XML give it: by name, as a list of
// elements that name themselves, unnamed.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'
import { define } from './element.ts'
import { content, text } from './json-values.ts'

type Writable = { [name: string]: FieldValue }

/** Named data, `{"#text": ..}` and `{"#attributes": {Name}, ..}` unwrapped; unnamed data under `Data`. */
function addData(out: Writable, value: FieldValue | undefined): void {
  if (value === undefined || value === null) return
  if (Array.isArray(value)) addListed(out, value)
  if (!isFields(value)) return
  for (const name in value) {
    if (name.charCodeAt(0) === 0x23 ? name === '#attributes' : name.endsWith('_attributes'))
      continue
    const inner = content(value[name]) ?? null
    if (name === 'Data' && typeof inner === 'object' && inner !== null) addListed(out, inner)
    else define(out, name, inner)
  }
}

/** `Data` as other converters write it: a list of elements that name themselves. */
function addListed(out: Writable, value: FieldValue): void {
  const items = Array.isArray(value) ? (value as readonly FieldValue[]) : [value]
  const unnamed: FieldValue[] = []
  for (const item of items) {
    const name = isFields(item) ? nameOf(item) : undefined
    if (name !== undefined) define(out, name, textOf(item as Fields))
    else if (isFields(item) && !isElement(item)) addData(out, item)
    else unnamed.push(content(item) ?? null)
  }
  if (unnamed.length > 0) out.Data = unnamed
}

function nameOf(item: Fields): string | undefined {
  const inner = item['#attributes'] ?? item.$
  if (inner !== undefined && isFields(inner)) return text(inner.Name)
  const name = text(item['@Name']) ?? text(item._Name)
  if (name !== undefined) return name
  // Data of that name stands beside others.
  return isElement(item) ? (text(item.Name) ?? text(item.name)) : undefined
}

const TEXT_NAMES = ['#text', '_', '__text', 'content', 'text', 'value', 'Value']

/** Whether an object is one element of the data, and no object of all of it. */
function isElement(item: Fields): boolean {
  const names = Object.keys(item)
  const isText = TEXT_NAMES.some((name) => item[name] !== undefined)
  return isText ? names.length <= 3 : names.length <= 1 && nameAlone(item)
}

function nameAlone(item: Fields): boolean {
  return ['Name', 'name', '#attributes', '$'].some((name) => item[name] !== undefined)
}

function textOf(item: Fields): FieldValue {
  return (
    item['#text'] ??
    item._ ??
    item.__text ??
    item.content ??
    item.text ??
    item.value ??
    item.Value ??
    ''
  )
}

/** User data has one element around its values. */
function addUserData(out: Writable, value: FieldValue | undefined): void {
  if (value === undefined || !isFields(value)) return
  for (const name in value) {
    if (name === '#attributes' || name === 'xml_name') continue
    const inner = value[name]!
    if (isFields(inner)) addData(out, inner)
    else define(out, name, inner)
  }
}

/** Event data and user data by name: an object of its own. */
export function allData(data: FieldValue | undefined, userData: FieldValue | undefined): Fields {
  if ((userData ?? undefined) === undefined && isFields(data) && isPlain(data)) return { ...data }
  const out: Writable = {}
  addData(out, data)
  addUserData(out, userData)
  return out
}

/** Whether data has nothing but names and plain values, as most has. */
function isPlain(data: Fields): boolean {
  for (const name in data) {
    const value = data[name]
    if (typeof value === 'object' && value !== null) return false
  }
  return true
}
