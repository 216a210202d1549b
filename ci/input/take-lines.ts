// Lines of UTF-8 offered as bytes to somebody who may read them faster than an event is made; what is not
// taken becomes an event as always.
import type { InputEvent } from './event.ts'
import { type LineSplitter, lineSplitter } from './lines.ts'

/**
 * Is offered the lines from `start` to `end`, each with its line end, and deals with as many of them as it can. `bytes`
 * and `view` are the same piece of memory; `index` is the number of the first line from 0.
 */
export type TakeLines = (
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  index: number,
) => LinesTaken

/** How many lines were dealt with, and where the next one starts. */
export interface LinesTaken {
  readonly lines: number
  readonly next: number
}

/** Longest start of a line that is held as bytes. */
const TAIL_BYTES_MAX = 256 * 1024
/** After so many lines in a row that are not taken, the rest of a chunk is not offered. */
const REFUSALS_MAX = 32

/** A byte order mark: the text begins behind it. */
const MARK_BYTES = 3

const LF = 0x0a
const LINE_END = Uint8Array.of(LF)

interface Reading {
  readonly take: TakeLines
  readonly splitter: LineSplitter
  readonly decoder: TextDecoder
  /** The start of a line whose end has not come yet. */
  tail: Uint8Array
}

/**
 * The events of lines that are not taken, by chunk. Each batch must be used up before the next one, and nothing of a
 * chunk is held beyond that: its memory may be used again.
 */
export async function* takeLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  take: TakeLines,
): AsyncGenerator<Iterable<InputEvent>> {
  let reading: Reading | undefined
  let head = new Uint8Array(0)
  for await (const chunk of chunks) {
    if (reading !== undefined) {
      yield readChunk(reading, chunk)
      continue
    }
    head = head.length === 0 ? new Uint8Array(chunk) : Buffer.concat([head, chunk])
    if (head.length < MARK_BYTES) continue
    reading = startReading(head, take)
    yield readChunk(reading, head)
  }
  if (reading !== undefined) return yield readEnd(reading)
  if (head.length === 0) return
  const short = startReading(head, take)
  yield readChunk(short, head)
  yield readEnd(short)
}

function startReading(head: Uint8Array, take: TakeLines): Reading {
  const hasMark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
  const decoder = new TextDecoder('utf-8', { ignoreBOM: !hasMark })
  return { take, splitter: lineSplitter(), decoder, tail: new Uint8Array(0) }
}

function* readChunk(reading: Reading, chunk: Uint8Array): Generator<InputEvent> {
  const { splitter } = reading
  let start = 0
  if (reading.tail.length > 0) {
    const newline = chunk.indexOf(LF)
    start = newline < 0 ? chunk.length : newline + 1
    const line = Buffer.concat([reading.tail, chunk.subarray(0, start)])
    reading.tail = line
    if (newline < 0 && line.length <= TAIL_BYTES_MAX) return
    reading.tail = new Uint8Array(0)
    yield* readLines(reading, line)
  }
  yield* readLines(reading, start === 0 ? chunk : chunk.subarray(start))
  if (reading.tail.length > TAIL_BYTES_MAX) {
    yield* splitter.push(reading.decoder.decode(reading.tail, { stream: true }))
    reading.tail = new Uint8Array(0)
  }
}

/** Reads whole lines; what stands behind the last one becomes the tail, or the splitter's. */
function* readLines(reading: Reading, bytes: Uint8Array): Generator<InputEvent> {
  const { take, splitter, decoder } = reading
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const end = bytes.lastIndexOf(LF) + 1
  let start = 0
  let refusals = 0
  while (start < end && refusals <= REFUSALS_MAX) {
    if (splitter.isIdle) {
      const { lines, next } = take(bytes, view, start, end, splitter.index)
      splitter.pass(lines)
      if (lines > 0) refusals = 0
      start = next
      if (start === end) break
    }
    refusals++
    const next = bytes.indexOf(LF, start) + 1
    yield* splitter.push(decoder.decode(bytes.subarray(start, next), { stream: true }))
    start = next
  }
  if (start === bytes.length) return
  const rest = bytes.subarray(start)
  if (refusals > REFUSALS_MAX || !splitter.isIdle) {
    yield* splitter.push(decoder.decode(rest, { stream: true }))
  } else reading.tail = rest.slice()
}

function* readEnd({ take, splitter, decoder, tail }: Reading): Generator<InputEvent> {
  if (tail.length > 0) {
    const line = Buffer.concat([tail, LINE_END])
    const view = new DataView(line.buffer, line.byteOffset, line.length)
    const isTaken = splitter.isIdle && take(line, view, 0, line.length, splitter.index).lines > 0
    if (isTaken) splitter.pass(1)
    else yield* splitter.push(decoder.decode(tail, { stream: true }))
  }
  const rest = decoder.decode()
  if (rest !== '') yield* splitter.push(rest)
  yield* splitter.end()
}
