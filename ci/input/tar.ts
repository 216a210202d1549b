// Members of a tar archive as they stream by: POSIX (with its long names) and GNU's.
import type { Bytes } from './bytes.ts'
import { InputError } from './error.ts'

export const TAR_BLOCK_BYTES = 512
/** Longest header that holds a name, bytes. */
const NAME_BYTES_MAX = 64 * 1024

export interface TarMember {
  readonly name: string
  readonly chunks: AsyncGenerator<Bytes>
}

/** Whether a file that begins so is a tar archive. */
export function looksLikeTar(head: Uint8Array): boolean {
  if (head.length < TAR_BLOCK_BYTES) return false
  if (checksumOf(head) !== octal(head, 148, 8)) return false
  const magic = String.fromCharCode(...head.subarray(257, 262))
  // The oldest ones have no mark: a name, a number as mode, and nothing where later ones have theirs.
  return magic === 'ustar' || (head[0] !== 0 && head[257] === 0 && octal(head, 100, 8) >= 0)
}

/** The members that are files. A member not read to its end is passed over. Rejects `InputError`. */
export async function* tarMembers(
  path: string,
  chunks: AsyncGenerator<Bytes>,
): AsyncGenerator<TarMember> {
  const reader = byteReader(path, chunks)
  let longName: string | undefined
  for (;;) {
    const head = await reader.take(TAR_BLOCK_BYTES, true)
    if (head === undefined || head.every((byte) => byte === 0)) return
    if (checksumOf(head) !== octal(head, 148, 8)) throw new InputError(path, 'damaged tar header')
    const size = sizeOf(head)
    const padding = (TAR_BLOCK_BYTES - (size % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES
    const type = String.fromCharCode(head[156]!)
    if (type === 'L' || type === 'x') {
      if (size > NAME_BYTES_MAX) throw new InputError(path, 'tar header too long')
      const text = new TextDecoder().decode(await reader.take(size, false))
      longName = type === 'L' ? text.replace(/\0.*$/s, '') : (paxPath(text) ?? longName)
      await reader.skip(padding)
      continue
    }
    const body = reader.body(size)
    if (type === '0' || type === '\0' || type === '7') {
      yield { name: longName ?? nameOf(head), chunks: body.chunks }
    }
    longName = undefined
    await reader.skip(body.left() + padding)
  }
}

/** `29 path=a/long/name` lines of a POSIX extended header. */
function paxPath(text: string): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)/.exec(text)?.[1]
}

function nameOf(head: Uint8Array): string {
  const name = textAt(head, 0, 100)
  const prefix = textAt(head, 345, 155)
  return prefix === '' ? name : `${prefix}/${name}`
}

function textAt(head: Uint8Array, start: number, length: number): string {
  const bytes = head.subarray(start, start + length)
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end))
}

function octal(head: Uint8Array, start: number, length: number): number {
  const text = textAt(head, start, length).trim()
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : -1
}

/** Octal text, or a binary number where the first bit is set. */
function sizeOf(head: Uint8Array): number {
  if ((head[124]! & 0x80) === 0) return Math.max(octal(head, 124, 12), 0)
  let size = 0
  for (let at = 128; at < 136; at++) size = size * 256 + head[at]!
  return size
}

/** Sum of the header's bytes with the checksum itself as blanks. */
function checksumOf(head: Uint8Array): number {
  let sum = 8 * 0x20
  for (let at = 0; at < TAR_BLOCK_BYTES; at++) if (at < 148 || at >= 156) sum += head[at]!
  return sum
}

function byteReader(path: string, chunks: AsyncGenerator<Bytes>) {
  let open: Bytes = new Uint8Array(0)

  async function fill(): Promise<boolean> {
    while (open.length === 0) {
      const next = await chunks.next()
      if (next.done === true) return false
      open = next.value
    }
    return true
  }

  /** At most `count` bytes of what is at hand. */
  async function some(count: number): Promise<Bytes> {
    if (!(await fill())) throw new InputError(path, 'truncated tar')
    const part = open.subarray(0, count)
    open = open.subarray(part.length)
    return part
  }

  return {
    /** Exactly `count` bytes; undefined at the end where that is allowed. */
    async take(count: number, mayEnd: boolean): Promise<Bytes | undefined> {
      if (mayEnd && !(await fill())) return undefined
      const parts: Bytes[] = []
      for (let left = count; left > 0; ) {
        const part = await some(left)
        parts.push(part)
        left -= part.length
      }
      return Buffer.concat(parts)
    },
    async skip(count: number): Promise<void> {
      for (let left = count; left > 0; ) left -= (await some(left)).length
    },
    body(size: number) {
      let left = size
      async function* read(): AsyncGenerator<Bytes> {
        while (left > 0) {
          const part = await some(left)
          left -= part.length
          yield part
        }
      }
      return { chunks: read(), left: () => left }
    },
  }
}
