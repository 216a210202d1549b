// The kernel that cuts lines of JSON (`assembly/cut.ts`): the names seen so far, and the values of the line cut last.
import type { KernelMemory } from './memory.ts'
import {
  ENDS,
  HAS_WIDE,
  KINDS,
  STARTS,
  STOP_AT,
  STOP_PLACE,
  VALUES_BYTES,
  VALUES_MAX,
} from './places.ts'
import { bringIn } from './window.ts'

/** What names and routes may take. */
const PLACES_BYTES_MAX = 4 * 1024 * 1024

const CHILD = 8
const SIBLING = 12
const OPENED = 16
const CLOSED = 20
const ROUTE = 28

/** Why a line was not cut: it is unusual; or a name, an opened or a closed object was not seen at that place before. */
export const NOT_CUT = -1
export const NEW_NAME = -2
export const NEW_OPENED = -3
export const NEW_CLOSED = -4

export interface LineKernel {
  readonly memory: KernelMemory
  /** Address of the place before the first name, whose number is 0. */
  readonly root: number
  /** Of the line cut last, by value: see `FlatLine`. Others once memory has grown. */
  kinds: Uint8Array
  starts: Int32Array
  ends: Int32Array
  values: Uint8Array
  /**
   * Cuts `bytes` from `start` to `end`, at most `LINE_BYTES_MAX`. Gives the number of the place where the line ends, or
   * a reason. `turn` is another number whenever the bytes are others.
   */
  cut(bytes: Uint8Array, turn: number, start: number, end: number): number
  /** Whether the line cut last has characters beyond ASCII. */
  hasWide(): boolean
  /** After a `NEW_` reason: the number of the last known place, and where in `bytes` the new name begins. */
  stopPlace(): number
  stopAt(): number
  /** Adds a place behind another, with the bytes of its name and closing quote; its number, undefined without room. */
  addName(from: number, quoted: Uint8Array): number | undefined
  addOpened(from: number): number | undefined
  addClosed(from: number): number | undefined
  /** Lines that end at a place go on by a plan (`sigma/eval/flat-plan.ts`) where they pass its route. */
  addRoute(place: number, route: LineRoute): void
}

/** Which lines of one place a plan is for. */
export interface LineRoute {
  /** Address of the plan. */
  readonly plan: number
  /** Texts that values have, ASCII. */
  readonly texts: readonly (readonly [value: number, text: string])[]
  /** Values that, where they are texts, begin with a day before `day` (`2026-11-21`), and are no numbers. */
  readonly times: readonly number[]
  readonly day: string
}

/** A kernel in `memory` that knows only the place before the first name. */
export function createLineKernel(memory: KernelMemory): LineKernel {
  const addresses: number[] = []
  let taken_bytes = 0
  const hasRoom = (bytes: number): boolean => {
    taken_bytes += bytes
    return taken_bytes <= PLACES_BYTES_MAX
  }
  const add = (quoted: Uint8Array = new Uint8Array(0)): number | undefined => {
    const words = [0, quoted.length, 0, 0, 0, 0, addresses.length, 0]
    if (!hasRoom(quoted.length + words.length * Int32Array.BYTES_PER_ELEMENT)) return undefined
    words[0] = memory.addBytes(quoted)
    return addresses.push(memory.addWords(words)) - 1
  }
  const link = (from: number, field: number, added: number | undefined) => {
    if (added !== undefined) memory.words[(addresses[from]! + field) >> 2] = addresses[added]!
    return added
  }
  /** Where the last of a chain is to be named. */
  const endOf = (first: number, next: number): number => {
    let field = first >> 2
    while (memory.words[field] !== 0) field = (memory.words[field]! + next) >> 2
    return field
  }
  const root = addresses[add()!]!
  const none = new Int32Array(0)
  const kernel: LineKernel = {
    ...{ memory, root, kinds: memory.bytes, starts: none, ends: none, values: memory.bytes },
    cut(from, turn, start, end) {
      const shift = bringIn(memory.window, memory.bytes, from, turn, start, end)
      return memory.exports.cut(root, start + shift, end + shift, shift)
    },
    hasWide: () => memory.words[HAS_WIDE >> 2] !== 0,
    stopPlace: () => memory.words[STOP_PLACE >> 2]!,
    stopAt: () => memory.words[STOP_AT >> 2]!,
    addName(from, quoted) {
      const added = add(quoted)
      if (added === undefined) return undefined
      memory.words[endOf(addresses[from]! + CHILD, SIBLING)] = addresses[added]!
      return added
    },
    addOpened: (from) => link(from, OPENED, add()),
    addClosed: (from) => link(from, CLOSED, add()),
    addRoute(place, { plan, texts, times, day }) {
      const size = texts.reduce((sum, [, text]) => sum + text.length, day.length + times.length)
      if (!hasRoom(size * Int32Array.BYTES_PER_ELEMENT)) return
      const wanted = texts.flatMap(([value, text]) => [value, memory.addText([text]), text.length])
      const route = memory.addWords([
        ...[0, plan, texts.length, memory.addWords(wanted)],
        ...[times.length, memory.addWords(times), memory.addText([day])],
      ])
      memory.words[endOf(addresses[place]! + ROUTE, 0)] = route
    },
  }
  memory.watch(() => {
    const { buffer } = memory.bytes
    kernel.kinds = new Uint8Array(buffer, KINDS, VALUES_MAX)
    kernel.starts = new Int32Array(buffer, STARTS, VALUES_MAX)
    kernel.ends = new Int32Array(buffer, ENDS, VALUES_MAX)
    kernel.values = new Uint8Array(buffer, STARTS, VALUES_BYTES)
  })
  return kernel
}
