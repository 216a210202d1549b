// The kernel that cuts lines of JSON (`assembly/cut.ts`), with memory of its own: a window on the caller's bytes, the
// names seen so far, and the values of the line cut last.
import { instantiate } from './instance.ts'
import {
  ENDS,
  HASHES,
  KINDS,
  STARTS,
  STOP_AT,
  STOP_PLACE,
  VALUES_BYTES,
  VALUES_MAX,
} from './places.ts'
import { BEHIND_WINDOW, bringIn, createWindow } from './window.ts'

const PLACES = BEHIND_WINDOW
const SLACK_BYTES = 64
const MEMORY_BYTES = 64 * 65_536

const CHILD = 8
const SIBLING = 12
const OPENED = 16
const CLOSED = 20
const PLACE_BYTES = 28

/** Why a line was not cut: it is unusual; or a name, an opened or a closed object was not seen at that place before. */
export const NOT_CUT = -1
export const NEW_NAME = -2
export const NEW_OPENED = -3
export const NEW_CLOSED = -4

export interface LineKernel {
  /** Of the line cut last, by value: see `FlatLine`. */
  readonly kinds: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly hashes: Int32Array
  readonly values: Uint8Array
  /**
   * Cuts `bytes` from `start` to `end`, at most `LINE_BYTES_MAX`. Gives the number of the place where the line ends, or
   * a reason. `turn` is another number whenever the bytes are others.
   */
  cut(bytes: Uint8Array, turn: number, start: number, end: number): number
  /** After a `NEW_` reason: the number of the last known place, and where in `bytes` the new name begins. */
  stopPlace(): number
  stopAt(): number
  /** Adds a place behind another, with the bytes of its name and closing quote; its number, undefined without room. */
  addName(from: number, quoted: Uint8Array): number | undefined
  addOpened(from: number): number | undefined
  addClosed(from: number): number | undefined
}

/** A kernel that knows only the place before the first name, whose number is 0. */
export function createLineKernel(): LineKernel {
  const { memory, cut } = instantiate()
  const bytes = new Uint8Array(memory.buffer)
  const words = new Int32Array(memory.buffer)
  const addresses: number[] = []
  let free = PLACES
  const take = (size: number): number => {
    const at = free
    free += (size + 7) & ~7
    return at
  }
  const add = (quoted?: Uint8Array): number | undefined => {
    const nameBytes = quoted?.length ?? 0
    if (free + PLACE_BYTES + nameBytes + SLACK_BYTES > MEMORY_BYTES) return undefined
    const place = take(PLACE_BYTES)
    const name = take(nameBytes)
    if (quoted !== undefined) bytes.set(quoted, name)
    words.set([name, nameBytes, 0, 0, 0, 0, addresses.length], place >> 2)
    return addresses.push(place) - 1
  }
  const link = (from: number, field: number, added: number | undefined) => {
    if (added !== undefined) words[(addresses[from]! + field) >> 2] = addresses[added]!
    return added
  }
  const addName = (from: number, quoted: Uint8Array): number | undefined => {
    let field = (addresses[from]! + CHILD) >> 2
    while (words[field] !== 0) field = (words[field]! + SIBLING) >> 2
    const added = add(quoted)
    if (added !== undefined) words[field] = addresses[added]!
    return added
  }
  const root = addresses[add()!]!
  const window = createWindow()
  return {
    kinds: new Uint8Array(memory.buffer, KINDS, VALUES_MAX),
    starts: new Int32Array(memory.buffer, STARTS, VALUES_MAX),
    ends: new Int32Array(memory.buffer, ENDS, VALUES_MAX),
    hashes: new Int32Array(memory.buffer, HASHES, VALUES_MAX),
    values: new Uint8Array(memory.buffer, STARTS, VALUES_BYTES),
    cut(from, turn, start, end) {
      const shift = bringIn(window, bytes, from, turn, start, end)
      return cut(root, start + shift, end + shift, shift)
    },
    stopPlace: () => words[STOP_PLACE >> 2]!,
    stopAt: () => words[STOP_AT >> 2]!,
    addName,
    addOpened: (from) => link(from, OPENED, add()),
    addClosed: (from) => link(from, CLOSED, add()),
  }
}
