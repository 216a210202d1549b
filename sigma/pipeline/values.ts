// Scalars of pipelines as plain values, and a rule's values as pySigma's transformations see them.
import type { DetectionItem, Position, Scalar, Yaml } from '../rule.ts'
import { parseWildcards } from '../text/wildcard.ts'

/** Any value of a pipeline, as plain data. */
export type Plain = string | number | boolean | null | readonly Plain[] | PlainMap
export type PlainMap = { readonly [name: string]: Plain }

/** A node of YAML as a plain value. */
export function plainOf(value: Yaml): Plain {
  if (value.kind === 'list') return value.items.map(plainOf)
  if (value.kind === 'map') {
    return Object.fromEntries([...value.entries].map(([key, entry]) => [key, plainOf(entry.value)]))
  }
  if (value.kind === 'null') return null
  return value.kind === 'string' ? value.text : value.value
}

/** Whether a plain value is a mapping. */
export function isMap(value: Plain | undefined): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A plain value as a rule's scalar. */
export function scalarOf(value: Plain, { line, column }: Position): Scalar {
  const at = { line, column }
  if (value === null) return { ...at, kind: 'null', text: '' }
  if (typeof value === 'number') return { ...at, kind: 'number', value, text: String(value) }
  if (typeof value === 'boolean') return { ...at, kind: 'boolean', value, text: String(value) }
  return { ...at, kind: 'string', text: typeof value === 'string' ? value : JSON.stringify(value) }
}

/** A text as a scalar at a position. */
export function textScalar(text: string, { line, column }: Position): Scalar {
  return { line, column, kind: 'string', text }
}

const SHAPES: Readonly<Record<string, readonly [before: string, after: string]>> = {
  contains: ['*', '*'],
  startswith: ['', '*'],
  endswith: ['*', ''],
}
const PLAIN_MODIFIERS = new Set(['all', 'neq', 'cased', 'expand', 'windash'])
/** Their values are no strings to pySigma, so transformations of strings pass them by. */
const OTHER_TYPES = new Set(
  're i m s ignorecase multiline dotall cidr lt lte gt gte exists fieldref minute hour day week month year'.split(
    ' ',
  ),
)

/** How a transformation of strings may treat an item: change it, pass it by, or say that it cannot. */
export function stringAccess(item: DetectionItem): 'strings' | 'none' | 'encoded' {
  if (item.modifiers.some((name) => OTHER_TYPES.has(name))) return 'none'
  const known = (name: string) => name in SHAPES || PLAIN_MODIFIERS.has(name)
  return item.modifiers.every(known) ? 'strings' : 'encoded'
}

/** The item with `contains`, `startswith` and `endswith` written as wildcards, which is what they mean. */
export function withWildcards(item: DetectionItem): DetectionItem {
  const shape = item.modifiers.find((name) => name in SHAPES)
  if (shape === undefined) return item
  const [before, after] = SHAPES[shape]!
  const modifiers = item.modifiers.filter((name) => name !== shape)
  const values = item.values.map((value) =>
    value.kind === 'null' ? value : textScalar(before + closed(value.text, after) + after, value),
  )
  return { ...item, modifiers, values }
}

/** A value as conditions and mappings of pipelines see it: each backslash single, wildcards as they are. */
export function plainText(text: string): string {
  return parseWildcards(text)
    .map((part) => (typeof part === 'string' ? part : part.literal.replaceAll(/[*?]/g, '\\$&')))
    .join('')
}

/** A lone backslash at the end stands for itself: it must not take the wildcard that follows. */
function closed(text: string, after: string): string {
  const tail = /\\*$/.exec(text)?.[0].length ?? 0
  return after !== '' && tail % 2 === 1 ? `${text}\\` : text
}
