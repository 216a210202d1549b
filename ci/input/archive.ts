// What a file holds: itself, or the members of the archive that it is, also of archives in archives. What is
// compressed is read decompressed.
import { open, stat } from 'node:fs/promises'
import {
  type Bytes,
  compressionOf,
  fileBytes,
  giveUp,
  INFLATED_FREE_BYTES,
  INFLATED_RATIO_MAX,
  inflated,
  peek,
  STDIN,
} from './bytes.ts'
import { InputError, tellFailure } from './error.ts'
import { looksLikeTar, TAR_BLOCK_BYTES, tarMembers } from './tar.ts'
import { looksLikeZip, type RandomAccess, zipMembers } from './zip.ts'

/** Archives and compressions inside each other, at most. */
const ARCHIVE_DEPTH_MAX = 4
/** Members of one file, those of archives in it counted. */
const ARCHIVE_MEMBERS_MAX = 100_000
/** Largest zip inside another archive, bytes: it is held in memory. */
const INNER_ZIP_BYTES_MAX = 256 * 1024 * 1024
/** Enough of standard input to tell formats apart without waiting for more. */
const STDIN_HEAD_BYTES = 8

/** One readable thing. */
export interface Member {
  /** `logs.zip/a/security.evtx`; the file's own name where it is no archive. */
  readonly name: string
  /** Whether it was inside an archive. */
  readonly isInner: boolean
  /** The file itself, where the member is a regular file and no part of one. */
  readonly path: string | undefined
  readonly head: Bytes
  readonly chunks: AsyncGenerator<Bytes>
}

interface Source {
  readonly name: string
  readonly isInner: boolean
  readonly chunks: AsyncGenerator<Bytes>
  /** The file itself, where the source is one on disk. */
  readonly path?: string
}

interface State {
  members: number
  /** Bytes taken from the file, and given out of it. */
  taken: number
  given: number
  readonly onBytes: (count: number) => void
  readonly onFailure: ((error: InputError) => void) | undefined
}

export interface OpenOptions {
  /** Hears how many bytes were read from the file, before decompression. */
  readonly onBytes?: ((count: number) => void) | undefined
  /** Hears which member of an archive cannot be opened; the others follow. Without it the first one ends all. */
  readonly onFailure?: ((error: InputError) => void) | undefined
}

/** Opens a file. Each member must be read, or given up, before the next one. Rejects `InputError`. */
export async function* openMembers(
  path: string,
  { onBytes, onFailure }: OpenOptions = {},
): AsyncGenerator<Member> {
  const state: State = {
    members: 0,
    taken: 0,
    given: 0,
    onFailure,
    onBytes(count) {
      state.taken += count
      onBytes?.(count)
    },
  }
  const source = { name: path, isInner: false, chunks: fileBytes(path, state.onBytes), path }
  yield* unpack(source, 0, state)
}

/** What is given out of archives in archives must stay in proportion to the file, too. */
async function* inProportion(
  name: string,
  chunks: AsyncGenerator<Bytes>,
  state: State,
): AsyncGenerator<Bytes> {
  for await (const chunk of chunks) {
    state.given += chunk.length
    if (state.given > INFLATED_FREE_BYTES && state.given > state.taken * INFLATED_RATIO_MAX) {
      throw new InputError(
        name,
        `more than ${INFLATED_RATIO_MAX} bytes out of each byte of the file: not read further`,
        { isFinal: true },
      )
    }
    yield chunk
  }
}

async function* unpack(source: Source, depth: number, state: State): AsyncGenerator<Member> {
  const { name } = source
  const wanted = source.path === STDIN ? STDIN_HEAD_BYTES : TAR_BLOCK_BYTES
  const { head, chunks } = await peek(source.chunks, wanted)
  const compression = compressionOf(head)
  const isTar = looksLikeTar(head)
  const isZip = looksLikeZip(head)
  if (compression === undefined && !isTar && !isZip) {
    state.members++
    if (state.members > ARCHIVE_MEMBERS_MAX) {
      const reason = `more than ${ARCHIVE_MEMBERS_MAX} files in one archive`
      throw new InputError(name, reason, { isFinal: true })
    }
    const { isInner } = source
    const path = await regularFile(source.path)
    yield { name, isInner, path, head, chunks: inProportion(name, chunks, state) }
  } else if (depth >= ARCHIVE_DEPTH_MAX) {
    throw new InputError(name, `archives nested deeper than ${ARCHIVE_DEPTH_MAX}`)
  } else if (compression !== undefined) {
    const inner = inflated(name, chunks, compression)
    yield* unpack({ name, isInner: source.isInner, chunks: inner }, depth + 1, state)
  } else {
    const members = isTar ? tarMembers(name, chunks) : await openZip(source, chunks, state)
    for await (const member of members) {
      const inner = { name: `${name}/${member.name}`, isInner: true, chunks: member.chunks }
      yield* unpackMember(inner, depth + 1, state)
    }
  }
}

/** A member that cannot be opened does not keep the others from being read. */
async function* unpackMember(source: Source, depth: number, state: State): AsyncGenerator<Member> {
  try {
    yield* unpack(source, depth, state)
  } catch (error) {
    tellFailure(error, state.onFailure)
  }
}

/** The path where there is a regular file, which can be read a second time. */
async function regularFile(path: string | undefined): Promise<string | undefined> {
  if (path === undefined || path === STDIN) return undefined
  return (await stat(path)).isFile() ? path : undefined
}

async function openZip(source: Source, chunks: AsyncGenerator<Bytes>, state: State) {
  const { name, path } = source
  if (path === undefined || path === STDIN) return zipMembers(name, await inMemory(name, chunks))
  await giveUp(chunks)
  return zipMembers(name, await onDisk(path, state.onBytes))
}

async function inMemory(name: string, chunks: AsyncGenerator<Bytes>): Promise<RandomAccess> {
  const parts: Bytes[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > INNER_ZIP_BYTES_MAX) {
      throw new InputError(name, `a zip of more than ${INNER_ZIP_BYTES_MAX} bytes in an archive`)
    }
    parts.push(chunk)
  }
  const bytes = Buffer.concat(parts)
  return { size, read: async (start, end) => bytes.subarray(start, end) }
}

async function onDisk(path: string, onBytes: (count: number) => void): Promise<RandomAccess> {
  const size = Bun.file(path).size
  return {
    size,
    async read(start, end) {
      const file = await open(path)
      try {
        const length = Math.max(Math.min(end, size) - start, 0)
        const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, start)
        onBytes(bytesRead)
        return buffer.subarray(0, bytesRead)
      } finally {
        await file.close()
      }
    },
  }
}
