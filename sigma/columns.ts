// What the field of a rule names. Beside the fields of its log source an event has columns that every source
// fills where it can: a rule reads one as `@host`, the message as `@message`, the raw text as `@raw`.
import { PIVOTS } from './event.ts'
import type { ColumnName, Target } from './ir/expr.ts'

const NAMES: readonly ColumnName[] = ['source', 'product', 'category', 'service', ...PIVOTS]
const COLUMNS: ReadonlySet<string> = new Set(NAMES)

/** The target of a field's name. A name that begins with `@` and is no column (`@timestamp`) is a field. */
export function fieldTarget(field: string): Target {
  if (!field.startsWith('@')) return { scope: 'field', name: field }
  const name = field.slice(1)
  if (name === 'message' || name === 'raw') return { scope: name }
  return isColumnName(name) ? { scope: 'column', name } : { scope: 'field', name: field }
}

function isColumnName(name: string): name is ColumnName {
  return COLUMNS.has(name)
}
