// Members of a zip archive by its central directory: stored, deflated or zstd, also zip64.
import { crc32 } from 'node:zlib'
import { type Bytes, inflated } from './bytes.ts'
import { InputError } from './error.ts'

const END_BYTES = 22
const COMMENT_BYTES_MAX = 65_535
const END_MARK = 0x0605_4b50
const END64_MARK = 0x0606_4b50
const LOCATOR64_MARK = 0x0706_4b50
const LOCATOR64_BYTES = 20
const ENTRY_MARK = 0x0201_4b50
const ENTRY_BYTES = 46
const LOCAL_MARK = 0x0403_4b50
const LOCAL_BYTES = 30
/** Largest central directory, bytes: about a million members. */
const DIRECTORY_BYTES_MAX = 64 * 1024 * 1024
const READ_BYTES = 256 * 1024
const FULL_32 = 0xffff_ffff
/** Every Office document has this part. */
const OFFICE_PART = '[Content_Types].xml'
const METHODS: Readonly<Record<number, 'deflate-raw' | 'zstd'>> = { 8: 'deflate-raw', 93: 'zstd' }

/** Bytes at any place. */
export interface RandomAccess {
  readonly size: number
  read(start: number, end: number): Promise<Buffer>
}

export interface ZipMember {
  readonly name: string
  /** Rejects `InputError` for what is encrypted, damaged or compressed in an unknown way. */
  readonly chunks: AsyncGenerator<Bytes>
}

interface Entry {
  readonly name: string
  readonly method: number
  readonly isEncrypted: boolean
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly offset: number
}

/** Whether a file that begins so is a zip archive. */
export function looksLikeZip(head: Uint8Array): boolean {
  const known = head[0] === 0x50 && head[1] === 0x4b
  return known && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6))
}

/** The members that are files, in the order of the directory. Rejects `InputError`. */
export async function* zipMembers(path: string, file: RandomAccess): AsyncGenerator<ZipMember> {
  const entries = await readDirectory(path, file)
  if (entries.some(({ name }) => name === OFFICE_PART)) {
    throw new InputError(path, 'is an Office document: export it as CSV')
  }
  for (const entry of entries) {
    if (entry.name.endsWith('/')) continue
    yield { name: entry.name, chunks: contentOf(`${path}/${entry.name}`, file, entry) }
  }
}

async function readDirectory(path: string, file: RandomAccess): Promise<readonly Entry[]> {
  const start = Math.max(0, file.size - END_BYTES - COMMENT_BYTES_MAX)
  const tail = await file.read(start, file.size)
  let end = tail.length - END_BYTES
  while (end >= 0 && tail.readUInt32LE(end) !== END_MARK) end--
  if (end < 0) throw new InputError(path, 'truncated zip: it has no directory')
  let size = tail.readUInt32LE(end + 12)
  let offset = tail.readUInt32LE(end + 16)
  const at = end - LOCATOR64_BYTES
  if (at >= 0 && tail.readUInt32LE(at) === LOCATOR64_MARK) {
    const place = Number(tail.readBigUInt64LE(at + 8))
    const end64 = await file.read(place, place + 56)
    if (end64.length < 56 || end64.readUInt32LE(0) !== END64_MARK) {
      throw new InputError(path, 'damaged zip directory')
    }
    size = Number(end64.readBigUInt64LE(40))
    offset = Number(end64.readBigUInt64LE(48))
  }
  if (size > DIRECTORY_BYTES_MAX || offset + size > file.size) {
    throw new InputError(path, 'damaged zip directory')
  }
  return readEntries(path, await file.read(offset, offset + size))
}

function readEntries(path: string, directory: Buffer): readonly Entry[] {
  const entries: Entry[] = []
  let at = 0
  while (at + ENTRY_BYTES <= directory.length && directory.readUInt32LE(at) === ENTRY_MARK) {
    const nameEnd = at + ENTRY_BYTES + directory.readUInt16LE(at + 28)
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30)
    const next = extraEnd + directory.readUInt16LE(at + 32)
    if (next > directory.length) throw new InputError(path, 'damaged zip directory')
    const sizes = [24, 20, 42].map((place) => directory.readUInt32LE(at + place))
    const [size, packed, offset] = fullSizes(sizes, directory.subarray(nameEnd, extraEnd))
    entries.push({
      name: directory.toString('utf8', at + ENTRY_BYTES, nameEnd),
      method: directory.readUInt16LE(at + 10),
      isEncrypted: (directory.readUInt16LE(at + 8) & 1) !== 0,
      crc: directory.readUInt32LE(at + 16),
      size: size!,
      packed: packed!,
      offset: offset!,
    })
    at = next
  }
  return entries
}

/** Sizes that do not fit 32 bits stand in the extra field of zip64, in order. */
function fullSizes(sizes: readonly number[], extra: Buffer): readonly number[] {
  let at = 0
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== 1) {
    at += 4 + extra.readUInt16LE(at + 2)
  }
  let place = at + 4
  return sizes.map((size) => {
    if (size !== FULL_32 || place + 8 > extra.length) return size
    place += 8
    return Number(extra.readBigUInt64LE(place - 8))
  })
}

async function* contentOf(path: string, file: RandomAccess, entry: Entry): AsyncGenerator<Bytes> {
  const method = METHODS[entry.method]
  if (entry.isEncrypted) throw new InputError(path, 'is encrypted')
  if (entry.method !== 0 && method === undefined) {
    throw new InputError(path, `compressed by method ${entry.method}, which is not known here`)
  }
  const local = await file.read(entry.offset, entry.offset + LOCAL_BYTES)
  if (local.length < LOCAL_BYTES || local.readUInt32LE(0) !== LOCAL_MARK) {
    throw new InputError(path, 'damaged zip: its content is not where the directory says')
  }
  const start = entry.offset + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28)
  const packed = slices(file, start, start + entry.packed)
  let sum = 0
  for await (const chunk of method === undefined ? packed : inflated(path, packed, method)) {
    sum = crc32(chunk, sum)
    yield chunk
  }
  if (sum !== entry.crc) throw new InputError(path, 'damaged zip: wrong checksum')
}

async function* slices(file: RandomAccess, start: number, end: number): AsyncGenerator<Bytes> {
  for (let at = start; at < end; at += READ_BYTES) {
    const part = await file.read(at, Math.min(at + READ_BYTES, end))
    if (part.length === 0) return
    yield new Uint8Array(part)
  }
}
