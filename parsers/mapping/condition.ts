// Conditions of mapping tables, compiled.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { compilePath, type Path, valueAt } from './path.ts'
import type { Condition } from './table.ts'

/** Whether JSON fulfils a condition. */
export type Test = (fields: Fields) => boolean

interface Wanted {
  readonly path: Path
  readonly values: readonly Pattern[]
}

/** Text in lower case, and how it has to stand in a value. */
interface Pattern {
  readonly text: string
  readonly place: 'whole' | 'start' | 'end' | 'anywhere'
}

/** Compiles a condition. */
export function compileCondition(condition: Condition): Test {
  const has = (condition.has ?? []).map(compilePath)
  const not = (condition.not ?? []).map(compilePath)
  const is = Object.entries(condition.is ?? {}).map(
    ([path, values]): Wanted => ({
      path: compilePath(path),
      values: values.map((value) => compilePattern(value.toLowerCase())),
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

function compilePattern(source: string): Pattern {
  const open = source.startsWith('*')
  const end = source.endsWith('*') && source.length > 1
  const text = source.slice(open ? 1 : 0, end ? -1 : undefined)
  if (open) return { text, place: end ? 'anywhere' : 'end' }
  return { text, place: end ? 'start' : 'whole' }
}

function isOneOf(value: FieldValue | undefined, wanted: readonly Pattern[]): boolean {
  if (value === undefined) return false
  if (Array.isArray(value)) return value.some((element: FieldValue) => isOneOf(element, wanted))
  if (value === null || typeof value === 'object') return false
  const text = String(value).toLowerCase()
  for (let index = 0; index < wanted.length; index++) {
    if (fits(text, wanted[index]!)) return true
  }
  return false
}

function fits(value: string, { text, place }: Pattern): boolean {
  if (place === 'whole') return value.length === text.length && value === text
  if (value.length < text.length) return false
  if (place === 'start') return value.startsWith(text)
  return place === 'end' ? value.endsWith(text) : value.includes(text)
}
