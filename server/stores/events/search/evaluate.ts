// A plan's answer for one unit: bits of rows that may match, and which of them surely do.
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
import { elements } from './column-test.ts'
import type { GroupDocs } from './group-docs.ts'
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
import type { Coverage, Unit } from './unit.ts'

/** Rows [0, unit.visible) as bits. */
export interface Answer {
  /** Those that may match: no other does. */
  readonly bits: Uint32Array
  /** Those that surely match; `bits` itself where all do, undefined where none is known to. */
  readonly sure: Uint32Array | undefined
}

/** Postings of a plan's leaves kept at most, bytes. */
const KEPT_BYTES_MAX = 64 * 1_048_576
/** So few rows are decoded faster than a column of texts. */
const FEW_ROWS = 16

/** What a plan is answered for: a unit, or all docs of a group at once. */
type Place = Pick<Unit, 'visible' | 'coverage' | 'mayHaveField'> & {
  /** The columns of a unit; a group has none of its own. */
  readonly column?: Unit['column']
}

/** What a plan has looked up, by group and leaf, and its answers for whole groups, which never change. */
export interface Lookups {
  readonly groupDocs: GroupDocs
  kept: WeakMap<GroupReader, Map<Leaf, GroupAnswer>>
  groups: WeakMap<GroupReader, WholeGroup>
  keptBytes: number
  readonly presences: Map<string, Leaf>
}

interface WholeGroup {
  readonly answer: Answer
  readonly none: boolean
}

export function createLookups(groupDocs: GroupDocs): Lookups {
  const presences = new Map<string, Leaf>()
  return { groupDocs, kept: new WeakMap(), groups: new WeakMap(), keptBytes: 0, presences }
}

/** True when surely no row of the unit matches: to be asked before anything else is. */
export function isNone(lookups: Lookups, node: Plan, { coverage, visible }: Unit): boolean {
  if (coverage === undefined) return false
  const { answer, none } = wholeGroup(lookups, node, coverage.group)
  if (none) return true
  const start = coverage.doc >>> 5
  const end = start + wordsFor(visible)
  for (let i = start; i < end; i++) if (answer.bits[i] !== 0) return false
  return true
}

/**
 * The plan's answer for one unit: what it says of the unit's group, where that is exact or so few rows that
 * nothing sharper is worth its time.
 */
export function answerUnit(lookups: Lookups, node: Plan, unit: Unit): Answer {
  if (unit.coverage === undefined) return answer(lookups, node, unit)
  const { answer: found, none } = wholeGroup(lookups, node, unit.coverage.group)
  if (none) return nothing(unit)
  const bits = rowsOf(found.bits, unit, unit.coverage)
  if (isExact(found)) return exactly(bits)
  const count = countBits(bits)
  if (count >= FEW_ROWS) return answer(lookups, node, unit)
  const sure = found.sure && rowsOf(found.sure, unit, unit.coverage)
  return count === 0 ? exactly(bits) : { bits, sure }
}

function wholeGroup(lookups: Lookups, node: Plan, group: GroupReader): WholeGroup {
  const known = lookups.groups.get(group)
  if (known !== undefined) return known
  const place: Place = {
    visible: group.info.docs,
    coverage: { group, doc: 0 },
    mayHaveField: () => true,
  }
  const found = answer(lookups, node, place)
  const whole = { answer: found, none: isEmpty(found.bits) }
  lookups.groups.set(group, whole)
  lookups.keptBytes += whole.none ? 0 : found.bits.byteLength
  return whole
}

/** A unit's rows among the docs of its group. */
function rowsOf(docs: Uint32Array, { visible }: Place, { doc }: Coverage): Uint32Array {
  const start = doc >>> 5
  const own = docs.slice(start, start + wordsFor(visible))
  keepFirst(own, visible)
  return own
}

function answer(lookups: Lookups, node: Plan, unit: Place): Answer {
  switch (node.kind) {
    case 'all':
      return everything(unit)
    case 'const':
      return node.value ? exactly(fullBits(unit.visible)) : nothing(unit)
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
      return hasField(unit, node.name) ? everything(unit) : exactly(fullBits(unit.visible))
    case 'column':
      return answerColumn(lookups, node, unit)
    case 'auto':
      return answerAuto(lookups, node, unit)
  }
}

function leafOf(lookups: Lookups, group: GroupReader, leaf: Leaf): GroupAnswer {
  const leaves = lookups.kept.getOrInsertComputed(group, () => new Map<Leaf, GroupAnswer>())
  let found = leaves.get(leaf)
  if (found === undefined) {
    found = lookUp(lookups.groupDocs, group, leaf)
    leaves.set(leaf, found)
    lookups.keptBytes += found.bits?.byteLength ?? 0
    if (lookups.keptBytes > KEPT_BYTES_MAX) {
      lookups.kept = new WeakMap()
      lookups.groups = new WeakMap()
      lookups.keptBytes = 0
    }
  }
  return found
}

function posted(lookups: Lookups, unit: Place, leaf: Leaf): Answer {
  const { coverage } = unit
  if (coverage === undefined) return everything(unit)
  const { bits, exact } = leafOf(lookups, coverage.group, leaf)
  if (bits === undefined) return everything(unit)
  const own = rowsOf(bits, unit, coverage)
  return exact || isEmpty(own) ? exactly(own) : { bits: own, sure: undefined }
}

function exactly(bits: Uint32Array): Answer {
  return { bits, sure: bits }
}

function isExact({ bits, sure }: Answer): boolean {
  return sure === bits
}

function answerAnd(lookups: Lookups, args: readonly Plan[], unit: Place): Answer {
  const bits = fullBits(unit.visible)
  let sure: Uint32Array | undefined = bits
  for (const arg of args) {
    if (arg.kind === 'column' && isText(arg) && countBits(bits) < FEW_ROWS) {
      sure = undefined
      continue
    }
    const one = answer(lookups, arg, unit)
    if (!isExact(one) && sure !== undefined) {
      sure = one.sure && (sure === bits ? bits.slice() : sure)
    }
    if (sure !== undefined && sure !== bits) intersect(sure, one.sure!)
    intersect(bits, one.bits)
    if (isEmpty(bits)) return exactly(bits)
  }
  return { bits, sure }
}

function answerOr(lookups: Lookups, args: readonly Plan[], unit: Place): Answer {
  const bits = new Uint32Array(wordsFor(unit.visible))
  let sure = bits
  for (const arg of args) {
    const one = answer(lookups, arg, unit)
    if (sure === bits && !isExact(one)) sure = bits.slice()
    if (sure !== bits && one.sure !== undefined) unite(sure, one.sure)
    unite(bits, one.bits)
  }
  return { bits, sure }
}

/** What surely matches does not match now, and what cannot match does. */
function answerNot(lookups: Lookups, arg: Plan, unit: Place): Answer {
  const one = answer(lookups, arg, unit)
  const sure = others(one.bits, unit)
  if (isExact(one)) return exactly(sure)
  return { bits: one.sure === undefined ? fullBits(unit.visible) : others(one.sure, unit), sure }
}

function others(bits: Uint32Array, unit: Place): Uint32Array {
  const found = bits.map((word) => ~word)
  keepFirst(found, unit.visible)
  return found
}

/** Texts of a field: a column of the segments only. */
function isText(node: ColumnPlan): boolean {
  return node.name.includes(':')
}

function answerColumn(lookups: Lookups, node: ColumnPlan, unit: Place): Answer {
  if (unit.coverage === undefined || isText(node)) return decideColumn(node, unit)
  const kind = columnOf(unit.coverage.group.info, node.name)?.kind
  if (kind === 'hashed' && !isLookedUp(node)) return decideColumn(node, unit)
  const found = posted(lookups, unit, node)
  const isEnough = isExact(found) || unit.column === undefined || countBits(found.bits) < FEW_ROWS
  return isEnough ? found : decideColumn(node, unit)
}

/** The field's answer where events have the field, the column's where they have not. */
function answerAuto(lookups: Lookups, node: Extract<Plan, { kind: 'auto' }>, unit: Place): Answer {
  if (!hasField(unit, node.name)) return answer(lookups, node.column, unit)
  const group = unit.coverage?.group
  if (group !== undefined && node.column.kind === 'column' && isSameColumn(group.info, node.name)) {
    return answerSame(lookups, node, unit)
  }
  const having = unit.coverage && eventsHaving(unit.coverage.group.info, node.name)
  if (having === undefined) {
    return { bits: answerOr(lookups, [node.field, node.column], unit).bits, sure: undefined }
  }
  const field = answer(lookups, node.field, unit)
  if (having === 'all') return field
  const column = answer(lookups, node.column, unit)
  const presence = lookups.presences.getOrInsert(node.name, { kind: 'present', name: node.name })
  const { bits: present } = posted(lookups, unit, presence)
  const bits = field.bits.map((word, i) => word | (column.bits[i]! & ~present[i]!))
  return isExact(field) && isExact(column) ? exactly(bits) : { bits, sure: undefined }
}

/** Field and column say the same: what the field's words propose, the column decides. */
function answerSame(lookups: Lookups, node: Extract<Plan, { kind: 'auto' }>, unit: Place): Answer {
  const { info } = unit.coverage!.group
  const isKept = columnOf(info, node.name)?.kind === 'kept'
  // An address is several words, each of many events: its hash says more.
  const byHash = isLookedUp(node.column) && node.field.kind !== 'word'
  if (isKept || byHash || eventsHaving(info, node.name) !== 'all') {
    return answer(lookups, node.column, unit)
  }
  const field = answer(lookups, node.field, unit)
  if (isExact(field) || countBits(field.bits) < FEW_ROWS) return field
  return answerAnd(lookups, [node.field, node.column], unit)
}

/** True when a column's hashes can answer. */
function isLookedUp(node: Plan): boolean {
  return node.kind === 'column' && (node.texts !== undefined || node.networks !== undefined)
}

function everything(unit: Place): Answer {
  return { bits: fullBits(unit.visible), sure: undefined }
}

function nothing(unit: Place): Answer {
  return exactly(new Uint32Array(wordsFor(unit.visible)))
}

/** False only when surely no event of the unit has the field. */
function hasField(unit: Place, name: string): boolean {
  if (!unit.mayHaveField(name)) return false
  return unit.coverage === undefined || fieldsAt(unit.coverage.group.info, name).length > 0
}

/** Decides each of the column's values in the unit once. */
function decideColumn(node: ColumnPlan, unit: Place): Answer {
  if (unit.column === undefined) return everything(unit)
  const column = unit.column(node.name)
  const none = node.test([])
  if (column === undefined) return none ? exactly(fullBits(unit.visible)) : nothing(unit)
  const holds = [none, ...column.values.map((value) => node.test(elements(value)))]
  const bits = new Uint32Array(wordsFor(unit.visible))
  for (let row = 0; row < unit.visible; row++) if (holds[column.codes[row]!]) setBit(bits, row)
  return exactly(bits)
}
