// Makes event logs for tests: a file of one chunk whose records are what the test says, checksums included.
import { crc32 } from 'node:zlib'

/** A value of a record: its type and its bytes. */
export interface SampleValue {
  readonly type: number
  readonly bytes: Uint8Array
}

/** Names with their values' types: a place for each in the template, all optional as Windows has them. */
export interface SampleRecord {
  readonly id: number
  readonly data: Readonly<Record<string, SampleValue>>
  /** Values of data without a name. */
  readonly unnamed?: readonly SampleValue[]
  readonly time_ms?: number
}

const HEADER_BYTES = 512
const CHUNK_BYTES = 65_536
const STRING = 1
const EPOCH_MS = 11_644_473_600_000

/** UTF-16 text as a value. */
export function textValue(text: string): SampleValue {
  return { type: STRING, bytes: Buffer.from(text, 'utf16le') }
}

/** A value out of hexadecimal text. */
export function hexValue(type: number, hex: string): SampleValue {
  return { type, bytes: Buffer.from(hex.replaceAll(' ', ''), 'hex') }
}

/** A whole file: header and one chunk. */
export function sampleLog(records: readonly SampleRecord[]): Buffer {
  const header = Buffer.alloc(4096)
  header.write('ElfFile\0', 'latin1')
  header.writeUInt32LE(128, 32)
  header.writeUInt16LE(1, 36)
  header.writeUInt16LE(3, 38)
  header.writeUInt16LE(4096, 40)
  header.writeUInt16LE(1, 42)
  header.writeUInt32LE(crc32(header.subarray(0, 120)), 124)
  return Buffer.concat([header, sampleChunk(records)])
}

/** One chunk. Each record holds its own template; names are stored at their first use. */
export function sampleChunk(records: readonly SampleRecord[]): Buffer {
  const chunk = Buffer.alloc(CHUNK_BYTES)
  const names = new Map<string, number>()
  let at = HEADER_BYTES
  for (const record of records) at += writeRecord(chunk, at, record, names)
  chunk.write('ElfChnk\0', 'latin1')
  chunk.writeUInt32LE(128, 40)
  chunk.writeUInt32LE(at, 48)
  chunk.writeUInt32LE(crc32(chunk.subarray(HEADER_BYTES, at)), 52)
  const sum = crc32(chunk.subarray(128, HEADER_BYTES), crc32(chunk.subarray(0, 120)))
  chunk.writeUInt32LE(sum, 124)
  return chunk
}

function writeRecord(
  chunk: Buffer,
  start: number,
  record: SampleRecord,
  names: Map<string, number>,
): number {
  const writer = createWriter(chunk, start, names)
  writer.bytes([0x2a, 0x2a, 0, 0, 0, 0, 0, 0])
  writer.long(record.id).long(0)
  const ticks = BigInt((record.time_ms ?? Date.UTC(2026, 10, 20)) + EPOCH_MS) * 10_000n
  writer.long(Number(ticks & 0xffff_ffffn)).long(Number(ticks >> 32n))
  writer.bytes([0x0f, 1, 1, 0, 0x0c, 1]).long(start)
  const values = writeTemplate(writer, record)
  writer.long(values.length)
  for (const { type, bytes } of values) writer.word(bytes.length).bytes([type, 0])
  for (const { bytes } of values) writer.bytes(bytes)
  const size = writer.at() + 4 - start
  writer.long(size)
  chunk.writeUInt32LE(size, start + 4)
  return size
}

function writeTemplate(writer: Writer, record: SampleRecord): readonly SampleValue[] {
  const offset = writer.at() + 4
  writer.long(offset).bytes(new Uint8Array(20)).long(0)
  const start = writer.at()
  const values: SampleValue[] = []
  const place = (value: SampleValue) => {
    values.push(value)
    return values.length - 1
  }
  writer.bytes([0x0f, 1, 1, 0])
  writer.element('Event', [], () => {
    writer.element('System', [], () => {
      writer.element('Provider', [['Name', 'Sample-Provider']])
      writer.element('EventID', [], () => writer.text(String(record.id)))
      writer.element('Channel', [], () => writer.text('Sample/Operational'))
      writer.element('Computer', [], () => writer.text('host & co'))
    })
    writer.element('EventData', [], () => {
      for (const [name, value] of Object.entries(record.data)) {
        writer.element('Data', [['Name', name]], () => writer.place(place(value), value.type))
      }
      for (const value of record.unnamed ?? []) {
        writer.element('Data', [], () => writer.place(place(value), value.type))
      }
    })
  })
  writer.bytes([0])
  writer.patch(start - 4, writer.at() - start)
  return values
}

interface Writer {
  at(): number
  bytes(values: Uint8Array | readonly number[]): Writer
  word(value: number): Writer
  long(value: number): Writer
  patch(at: number, value: number): void
  text(text: string): void
  place(index: number, type: number): void
  element(
    name: string,
    attributes: readonly (readonly [string, string])[],
    content?: () => void,
  ): void
}

function createWriter(chunk: Buffer, start: number, names: Map<string, number>): Writer {
  let at = start
  const writer: Writer = {
    at: () => at,
    bytes(values) {
      chunk.set(values, at)
      at += values.length
      return writer
    },
    word(value) {
      at = chunk.writeUInt16LE(value, at)
      return writer
    },
    long(value) {
      at = chunk.writeUInt32LE(value >>> 0, at)
      return writer
    },
    patch: (place, value) => chunk.writeUInt32LE(value, place),
    text(text) {
      writer.bytes([5, STRING]).word(text.length).bytes(Buffer.from(text, 'utf16le'))
    },
    place(index, type) {
      writer.bytes([0x0e]).word(index).bytes([type])
    },
    element(name, attributes, content) {
      writer
        .bytes([attributes.length > 0 ? 0x41 : 0x01])
        .word(0xffff)
        .long(0)
      writeName(name)
      if (attributes.length > 0) writer.long(0)
      for (const [key, value] of attributes) {
        writer.bytes([6])
        writeName(key)
        writer.text(value)
      }
      writer.bytes([content === undefined ? 3 : 2])
      content?.()
      if (content !== undefined) writer.bytes([4])
    },
  }

  function writeName(name: string): void {
    const known = names.get(name)
    writer.long(known ?? at + 4)
    if (known !== undefined) return
    names.set(name, at)
    let hash = 0
    for (const character of name) hash = (Math.imul(hash, 65_599) + character.charCodeAt(0)) >>> 0
    writer
      .long(0)
      .word(hash & 0xffff)
      .word(name.length)
    writer.bytes(Buffer.from(name, 'utf16le')).word(0)
  }
  return writer
}
