// The names at an event's top that a table looks under: each is looked up once for all of its paths.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { compilePath, insideOf, type Step } from './path.ts'

/** Values by slot. */
export type Values = (FieldValue | undefined)[]

/** What a path gives in an event whose names are in slots. */
export type SlotReader = (values: Values) => FieldValue | undefined

/** The slots of one table; paths are added while it is compiled. */
export interface Slots {
  /** The slot of a name. */
  slot(name: string): number
  reader(path: string): SlotReader
  /** The values of an event. */
  load(json: Fields): Values
  /** A name that was added to the event since. */
  set(values: Values, name: string, value: FieldValue): void
}

/** No slots yet. */
export function createSlots(): Slots {
  const index = new Map<string, number>()
  const slot = (name: string) => {
    const own = index.get(name)
    if (own !== undefined) return own
    index.set(name, index.size)
    return index.size - 1
  }
  return {
    slot,
    reader(path) {
      const { key, text, steps } = compilePath(path)
      if (key !== undefined) return slotReader(slot(key))
      const [root, ...rest] = steps as [Step, ...Step[]]
      const inner = rest.concat(root).some(({ where }) => where !== undefined)
        ? deepReader(slot(root.key), steps)
        : plainReader(slot(root.key), steps)
      return rest.length === 0 ? inner : flatReader(slot(text), inner)
    },
    load(json) {
      const values: Values = new Array(index.size).fill(undefined)
      for (const name in json) {
        const at = index.get(name)
        if (at !== undefined) values[at] = json[name]
      }
      return values
    },
    set(values, name, value) {
      const at = index.get(name)
      if (at !== undefined) values[at] = value
    },
  }
}

function slotReader(slot: number): SlotReader {
  return (values) => values[slot]
}

/** A name with dots at the top comes before the path. */
function flatReader(slot: number, inner: SlotReader): SlotReader {
  return (values) => values[slot] ?? (values[slot] === null ? null : inner(values))
}

/** Objects in objects; where a list stands on the way, the general reader. */
function plainReader(slot: number, steps: readonly Step[]): SlotReader {
  const keys = steps.map(({ key }) => key)
  const { length } = keys
  const [, second = ''] = keys
  if (length === 2) {
    return (values) => {
      const node = values[slot]
      if (typeof node !== 'object' || node === null) return undefined
      return Array.isArray(node) ? insideOf(node, steps, 0) : (node as Fields)[second]
    }
  }
  return (values) => {
    let node = values[slot]
    for (let at = 1; at < length && node !== undefined; at++) {
      if (typeof node !== 'object' || node === null) return undefined
      if (Array.isArray(node)) return insideOf(node, steps, at - 1)
      node = (node as Fields)[keys[at]!]
    }
    return node
  }
}

function deepReader(slot: number, steps: readonly Step[]): SlotReader {
  return (values) => {
    const node = values[slot]
    return node === undefined ? undefined : insideOf(node, steps, 0)
  }
}
