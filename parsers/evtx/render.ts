// A tree of nodes with its values to JSON: elements are objects, text is their value, attributes stand under
// `#attributes`, named data under its name, repeated elements are arrays.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import {
  addElement,
  addMember,
  asText,
  type Content,
  define,
  emptyContent,
  valueWith,
} from '../windows/element.ts'
import { DEPTH_MAX, readFragment } from './binxml.ts'
import { damaged, EvtxError } from './error.ts'
import { knownSlot, valueIn } from './known-values.ts'
import type { ChunkBytes, Element, Instance, Node, Substitution, Values } from './nodes.ts'
import { type ObjectPlan, type Part, planOf, type ValuePlan } from './plan.ts'
import { decodeValue, TYPE } from './values.ts'

/** Text of one event, UTF-16 units, and nodes of one event, at most: templates can repeat without end. */
export const EVENT_UNITS_MAX = 4 * 1024 * 1024
export const EVENT_NODES_MAX = 256 * 1024

type Writable = { [name: string]: FieldValue }

/** What one record has been turned to so far. */
interface Rendering {
  readonly chunk: ChunkBytes
  nodes: number
  units: number
}

/** The values of a template instance. */
interface Scope {
  readonly values: Values
  readonly depth: number
}

const NO_VALUES: Values = { heads: 0, starts: [] }
const NO_SCOPE: Scope = { values: NO_VALUES, depth: 0 }
const NO_CONTENT: Content = emptyContent()

/** JSON of a record's nodes: one member for each outermost element. Throws `EvtxError`. */
export function renderNodes(chunk: ChunkBytes, nodes: readonly Node[]): Fields {
  const rendering: Rendering = { chunk, nodes: 0, units: 0 }
  const { elements } = contentOf(rendering, nodes, NO_SCOPE)
  if (elements === undefined) throw damaged('the record holds no element')
  return elements
}

function contentOf(rendering: Rendering, nodes: readonly Node[], scope: Scope): Content {
  if (nodes.length === 0) return NO_CONTENT
  const content = emptyContent()
  addNodes(rendering, nodes, scope, content)
  return content
}

function addNodes(
  rendering: Rendering,
  nodes: readonly Node[],
  scope: Scope,
  content: Content,
): void {
  countNodes(rendering, nodes.length, scope.depth)
  for (const node of nodes) {
    if (typeof node === 'string') addText(rendering, content, node)
    else if (node.kind === 'element') renderElement(rendering, node, scope, content)
    else if (node.kind === 'substitution') addValue(rendering, node, scope, content)
    else addInstance(rendering, node, { values: node.values, depth: scope.depth + 1 }, content)
  }
}

function addInstance(
  rendering: Rendering,
  instance: Instance,
  scope: Scope,
  content: Content,
): void {
  const plan = planOf(rendering.chunk.bytes, instance)
  if (plan?.root === undefined) {
    addNodes(rendering, instance.template.content, scope, content)
    return
  }
  countNodes(rendering, plan.nodes, scope.depth)
  countUnits(rendering, plan.units)
  const { name, part } = plan.root
  addMember(content, name, planned(rendering, part, scope))
}

function planned(rendering: Rendering, part: Part, scope: Scope): FieldValue {
  if (part.kind === 'value') return plannedValue(rendering, part, scope)
  if (part.kind === 'object') return plannedObject(rendering, part, scope)
  if (part.kind === 'constant') return part.value
  return { '#attributes': planned(rendering, part.part, scope) }
}

function plannedValue(rendering: Rendering, plan: ValuePlan, { values }: Scope): FieldValue {
  const { bytes } = rendering.chunk
  const head = values.heads + plan.index * 4
  const size = bytes[head]! | (bytes[head + 1]! << 8)
  const slot = knownSlot(bytes, bytes[head + 2]!, values.starts[plan.index]!, size, plan.slot)
  let value: FieldValue
  if (slot < 0) value = decodeValue(bytes, bytes[head + 2]!, values.starts[plan.index]!, size)
  else {
    plan.slot = slot
    value = valueIn(slot)
  }
  count(rendering, value)
  return plan.asText && Array.isArray(value) ? asText(value) : value
}

function plannedObject(rendering: Rendering, plan: ObjectPlan, scope: Scope): FieldValue {
  const { names, parts, hole } = plan
  const members: Writable = { ...plan.blank }
  for (let index = 0; index < names.length; index++) {
    members[names[index]!] = planned(rendering, parts[index]!, scope)
  }
  if (hole === undefined) return members
  const content = emptyContent()
  addBinaryXml(rendering, hole, scope, content)
  return withContent(members, content, plan.hasAttributes)
}

/** An element's members with what came out of its hole, which stands behind them. */
function withContent(members: Writable, content: Content, hasAttributes: boolean): FieldValue {
  const { text, elements } = content
  let isPlain = text === undefined && elements !== undefined
  for (const name in elements) if (name === '__proto__' || name in members) isPlain = false
  if (isPlain) {
    for (const name in elements) members[name] = elements[name]!
    return members
  }
  const whole: Content = { ...emptyContent(), text }
  for (const part of [members, elements]) {
    for (const name in part) {
      const isAttributes = hasAttributes && part === members && name === '#attributes'
      if (!isAttributes) addMember(whole, name, part[name]!)
    }
  }
  const attributes = hasAttributes ? (members['#attributes'] as Fields) : undefined
  return valueWith(attributes, whole.text, whole.elements)
}

/** Adds to the nodes of the event, which have a limit, as has their depth. */
function countNodes(rendering: Rendering, nodes: number, depth: number): void {
  rendering.nodes += nodes
  if (rendering.nodes > EVENT_NODES_MAX || depth > DEPTH_MAX) {
    throw new EvtxError('evtx-limit', `more than ${EVENT_NODES_MAX} nodes or too deep`)
  }
}

function addBinaryXml(rendering: Rendering, index: number, scope: Scope, content: Content): void {
  const start = scope.values.starts[index]!
  const size = sizeAt(rendering, index, scope)
  if (size === 0) return
  const depth = scope.depth + 1
  const nodes = readFragment(rendering.chunk, start, start + size, depth)
  addNodes(rendering, nodes, { values: NO_VALUES, depth }, content)
}

function addValue(rendering: Rendering, node: Substitution, scope: Scope, content: Content): void {
  if (typeAt(rendering, node.index, scope) === TYPE.binaryXml) {
    addBinaryXml(rendering, node.index, scope, content)
  } else {
    const value = valueAt(rendering, node.index, scope)
    if (value !== null) addText(rendering, content, value)
  }
}

function sizeAt({ chunk: { bytes } }: Rendering, index: number, { values }: Scope): number {
  const head = values.heads + index * 4
  return bytes[head]! | (bytes[head + 1]! << 8)
}

/** A place without a value is empty, as in Windows. */
function typeAt({ chunk: { bytes } }: Rendering, index: number, { values }: Scope): number {
  return index < values.starts.length ? bytes[values.heads + index * 4 + 2]! : TYPE.null
}

function valueAt(rendering: Rendering, index: number, scope: Scope): FieldValue {
  const start = scope.values.starts[index]
  if (start === undefined) return null
  const type = typeAt(rendering, index, scope)
  return decodeValue(rendering.chunk.bytes, type, start, sizeAt(rendering, index, scope))
}

function addText(rendering: Rendering, content: Content, value: FieldValue): void {
  count(rendering, value)
  content.text = content.text === undefined ? value : `${asText(content.text)}${asText(value)}`
}

/** Adds to the size of the event, which has a limit. */
function count(rendering: Rendering, value: FieldValue): void {
  countUnits(rendering, unitsOf(value))
}

function countUnits(rendering: Rendering, units: number): void {
  rendering.units += units
  if (rendering.units > EVENT_UNITS_MAX) {
    throw new EvtxError('evtx-limit', `more than ${EVENT_UNITS_MAX} characters`)
  }
}

function unitsOf(value: FieldValue): number {
  if (typeof value === 'string') return value.length
  return Array.isArray(value) ? value.reduce<number>((sum, item) => sum + unitsOf(item), 8) : 8
}

function renderElement(
  rendering: Rendering,
  element: Element,
  scope: Scope,
  parent: Content,
): void {
  const { name, children } = element
  const only = children.length === 1 ? children[0] : undefined
  // Most elements hold one value or one text: they need no content of their own.
  if (typeof only === 'object' && only.kind === 'substitution') {
    const type = typeAt(rendering, only.index, scope)
    // What is optional and absent takes its element along.
    if (only.optional && type === TYPE.null) return
    if (type !== TYPE.binaryXml) {
      const value = valueAt(rendering, only.index, scope)
      if (value !== null) count(rendering, value)
      if (element.dataName !== undefined) {
        addMember(parent, element.dataName, value)
        return
      }
      const attributes = attributesOf(rendering, element, scope)
      addElement(parent, name, attributes, value ?? undefined, undefined)
      return
    }
  }
  const attributes = attributesOf(rendering, element, scope)
  const { text, elements } = contentOf(rendering, children, scope)
  addElement(parent, name, attributes, text, elements)
}

function attributesOf(rendering: Rendering, element: Element, scope: Scope): Fields | undefined {
  const { attributes, constant } = element
  if (attributes.length === 0) return undefined
  if (constant !== undefined) {
    for (const name in constant) count(rendering, constant[name]!)
    return constant
  }
  let out: Writable | undefined
  for (const { name, parts } of attributes) {
    const value = attributeValue(rendering, parts, scope)
    if (value === undefined) continue
    out ??= {}
    define(out, name, Array.isArray(value) ? asText(value) : value)
  }
  return out
}

/** An attribute's value; undefined where its only part is optional and absent. */
function attributeValue(
  rendering: Rendering,
  parts: readonly (string | Substitution)[],
  scope: Scope,
): FieldValue | undefined {
  const only = parts.length === 1 ? parts[0] : undefined
  if (typeof only === 'string') {
    count(rendering, only)
    return only
  }
  if (only !== undefined && typeAt(rendering, only.index, scope) !== TYPE.binaryXml) {
    const value = valueAt(rendering, only.index, scope)
    if (value === null) return only.optional ? undefined : ''
    count(rendering, value)
    return value
  }
  const content = emptyContent()
  addNodes(rendering, parts, scope, content)
  return content.text ?? (only?.optional === true ? undefined : '')
}
