// What a mapping adds to the fields: other names, JSON in texts read, objects as text, lists of pairs.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields, JsonError, parseJsonText } from '../json-text.ts'
import { compilePath, valueAt } from './path.ts'
import { compileRules } from './rules.ts'
import type { MappingTable } from './table.ts'

/** The fields of an event; the JSON itself where nothing is to be added. */
export type FieldAdder = (json: Fields) => Fields

type Open = { [name: string]: FieldValue }
type Addition = (fields: Fields, add: (name: string, value: FieldValue) => void) => void

/** Members of an object or list that become fields of their own, at most. */
const MEMBERS_MAX = 512

/** Compiles what a table adds. Its steps run in this order: JSON texts, pairs, other names, texts. */
export function compileFields(table: MappingTable): FieldAdder {
  const steps: readonly Addition[] = [
    ...table.json.map(jsonTexts),
    ...table.pairs.map(pairs),
    ...Object.entries(table.fields).map(([name, rules]): Addition => {
      const read = compileRules(rules, (value) => value)
      return (fields, add) => {
        const present = fields[name]
        // An object under that name is no value that a rule could compare.
        if (present !== undefined && typeof present !== 'object' && Object.hasOwn(fields, name))
          return
        const value = read(fields)
        if (value !== undefined && value !== present) add(name, value)
      }
    }),
    ...table.texts.map(texts),
  ]
  if (steps.length === 0) return (json) => json
  return (json) => {
    let open: Open | undefined
    for (const step of steps) {
      const fields = open ?? json
      step(fields, (name, value) => {
        open ??= { ...json }
        open[name] = value
      })
    }
    return open ?? json
  }
}

/** A top-level text that holds an object or a list. */
function jsonTexts(name: string): Addition {
  return (fields, add) => {
    const text = fields[name]
    if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return
    const value = parseJsonText(text)
    if (!(value instanceof JsonError)) add(name, value)
  }
}

function pairs(pair: MappingTable['pairs'][number]): Addition {
  const path = compilePath(pair.path)
  return (fields, add) => {
    const list = valueAt(fields, path)
    const elements = Array.isArray(list) ? list : isFields(list) ? [list] : []
    for (const element of elements.slice(0, MEMBERS_MAX)) {
      if (!isFields(element)) continue
      const name = element[pair.name]
      if (typeof name !== 'string' || name === '') continue
      const key = pair.value.find((candidate) => element[candidate] !== undefined)
      if (key !== undefined) add(pair.prefix + name, element[key]!)
    }
  }
}

/** Rules look for words in the JSON of these as well as for their members. */
function texts(name: string): Addition {
  const path = compilePath(name)
  return (fields, add) => {
    const value = valueAt(fields, path)
    if (typeof value !== 'object' || value === null) return
    if (isFields(value)) {
      for (const key of Object.keys(value).slice(0, MEMBERS_MAX)) {
        if (!Object.hasOwn(fields, `${name}.${key}`)) add(`${name}.${key}`, value[key]!)
      }
    }
    const text = JSON.stringify(value)
    add(name, Array.isArray(value) ? [text, ...value] : text)
  }
}
