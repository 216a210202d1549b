// The message of a mapped event: the first path or text with paths in braces that is whole.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { compilePath, type Path, valueAt } from './path.ts'

export type MessageReader = (fields: Fields) => string

/** Longest message that is put together, UTF-16 units. */
const MESSAGE_UNITS_MAX = 2048

/** Compiles messages; empty where none is whole. */
export function compileMessage(sources: readonly string[]): MessageReader {
  const readers = sources.map((source) =>
    source.includes('{') ? template(source.split(/[{}]/)) : plain(compilePath(source)),
  )
  return (fields) => {
    for (const read of readers) {
      const text = read(fields)
      if (text !== undefined) return text
    }
    return ''
  }
}

function plain(path: Path): (fields: Fields) => string | undefined {
  return (fields) => wordOf(valueAt(fields, path))
}

/** Parts alternate between text and path. */
function template(parts: readonly string[]): (fields: Fields) => string | undefined {
  const compiled = parts.map((part, index) => (index % 2 === 1 ? compilePath(part) : part))
  return (fields) => {
    let out = ''
    for (const part of compiled) {
      const text = typeof part === 'string' ? part : wordOf(valueAt(fields, part))
      if (text === undefined) return undefined
      out += text
    }
    return out.slice(0, MESSAGE_UNITS_MAX)
  }
}

function wordOf(value: FieldValue | undefined): string | undefined {
  if (Array.isArray(value)) {
    const words = value.flatMap((element: FieldValue) => wordOf(element) ?? [])
    return words.length === 0 ? undefined : words.join(', ')
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}
