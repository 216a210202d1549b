// A whole log, chunk by chunk, from bytes as they come.
import { crc32 } from 'node:zlib'
import { CHUNK_BYTES, type EvtxItem, type EvtxNotice, readChunk } from './chunk.ts'

const FILE_MAGIC = Buffer.from('ElfFile\0', 'latin1')
const CHUNK_MAGIC = Buffer.from('ElfChnk\0', 'latin1')
/** Bytes that say whether a file is an event log. */
export const EVTX_MAGIC_BYTES = 8
/** Bytes in front of a log's chunks. */
export const FILE_HEADER_BYTES = 4096
const CHECKED_BYTES = 128

/** Cuts a log into records. */
export interface EvtxReader {
  /** What is complete with these bytes. */
  push(bytes: Uint8Array): readonly EvtxItem[]
  /** What was left at the end: a last chunk that is cut off. */
  end(): readonly EvtxItem[]
}

/** Whether a file that begins so is an event log (or a chunk carved out of one). */
export function looksLikeEvtx(head: Uint8Array): boolean {
  return startsWith(head, FILE_MAGIC) || startsWith(head, CHUNK_MAGIC)
}

/** A reader for one log. Records come in the order of the file; nothing throws. */
export function createEvtxReader(): EvtxReader {
  let open: Buffer = Buffer.alloc(0)
  let base = 0
  let started = false
  let counted = Number.POSITIVE_INFINITY

  function start(items: EvtxItem[]): boolean {
    if (open.length < FILE_HEADER_BYTES && !startsWith(open, CHUNK_MAGIC)) return false
    if (!startsWith(open, CHUNK_MAGIC)) {
      items.push(...headerNotices(open))
      counted = chunksCounted(open)
      open = open.subarray(FILE_HEADER_BYTES)
      base = FILE_HEADER_BYTES
    }
    started = true
    return true
  }

  return {
    push(bytes) {
      const items: EvtxItem[] = []
      open = open.length === 0 ? asBuffer(bytes) : Buffer.concat([open, bytes])
      if (open.length < EVTX_MAGIC_BYTES || (!started && !start(items))) return items
      while (open.length >= CHUNK_BYTES) {
        for (const item of readChunk(open.subarray(0, CHUNK_BYTES), base, counted <= 0)) {
          items.push(item)
        }
        counted--
        open = open.subarray(CHUNK_BYTES)
        base += CHUNK_BYTES
      }
      return items
    },
    end() {
      const items: EvtxItem[] = []
      if (open.length > 0 && (started || start(items))) {
        items.push(...cutOff(open, base))
        if (open.length > 0) items.push(...readChunk(open, base, counted <= 0))
      } else if (!started) items.push(cutOffNotice(open.length, 0))
      return items
    },
  }
}

/** How many chunks the header says are in use; all where it cannot be trusted. */
function chunksCounted(bytes: Buffer): number {
  return headerNotices(bytes).length === 0 ? bytes.readUInt16LE(42) : Number.POSITIVE_INFINITY
}

function cutOff(open: Buffer, base: number): readonly EvtxNotice[] {
  return open.every((byte) => byte === 0) ? [] : [cutOffNotice(open.length, base)]
}

function cutOffNotice(size: number, base: number): EvtxNotice {
  const message = `the file ends inside a chunk: ${size} bytes at byte ${base}`
  return { kind: 'notice', code: 'evtx-truncated', message, offset: base }
}

/** The file's header is checked; nothing of it is needed to read the chunks. */
function headerNotices(bytes: Buffer): readonly EvtxNotice[] {
  const notice = (message: string): EvtxNotice => ({
    kind: 'notice',
    code: 'evtx-not-a-log',
    message,
    offset: 0,
  })
  if (!startsWith(bytes, FILE_MAGIC)) return [notice('the file has no header of an event log')]
  const sum = crc32(bytes.subarray(0, CHECKED_BYTES - 8))
  if (sum === bytes.readUInt32LE(CHECKED_BYTES - 4)) return []
  return [notice('the checksum of the file header is wrong')]
}

function startsWith(bytes: Uint8Array, magic: Buffer): boolean {
  return bytes.length >= magic.length && magic.every((byte, index) => bytes[index] === byte)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
