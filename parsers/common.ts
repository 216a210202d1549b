// Finds time, message and pivots in JSON of unknown make, by the table of common names: one pass over the
// keys that are there instead of one look-up for each name that might be.
import {
  type Fields,
  type FieldValue,
  PIVOTS,
  type PivotName,
  type Pivots,
} from '../sigma/event.ts'
import { COMMON_NAMES, type CommonName } from './common-names.ts'
import type { ParseContext } from './event.ts'
import { parseTime } from './time.ts'
import { pivotValue } from './values.ts'

/** What was found. `pivots` is fresh. */
export interface Common {
  readonly time: number | undefined
  readonly message: string | undefined
  readonly pivots: Pivots
}

interface Slot {
  readonly column: number
  readonly rank: number
}
interface Node {
  readonly slots: Slot[]
  readonly children: Map<string, Node>
}

const COLUMNS: readonly CommonName[] = ['time', 'message', ...PIVOTS]
const TIME = 0
const MESSAGE = 1
const FIRST_PIVOT = 2
/** Ranks of a second object start here, so that the first one's values win. */
const NEXT_OBJECT = 1000
const UNSET = Number.POSITIVE_INFINITY

/** Which of some paths may hold what every event has: their numbers, the best name first. */
export interface CommonPlan {
  readonly time: readonly number[]
  readonly message: readonly number[]
  readonly pivots: readonly { readonly name: PivotName; readonly places: readonly number[] }[]
}

const root = compile()

/** A plan for objects with these paths, `depths` objects around each; names in objects hold no dots. */
export function planCommon(paths: readonly string[], depths: ArrayLike<number>): CommonPlan {
  const columns = COLUMNS.map((): { readonly rank: number; readonly place: number }[] => [])
  for (const [place, path] of paths.entries()) {
    const node = nodeOf(depths[place] === 0 ? [path] : path.split('.'))
    for (const { column, rank } of node?.slots ?? []) columns[column]!.push({ rank, place })
  }
  const places = columns.map((found) =>
    found.sort((a, b) => a.rank - b.rank).map(({ place }) => place),
  )
  return {
    time: places[TIME]!,
    message: places[MESSAGE]!,
    pivots: PIVOTS.flatMap((name, i) => {
      const own = places[FIRST_PIVOT + i]!
      return own.length === 0 ? [] : [{ name, places: own }]
    }),
  }
}

function nodeOf(steps: readonly string[]): Node | undefined {
  let level: ReadonlyMap<string, Node> = root
  let node: Node | undefined
  for (const step of steps) {
    node = level.get(step)
    if (node === undefined) return undefined
    level = node.children
  }
  return node
}

function compile(): Map<string, Node> {
  const top = new Map<string, Node>()
  COLUMNS.forEach((name, column) => {
    COMMON_NAMES[name].forEach((path, rank) => {
      const steps = path.split('.')
      nodeAt(top, [path]).slots.push({ column, rank })
      if (steps.length > 1) nodeAt(top, steps).slots.push({ column, rank })
    })
  })
  return top
}

function nodeAt(top: Map<string, Node>, steps: readonly string[]): Node {
  let level = top
  let node: Node = { slots: [], children: top }
  for (const step of steps) {
    node = level.get(step) ?? { slots: [], children: new Map() }
    level.set(step, node)
    level = node.children
  }
  return node
}

// Reused for every event: this is the hottest path of ingest.
const ranks = new Float64Array(COLUMNS.length)
const found: (string | number | undefined)[] = COLUMNS.map(() => undefined)

/** Looks through `json`, and through `inner` for what `json` does not have. */
export function findCommon(json: Fields, inner: Fields | undefined, context: ParseContext): Common {
  ranks.fill(UNSET)
  scanTop(json, context)
  if (inner !== undefined) scan(root, inner, NEXT_OBJECT, context)
  const pivots: { -readonly [name in keyof Pivots]: string | number } = {}
  for (let column = FIRST_PIVOT; column < ranks.length; column++) {
    if (ranks[column] !== UNSET) pivots[PIVOTS[column - FIRST_PIVOT]!] = found[column]!
  }
  return {
    time: ranks[TIME] === UNSET ? undefined : (found[TIME] as number),
    message: ranks[MESSAGE] === UNSET ? undefined : (found[MESSAGE] as string),
    pivots,
  }
}

/** Keys of the last event and their nodes, by place: events of one kind repeat. */
const lastKeys: string[] = []
const lastNodes: (Node | undefined)[] = []
const PLACES_MAX = 256

function scanTop(object: Fields, context: ParseContext): void {
  const keys = Object.keys(object)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    let node = lastNodes[i]
    if (lastKeys[i] !== key) {
      node = root.get(key)
      if (i < PLACES_MAX) {
        lastKeys[i] = key
        lastNodes[i] = node
      }
    }
    if (node !== undefined) take(node, object[key]!, 0, context)
  }
}

function scan(level: Map<string, Node>, object: Fields, base: number, context: ParseContext): void {
  for (const key in object) {
    const node = level.get(key)
    if (node !== undefined) take(node, object[key]!, base, context)
  }
}

function take(node: Node, value: FieldValue, base: number, context: ParseContext): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    if (node.children.size > 0) scan(node.children, value as Fields, base, context)
    return
  }
  for (const { column, rank } of node.slots) {
    if (base + rank >= ranks[column]!) continue
    const usable = usableValue(column, value, context)
    if (usable === undefined) continue
    ranks[column] = base + rank
    found[column] = usable
  }
}

function usableValue(
  column: number,
  value: FieldValue,
  context: ParseContext,
): string | number | undefined {
  if (column === TIME) return parseTime(value, context)
  if (column === MESSAGE) return typeof value === 'string' && value !== '' ? value : undefined
  return pivotValue(PIVOTS[column - FIRST_PIVOT]!, value)
}
