// A plan's answer for one unit: bits of rows that may match, and whether they are exactly those that do.
import type { FieldValue } from '../../../../sigma/event.ts'
import type { GroupInfo } from '../index/layout.ts'
import type { FieldFilter, GroupReader } from '../index/read.ts'
import { fullBits, intersect, isEmpty, setBit, unite, wordsFor } from './bits.ts'
import type { Plan, WordScope } from './plan.ts'
import type { Unit } from './unit.ts'

export interface Answer {
  readonly bits: Uint32Array
  readonly exact: boolean
}

/** The matcher looks names with more parts up as one key only. */
const NESTED_PARTS_MAX = 16
/** Postings of a plan's leaves kept at most, bytes. */
const KEPT_BYTES_MAX = 64 * 1_048_576

type WordPlan = Extract<Plan, { kind: 'word' }>
type Leaf = Extract<Plan, { kind: 'word' | 'present' }>

/** Postings of the groups that a search has met. */
export interface Evaluator {
  /** Answers for rows [0, unit.visible). */
  answer(unit: Unit): Answer
}

interface GroupAnswer {
  /** Undefined: everything. */
  readonly bits: Uint32Array | undefined
  readonly exact: boolean
}

const encoder = new TextEncoder()

/** An evaluator of one plan, for one search. */
export function createEvaluator(plan: Plan): Evaluator {
  const kept = new Map<GroupReader, Map<Leaf, GroupAnswer>>()
  let keptBytes = 0

  function leafOf(group: GroupReader, leaf: Leaf): GroupAnswer {
    const leaves = kept.getOrInsert(group, new Map())
    let found = leaves.get(leaf)
    if (found === undefined) {
      found = leaf.kind === 'word' ? lookUp(group, leaf) : presence(group, leaf.name)
      leaves.set(leaf, found)
      keptBytes += found.bits?.byteLength ?? 0
      if (keptBytes > KEPT_BYTES_MAX) {
        kept.clear()
        keptBytes = 0
      }
    }
    return found
  }

  function posted(unit: Unit, leaf: Leaf): Answer {
    const coverage = unit.coverage
    if (coverage === undefined) return everything(unit)
    const { bits, exact } = leafOf(coverage.group, leaf)
    if (bits === undefined) return everything(unit)
    const start = coverage.doc >>> 5
    const own = bits.slice(start, start + wordsFor(unit.visible))
    intersect(own, fullBits(unit.visible))
    return { bits: own, exact: exact || isEmpty(own) }
  }

  function answer(node: Plan, unit: Unit): Answer {
    switch (node.kind) {
      case 'all':
        return everything(unit)
      case 'const':
        return node.value ? { bits: fullBits(unit.visible), exact: true } : nothing(unit)
      case 'and':
        return answerAnd(node.args, unit)
      case 'or':
        return answerOr(node.args, unit)
      case 'not': {
        const { bits, exact } = answer(node.arg, unit)
        if (!exact) return everything(unit)
        for (let i = 0; i < bits.length; i++) bits[i] = ~bits[i]!
        intersect(bits, fullBits(unit.visible))
        return { bits, exact: true }
      }
      case 'word':
        if (node.scope.kind === 'field' && !unit.mayHaveField(node.scope.name)) return nothing(unit)
        return posted(unit, node)
      case 'present':
        return unit.mayHaveField(node.name) ? posted(unit, node) : nothing(unit)
      case 'absent':
        return { bits: fullBits(unit.visible), exact: !hasField(unit, node.name) }
      case 'column':
        return answerColumn(node, unit)
      case 'auto':
        if (!hasField(unit, node.name)) return answer(node.column, unit)
        return { bits: answerOr([node.field, node.column], unit).bits, exact: false }
    }
  }

  function answerAnd(args: readonly Plan[], unit: Unit): Answer {
    const bits = fullBits(unit.visible)
    let exact = true
    for (const arg of args) {
      const one = answer(arg, unit)
      intersect(bits, one.bits)
      exact = exact && one.exact
      if (isEmpty(bits)) return { bits, exact: true }
    }
    return { bits, exact }
  }

  function answerOr(args: readonly Plan[], unit: Unit): Answer {
    const bits = new Uint32Array(wordsFor(unit.visible))
    let exact = true
    for (const arg of args) {
      const one = answer(arg, unit)
      unite(bits, one.bits)
      exact = exact && one.exact
    }
    return { bits, exact }
  }

  return { answer: (unit) => answer(plan, unit) }
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

/** Decides each of the column's values once. */
function answerColumn(node: Extract<Plan, { kind: 'column' }>, unit: Unit): Answer {
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

/** Ordinals of a group's fields with this path. */
function fieldsAt(info: GroupInfo, name: string): number[] {
  const found: number[] = []
  for (let field = 2; field < info.fields.length; field++) {
    if (info.fields[field]!.path === name) found.push(field)
  }
  return found
}

/** True when a value at this path may not be what the matcher finds under the name. */
function isAmbiguous(info: GroupInfo, name: string, fields: readonly number[]): boolean {
  const inRaw = fields.filter((field) => info.fields[field]!.inRaw).length
  return inRaw > 1 || fields.length - inRaw > 1 || name.split('.').length > NESTED_PARTS_MAX
}

function filterOf(info: GroupInfo, scope: WordScope): { fields: FieldFilter; exact: boolean } {
  if (scope.kind === 'any') return { fields: undefined, exact: true }
  const fields = new Uint8Array(info.fields.length)
  if (scope.kind === 'message') {
    fields[0] = 1
    return { fields, exact: true }
  }
  const found = fieldsAt(info, scope.name)
  for (const field of found) fields[field] = 1
  return { fields, exact: !isAmbiguous(info, scope.name, found) }
}

/** Docs of a group with such a word in the scope, and those that always count. */
function lookUp(group: GroupReader, leaf: WordPlan): GroupAnswer {
  const { info } = group
  const bits = new Uint32Array(wordsFor(info.docs))
  const { fields, exact } = filterOf(info, leaf.scope)
  if (!group.markWords(leaf.mode, encoder.encode(leaf.text), fields, bits)) {
    return { bits: undefined, exact: false }
  }
  if (leaf.scope.kind === 'any') markKeyWords(group, leaf, bits)
  for (const doc of info.always) setBit(bits, doc)
  return { bits, exact: exact && leaf.exact && info.always.length === 0 }
}

/** Keys of fields that are the raw text are words of it. */
function markKeyWords(group: GroupReader, leaf: WordPlan, bits: Uint32Array): void {
  for (const [field, { keyWords }] of group.info.fields.entries()) {
    if (keyWords.some((word) => isSuch(word, leaf))) group.markKey(field, bits)
  }
}

function isSuch(word: string, { mode, text }: WordPlan): boolean {
  switch (mode) {
    case 'word':
      return word === text
    case 'prefix':
      return word.startsWith(text)
    case 'suffix':
      return word.endsWith(text)
    case 'inner':
      return word.includes(text)
  }
}

function presence(group: GroupReader, name: string): GroupAnswer {
  const { info } = group
  const bits = new Uint32Array(wordsFor(info.docs))
  for (const field of fieldsAt(info, name)) group.markKey(field, bits)
  for (const doc of info.always) setBit(bits, doc)
  return { bits, exact: false }
}
