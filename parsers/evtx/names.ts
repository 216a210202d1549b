// Names of elements and attributes: strings of the chunk that are stored once and referred to by offset.
import { damaged } from './error.ts'
import type { ChunkBytes, Name } from './nodes.ts'
import { utf16Text } from './utf16.ts'

/** Offset of the next name of this hash (4), hash (2), length (2). */
const HEAD_BYTES = 8

/** The name stored at `offset` of the chunk. Throws where there can be none. */
export function nameAt(chunk: ChunkBytes, offset: number): Name {
  const known = chunk.names.get(offset)
  if (known !== undefined) return known
  const name = readName(chunk.bytes, offset)
  if (name === undefined) throw damaged(`no name at offset ${offset} of the chunk`)
  chunk.names.set(offset, name)
  return name
}

/** The name at `offset`, or undefined where the bytes are none. */
export function readName(bytes: Buffer, offset: number): Name | undefined {
  if (offset + HEAD_BYTES > bytes.length) return undefined
  const hash = bytes.readUInt16LE(offset + 4)
  const end = offset + HEAD_BYTES + 2 * bytes.readUInt16LE(offset + 6)
  if (end + 2 > bytes.length || bytes.readUInt16LE(end) !== 0) return undefined
  const text = utf16Text(bytes, offset + HEAD_BYTES, end)
  return { text, size: end + 2 - offset, sure: hash === hashOf(text) }
}

/** The lower half of the hash that the event log service keeps names by. */
function hashOf(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) {
    hash = (Math.imul(hash, 65_599) + text.charCodeAt(index)) >>> 0
  }
  return hash & 0xffff
}
