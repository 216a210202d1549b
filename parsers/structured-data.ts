// The structured data of RFC 5424: `[id name="value" ...][id2 ...]` or `-`.

import { internedAt } from './names.ts'

/** Parameters by element id. */
export type StructuredData = Readonly<Record<string, Readonly<Record<string, string>>>>

const NAME_LENGTH_MAX = 256

/** Reads structured data at `start`. `elements` is absent for `-`; undefined when there is neither. */
export function readStructuredData(
  text: string,
  start: number,
): { readonly elements?: StructuredData; readonly end: number } | undefined {
  if (text.charCodeAt(start) === 0x2d) return { end: start + 1 }
  if (text.charCodeAt(start) !== 0x5b) return undefined
  const elements: Record<string, Readonly<Record<string, string>>> = {}
  let at = start
  while (text.charCodeAt(at) === 0x5b) {
    const element = readElement(text, at + 1)
    if (element === undefined) return undefined
    setOwn(elements, element.id, element.parameters)
    at = element.end
  }
  return { elements, end: at }
}

function readElement(
  text: string,
  start: number,
): { id: string; parameters: Record<string, string>; end: number } | undefined {
  const idEnd = nameEnd(text, start)
  if (idEnd === start) return undefined
  const parameters: Record<string, string> = {}
  let at = idEnd
  while (text.charCodeAt(at) === 0x20) {
    const end = nameEnd(text, at + 1)
    if (end === at + 1) {
      at++
      continue
    }
    if (!text.startsWith('="', end)) return undefined
    const value = readQuoted(text, end + 2)
    if (value === undefined) return undefined
    setOwn(parameters, internedAt(text, at + 1, end), value.value)
    at = value.end
  }
  if (text.charCodeAt(at) !== 0x5d) return undefined
  return { id: internedAt(text, start, idEnd), parameters, end: at + 1 }
}

/** Sets a property of a sender's choice: none of them is the prototype. */
function setOwn<Value>(record: Record<string, Value>, name: string, value: Value): void {
  if (name !== '__proto__') record[name] = value
  else Object.defineProperty(record, name, { value, ...OWN })
}

const OWN = { writable: true, enumerable: true, configurable: true }

function nameEnd(text: string, start: number): number {
  let index = start
  while (index < text.length && index - start < NAME_LENGTH_MAX) {
    const code = text.charCodeAt(index)
    if (code <= 0x20 || code === 0x3d || code === 0x5d || code === 0x22) break
    index++
  }
  return index
}

/** The value up to its closing quote, `\"`, `\\` and `\]` unescaped. */
function readQuoted(text: string, start: number): { value: string; end: number } | undefined {
  let escaped = false
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x5c) {
      escaped = true
      index++
    } else if (code === 0x22) {
      const raw = text.slice(start, index)
      return { value: escaped ? raw.replace(/\\(["\\\]])/g, '$1') : raw, end: index + 1 }
    }
  }
  return undefined
}
