// What a template gives for values of given types is planned once: which members there are, what of them never
// changes, where the values go. Most records of a log come from a few dozen templates.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { define } from '../windows/element.ts'
import type { Attribute, Element, Instance, Substitution, Template } from './nodes.ts'
import { ARRAY, TYPE } from './values.ts'

/** What stands for a member: a constant, a place for a value, an object of attributes alone, or one of such parts. */
export type Part =
  | { readonly kind: 'constant'; readonly value: FieldValue }
  | ValuePlan
  | { readonly kind: 'attributes'; readonly part: Part }
  | ObjectPlan

export interface ValuePlan {
  readonly kind: 'value'
  readonly index: number
  readonly asText: boolean
  /** Where its last value is among the known ones: the next one is often the same. */
  slot: number
}

/** An object: a copy of `blank`, with parts put in under their names. */
export interface ObjectPlan {
  readonly kind: 'object'
  readonly blank: Fields
  readonly names: readonly string[]
  readonly parts: readonly Part[]
  /** The value whose binary XML gives further members behind these. */
  readonly hole: number | undefined
  readonly hasAttributes: boolean
}

/** The outermost element of a template for values of some types. */
export interface Plan {
  readonly kinds: Uint16Array
  /** Undefined where this template has to be read node by node. */
  readonly root: { readonly name: string; readonly part: Part } | undefined
  /** Nodes, and units of constant text, that the plan stands for. */
  readonly nodes: number
  readonly units: number
}

/** Kinds of values that a template is planned for, at most; further ones are read node by node. */
const PLANS_MAX = 8
/** Values of an instance that is planned, at most: Windows' own have fewer than a hundred. */
export const PLANNED_VALUES_MAX = 256
/** Added to the type of a value without bytes. */
const EMPTY = 0x100

/** The plan of a template for the types of an instance's values; undefined where there is none. */
export function planOf(bytes: Buffer, { template, values }: Instance): Plan | undefined {
  const { heads, starts } = values
  for (const plan of template.plans) if (fits(plan, bytes, heads, starts.length)) return plan
  const { plans } = template
  if (plans.length >= PLANS_MAX || starts.length > PLANNED_VALUES_MAX) return undefined
  const kinds = Uint16Array.from(starts, (_, index) => kindAt(bytes, heads + index * 4))
  const plan = makePlan(template, kinds)
  plans.push(plan)
  return plan
}

function fits({ kinds }: Plan, bytes: Buffer, heads: number, count: number): boolean {
  if (kinds.length !== count) return false
  for (let index = 0, head = heads; index < count; index++, head += 4) {
    if (kinds[index] !== kindAt(bytes, head)) return false
  }
  return true
}

function kindAt(bytes: Buffer, head: number): number {
  const isEmpty = bytes[head] === 0 && bytes[head + 1] === 0
  return bytes[head + 2]! | (isEmpty ? EMPTY : 0)
}

/** A plan in the making. */
interface Draft {
  readonly kinds: Uint16Array
  nodes: number
  units: number
}

function makePlan({ content }: Template, kinds: Uint16Array): Plan {
  const draft: Draft = { kinds, nodes: content.length, units: 0 }
  const [only] = content
  const isElement = content.length === 1 && typeof only === 'object' && only.kind === 'element'
  const part = isElement ? partOf(draft, only) : undefined
  const { nodes, units } = draft
  const root =
    isElement && part !== undefined && part !== 'absent' ? { name: nameOf(only), part } : undefined
  return { kinds, root, nodes, units }
}

/** Under which name an element stands in the one around it. */
function nameOf(element: Element): string {
  return element.dataName ?? element.name
}

/** What an element gives; `absent` where it is left out, undefined where that has no plan. */
function partOf(draft: Draft, element: Element): Part | 'absent' | undefined {
  const { name, dataName, children } = element
  // The name of this data may be a value.
  if (name === 'Data' && dataName === undefined && element.attributes.length > 0) return undefined
  const only = children.length === 1 ? children[0] : undefined
  if (typeof only === 'object' && only.kind === 'substitution') {
    const type = typeOf(draft, only)
    if (only.optional && type === TYPE.null) return 'absent'
    if (type !== TYPE.binaryXml) {
      const value = valuePart(draft, only, false)
      return dataName === undefined ? withAttributes(draft, element, value) : (value ?? NULL)
    }
  }
  draft.nodes += children.length
  if (!children.every((child) => typeof child === 'string')) return parentPart(draft, element)
  const text = children.length === 0 ? undefined : constant(children.join(''))
  if (text !== undefined) draft.units += children.join('').length
  if (dataName === undefined) return withAttributes(draft, element, text)
  draft.units += dataName.length
  return text ?? NULL
}

/** An element around others. */
function parentPart(draft: Draft, element: Element): Part | undefined {
  const attributes = attributesPart(draft, element.attributes)
  if (attributes === undefined || element.dataName !== undefined) return undefined
  const members: [string, Part][] = []
  const { children } = element
  let hole: number | undefined
  for (const child of children) {
    // What comes out of a hole stands behind all others.
    if (typeof child === 'string' || hole !== undefined) return undefined
    if (child.kind === 'substitution' && typeOf(draft, child) === TYPE.binaryXml) hole = child.index
    else {
      const part = child.kind === 'element' ? partOf(draft, child) : undefined
      if (part === undefined) return undefined
      if (part !== 'absent') members.push([nameOf(child as Element), part])
    }
  }
  if (attributes !== 'none') members.unshift(['#attributes', attributes])
  else if (members.length === 0 && hole === undefined) return NULL
  return objectPart(members, hole, attributes !== 'none')
}

/** An element with a text or value, or with nothing. */
function withAttributes(draft: Draft, element: Element, text: Part | undefined): Part | undefined {
  const attributes = attributesPart(draft, element.attributes)
  if (attributes === undefined) return undefined
  if (attributes === 'none') return text ?? NULL
  if (text === undefined && attributes.kind !== 'constant')
    return { kind: 'attributes', part: attributes }
  const members: [string, Part][] = [['#attributes', attributes]]
  if (text !== undefined) members.push(['#text', text])
  return objectPart(members)
}

function attributesPart(draft: Draft, attributes: readonly Attribute[]): Part | 'none' | undefined {
  const members: [string, Part][] = []
  for (const { name, parts } of attributes) {
    const [only] = parts
    if (parts.length !== 1 || only === undefined) return undefined
    if (typeof only === 'string') {
      draft.units += only.length
      members.push([name, constant(only)])
    } else {
      if (typeOf(draft, only) === TYPE.binaryXml) return undefined
      const value = valuePart(draft, only, true)
      if (value !== undefined) members.push([name, value])
      else if (!only.optional) members.push([name, constant('')])
    }
  }
  return members.length === 0 ? 'none' : objectPart(members)
}

const NULL: Part = { kind: 'constant', value: null }

function constant(value: FieldValue): Part {
  return { kind: 'constant', value }
}

function objectPart(
  members: readonly (readonly [string, Part])[],
  hole?: number,
  hasAttributes = false,
): Part | undefined {
  const names = new Set(members.map(([name]) => name))
  // Repeated elements become arrays.
  if (names.size < members.length || names.has('__proto__')) return undefined
  const blank: { [name: string]: FieldValue } = {}
  for (const [name, part] of members) {
    define(blank, name, part.kind === 'constant' ? part.value : null)
  }
  const places = members.filter(([, part]) => part.kind !== 'constant')
  if (places.length === 0 && hole === undefined) return constant(blank)
  return {
    kind: 'object',
    blank,
    names: places.map(([name]) => name),
    parts: places.map(([, part]) => part),
    hole,
    hasAttributes,
  }
}

/** A place for a value; undefined where it is known to be null. */
function valuePart(draft: Draft, { index }: Substitution, asText: boolean): Part | undefined {
  const kind = draft.kinds[index] ?? TYPE.null
  const type = kind & ~EMPTY
  const isText = type === TYPE.string || type === TYPE.xml || (type & ARRAY) !== 0
  const isNull = type === TYPE.null || (!isText && kind !== type)
  return isNull ? undefined : { kind: 'value', index, asText, slot: 0 }
}

/** The type of a place's value; a place without a value is empty. */
function typeOf({ kinds }: Draft, { index }: Substitution): number {
  return (kinds[index] ?? TYPE.null) & ~EMPTY
}
