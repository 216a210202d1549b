// Events of whatever commands accept: Windows event logs, NDJSON, JSON documents, CSV, text logs, each also
// compressed or in archives, folders of them, `-` for standard input. Streams; memory is bounded by one chunk
// and one event.

import { looksLikeEvtx } from '../../parsers/evtx/reader.ts'
import { JsonError, parseJsonText } from '../../parsers/json-text.ts'
import { listStart, mayBeRecords, recordsOf } from '../../parsers/records.ts'
import { type Member, openMembers } from './archive.ts'
import { giveUp, peek, reusedFileBytes } from './bytes.ts'
import { csvDelimiter, csvSplitter, isTypeLine, namedDelimiter } from './csv.ts'
import { documentSplitter } from './documents.ts'
import { InputError } from './error.ts'
import { EVENT_UNITS_MAX, type InputEvent, inputEvent } from './event.ts'
import { readEvtxEvents } from './evtx.ts'
import { type InputFile, listFiles } from './files.ts'
import { foreignCompression, isBinary, isZeroed } from './foreign.ts'
import { lineSplitter, type Splitter } from './lines.ts'
import { type TakeLines, takeLines } from './take-lines.ts'
import { encodingOf, readText, tableEncodingOf } from './text.ts'

/** How a file is cut into events. */
export type InputFormat = 'lines' | 'documents' | 'array' | 'csv'

export interface ReadOptions {
  /** Overrides what name and content say. */
  readonly format?: InputFormat | undefined
  /** Hears how many bytes were read from the file, before decompression. */
  readonly onBytes?: ((count: number) => void) | undefined
  /** Hears what is wrong with the file although no event is lost by it. */
  readonly onNotice?: ((message: string) => void) | undefined
  /** Hears which member of an archive cannot be opened; the others follow. Without it the first one ends all. */
  readonly onFailure?: ((error: InputError) => void) | undefined
}

/** Enough text to tell formats apart, UTF-16 units. */
const HEAD_UNITS = 64 * 1024
/** Bytes that lines are told by before they are offered to whoever takes them. */
const FORMAT_BYTES_MIN = 2

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
  for (const file of await listFiles([path])) {
    for await (const { events } of readMembers(file, options)) yield* events
  }
}

/**
 * Events by chunk, save for lines that `take` takes: it is asked about each line in its turn, so each batch
 * must be used up before the next one.
 */
export async function* readOtherEvents(
  path: string,
  take: TakeLines,
): AsyncGenerator<Iterable<InputEvent>> {
  for (const file of await listFiles([path])) {
    for await (const member of logsOf(file, {})) yield* readOthers(member, take)
  }
}

/** The events of one file, or of one member of an archive. */
export interface MemberEvents {
  readonly name: string
  readonly isInner: boolean
  readonly events: AsyncGenerator<readonly InputEvent[]>
}

/** What a file holds, one after another: each must be read before the next one. */
export async function* readMembers(
  file: InputFile,
  options: ReadOptions = {},
): AsyncGenerator<MemberEvents> {
  for await (const member of logsOf(file, options)) {
    const { name, isInner } = member
    yield { name, isInner, events: readMember(member, options) }
  }
}

async function* logsOf(file: InputFile, options: ReadOptions): AsyncGenerator<Member> {
  const { onFailure, onNotice } = options
  for await (const member of openMembers(file.path, options)) {
    const { name, isInner } = member
    const isNamed = !isInner && !file.isFound
    const packed = foreignCompression(member.head)
    if (packed !== undefined) {
      const error = new InputError(name, `${packed} is not read here: unpack it first`)
      if (onFailure === undefined || isNamed) throw error
      onFailure(error)
    } else if (!isLog(member, isNamed)) {
      if (isNamed) throw new InputError(name, 'is no log (binary)')
      onNotice?.(`${name}: no log (binary), passed over`)
    } else yield member
  }
}

/** A named file that begins with nothing but NULs may be a log that was emptied under its writer. */
function isLog({ head, name }: Member, isNamed: boolean): boolean {
  if (looksLikeEvtx(head) || EVTX_EXTENSION.test(name)) return true
  if (encodingOf(head) !== 'utf-8' || !isBinary(head)) return true
  return isNamed && isZeroed(head)
}

const EVTX_EXTENSION = /\.evtx$/i

function readMember(member: Member, options: ReadOptions): AsyncGenerator<readonly InputEvent[]> {
  const { name, head, chunks } = member
  if (looksLikeEvtx(head) || (EVTX_EXTENSION.test(name) && isBinary(head))) {
    return readEvtxEvents(name, chunks, options.onNotice)
  }
  return readTextEvents(name, chunks, options)
}

/** `readMember`, where lines of UTF-8 are offered to `take` first. */
async function* readOthers(member: Member, take: TakeLines): AsyncGenerator<Iterable<InputEvent>> {
  const { name, head } = member
  const first = await peek(member.chunks, FORMAT_BYTES_MIN)
  const text = new TextDecoder().decode(first.head)
  const isLines =
    first.head.length > 1 &&
    encodingOf(first.head) === 'utf-8' &&
    formatOf(name, text, text.length >= HEAD_UNITS) === 'lines' &&
    wrappedList(text) === undefined
  if (!isLines || looksLikeEvtx(head)) {
    yield* readMember({ ...member, chunks: first.chunks }, {})
  } else if (member.path === undefined) yield* takeLines(first.chunks, take)
  else {
    await giveUp(first.chunks)
    yield* takeLines(reusedFileBytes(member.path), take)
  }
}

async function* readTextEvents(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): AsyncGenerator<readonly InputEvent[]> {
  let splitter: Splitter | undefined
  let head = ''
  const encoding = CSV_EXTENSIONS.test(path) ? tableEncodingOf : encodingOf
  for await (const chunk of readText(bytes, encoding)) {
    if (splitter !== undefined) {
      yield withRecords(splitter.push(chunk))
      continue
    }
    head += chunk
    const wrapped = wrappedList(head)
    const format = options.format ?? formatOf(path, head, head.length >= HEAD_UNITS)
    if (format === undefined && wrapped === undefined) continue
    splitter = wrapped === undefined ? splitterOf(format ?? 'lines', head) : listSplitter()
    yield withRecords(splitter.push(wrapped ?? head))
  }
  if (splitter === undefined) {
    const wrapped = wrappedList(head)
    const format = options.format ?? formatOf(path, head, true) ?? 'lines'
    splitter = wrapped === undefined ? splitterOf(format, head) : listSplitter()
    yield withRecords(splitter.push(wrapped ?? head))
  }
  yield withRecords(splitter.end())
}

/** The events, each document that holds a list of them as those: all have the document's index. */
function withRecords(events: readonly InputEvent[]): readonly InputEvent[] {
  if (!events.some(holdsRecords)) return events
  return events.flatMap((event) => {
    const records = holdsRecords(event) ? recordsOf(event.text) : undefined
    return records === undefined ? [event] : records.map((text) => inputEvent(text, event.index))
  })
}

/** Whether it is worth asking: most events are no such documents. */
function holdsRecords({ error, text }: InputEvent): boolean {
  const first = text.charCodeAt(0)
  return error === undefined && (first === 0x7b || first === 0x5b) && mayBeRecords(text)
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

function splitterOf(format: InputFormat, head: string): Splitter {
  if (format === 'csv') return csvSplitter(delimiterOf(head) ?? ',')
  return format === 'lines' ? lineSplitter() : documentSplitter(format === 'array')
}

const LINE_EXTENSIONS = /\.(?:ndjson|jsonl|log|txt)(?:\.\d+)?(?:\.(?:gz|zst))?$/i
const CSV_EXTENSIONS = /\.(?:csv|tsv)(?:\.(?:gz|zst))?$/i

/** The delimiter of a CSV's header, or the one that a line above it names. */
function delimiterOf(head: string): string | undefined {
  const newline = head.indexOf('\n')
  const named = newline < 0 ? undefined : namedDelimiter(head.slice(0, newline))
  return named ?? csvDelimiter(firstLine(head))
}

/** The first line, but for the type that Windows PowerShell writes above a CSV's header. */
function firstLine(text: string): string {
  const newline = text.indexOf('\n')
  if (newline > 0 && isTypeLine(text.slice(0, newline))) return firstLine(text.slice(newline + 1))
  return (newline < 0 ? text : text.slice(0, newline)).replace(/^\ufeff/, '').trimEnd()
}

/** What a file holds, by its name where that is clear, else by its start; undefined: `head` is too short. */
function formatOf(path: string, head: string, whole: boolean): InputFormat | undefined {
  if (LINE_EXTENSIONS.test(path)) return 'lines'
  if (CSV_EXTENSIONS.test(path)) {
    if (!whole && !head.includes('\n')) return undefined
    return delimiterOf(head) === undefined ? 'lines' : 'csv'
  }
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
