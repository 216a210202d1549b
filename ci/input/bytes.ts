// The bytes of files and of standard input, decompressed where they are gzip or zstd. Nothing is held but
// the chunk at hand; what inflates beyond reason is refused.
import { closeSync, openSync, readSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { constants, createGunzip } from 'node:zlib'
import { InputError } from './error.ts'

/** What commands call standard input. */
export const STDIN = '-'

export type Bytes = Uint8Array<ArrayBuffer>
export type Compression = 'gzip' | 'zstd' | 'deflate-raw'

/** Decompressed bytes that are never refused; beyond them the ratio counts. */
export const INFLATED_FREE_BYTES = 256 * 1024 * 1024
/** Decompressed bytes for one compressed byte, at most. Logs reach some 20 to 100. */
export const INFLATED_RATIO_MAX = 250

/** The bytes of `path` (`-` is standard input) as they are. Rejects `InputError` for a missing or unreadable file. */
export async function* fileBytes(
  path: string,
  onBytes?: (count: number) => void,
): AsyncGenerator<Bytes> {
  const source = path === STDIN ? Bun.stdin.stream() : await fileStream(path)
  for await (const chunk of chunksOf(path, source)) {
    onBytes?.(chunk.length)
    yield chunk
  }
}

/** Of a file that is read into the same memory again and again. */
const REUSED_BYTES = 256 * 1024

/**
 * The bytes of a regular file, for readers that are done with a chunk before they ask for the next one: all chunks lie
 * in the same memory. Throws `InputError` where the file cannot be read.
 */
export function* reusedFileBytes(path: string): Generator<Bytes> {
  const chunk = new Uint8Array(REUSED_BYTES)
  const file = attempt(path, () => openSync(path, 'r'))
  try {
    for (;;) {
      const size = attempt(path, () => readSync(file, chunk, 0, chunk.length, null))
      if (size === 0) return
      yield size === chunk.length ? chunk : chunk.subarray(0, size)
    }
  } finally {
    closeSync(file)
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw new InputError(path, error instanceof Error ? error.message : String(error), {
      cause: error,
    })
  }
}

async function fileStream(path: string): Promise<ReadableStream<Bytes>> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(path, error.code === 'ENOENT' ? 'no such file' : error.message)
  })
  if (found.isDirectory()) throw new InputError(path, 'is a folder')
  return Bun.file(path).stream() as ReadableStream<Bytes>
}

/** The chunks of a stream, its errors with the file's name and what is probably wrong. */
async function* chunksOf(
  path: string,
  stream: AsyncIterable<Bytes>,
  compression?: Compression,
): AsyncGenerator<Bytes> {
  try {
    for await (const chunk of stream) yield chunk
  } catch (error) {
    if (error instanceof InputError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new InputError(path, reason(message, compression), { cause: error })
  }
}

function reason(message: string, compression: Compression | undefined): string {
  if (compression === undefined) return message
  if (message.includes('end of file'))
    return `truncated ${compression}: only its beginning was read`
  return `damaged ${compression}, or data after its end (${message})`
}

/** At least the first bytes wanted, as far as there are any, and all chunks. */
export async function peek(
  chunks: AsyncGenerator<Bytes>,
  wanted: number,
): Promise<{ readonly head: Bytes; readonly chunks: AsyncGenerator<Bytes> }> {
  const parts: Bytes[] = []
  let size = 0
  while (size < wanted) {
    const next = await chunks.next()
    if (next.done === true) break
    parts.push(next.value)
    size += next.value.length
  }
  const head = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  async function* all(): AsyncGenerator<Bytes> {
    try {
      if (head.length > 0) yield head
      yield* chunks
    } finally {
      await chunks.return(undefined)
    }
  }
  return { head, chunks: all() }
}

/** Closes what peeked chunks come from. A generator ends what is inside it only once it has begun. */
export async function giveUp(chunks: AsyncGenerator<Bytes>): Promise<void> {
  await chunks.next()
  await chunks.return(undefined)
}

/** The compression that a file's first bytes say. */
export function compressionOf(head: Bytes): Compression | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  const zstd = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd
  // Frames to be skipped, as parallel compressors write first.
  const skippable =
    (head[0]! & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18
  return zstd || skippable ? 'zstd' : undefined
}

/** Decompresses. Rejects `InputError` for damage, and for what inflates beyond `INFLATED_RATIO_MAX`. */
export async function* inflated(
  path: string,
  chunks: AsyncGenerator<Bytes>,
  compression: Compression,
): AsyncGenerator<Bytes> {
  let taken = 0
  let given = 0
  async function* counted(): AsyncGenerator<Bytes> {
    for await (const chunk of chunks) {
      taken += chunk.length
      yield chunk
    }
  }
  const stream = compression === 'gzip' ? gunzipped(counted()) : piped(counted(), compression)
  for await (const chunk of chunksOf(path, stream, compression)) {
    given += chunk.length
    if (given > INFLATED_FREE_BYTES && given > taken * INFLATED_RATIO_MAX) {
      throw new InputError(
        path,
        `more than ${INFLATED_RATIO_MAX} bytes out of each compressed one: not read further`,
      )
    }
    yield chunk
  }
}

/** One member after another, whatever padding follows. What came before damage is given out first. */
function gunzipped(chunks: AsyncGenerator<Bytes>): AsyncIterable<Bytes> {
  const gunzip = createGunzip({ flush: constants.Z_SYNC_FLUSH, chunkSize: GUNZIP_BYTES })
  // Errors come out of the iteration below.
  pipeline(Readable.from(chunks, { highWaterMark: 1 }), gunzip, () => undefined)
  return gunzip as AsyncIterable<Bytes>
}

const GUNZIP_BYTES = 64 * 1024

function piped(chunks: AsyncGenerator<Bytes>, compression: Compression): AsyncIterable<Bytes> {
  const source = new ReadableStream<Bytes>({
    async pull(controller) {
      const next = await chunks.next()
      if (next.done === true) controller.close()
      else controller.enqueue(next.value)
    },
    async cancel() {
      await chunks.return(undefined)
    },
  })
  // Bun knows zstd; the DOM's type does not.
  return source.pipeThrough(new DecompressionStream(compression as CompressionFormat))
}
