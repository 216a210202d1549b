// A chunk of 64 KiB to its records. Damage costs the record it hits: what follows is found again by its mark,
// and every byte that gives no event is named.
import { crc32 } from 'node:zlib'
import type { Fields } from '../../sigma/event.ts'
import { readFragment } from './binxml.ts'
import { damaged, EvtxError, type EvtxErrorCode } from './error.ts'
import type { ChunkBytes } from './nodes.ts'
import { renderNodes } from './render.ts'
import { filetimeMs } from './time.ts'

export const CHUNK_BYTES = 65_536
const HEADER_BYTES = 512
const RECORD_HEAD_BYTES = 24
/** Head, at least one token, and the size again. */
const RECORD_BYTES_MIN = RECORD_HEAD_BYTES + 1 + 4
const RECORD_MAGIC = 0x0000_2a2a

/** A record that could be read. */
export interface EvtxRecord {
  readonly kind: 'record'
  /** Number of the record in its log; as text above 2^53. */
  readonly id: number | string
  /** When it was written, milliseconds since 1970 UTC. */
  readonly time: number
  /** `{Event: {System, EventData, ..}}` in the shape that evtx_dump made common. */
  readonly event: Fields
  /** Where it begins in the file, bytes. */
  readonly offset: number
}

/** Bytes that gave no event. */
export interface EvtxDamage {
  readonly kind: 'damage'
  readonly code: EvtxErrorCode
  readonly message: string
  readonly offset: number
  /** The bytes lost, to be kept. */
  readonly bytes: Uint8Array
  readonly id?: number | string
  readonly time?: number
}

/** Something that is wrong although no event was lost by it. */
export interface EvtxNotice {
  readonly kind: 'notice'
  readonly code: EvtxErrorCode
  readonly message: string
  readonly offset: number
}

export type EvtxItem = EvtxRecord | EvtxDamage | EvtxNotice

/**
 * Reads the chunk that begins at byte `base` of its file. `unused`: the file's header does not count it, so
 * that bytes without a record are no loss. Never throws.
 */
export function readChunk(bytes: Buffer, base: number, unused = false): readonly EvtxItem[] {
  if (isEmpty(bytes)) return []
  const items: EvtxItem[] = []
  const header = checkHeader(bytes, base)
  items.push(...header.notices)
  const chunk: ChunkBytes = { bytes, names: new Map(), templates: new Map() }
  let at = HEADER_BYTES
  let lost = -1
  let lastId: bigint | undefined
  while (at + RECORD_BYTES_MIN <= bytes.length) {
    const size = recordSize(bytes, at)
    const beyond = at >= header.end
    if (beyond && (size === 0 || !header.mayGoOn || !follows(bytes, at, lastId))) break
    if (size === 0) {
      if (lost < 0) lost = at
      at = nextRecord(bytes, at + 1)
      continue
    }
    if (lost >= 0) addSkipped(items, bytes, lost, at, base)
    lost = -1
    lastId = bytes.readBigUInt64LE(at + 8)
    items.push(readRecord(chunk, at, size, base))
    at += size
  }
  const end = Math.min(header.end, bytes.length)
  if (lost < 0 && at < end) lost = at
  const isLoss = !unused || lastId !== undefined
  if (isLoss && lost >= 0 && lost < end) addSkipped(items, bytes, lost, end, base)
  return items
}

interface Header {
  /** Where the records end by the header, or the end of the chunk. */
  readonly end: number
  /** The header may be older than the records: the log was not closed. */
  readonly mayGoOn: boolean
  readonly notices: readonly EvtxNotice[]
}

const MAGIC = Buffer.from('ElfChnk\0', 'latin1')

/** Magic and checksums. Records are read whatever they say; what is wrong is named. */
function checkHeader(bytes: Buffer, base: number): Header {
  const notice = (code: EvtxErrorCode, message: string): EvtxNotice => ({
    kind: 'notice',
    code,
    message: `chunk at byte ${base}: ${message}`,
    offset: base,
  })
  if (bytes.length < HEADER_BYTES || bytes.compare(MAGIC, 0, 8, 0, 8) !== 0) {
    const notices = [notice('evtx-chunk-damaged', 'its header is damaged')]
    return { end: lastUsed(bytes), mayGoOn: true, notices }
  }
  const headSum = crc32(bytes.subarray(128, HEADER_BYTES), crc32(bytes.subarray(0, 120)))
  const free = bytes.readUInt32LE(48)
  if (headSum !== bytes.readUInt32LE(124) || free < HEADER_BYTES || free > CHUNK_BYTES) {
    const notices = [notice('evtx-chunk-checksum', 'the checksum of its header is wrong')]
    const plausible = free >= HEADER_BYTES && free <= CHUNK_BYTES
    return { end: plausible ? free : lastUsed(bytes), mayGoOn: true, notices }
  }
  if (free > bytes.length || crc32(bytes.subarray(HEADER_BYTES, free)) !== bytes.readUInt32LE(52)) {
    const notices = [notice('evtx-chunk-checksum', 'the checksum of its records is wrong')]
    return { end: free, mayGoOn: true, notices }
  }
  return { end: free, mayGoOn: false, notices: [] }
}

/** The size of the record at `at`; 0 where there is none. */
function recordSize(bytes: Buffer, at: number): number {
  if (at + RECORD_BYTES_MIN > bytes.length || bytes.readUInt32LE(at) !== RECORD_MAGIC) return 0
  const size = bytes.readUInt32LE(at + 4)
  const end = at + size
  if (size < RECORD_BYTES_MIN || end > bytes.length) return 0
  if (bytes.readUInt32LE(end - 4) === size) return size
  // The copy of the size is damaged when the next record stands where it should.
  return end + 4 <= bytes.length && bytes.readUInt32LE(end) === RECORD_MAGIC ? size : 0
}

/** Whether the record at `at` has the number after the last one: not left from an earlier use. */
function follows(bytes: Buffer, at: number, lastId: bigint | undefined): boolean {
  return lastId === undefined || bytes.readBigUInt64LE(at + 8) === lastId + 1n
}

const RECORD_MARK = Buffer.from([0x2a, 0x2a, 0, 0])

function nextRecord(bytes: Buffer, from: number): number {
  for (
    let at = bytes.indexOf(RECORD_MARK, from);
    at >= 0;
    at = bytes.indexOf(RECORD_MARK, at + 1)
  ) {
    if (recordSize(bytes, at) > 0) return at
  }
  return bytes.length
}

/** Names bytes without a record; zeros hold nothing. */
function addSkipped(
  items: EvtxItem[],
  bytes: Buffer,
  from: number,
  to: number,
  base: number,
): void {
  const lost = bytes.subarray(from, from + lastUsed(bytes.subarray(from, to)))
  if (lost.length === 0) return
  items.push({
    kind: 'damage',
    code: 'evtx-bytes-skipped',
    message: `${lost.length} bytes at byte ${base + from} hold no readable record`,
    offset: base + from,
    bytes: lost,
  })
}

function readRecord(chunk: ChunkBytes, at: number, size: number, base: number): EvtxItem {
  const { bytes } = chunk
  const number = bytes.readBigUInt64LE(at + 8)
  const id = number <= Number.MAX_SAFE_INTEGER ? Number(number) : number.toString()
  const high = bytes.readUInt32LE(at + 20)
  const time = filetimeMs(bytes.readUInt32LE(at + 16), high)
  const offset = base + at
  try {
    const nodes = readFragment(chunk, at + RECORD_HEAD_BYTES, at + size - 4, 0)
    const event = renderNodes(chunk, nodes)
    if (event.Event === undefined) throw damaged('its outermost element is no Event')
    return { kind: 'record', id, time, event, offset }
  } catch (error) {
    if (!(error instanceof EvtxError)) throw error
    const message = `record ${id} at byte ${offset}: ${error.message}`
    const lost = bytes.subarray(at, at + size)
    return { kind: 'damage', code: error.code, message, offset, bytes: lost, id, time }
  }
}

const ZEROS = Buffer.alloc(1024)

/** The end of what is not zero. */
function lastUsed(bytes: Buffer): number {
  let end = bytes.length
  while (
    end >= ZEROS.length &&
    bytes.compare(ZEROS, 0, ZEROS.length, end - ZEROS.length, end) === 0
  )
    end -= ZEROS.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return end
}

function isEmpty(bytes: Buffer): boolean {
  return bytes[0] === 0 && lastUsed(bytes) === 0
}
