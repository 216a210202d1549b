// Columns that lines only name as the string of a field. The field's value was looked up already, so nothing
// is gathered for such a column: where the field's values are known by group, its docs are theirs; where
// they are cut into words every time and each is one word, the field's words find what may equal a value.
import { type GroupBuilder, isUntried } from './builder.ts'
import { addToColumn, type ColumnBuilder } from './column-builder.ts'

/** A column that takes its docs from a field's values. */
export interface Derived {
  readonly column: number
  readonly field: number
  /** The field's values that were looked up when the last event ended. */
  seen: number
  /** The current event names the field. */
  isTold: boolean
  /** Docs with a value of the field that is not the column's, ascending. */
  readonly exceptions: number[]
}

/** The derived columns of one group. */
export interface DerivedColumns {
  readonly list: Derived[]
  readonly byColumn: Map<number, Derived>
}

export function createDerived(): DerivedColumns {
  return { list: [], byColumn: new Map() }
}

export function resetDerived(derived: DerivedColumns): void {
  derived.list.length = 0
  derived.byColumn.clear()
}

/** The column's value in the current event is the string of the field, JSON text `bytes[start, end)`. */
export function deriveValue(
  derived: DerivedColumns,
  group: GroupBuilder,
  columns: ColumnBuilder,
  column: number,
  field: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  let one = derived.byColumn.get(column)
  if (one === undefined) {
    one = { column, field, seen: 0, isTold: false, exceptions: [] }
    // Events before this one may have had the field without being named.
    if (group.seen[field] === 1 || isUntried(group, field)) {
      derived.byColumn.set(column, one)
      derived.list.push(one)
    }
  }
  if (one.field === field && derived.byColumn.has(column)) {
    if (
      isUntried(group, field) &&
      group.composite[field] !== 1 &&
      (group.seen[field] ?? 0) === one.seen
    )
      return
    if ((group.seen[field] ?? 0) === one.seen + 1) {
      one.isTold = true
      return
    }
  }
  addToColumn(columns, column, bytes, start, end)
}

/** The current event ends. */
export function endEvent({ list }: DerivedColumns, group: GroupBuilder): void {
  for (let n = 0; n < list.length; n++) {
    const one = list[n]!
    const seen = group.seen[one.field] ?? 0
    if (seen === one.seen) continue
    if (!one.isTold) one.exceptions.push(group.doc)
    one.seen = seen
    one.isTold = false
  }
}
