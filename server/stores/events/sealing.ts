// What leaves a buffer for its day file: plain data, so that it may be encoded and written by another thread.
// Sealing takes the chunks' zstd blocks as they are, save small ones, which are joined and compressed anew.
import type { Database } from 'bun:sqlite'
import { BLOCK_BYTES_MAX, BLOCK_EVENTS_MAX, blockText, encodeBlock } from './block.ts'
import type { PendingChunk } from './buffer.ts'
import { type DayFileName, writeSegments } from './day-file.ts'
import type { SealedMatch } from './sealed-matches.ts'
import { type BuiltSegment, type EncodedBlock, finishSegment } from './segment.ts'

/** A chunk with this many events or bytes of text becomes a block as it is. */
const VERBATIM_EVENTS_MIN = 128
const VERBATIM_BYTES_MIN = BLOCK_BYTES_MAX / 2

/** Segments of one stream of a day. */
export interface Sealing {
  readonly late: boolean
  /** What the file has of the stream before. */
  readonly before: number
  readonly segments: readonly {
    readonly built: BuiltSegment
    readonly chunks: readonly PendingChunk[]
  }[]
  readonly matches: readonly SealedMatch[]
  /** Their chunks' sequences, ascending. */
  readonly seqs: readonly number[]
}

export type Done = (error?: unknown) => void

/** Where sealed segments are written. */
export interface SegmentSink {
  /**
   * Writes them into the day's file and calls `done`, now or later, with what went wrong if something did:
   * then nothing was written, or that is unknown.
   */
  write(name: DayFileName, sealing: Sealing, at: number, done: Done): void
  /** Calls what is due of `done`. */
  poll(): void
  /** The day has left the catalogue: its file is closed. */
  forget(name: DayFileName): void
}

/** Encodes and writes segments: one fsynced transaction. */
export function writeSealing(db: Database, sealing: Sealing, at: number): void {
  const { late, before, segments, matches, seqs } = sealing
  const encoded = segments.map(({ built, chunks }) => finishSegment(built, joinChunks(chunks)))
  writeSegments(db, encoded, matches, { late, before, after: seqs.at(-1) ?? before }, at)
}

/** The blocks of a segment: large chunks as they are, runs of small ones joined. */
function joinChunks(chunks: readonly PendingChunk[]): EncodedBlock[] {
  const blocks: EncodedBlock[] = []
  let start = 0
  let run: PendingChunk[] = []
  let count = 0
  let bytes = 0
  const flush = () => {
    if (run.length > 0) blocks.push({ start, count, bytes, data: joinData(run) })
    start += count
    run = []
    count = 0
    bytes = 0
  }
  for (const chunk of chunks) {
    const large = chunk.count >= VERBATIM_EVENTS_MIN || chunk.bytes >= VERBATIM_BYTES_MIN
    const full = count + chunk.count > BLOCK_EVENTS_MAX || bytes + chunk.bytes > BLOCK_BYTES_MAX
    if (large || full) flush()
    run.push(chunk)
    count += chunk.count
    bytes += chunk.bytes
    if (large) flush()
  }
  flush()
  return blocks
}

function joinData(chunks: readonly PendingChunk[]): Uint8Array<ArrayBuffer> {
  if (chunks.length === 1) return chunks[0]!.data
  return encodeBlock(chunks.map((chunk) => blockText(chunk.data)).join('\n')).data
}
