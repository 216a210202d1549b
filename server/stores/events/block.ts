// Blocks: up to 256 event lines (or 1 MiB of them), newline between, zstd. A small block may stand
// uncompressed; readers need not care, a zstd frame never begins with the `{` of a line.

/** A block closes at this many events or bytes of text, whichever comes first. */
export const BLOCK_EVENTS_MAX = 256
export const BLOCK_BYTES_MAX = 1_048_576

/** Below this compressing costs more than it saves, bytes. */
const PACK_BYTES_MIN = 512
/** Level 1 [measured, 500 B lines]: 0.74 us and 68 B an event; level 3 1.0 us and 72 B. */
const ZSTD_LEVEL = 1
const NEWLINE = 0x0a
const OPENING_BRACE = 0x7b

const UTF8_BYTES_PER_UNIT_MAX = 3

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Texts are encoded here before they are compressed: fresh pages cost more than the encoding. */
let scratch = new Uint8Array(BLOCK_BYTES_MAX)

/** `text` as UTF-8, `ahead` bytes behind the start of a buffer that the next call uses again. */
export function encodeScratch(text: string, ahead = 0): Uint8Array<ArrayBuffer> {
  const most = ahead + text.length * UTF8_BYTES_PER_UNIT_MAX
  if (most > scratch.length) scratch = new Uint8Array(most)
  const room = ahead === 0 ? scratch : scratch.subarray(ahead)
  return scratch.subarray(0, ahead + encoder.encodeInto(text, room).written)
}

/** Compresses a blob of the store. */
export function pack(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return Bun.zstdCompressSync(bytes, { level: ZSTD_LEVEL }) as Uint8Array<ArrayBuffer>
}

/** What `pack` compressed. Throws on damaged data. */
export function unpack(data: Uint8Array): Uint8Array<ArrayBuffer> {
  return Bun.zstdDecompressSync(data as Uint8Array<ArrayBuffer>) as Uint8Array<ArrayBuffer>
}

/** The stored form of lines already joined by newlines, and their bytes as text. */
export function encodeBlock(text: string): {
  readonly bytes: number
  readonly data: Uint8Array<ArrayBuffer>
} {
  return packBlock(encodeScratch(text))
}

/** As `encodeBlock`, of text that is UTF-8 already. */
export function packBlock(text: Uint8Array<ArrayBuffer>): {
  readonly bytes: number
  readonly data: Uint8Array<ArrayBuffer>
} {
  const data = text.length < PACK_BYTES_MIN ? new Uint8Array(text) : pack(text)
  return { bytes: text.length, data }
}

/** The lines of a stored block as bytes, one newline between two lines and none at the end. */
export function readBlock(data: Uint8Array): Uint8Array {
  return data[0] === OPENING_BRACE ? data : unpack(data)
}

/** `readBlock` on another thread, to unpack several at the same time. Throws on damaged data. */
export async function readBlockLater(data: Uint8Array): Promise<Uint8Array> {
  return data[0] === OPENING_BRACE ? data : Bun.zstdDecompress(data as Uint8Array<ArrayBuffer>)
}

/** Where each line of `readBlock`'s bytes starts; one entry more than lines, the last past the end. */
export function lineOffsets(bytes: Uint8Array): number[] {
  const offsets = [0]
  let at = bytes.indexOf(NEWLINE)
  while (at >= 0) {
    offsets.push(at + 1)
    at = bytes.indexOf(NEWLINE, at + 1)
  }
  offsets.push(bytes.length + 1)
  return offsets
}

/** The text of line `n`, by `lineOffsets`. */
export function lineAt(bytes: Uint8Array, offsets: readonly number[], n: number): string {
  return decoder.decode(bytes.subarray(offsets[n]!, offsets[n + 1]! - 1))
}

/** The text of a stored block: its lines joined by newlines. */
export function blockText(data: Uint8Array): string {
  return decoder.decode(readBlock(data))
}

/** All lines of a stored block. */
export function blockLines(data: Uint8Array): string[] {
  return blockText(data).split('\n')
}
