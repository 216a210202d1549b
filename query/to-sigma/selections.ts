// An expression as selections and a condition, as someone would write them: tests that are ANDed share a
// map, those of one field a list, what is ruled out has a selection of its own.
import type { Expr } from '../../sigma/ir/expr.ts'
import { type ItemValue, itemOf } from './items.ts'

export interface Refusal {
  readonly code: string
  readonly message: string
}

export function isRefusal<T extends object>(outcome: T | Refusal): outcome is Refusal {
  return 'code' in outcome && 'message' in outcome
}

/** Items of a map are ANDed, values of an item ORed (or ANDed by `all`). */
export type SelectionMap = ReadonlyMap<string, readonly ItemValue[]>

export interface Detection {
  /** Maps of a selection are ORed. */
  readonly selections: ReadonlyMap<string, readonly SelectionMap[]>
  readonly condition: string
}

/** Selections that a detection may have. */
export const SELECTIONS_MAX = 50

/** The detection of an expression over fields, columns, keywords and raw. */
export function detectionOf(expr: Expr): Detection | Refusal {
  const found: Found = { selections: new Map(), refused: undefined }
  const condition = emit(expr, found, 'selection', false)
  if (found.refused !== undefined) return found.refused
  if (found.selections.size > SELECTIONS_MAX)
    return { code: 'too-many-parts', message: `more than ${SELECTIONS_MAX} selections` }
  return { selections: found.selections, condition }
}

interface Found {
  readonly selections: Map<string, readonly SelectionMap[]>
  refused: Refusal | undefined
}

/** The condition of an expression; its selections are added. */
function emit(expr: Expr, found: Found, name: string, nested: boolean): string {
  const maps = mapsOf(expr, found)
  if (maps !== undefined) return add(maps, found, name)
  switch (expr.kind) {
    case 'not':
      return `not ${emit(expr.arg, found, name === 'filter' ? 'selection' : 'filter', true)}`
    case 'and':
    case 'or': {
      const parts = expr.kind === 'and' ? andParts(expr.args, found) : orParts(expr.args, found)
      const texts = parts.map((part) =>
        'kind' in part ? emit(part, found, name, true) : add([part], found, name),
      )
      const text = texts.join(` ${expr.kind} `)
      return nested && texts.length > 1 ? `(${text})` : text
    }
    default:
      found.refused ??= {
        code: 'no-such-test',
        message: 'a part of the search has no form in Sigma',
      }
      return ''
  }
}

function add(maps: readonly SelectionMap[], found: Found, name: string): string {
  const { selections } = found
  let free = name
  for (let n = 2; selections.has(free); n++) free = `${name}_${n}`
  selections.set(free, maps)
  return free
}

/** The maps of which one must hold, where the expression is no more than that. */
function mapsOf(expr: Expr, found: Found): readonly SelectionMap[] | undefined {
  const item = sameField(expr, found)
  if (item !== undefined) return [new Map([item])]
  if (expr.kind === 'and') {
    const parts = andParts(expr.args, found)
    const [only] = parts
    return parts.length === 1 && only !== undefined && !('kind' in only) ? [only] : undefined
  }
  if (expr.kind !== 'or') return undefined
  const maps = orParts(expr.args, found).map((part) =>
    'kind' in part ? mapsOf(part, found) : [part],
  )
  return maps.every((one) => one !== undefined) ? maps.flat() : undefined
}

type ItemEntry = readonly [string, readonly ItemValue[]]

/** A test, or an OR of tests of one field and kind. */
function sameField(expr: Expr, found: Found): ItemEntry | undefined {
  if (expr.kind === 'match') {
    const item = itemOf(expr)
    if (!isRefusal(item)) return [item.key, [item.value]]
    found.refused ??= item
    return ['', []]
  }
  if (expr.kind !== 'or' || expr.args.length === 0) return undefined
  const items = expr.args.map((arg) => sameField(arg, found))
  const key = items[0]?.[0]
  if (key === undefined || items.some((item) => item?.[0] !== key)) return undefined
  return [key, items.flatMap((item) => item?.[1] ?? [])]
}

/** Tests of one field beside each other as one item (`all`), all items in one map; the rest as it is. */
function andParts(args: readonly Expr[], found: Found): (SelectionMap | Expr)[] {
  const lists = new Map<string, (readonly ItemValue[])[]>()
  const rest: (SelectionMap | Expr)[] = []
  for (const arg of flatten('and', args)) {
    const item = sameField(arg, found)
    if (item === undefined) rest.push(arg)
    else lists.getOrInsert(item[0], []).push(item[1])
  }
  const map = new Map<string, readonly ItemValue[]>()
  for (const [key, all] of lists) {
    const single = all.filter((values) => values.length === 1).flat()
    const several = all.filter((values) => values.length > 1)
    if (single.length > 1) map.set(`${key}|all`, single)
    else map.set(key, single.length === 1 ? single : (several.shift() ?? []))
    rest.push(...several.map((values) => new Map([[key, values]])))
  }
  return map.size === 0 ? rest : [map, ...rest]
}

/** Tests of one field beside each other as one item. */
function orParts(args: readonly Expr[], found: Found): (SelectionMap | Expr)[] {
  const items = new Map<string, ItemValue[]>()
  const rest: Expr[] = []
  for (const arg of flatten('or', args)) {
    const item = sameField(arg, found)
    if (item === undefined) rest.push(arg)
    else items.getOrInsert(item[0], []).push(...item[1])
  }
  return [...[...items].map((item) => new Map([item])), ...rest]
}

function flatten(kind: 'and' | 'or', args: readonly Expr[]): readonly Expr[] {
  return args.flatMap((arg) => (arg.kind === kind ? flatten(kind, arg.args) : [arg]))
}
