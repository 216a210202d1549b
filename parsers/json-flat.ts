// A line of generic JSON cut into values where it stands, without decoding it. Names are compared with those
// of lines before it: lines of one kind have the same names in the same order. Whatever is unusual (arrays but those of
// one string, names outside ASCII, `\u`, numbers with an exponent or many digits, a name twice, names with escapes) is
// left to `JSON.parse`, and so is what is not surely valid JSON in valid UTF-8.
import type { FlatLine } from '../sigma/eval/flat.ts'
import {
  createLineKernel,
  type LineKernel,
  type LineRoute,
  NEW_NAME,
  NEW_OPENED,
  NOT_CUT,
} from '../sigma/kernel/line.ts'
import { createKernelMemory, type KernelMemory } from '../sigma/kernel/memory.ts'
import { VALUES_MAX } from '../sigma/kernel/places.ts'
import { LINE_BYTES_MAX } from '../sigma/kernel/window.ts'

/** A place in lines: the names up to it. The last place of a line tells what kind of line it is. */
export interface FlatPlace {
  readonly number: number
  readonly names: FlatNames
  /** How many different names were seen here. */
  children: number
  /** What callers found out about lines that end here. */
  kinds: unknown
}

/** The names up to a place. */
export interface FlatNames {
  /** By value: the names of the objects around it and its own, joined by dots. */
  readonly paths: readonly string[]
  readonly depths: readonly number[]
  /** Path of the object around, with a dot behind it, by depth. */
  readonly around: readonly string[]
}

/** Different names at one place; beyond them lines are not cut. */
const CHILDREN_MAX = 48
const DEPTH_MAX = 8
const NAME_BYTES_MAX = 128

const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Cuts lines of one file. */
export interface FlatCutter {
  /** Cuts `line.bytes` from `start` to `end`; the place where it ends, undefined where it is not cut. */
  cut(line: FlatLine, start: number, end: number): FlatPlace | undefined
  /** Whether the line cut last has characters beyond ASCII. */
  hasWide(): boolean
  /** Address of the place where lines begin in the kernel's memory. */
  readonly root: number
  /** Says by which plan lines go on that end at a place. */
  addRoute(place: FlatPlace, route: LineRoute): void
}

/** A cutter that knows no names yet. */
export function createFlatCutter(memory: KernelMemory = createKernelMemory()): FlatCutter {
  const kernel = createLineKernel(memory)
  const places: FlatPlace[] = [placeOf(0, { paths: [], depths: [], around: [''] })]
  let cutLine: FlatLine | undefined
  memory.watch(() => {
    if (cutLine?.home === memory) pointTo(cutLine, kernel)
  })
  return {
    root: kernel.root,
    hasWide: kernel.hasWide,
    addRoute: (place, route) => kernel.addRoute(place.number, route),
    cut(line, start, end) {
      if (start >= end || end - start > LINE_BYTES_MAX) return undefined
      if (line !== cutLine || line.home !== memory) {
        cutLine = line
        pointTo(line, kernel)
      }
      line.start = start
      line.end = end
      for (;;) {
        const found = kernel.cut(line.bytes, line.turn, start, end)
        if (found >= 0) return places[found]
        if (found === NOT_CUT || !learn(kernel, places, found, line.bytes, end)) return undefined
      }
    },
  }
}

/** Makes the values that the kernel cuts those of the line. */
function pointTo(line: FlatLine, { kinds, starts, ends, values, memory }: LineKernel): void {
  line.home = memory
  line.kinds = kinds
  line.starts = starts
  line.ends = ends
  line.values = values
}

/** Learns what was not seen at the last known place before; false where it is not learnt. */
function learn(
  kernel: LineKernel,
  places: FlatPlace[],
  found: number,
  bytes: Uint8Array,
  end: number,
): boolean {
  const number = kernel.stopPlace()
  const from = places[number]!
  let added: number | undefined
  let names: FlatNames | undefined
  if (found === NEW_NAME) {
    const name = plainName(bytes, kernel.stopAt(), end)
    if (name === undefined) return false
    names = namesBehind(from, name)
    if (names === undefined) return false
    from.children++
    added = kernel.addName(number, new TextEncoder().encode(`${name}"`))
  } else if (found === NEW_OPENED) {
    names = namesWithin(from)
    added = names === undefined ? undefined : kernel.addOpened(number)
  } else {
    names = { ...from.names, around: from.names.around.slice(0, -1) }
    added = kernel.addClosed(number)
  }
  if (added === undefined || names === undefined) return false
  places[added] = placeOf(added, names)
  return true
}

function namesBehind(
  { names: { paths, depths, around }, children }: FlatPlace,
  name: string,
): FlatNames | undefined {
  const depth = around.length - 1
  if (children >= CHILDREN_MAX) return undefined
  // A path is cut at dots, so only names without any stand below others.
  if (depth > 0 && (name === '' || name.includes('.'))) return undefined
  const path = around[depth]! + name
  if (paths.includes(path) || paths.length >= VALUES_MAX) return undefined
  return { paths: [...paths, path], depths: [...depths, depth], around }
}

function namesWithin({ names }: FlatPlace): FlatNames | undefined {
  const path = names.paths.at(-1)!
  const isPlain = names.around.length > 1 || !path.includes('.')
  if (!isPlain || names.around.length > DEPTH_MAX) return undefined
  return { ...names, around: [...names.around, `${path}.`] }
}

/** The name from `start` to its quote; undefined where it is long or has more than plain characters. */
function plainName(bytes: Uint8Array, start: number, end: number): string | undefined {
  let at = start
  while (at < end && bytes[at] !== QUOTE) {
    const byte = bytes[at]!
    if (byte < SPACE || byte > 0x7e || byte === BACKSLASH) return undefined
    at++
  }
  if (at >= end || at - start > NAME_BYTES_MAX) return undefined
  return String.fromCharCode(...bytes.subarray(start, at))
}

function placeOf(number: number, names: FlatNames): FlatPlace {
  return { number, names, children: 0, kinds: undefined }
}
