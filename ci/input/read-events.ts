// Events of any file that commands accept: NDJSON, JSON documents, text logs, each also .gz or .zst, `-` for
// standard input. Streams; memory is bounded by one chunk and one event.

import { EVTX_MAGIC_BYTES, looksLikeEvtx } from '../../parsers/evtx/reader.ts'
import { JsonError, parseJsonText } from '../../parsers/json-text.ts'
import { listStart, recordsOf } from '../../parsers/records.ts'
import { peek, readBytes } from './bytes.ts'
import { documentSplitter } from './documents.ts'
import { EVENT_UNITS_MAX, type InputEvent, inputEvent } from './event.ts'
import { readEvtxEvents } from './evtx.ts'
import { lineSplitter, type Splitter } from './lines.ts'
import { readText } from './text.ts'

/** How a file is cut into events. */
export type InputFormat = 'lines' | 'documents' | 'array'

export interface ReadOptions {
  /** Overrides what name and content say. */
  readonly format?: InputFormat | undefined
  /** Hears how many bytes were read from the file, before decompression. */
  readonly onBytes?: ((count: number) => void) | undefined
  /** Hears what is wrong with the file although no event is lost by it. */
  readonly onNotice?: ((message: string) => void) | undefined
}

/** Enough text to tell formats apart, UTF-16 units. */
const HEAD_UNITS = 64 * 1024

/** Events one by one. Rejects `InputError`, which names the file. */
export async function* readEvents(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<InputEvent> {
  for await (const batch of readEventBatches(path, options)) yield* batch
}

/** Events by chunk: a batch is what ended in it. Several times as fast as one by one. */
export async function* readEventBatches(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<readonly InputEvent[]> {
  const opened = await peek(readBytes(path, options.onBytes), EVTX_MAGIC_BYTES)
  if (looksLikeEvtx(opened.head)) yield* readEvtxEvents(opened.chunks, options.onNotice)
  else yield* readTextEvents(path, opened.chunks, options)
}

async function* readTextEvents(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): AsyncGenerator<readonly InputEvent[]> {
  let splitter: Splitter | undefined
  let head = ''
  for await (const chunk of readText(bytes)) {
    if (splitter !== undefined) {
      yield splitter.push(chunk)
      continue
    }
    head += chunk
    const wrapped = wrappedList(head)
    const format = options.format ?? formatOf(path, head, head.length >= HEAD_UNITS)
    if (format === undefined && wrapped === undefined) continue
    splitter = wrapped === undefined ? splitterOf(format ?? 'lines') : listSplitter()
    yield splitter.push(wrapped ?? head)
  }
  if (splitter === undefined) {
    const wrapped = wrappedList(head)
    const format = options.format ?? formatOf(path, head, true) ?? 'lines'
    splitter = wrapped === undefined ? splitterOf(format) : listSplitter()
    yield splitter.push(wrapped ?? head)
  }
  yield splitter.end()
}

/** The text from the list on where a file is one document that holds a list of events; files of a document
 * a line are none. */
function wrappedList(head: string): string | undefined {
  const start = listStart(head)
  if (start === undefined) return undefined
  const newline = head.indexOf('\n')
  const isLines = newline > 0 && recordsOf(head.slice(0, newline)) !== undefined
  return isLines && head.slice(newline).trim() !== '' ? undefined : head.slice(start)
}

/** Elements of a list; what closes the document around it is no event. */
function listSplitter(): Splitter {
  const inner = documentSplitter(true)
  const events = (found: readonly InputEvent[]) => found.filter(({ text }) => text.startsWith('{'))
  return { push: (chunk) => events(inner.push(chunk)), end: () => events(inner.end()) }
}

function splitterOf(format: InputFormat): Splitter {
  return format === 'lines' ? unwrapped(lineSplitter()) : documentSplitter(format === 'array')
}

/** Lines that are documents of many events: each of them, at its line. */
function unwrapped(inner: Splitter): Splitter {
  const events = (found: readonly InputEvent[]) =>
    found.flatMap((event) => {
      const texts = recordsOf(event.text)
      return texts?.map((text) => inputEvent(text, event.index, event.header)) ?? event
    })
  return { push: (chunk) => events(inner.push(chunk)), end: () => events(inner.end()) }
}

const LINE_EXTENSIONS = /\.(?:ndjson|jsonl|log|txt|csv|tsv)(?:\.\d+)?(?:\.(?:gz|zst))?$/i

/** What a file holds, by its name where that is clear, else by its start; undefined: `head` is too short. */
export function formatOf(path: string, head: string, whole: boolean): InputFormat | undefined {
  if (LINE_EXTENSIONS.test(path)) return 'lines'
  const start = head.search(/\S/)
  if (start < 0) return whole ? 'lines' : undefined
  const first = head[start]
  if (first !== '{' && first !== '[') return 'lines'
  const newline = head.indexOf('\n', start)
  if (newline < 0 && !whole && head.length < EVENT_UNITS_MAX) return undefined
  const line = head.slice(start, newline < 0 ? undefined : newline)
  if (first === '{') return parseJsonText(line) instanceof JsonError ? 'documents' : 'lines'
  return startsArray(head, start + 1) ? 'array' : 'lines'
}

/** Whether a value of JSON stands behind a bracket: text logs begin with `[` too. */
function startsArray(head: string, start: number): boolean {
  const rest = head.slice(start).trimStart()
  return rest === '' || /^(?:[{\]["]|-?\d[\d.]*\s*[,\]]|true|false|null)/.test(rest)
}
