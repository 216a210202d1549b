// Paths into JSON, compiled once: `actor.alternateId`, through arrays, keys with dots, and elements by what
// they hold: `parameters[name=USER_EMAIL].value`.
import type { Fields, FieldValue } from '../../sigma/event.ts'

/** One key of a path. */
export interface Step {
  readonly key: string
  /** Only elements whose `name` is `value`, where given. */
  readonly where?: { readonly name: string; readonly value: string }
}

/** A compiled path. */
export interface Path {
  readonly text: string
  /** The only key of a path of one step. */
  readonly key: string | undefined
  readonly steps: readonly Step[]
}

const STEP = /^([^[\]]+)(?:\[([^=\]]+)=([^\]]*)\])?$/
/** Values that a path through arrays gives, at most. */
const VALUES_MAX = 256

/** Compiles a path. Throws on one that is none. A key with a dot is written `\.`. */
export function compilePath(text: string): Path {
  const steps = text.split(/(?<!\\)\.(?![^[]*\])/).map((part) => {
    const match = STEP.exec(part.replaceAll('\\.', '.'))
    if (match === null) throw new Error(`path ${JSON.stringify(text)}: ${part} is no key`)
    const [, key = '', name, value = ''] = match
    return name === undefined ? { key } : { key, where: { name, value } }
  })
  const [first] = steps
  const key = steps.length === 1 && first!.where === undefined ? first!.key : undefined
  return { text, key, steps }
}

/** The value at a path: a list where arrays on the way hold several; undefined where there is none. */
export function valueAt(fields: Fields, path: Path): FieldValue | undefined {
  const { key, steps } = path
  if (key !== undefined) return fields[key]
  const flat = steps.length > 1 ? fields[path.text] : undefined
  return flat === undefined ? walk(fields, steps, 0) : flat
}

function walk(node: FieldValue, steps: readonly Step[], at: number): FieldValue | undefined {
  const step = steps[at]
  if (step === undefined) return node
  if (Array.isArray(node)) return several(node, (element) => walk(element, steps, at))
  if (typeof node !== 'object' || node === null) return undefined
  const inner = (node as Fields)[step.key]
  return inner === undefined ? undefined : insideOf(inner, steps, at)
}

/** What the steps behind `at` give inside the value of step `at`. */
export function insideOf(
  inner: FieldValue,
  steps: readonly Step[],
  at: number,
): FieldValue | undefined {
  const { where } = steps[at]!
  if (where === undefined) return walk(inner, steps, at + 1)
  const elements = Array.isArray(inner) ? inner : [inner]
  return several(elements, (element) =>
    holds(element, where) ? walk(element, steps, at + 1) : undefined,
  )
}

function holds(element: FieldValue, where: { name: string; value: string }): boolean {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return false
  const value = (element as Fields)[where.name]
  return value === where.value || (typeof value === 'number' && String(value) === where.value)
}

function several(
  elements: readonly FieldValue[],
  read: (element: FieldValue) => FieldValue | undefined,
): FieldValue | undefined {
  const found: FieldValue[] = []
  for (const element of elements) {
    if (found.length >= VALUES_MAX) break
    const value = read(element)
    if (Array.isArray(value)) found.push(...value.slice(0, VALUES_MAX))
    else if (value !== undefined) found.push(value)
  }
  return found.length > 1 ? found : found[0]
}
