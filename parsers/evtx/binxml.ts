// Binary XML to a tree of nodes. Offsets are those of the chunk; every read is checked against the end of
// what is read, and nesting has a limit, so that no damage leads out of the chunk or to no end.
import type { Fields } from '../../sigma/event.ts'
import { define } from '../windows/element.ts'
import { damaged, EvtxError } from './error.ts'
import { nameAt, readName } from './names.ts'
import type {
  Attribute,
  ChunkBytes,
  Element,
  Instance,
  Name,
  Node,
  Substitution,
  Template,
} from './nodes.ts'
import { sharedTemplate } from './templates.ts'
import { utf16Text } from './utf16.ts'
import { decodeValue, fixedBytes, TYPE } from './values.ts'

/** Elements, templates and fragments inside each other, at most. */
export const DEPTH_MAX = 64

/** A token without its flag for "more follows". */
const TOKEN = {
  end: 0x00,
  openStart: 0x01,
  closeStart: 0x02,
  closeEmpty: 0x03,
  close: 0x04,
  value: 0x05,
  attribute: 0x06,
  cdata: 0x07,
  charRef: 0x08,
  entityRef: 0x09,
  target: 0x0a,
  data: 0x0b,
  instance: 0x0c,
  normal: 0x0d,
  optional: 0x0e,
  fragment: 0x0f,
} as const
const MORE = 0x40

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

/** Where reading is, and where it must end. */
interface Cursor {
  at: number
  readonly end: number
  /** Whether elements carry the two bytes of a dependency; guessed again where that gives no name. */
  readonly dependency: boolean
  readonly depth: number
}

/** Reads the fragment between two offsets. Throws `EvtxError`. */
export function readFragment(
  chunk: ChunkBytes,
  start: number,
  end: number,
  depth: number,
): readonly Node[] {
  if (depth > DEPTH_MAX) throw new EvtxError('evtx-limit', `nested deeper than ${DEPTH_MAX}`)
  // Values of type binary XML hold elements without dependency, records and templates with it.
  return readContent(chunk, { at: start, end, dependency: depth === 0, depth }, false)
}

/** Nodes up to the end of the fragment, or of the element that is open. */
function readContent(chunk: ChunkBytes, cursor: Cursor, inElement: boolean): readonly Node[] {
  const { bytes } = chunk
  const nodes: Node[] = []
  while (cursor.at < cursor.end) {
    const token = byte(bytes, cursor) & ~MORE
    switch (token) {
      case TOKEN.end:
        if (inElement) throw damaged('the fragment ends inside an element')
        return nodes
      case TOKEN.close:
        if (!inElement) throw damaged('an element ends that was not open')
        return nodes
      case TOKEN.fragment:
        skip(cursor, 3)
        break
      case TOKEN.openStart:
        nodes.push(readElement(chunk, cursor, (bytes[cursor.at - 1]! & MORE) !== 0))
        break
      case TOKEN.instance:
        nodes.push(readInstance(chunk, cursor))
        break
      case TOKEN.target:
        readNameOf(chunk, cursor)
        break
      case TOKEN.data:
        readText(bytes, cursor)
        break
      default:
        nodes.push(readPart(chunk, cursor, token))
    }
  }
  if (inElement) throw damaged('an element is not closed')
  return nodes
}

/** Text or a place for a value: what may stand in elements and in attributes. */
function readPart(chunk: ChunkBytes, cursor: Cursor, token: number): string | Substitution {
  const { bytes } = chunk
  switch (token) {
    case TOKEN.value: {
      const type = byte(bytes, cursor)
      return type === TYPE.string ? readText(bytes, cursor) : readConstant(bytes, cursor, type)
    }
    case TOKEN.cdata:
      return readText(bytes, cursor)
    case TOKEN.charRef:
      return String.fromCharCode(word(bytes, cursor))
    case TOKEN.entityRef: {
      const name = readNameOf(chunk, cursor)
      return ENTITIES[name] ?? `&${name};`
    }
    case TOKEN.normal:
    case TOKEN.optional: {
      const index = word(bytes, cursor)
      skip(cursor, 1)
      return { kind: 'substitution', index, optional: token === TOKEN.optional }
    }
    default:
      throw damaged(`token 0x${token.toString(16)} at offset ${cursor.at - 1} of the chunk`)
  }
}

/** A constant that is no text: templates of a few providers hold numbers. */
function readConstant(bytes: Buffer, cursor: Cursor, type: number): string {
  const size = fixedBytes(type)
  if (size === undefined) throw damaged(`a constant of type 0x${type.toString(16)}`)
  skip(cursor, size)
  return String(decodeValue(bytes, type, cursor.at - size, size))
}

function readElement(chunk: ChunkBytes, cursor: Cursor, hasAttributes: boolean): Element {
  if (cursor.depth >= DEPTH_MAX) {
    throw new EvtxError('evtx-limit', `nested deeper than ${DEPTH_MAX}`)
  }
  const { bytes } = chunk
  const dependency = hasDependency(chunk, cursor)
  skip(cursor, dependency ? 6 : 4)
  const name = readNameOf(chunk, cursor)
  const attributes: Attribute[] = []
  if (hasAttributes) skip(cursor, 4)
  for (;;) {
    const token = byte(bytes, cursor) & ~MORE
    if (token === TOKEN.attribute) {
      attributes.push({ name: readNameOf(chunk, cursor), parts: readParts(chunk, cursor) })
    } else if (token === TOKEN.closeEmpty) {
      return elementOf(name, attributes, [])
    } else if (token === TOKEN.closeStart) {
      const inner: Cursor = { ...cursor, dependency, depth: cursor.depth + 1 }
      const children = readContent(chunk, inner, true)
      cursor.at = inner.at
      return elementOf(name, attributes, children)
    } else throw damaged(`token 0x${token.toString(16)} inside a start tag`)
  }
}

function elementOf(
  name: string,
  attributes: readonly Attribute[],
  children: readonly Node[],
): Element {
  const [first] = attributes
  const isNamed = name === 'Data' && attributes.length === 1 && first?.name === 'Name'
  const part = isNamed && first.parts.length === 1 ? first.parts[0] : undefined
  const dataName = typeof part === 'string' ? part : undefined
  // Named data is its value: its attributes are seldom asked for.
  const constant = dataName === undefined ? constantOf(attributes) : undefined
  return { kind: 'element', name, dataName, attributes, constant, children }
}

/** The attributes as they are, where all of them are text. */
function constantOf(attributes: readonly Attribute[]): Fields | undefined {
  if (attributes.length === 0) return undefined
  const out: { [name: string]: string } = {}
  for (const { name, parts } of attributes) {
    const [text] = parts
    if (parts.length !== 1 || typeof text !== 'string') return undefined
    define(out, name, text)
  }
  return out
}

function readParts(chunk: ChunkBytes, cursor: Cursor): readonly (string | Substitution)[] {
  const parts: (string | Substitution)[] = []
  for (;;) {
    const token = peek(chunk.bytes, cursor) & ~MORE
    const part =
      (token >= TOKEN.value && token !== TOKEN.attribute && token <= TOKEN.entityRef) ||
      token === TOKEN.normal ||
      token === TOKEN.optional
    if (!part) return parts
    cursor.at++
    parts.push(readPart(chunk, cursor, token))
  }
}

/** Whether an element's start holds a dependency: as expected, unless only the other way gives a name. */
function hasDependency(chunk: ChunkBytes, cursor: Cursor): boolean {
  const expected = elementName(chunk, cursor, cursor.dependency)
  if (expected?.sure === true) return cursor.dependency
  const other = elementName(chunk, cursor, !cursor.dependency)
  return other?.sure === true ? !cursor.dependency : cursor.dependency
}

function elementName(chunk: ChunkBytes, cursor: Cursor, dependency: boolean): Name | undefined {
  const at = cursor.at + (dependency ? 6 : 4)
  if (at + 4 > cursor.end) return undefined
  const offset = chunk.bytes.readUInt32LE(at)
  return chunk.names.get(offset) ?? readName(chunk.bytes, offset)
}

/** A name by reference; the first use of a name holds it. */
function readNameOf(chunk: ChunkBytes, cursor: Cursor): string {
  const offset = long(chunk.bytes, cursor)
  const name = nameAt(chunk, offset)
  if (offset === cursor.at) skip(cursor, name.size)
  return name.text
}

function readInstance(chunk: ChunkBytes, cursor: Cursor): Instance {
  const { bytes } = chunk
  skip(cursor, 5)
  const offset = long(bytes, cursor)
  const template = templateAt(chunk, offset, cursor.depth + 1)
  if (offset === cursor.at) skip(cursor, template.size)
  const count = long(bytes, cursor)
  if (count * 4 > cursor.end - cursor.at) throw damaged(`${count} values do not fit the record`)
  const heads = cursor.at
  let start = heads + count * 4
  const starts: number[] = []
  for (let index = 0, head = heads; index < count; index++, head += 4) {
    starts.push(start)
    start += bytes[head]! | (bytes[head + 1]! << 8)
    if (start > cursor.end) throw damaged(`value ${index} ends behind the record`)
  }
  cursor.at = start
  return { kind: 'instance', template, values: { heads, starts } }
}

/** Offset of the next template (4), GUID (16), size of the content (4). */
const TEMPLATE_HEAD_BYTES = 24
const GUID_AT = 4

function templateAt(chunk: ChunkBytes, offset: number, depth: number): Template {
  const known = chunk.templates.get(offset)
  if (known instanceof EvtxError) throw known
  if (known !== undefined) return known
  if (depth > DEPTH_MAX) throw new EvtxError('evtx-limit', `nested deeper than ${DEPTH_MAX}`)
  try {
    const guid = chunk.bytes.toString('latin1', offset + GUID_AT, offset + GUID_AT + 16)
    const template = sharedTemplate(guid, readTemplate(chunk, offset, depth))
    chunk.templates.set(offset, template)
    return template
  } catch (error) {
    if (error instanceof EvtxError) chunk.templates.set(offset, error)
    throw error
  }
}

function readTemplate(chunk: ChunkBytes, offset: number, depth: number): Template {
  const { bytes } = chunk
  const start = offset + TEMPLATE_HEAD_BYTES
  if (start > bytes.length) throw damaged(`no template at offset ${offset} of the chunk`)
  const size = bytes.readUInt32LE(start - 4)
  if (start + size > bytes.length)
    throw damaged(`template at offset ${offset} ends behind the chunk`)
  const cursor: Cursor = { at: start, end: start + size, dependency: true, depth }
  const content = readContent(chunk, cursor, false)
  if (content.length === 0) throw damaged(`template at offset ${offset} is empty`)
  return { content, size: TEMPLATE_HEAD_BYTES + size, plans: [] }
}

/** Length in characters (2) and UTF-16 text. */
function readText(bytes: Buffer, cursor: Cursor): string {
  const units = word(bytes, cursor)
  const start = cursor.at
  skip(cursor, 2 * units)
  return utf16Text(bytes, start, cursor.at)
}

function skip(cursor: Cursor, count: number): void {
  cursor.at += count
  if (cursor.at > cursor.end) throw damaged('the record ends too early')
}

function peek(bytes: Buffer, cursor: Cursor): number {
  if (cursor.at >= cursor.end) throw damaged('the record ends too early')
  return bytes[cursor.at]!
}

function byte(bytes: Buffer, cursor: Cursor): number {
  skip(cursor, 1)
  return bytes[cursor.at - 1]!
}

function word(bytes: Buffer, cursor: Cursor): number {
  skip(cursor, 2)
  return bytes.readUInt16LE(cursor.at - 2)
}

function long(bytes: Buffer, cursor: Cursor): number {
  skip(cursor, 4)
  return bytes.readUInt32LE(cursor.at - 4)
}
