// A plan's answer for one unit: bits of rows that may match, and whether they are exactly those that do.
import type { FieldValue } from '../../../../sigma/event.ts'
import {
  countBits,
  fullBits,
  intersect,
  isEmpty,
  keepFirst,
  setBit,
  unite,
  wordsFor,
} from '../bits.ts'
import type { GroupReader } from '../index/read.ts'
import {
  type ColumnPlan,
  columnOf,
  eventsHaving,
  fieldsAt,
  type GroupAnswer,
  isSameColumn,
  type Leaf,
  lookUp,
} from './lookup.ts'
import type { Plan } from './plan.ts'
import type { Unit } from './unit.ts'

/** Rows [0, unit.visible) as bits. */
export interface Answer {
  readonly bits: Uint32Array
  readonly exact: boolean
}

/** Postings of a plan's leaves kept at most, bytes. */
const KEPT_BYTES_MAX = 64 * 1_048_576
/** So few rows are decoded faster than a column of texts. */
const FEW_ROWS = 16

/** What one search has looked up so far, by group and leaf. */
export interface Lookups {
  readonly kept: Map<GroupReader, Map<Leaf, GroupAnswer>>
  keptBytes: number
  readonly presences: Map<string, Leaf>
}

export function createLookups(): Lookups {
  return { kept: new Map(), keptBytes: 0, presences: new Map() }
}

/** The plan's answer for one unit. */
export function answer(lookups: Lookups, node: Plan, unit: Unit): Answer {
  switch (node.kind) {
    case 'all':
      return everything(unit)
    case 'const':
      return node.value ? { bits: fullBits(unit.visible), exact: true } : nothing(unit)
    case 'and':
      return answerAnd(lookups, node.args, unit)
    case 'or':
      return answerOr(lookups, node.args, unit)
    case 'not':
      return answerNot(lookups, node.arg, unit)
    case 'word':
      if (node.scope.kind === 'field' && !unit.mayHaveField(node.scope.name)) return nothing(unit)
      return posted(lookups, unit, node)
    case 'present':
      return unit.mayHaveField(node.name) ? posted(lookups, unit, node) : nothing(unit)
    case 'absent':
      return { bits: fullBits(unit.visible), exact: !hasField(unit, node.name) }
    case 'column':
      return answerColumn(lookups, node, unit)
    case 'auto':
      return answerAuto(lookups, node, unit)
  }
}

function leafOf(lookups: Lookups, group: GroupReader, leaf: Leaf): GroupAnswer {
  const leaves = lookups.kept.getOrInsert(group, new Map())
  let found = leaves.get(leaf)
  if (found === undefined) {
    found = lookUp(group, leaf)
    leaves.set(leaf, found)
    lookups.keptBytes += found.bits?.byteLength ?? 0
    if (lookups.keptBytes > KEPT_BYTES_MAX) {
      lookups.kept.clear()
      lookups.keptBytes = 0
    }
  }
  return found
}

function posted(lookups: Lookups, unit: Unit, leaf: Leaf): Answer {
  const { coverage } = unit
  if (coverage === undefined) return everything(unit)
  const { bits, exact } = leafOf(lookups, coverage.group, leaf)
  if (bits === undefined) return everything(unit)
  const start = coverage.doc >>> 5
  const own = bits.slice(start, start + wordsFor(unit.visible))
  keepFirst(own, unit.visible)
  return { bits: own, exact: exact || isEmpty(own) }
}

function answerAnd(lookups: Lookups, args: readonly Plan[], unit: Unit): Answer {
  const bits = fullBits(unit.visible)
  let exact = true
  for (const arg of args) {
    if (arg.kind === 'column' && isText(arg) && countBits(bits) < FEW_ROWS) {
      exact = false
      continue
    }
    const one = answer(lookups, arg, unit)
    intersect(bits, one.bits)
    exact = exact && one.exact
    if (isEmpty(bits)) return { bits, exact: true }
  }
  return { bits, exact }
}

function answerOr(lookups: Lookups, args: readonly Plan[], unit: Unit): Answer {
  const bits = new Uint32Array(wordsFor(unit.visible))
  let exact = true
  for (const arg of args) {
    const one = answer(lookups, arg, unit)
    unite(bits, one.bits)
    exact = exact && one.exact
  }
  return { bits, exact }
}

function answerNot(lookups: Lookups, arg: Plan, unit: Unit): Answer {
  const { bits, exact } = answer(lookups, arg, unit)
  if (!exact) return everything(unit)
  for (let i = 0; i < bits.length; i++) bits[i] = ~bits[i]!
  keepFirst(bits, unit.visible)
  return { bits, exact: true }
}

/** Texts of a field: a column of the segments only. */
function isText(node: ColumnPlan): boolean {
  return node.name.includes(':')
}

function answerColumn(lookups: Lookups, node: ColumnPlan, unit: Unit): Answer {
  if (unit.coverage === undefined || isText(node)) return decideColumn(node, unit)
  const kind = columnOf(unit.coverage.group.info, node.name)?.kind
  if (kind === 'hashed' && node.texts === undefined) return decideColumn(node, unit)
  const found = posted(lookups, unit, node)
  return found.exact ? found : decideColumn(node, unit)
}

/** The field's answer where events have the field, the column's where they have not. */
function answerAuto(lookups: Lookups, node: Extract<Plan, { kind: 'auto' }>, unit: Unit): Answer {
  if (!hasField(unit, node.name)) return answer(lookups, node.column, unit)
  const group = unit.coverage?.group
  if (group !== undefined && node.column.kind === 'column' && isSameColumn(group.info, node.name)) {
    return answerSame(lookups, node, unit)
  }
  const having = unit.coverage && eventsHaving(unit.coverage.group.info, node.name)
  if (having === undefined) {
    return { bits: answerOr(lookups, [node.field, node.column], unit).bits, exact: false }
  }
  const field = answer(lookups, node.field, unit)
  if (having === 'all') return field
  const column = answer(lookups, node.column, unit)
  const presence = lookups.presences.getOrInsert(node.name, { kind: 'present', name: node.name })
  const { bits: present } = posted(lookups, unit, presence)
  for (let i = 0; i < present.length; i++) field.bits[i]! |= column.bits[i]! & ~present[i]!
  return { bits: field.bits, exact: field.exact && column.exact }
}

/** Field and column say the same: what the field's words propose, the column decides. */
function answerSame(lookups: Lookups, node: Extract<Plan, { kind: 'auto' }>, unit: Unit): Answer {
  const kind = columnOf(unit.coverage!.group.info, node.name)?.kind
  if (kind === 'kept') return answer(lookups, node.column, unit)
  const field = answer(lookups, node.field, unit)
  const having = eventsHaving(unit.coverage!.group.info, node.name)
  if (having !== 'all') return answer(lookups, node.column, unit)
  if (field.exact) return field
  const { bits, exact } = answer(lookups, node.column, unit)
  intersect(bits, field.bits)
  return { bits, exact }
}

function everything(unit: Unit): Answer {
  return { bits: fullBits(unit.visible), exact: false }
}

function nothing(unit: Unit): Answer {
  return { bits: new Uint32Array(wordsFor(unit.visible)), exact: true }
}

/** False only when surely no event of the unit has the field. */
function hasField(unit: Unit, name: string): boolean {
  if (!unit.mayHaveField(name)) return false
  return unit.coverage === undefined || fieldsAt(unit.coverage.group.info, name).length > 0
}

/** Decides each of the column's values in the unit once. */
function decideColumn(node: ColumnPlan, unit: Unit): Answer {
  const column = unit.column(node.name)
  const none = node.test([])
  if (column === undefined) {
    return none ? { bits: fullBits(unit.visible), exact: true } : nothing(unit)
  }
  const holds = [none, ...column.values.map((value) => node.test(elements(value)))]
  const bits = new Uint32Array(wordsFor(unit.visible))
  for (let row = 0; row < unit.visible; row++) if (holds[column.codes[row]!]) setBit(bits, row)
  return { bits, exact: true }
}

/** An array counts by element, at every depth. */
export function elements(value: FieldValue): readonly FieldValue[] {
  return Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value]
}
