// Conditions of mapping tables, compiled.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { compilePath, valueAt } from './path.ts'
import type { Condition } from './table.ts'

/** Whether an event fulfils a condition. */
export type Test<Source> = (source: Source) => boolean

/** How a path is read. */
export type PathCompiler<Source> = (path: string) => (source: Source) => FieldValue | undefined

interface Wanted<Source> {
  readonly read: (source: Source) => FieldValue | undefined
  readonly values: readonly Pattern[]
}

/** Text in lower case, and how it has to stand in a value. */
interface Pattern {
  readonly text: string
  readonly place: 'whole' | 'start' | 'end' | 'anywhere'
}

/** Compiles a condition. */
export function compileCondition<Source>(
  condition: Condition,
  compile: PathCompiler<Source>,
): Test<Source> {
  const has = (condition.has ?? []).map(compile)
  const not = (condition.not ?? []).map(compile)
  const is = Object.entries(condition.is ?? {}).map(
    ([path, values]): Wanted<Source> => ({
      read: compile(path),
      values: values.map((value) => compilePattern(value.toLowerCase())),
    }),
  )
  return (source) => {
    for (const read of has) if (read(source) === undefined) return false
    for (const { read, values } of is) if (!isOneOf(read(source), values)) return false
    for (const read of not) if (read(source) !== undefined) return false
    return true
  }
}

/** Whether JSON as it came fulfils any of the conditions. */
export function compileAny(conditions: readonly Condition[]): Test<Fields> {
  const tests = conditions.map((condition) => compileCondition(condition, inJson))
  return (fields) => {
    for (const test of tests) if (test(fields)) return true
    return false
  }
}

function inJson(path: string): (fields: Fields) => FieldValue | undefined {
  const compiled = compilePath(path)
  return (fields) => valueAt(fields, compiled)
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
