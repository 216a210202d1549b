// Conditions of mapping tables, compiled.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { compilePath, type Path, valueAt } from './path.ts'
import type { Condition } from './table.ts'

/** Whether JSON fulfils a condition. */
export type Test = (fields: Fields) => boolean

interface Wanted {
  readonly path: Path
  readonly values: readonly string[]
}

/** Compiles a condition. */
export function compileCondition(condition: Condition): Test {
  const has = (condition.has ?? []).map(compilePath)
  const not = (condition.not ?? []).map(compilePath)
  const is = Object.entries(condition.is ?? {}).map(
    ([path, values]): Wanted => ({
      path: compilePath(path),
      values: values.map((v) => v.toLowerCase()),
    }),
  )
  return (fields) => {
    for (const path of has) if (valueAt(fields, path) === undefined) return false
    for (const { path, values } of is) if (!isOneOf(valueAt(fields, path), values)) return false
    for (const path of not) if (valueAt(fields, path) !== undefined) return false
    return true
  }
}

/** Whether any condition holds. */
export function compileAny(conditions: readonly Condition[]): Test {
  const tests = conditions.map(compileCondition)
  return (fields) => tests.some((test) => test(fields))
}

function isOneOf(value: FieldValue | undefined, wanted: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((element: FieldValue) => isOneOf(element, wanted))
  if (value === undefined || value === null || typeof value === 'object') return false
  const text = String(value).toLowerCase()
  return wanted.some((pattern) => fits(text, pattern))
}

function fits(text: string, pattern: string): boolean {
  const open = pattern.startsWith('*')
  const end = pattern.endsWith('*') && pattern.length > 1
  const literal = pattern.slice(open ? 1 : 0, end ? -1 : undefined)
  if (open && end) return text.includes(literal)
  if (open) return text.endsWith(literal)
  return end ? text.startsWith(literal) : text === literal
}
