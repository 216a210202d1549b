// The message of a mapped event: the first path or text with paths in braces that is whole.
import type { FieldValue } from '../../sigma/event.ts'
import type { SlotReader, Slots, Values } from './slots.ts'

export type MessageReader = (values: Values) => string
type PartReader = (values: Values) => string | undefined

/** Longest message that is put together, UTF-16 units. */
const MESSAGE_UNITS_MAX = 2048

/** Compiles messages; empty where none is whole. */
export function compileMessage(sources: readonly string[], slots: Slots): MessageReader {
  const readers = sources.flatMap((source) => compileSource(source, slots) ?? [])
  return (values) => {
    for (const read of readers) {
      const text = read(values)
      if (text !== undefined) return text
    }
    return ''
  }
}

function compileSource(source: string, slots: Slots): PartReader | undefined {
  if (source.includes('{')) return template(source.split(/[{}]/), slots)
  const read = slots.reader(source)
  return read === undefined ? undefined : plain(read)
}

function plain(read: SlotReader): PartReader {
  return (values) => wordOf(read(values))
}

/** Parts alternate between text and path. */
function template(parts: readonly string[], slots: Slots): PartReader | undefined {
  const compiled: (string | SlotReader)[] = []
  for (const [index, part] of parts.entries()) {
    const own = index % 2 === 1 ? slots.reader(part) : part
    if (own === undefined) return undefined
    compiled.push(own)
  }
  return (values) => {
    let out = ''
    for (const part of compiled) {
      const text = typeof part === 'string' ? part : wordOf(part(values))
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
