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
  /** Undefined where no event of the layout has anything on that path. */
  reader(path: string): SlotReader | undefined
  /** Whether events of the layout may have the name. */
  mayHave(name: string): boolean
  /** The step being compiled may add this name to events, or with `prefix` any that begins with it. */
  adds(name: string, prefix?: 'prefix'): void
  /** A name that was added to the event since. */
  set(values: Values, name: string, value: FieldValue): void
}

/** Slots by name; `present` are those that events of the layout have, all where absent. */
export function createSlots(index: Map<string, number>, present?: Set<number>): Slots {
  const slot = (name: string) => {
    const own = index.get(name)
    if (own !== undefined) return own
    index.set(name, index.size)
    return index.size - 1
  }
  const has = (at: number) => present?.has(at) !== false
  return {
    slot,
    reader(path) {
      const { key, text, steps } = compilePath(path)
      if (key !== undefined) return has(slot(key)) ? slotReader(slot(key)) : undefined
      const [root, ...rest] = steps as [Step, ...Step[]]
      const top = slot(root.key)
      const flat = rest.length === 0 ? undefined : slot(text)
      const deep = rest.concat(root).some(({ where }) => where !== undefined)
      const read = deep ? deepReader(top, steps) : plainReader(top, steps)
      const inner = has(top) ? read : undefined
      if (flat === undefined || !has(flat)) return inner
      return inner === undefined ? slotReader(flat) : flatReader(flat, inner)
    },
    mayHave: (name) => has(slot(name)),
    adds(name, prefix) {
      if (present === undefined) return
      if (prefix === undefined) present.add(slot(name))
      else for (const [own, at] of index) if (own.startsWith(name)) present.add(at)
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
