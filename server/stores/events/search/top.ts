// The values that most or fewest of the matching rows have.
import { fieldValues, isColumn } from '../../../../sigma/eval/values.ts'
import { countBits, eachBit, hasBit } from '../bits.ts'
import { fieldColumn, TEXT_FIELDS } from '../columns.ts'
import type { Top, TopRequest } from '../event-store.ts'
import type { GroupReader } from '../index/read.ts'
import type { GroupDocs } from './group-docs.ts'
import { matchesOf, type Run } from './run.ts'
import { addColumnValue, addValues, createTally, firstOf, type Tally, textsOf } from './tally.ts'
import { type Gathered, gather, isKept, tallyGroup } from './top-groups.ts'
import type { Unit } from './unit.ts'

/** Facet of the rules that matched, by id. */
const RULE_FIELD = '@rule'

function tallyRules(tally: Tally, unit: Unit, bits: Uint32Array): void {
  const rules = new Map<number, string[]>()
  for (const { row, ruleId } of unit.matches()) {
    if (hasBit(bits, row)) rules.getOrInsertComputed(row, () => []).push(ruleId)
  }
  for (const ids of rules.values()) addValues(tally, [...new Set(ids)], 1)
  tally.missing += countBits(bits) - rules.size
}

/** Of a field with more different values only the newest events are counted. */
const TALLY_VALUES_MAX = 1_000_000

/** The column that holds a facet's field, if one does; `@name` always names a column. */
function columnOf(field: string): string | undefined {
  const name = field.startsWith('@') ? field.slice(1) : field
  if (isColumn(name)) return name
  return (TEXT_FIELDS as readonly string[]).includes(field) ? fieldColumn(field) : undefined
}

/** What is asked of one field. */
export type Facet = Pick<TopRequest, 'field' | 'limit' | 'order'>

/** A facet being counted. */
interface Part {
  readonly facet: Facet
  /** The column that holds its field. */
  readonly column: string | undefined
  readonly tally: Tally
  /** The group looked at last, and whether it keeps the column: units of a group mostly follow each other. */
  group: GroupReader | undefined
  isKept: boolean
  /** Of which units its values are counted row by row. */
  readonly units: Matched[]
  /** How many rows these units have, whether they match or not: columns are unpacked whole. */
  rows: number
  /** Rows counted so far. */
  counted: number
  /** Time was up, or there are too many values, before all units were counted. */
  isCut: boolean
}

interface Matched {
  readonly unit: Unit
  readonly bits: Uint32Array
}

/** Values of one facet; `counted` rows of all, where it is not `complete`. */
export interface Counted extends Pick<Top, 'values' | 'distinct' | 'missing'> {
  readonly complete: boolean
  readonly counted: number
}

/**
 * The values that most (or fewest) of the matching events have, of several fields: which events match is
 * found once. What has to be counted row by row, newest first, ends with the run's time; a facet is
 * left undefined when more than `rows_max` rows lie in the units that it has to be counted so of.
 */
export async function topsOf(
  run: Run,
  units: readonly Unit[],
  facets: readonly Facet[],
  groupDocs: GroupDocs,
  rows_max = Number.POSITIVE_INFINITY,
): Promise<(Counted | undefined)[]> {
  const parts = facets.map(createPart)
  const gathered: Gathered = new Map()
  for (const unit of units) {
    if (run.stopped()) break
    if (run.skips(unit)) continue
    const bits = await matchesOf(run, unit)
    if (unit.coverage !== undefined) gather(gathered, unit.coverage, bits)
    for (const part of parts) {
      if (isCountedByGroup(part, unit)) continue
      part.units.push({ unit, bits })
      part.rows += unit.count
    }
  }
  const wanted = parts.filter((part) => part.rows <= rows_max)
  let left = wanted.filter((part) => part.units.length > 0).length
  for (const part of wanted) {
    if (part.units.length === 0) continue
    await countRows(run, part, run.left_ms() / left)
    left--
  }
  return parts.map((part) =>
    part.rows <= rows_max ? countedOf(part, gathered, groupDocs) : undefined,
  )
}

function createPart(facet: Facet): Part {
  const state = { group: undefined, isKept: false, units: [], rows: 0, counted: 0, isCut: false }
  return { facet, column: columnOf(facet.field), tally: createTally(), ...state }
}

function isCountedByGroup(part: Part, { coverage }: Unit): boolean {
  if (coverage === undefined) return false
  if (coverage.group !== part.group) {
    part.group = coverage.group
    part.isKept = isKept(coverage.group, part.column)
  }
  return part.isKept
}

/** A facet with what is counted by group. */
function countedOf(part: Part, gathered: Gathered, groupDocs: GroupDocs): Counted {
  const { facet, column, tally, isCut } = part
  let { counted } = part
  for (const [group, docs] of gathered) {
    if (isKept(group, column)) counted += tallyGroup(tally, column, groupDocs, group, docs)
  }
  const { size: distinct } = tally.counts
  const values = firstOf(tally.counts, facet)
  return { values, distinct, missing: tally.missing, complete: !isCut, counted }
}

/** Counts a facet's values row by row for as long as it may take. */
async function countRows(run: Run, part: Part, time_ms: number): Promise<void> {
  const { facet, column, tally } = part
  const started = performance.now()
  const isOver = () => performance.now() - started >= time_ms
  for (const { unit, bits } of part.units) {
    await run.turn()
    if (isOver() || tally.counts.size > TALLY_VALUES_MAX) {
      part.isCut = true
      return
    }
    if (facet.field === RULE_FIELD) tallyRules(tally, unit, bits)
    else if (column !== undefined) tallyColumn(tally, unit, column, bits)
    else part.isCut = !(await tallyField(tally, run, unit, facet.field, bits, isOver))
    if (part.isCut) return
    part.counted += countBits(bits)
  }
}

function tallyColumn(tally: Tally, unit: Unit, name: string, bits: Uint32Array): void {
  const total = countBits(bits)
  if (total === 0) return
  const column = unit.column(name)
  if (column === undefined) {
    tally.missing += total
    return
  }
  const perCode = new Uint32Array(column.values.length + 1)
  const { codes } = column
  if (total === unit.count) for (let row = 0; row < codes.length; row++) perCode[codes[row]!]!++
  else eachBit(bits, (row) => perCode[codes[row]!]!++)
  tally.missing += perCode[0]!
  for (const [at, value] of column.values.entries()) {
    const count = perCode[at + 1]!
    if (count > 0) addColumnValue(tally, value, count)
  }
}

/** Rows decoded between two looks at the clock. */
const ROWS_PER_LOOK = 64

/** False when its time was over before all rows were counted. */
async function tallyField(
  tally: Tally,
  run: Run,
  unit: Unit,
  field: string,
  bits: Uint32Array,
  isOver: () => boolean,
): Promise<boolean> {
  if (!unit.mayHaveField(field)) {
    tally.missing += countBits(bits)
    return true
  }
  const rows: number[] = []
  eachBit(bits, (row) => rows.push(row))
  if (rows.length > 1) await Promise.all(unit.open(rows))
  for (const [at, row] of rows.entries()) {
    if (at % ROWS_PER_LOOK === 0) {
      await run.turn()
      if (isOver()) return false
    }
    addValues(tally, textsOf(fieldValues(run.read(unit, row).fields, field)), 1)
  }
  return true
}
