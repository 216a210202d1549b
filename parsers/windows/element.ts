// An XML element as JSON, in the shape that evtx_dump made common: attributes under `#attributes`, text as
// the value or under `#text`, named data under its name, repeated elements as arrays.
import type { Fields, FieldValue } from '../../sigma/event.ts'

type Writable = { [name: string]: FieldValue }

/** What stands inside an element, as far as it was read. */
export interface Content {
  text: FieldValue | undefined
  elements: Writable | undefined
  /** Arrays of elements that repeat: ours to extend. */
  repeated: Map<string, FieldValue[]> | undefined
}

export function emptyContent(): Content {
  return { text: undefined, elements: undefined, repeated: undefined }
}

/** Puts a finished element, with its text and elements, into the one around it. */
export function addElement(
  parent: Content,
  name: string,
  attributes: Fields | undefined,
  text: FieldValue | undefined,
  elements: Fields | undefined,
): void {
  const dataName = name === 'Data' ? attributes?.Name : undefined
  if (dataName === undefined) addMember(parent, name, valueWith(attributes, text, elements))
  else {
    const value = valueWith(moreThanName(attributes!), text, elements)
    addMember(parent, typeof dataName === 'string' ? dataName : asText(dataName), value)
  }
}

/** Named data is its value; other attributes than the name are not lost. */
function moreThanName(attributes: Fields): Fields | undefined {
  for (const name in attributes) if (name !== 'Name' && name !== 'Type') return attributes
  return undefined
}

/** An element as a value: its text where it has nothing else. */
export function valueWith(
  attributes: Fields | undefined,
  text: FieldValue | undefined,
  elements: Fields | undefined,
): FieldValue {
  if (attributes === undefined) {
    if (elements === undefined) return text ?? null
    return text === undefined ? elements : { ...elements, '#text': text }
  }
  if (elements === undefined) {
    return text === undefined
      ? { '#attributes': attributes }
      : { '#attributes': attributes, '#text': text }
  }
  return {
    '#attributes': attributes,
    ...elements,
    ...(text === undefined ? undefined : { '#text': text }),
  }
}

/** Another element of the same name makes an array of them. */
export function addMember(parent: Content, name: string, value: FieldValue): void {
  parent.elements ??= {}
  if (parent.elements[name] === undefined || !Object.hasOwn(parent.elements, name)) {
    define(parent.elements, name, value)
    return
  }
  parent.repeated ??= new Map()
  let all = parent.repeated.get(name)
  if (all === undefined) {
    const first = parent.elements[name]!
    all = Array.isArray(first) ? [...first] : [first]
    parent.repeated.set(name, all)
    define(parent.elements, name, all)
  }
  if (Array.isArray(value)) for (const item of value) all.push(item)
  else all.push(value)
}

/** Sets a member whatever its name: assigning `__proto__` would change the prototype. */
export function define(object: Writable, name: string, value: FieldValue): void {
  if (name !== '__proto__') object[name] = value
  else {
    const hidden = { value, enumerable: true, configurable: true, writable: true }
    Object.defineProperty(object, name, hidden)
  }
}

/** A value inside other text. */
export function asText(value: FieldValue): string {
  return Array.isArray(value) ? value.map(asText).join(',') : String(value)
}
