// What a mapping adds to the fields: other names, JSON in texts read, objects as text, lists of pairs.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields, JsonError, parseJsonText } from '../json-text.ts'
import { compileRules } from './rules.ts'
import type { Slots, Values } from './slots.ts'
import type { MappingTable } from './table.ts'

/** Adds to an event; `values` follow. Gives the JSON itself where nothing was to be added. */
export type FieldAdder = (json: Fields, values: Values) => Fields

/** An event that fields are added to. */
interface Draft {
  fields: { [name: string]: FieldValue }
  readonly json: Fields
  readonly values: Values
  /** The last value that was written as JSON: two names may have one value. */
  written: FieldValue | undefined
  text: string
}
type Addition = (draft: Draft) => void

/** Members of an object or list that become fields of their own, at most. */
const MEMBERS_MAX = 512

/** Compiles what a table adds. Its steps run in this order: JSON texts, pairs, other names, texts. */
export function compileFields(table: MappingTable, slots: Slots): FieldAdder {
  const steps: readonly Addition[] = [
    ...table.json.flatMap((name) => jsonTexts(name, slots) ?? []),
    ...table.pairs.flatMap((pair) => pairs(pair, slots) ?? []),
    ...Object.entries(table.fields).flatMap(([name, rules]) => otherName(name, rules, slots) ?? []),
    ...table.texts.flatMap((name) => texts(name, slots) ?? []),
  ]
  if (steps.length === 0) return (json) => json
  return function addFields(json, values) {
    const fields = json as Draft['fields']
    const draft: Draft = { fields, json, values, written: undefined, text: '' }
    for (const step of steps) step(draft)
    return draft.fields
  }
}

function add(draft: Draft, name: string, value: FieldValue): void {
  if (draft.fields === draft.json) draft.fields = { ...draft.json }
  draft.fields[name] = value
}

function otherName(
  name: string,
  rules: MappingTable['fields'][string],
  slots: Slots,
): Addition | undefined {
  const own = slots.slot(name)
  const read = compileRules(rules, undefined, slots)
  if (read === undefined) return undefined
  slots.adds(name)
  return (draft) => {
    const { values } = draft
    const present = values[own]
    // An object under that name is no value that a rule could compare.
    if (present !== undefined && typeof present !== 'object') return
    const value = read(values)
    if (value === undefined || value === present) return
    add(draft, name, value)
    values[own] = value
  }
}

/** A top-level text that holds an object or a list. */
function jsonTexts(name: string, slots: Slots): Addition | undefined {
  const own = slots.slot(name)
  if (!slots.mayHave(name)) return undefined
  return (draft) => {
    const text = draft.values[own]
    if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return
    const value = parseJsonText(text)
    if (value instanceof JsonError) return
    add(draft, name, value)
    draft.values[own] = value
  }
}

function pairs(pair: MappingTable['pairs'][number], slots: Slots): Addition | undefined {
  const read = slots.reader(pair.path)
  if (read === undefined) return undefined
  slots.adds(pair.prefix, 'prefix')
  return (draft) => {
    const list = read(draft.values)
    if (list === undefined) return
    const elements: readonly FieldValue[] = Array.isArray(list) ? list : [list]
    const length = Math.min(elements.length, MEMBERS_MAX)
    for (let at = 0; at < length; at++) {
      const element = elements[at]
      if (!isFields(element)) continue
      const name = element[pair.name]
      if (typeof name !== 'string' || name === '') continue
      const value = firstOf(element, pair.value)
      if (value === undefined) continue
      const field = pair.prefix + name
      add(draft, field, value)
      slots.set(draft.values, field, value)
    }
  }
}

function firstOf(element: Fields, names: readonly string[]): FieldValue | undefined {
  for (const name of names) {
    const value = element[name]
    if (value !== undefined) return value
  }
  return undefined
}

/** Rules look for words in the JSON of these as well as for their members. */
function texts(name: string, slots: Slots): Addition | undefined {
  const read = slots.reader(name)
  if (read === undefined) return undefined
  slots.adds(name)
  slots.adds(`${name}.`, 'prefix')
  return (draft) => {
    const value = read(draft.values)
    if (typeof value !== 'object' || value === null) return
    const put = (field: string, inner: FieldValue) => {
      add(draft, field, inner)
      slots.set(draft.values, field, inner)
    }
    if (isFields(value)) {
      const fields: Fields = draft.fields
      for (const key of Object.keys(value).slice(0, MEMBERS_MAX)) {
        const field = `${name}.${key}`
        if (!Object.hasOwn(fields, field)) put(field, value[key]!)
      }
    }
    const text = textOf(value, draft)
    put(name, Array.isArray(value) ? [text, ...value] : text)
  }
}

function textOf(value: FieldValue, draft: Draft): string {
  if (value !== draft.written) {
    draft.text = JSON.stringify(value)
    draft.written = value
  }
  return draft.text
}
