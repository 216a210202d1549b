// The bytes of a file or of standard input, decompressed where they are gzip or zstd. Nothing is held but
// the chunk at hand.
import { stat } from 'node:fs/promises'
import { InputError } from './error.ts'

/** What commands call standard input. */
export const STDIN = '-'

type Compression = 'gzip' | 'zstd'
type Bytes = Uint8Array<ArrayBuffer>

/** Opens `path` (`-` is standard input); `onBytes` hears what was read from it. Rejects `InputError` for a missing, unreadable or damaged file. */
export async function* readBytes(
  path: string,
  onBytes?: (count: number) => void,
): AsyncGenerator<Bytes> {
  const source = path === STDIN ? Bun.stdin.stream() : await fileStream(path)
  const opened = await peek(counted(chunksOf(path, source), onBytes))
  const compression = compressionOf(opened.head)
  if (compression === undefined) {
    yield* opened.chunks
    return
  }
  const inner = await peek(chunksOf(path, decompress(opened.chunks, compression), compression))
  if (compressionOf(inner.head) !== undefined) {
    throw new InputError(path, `compressed twice: decompress it once, then read that`)
  }
  yield* inner.chunks
}

async function fileStream(path: string): Promise<ReadableStream<Bytes>> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(path, error.code === 'ENOENT' ? 'no such file' : error.message)
  })
  if (found.isDirectory()) throw new InputError(path, 'is a folder')
  return Bun.file(path).stream() as ReadableStream<Bytes>
}

async function* counted(
  chunks: AsyncGenerator<Bytes>,
  onBytes: ((count: number) => void) | undefined,
): AsyncGenerator<Bytes> {
  for await (const chunk of chunks) {
    onBytes?.(chunk.length)
    yield chunk
  }
}

/** The chunks of a stream, its errors with the file's name and what is probably wrong. */
async function* chunksOf(
  path: string,
  stream: ReadableStream<Bytes>,
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
  if (message.includes('end of file')) return `truncated ${compression}`
  return `damaged ${compression}, or data after its end (${message})`
}

/** At least the first bytes wanted, as far as there are any, and all chunks. */
export async function peek(
  chunks: AsyncGenerator<Bytes>,
  wanted = MAGIC_BYTES,
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
    if (head.length > 0) yield head
    yield* chunks
  }
  return { head, chunks: all() }
}

const MAGIC_BYTES = 4

function compressionOf(head: Bytes): Compression | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  const zstd = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd
  return zstd ? 'zstd' : undefined
}

function decompress(chunks: AsyncGenerator<Bytes>, format: Compression): ReadableStream<Bytes> {
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
  return source.pipeThrough(new DecompressionStream(format as CompressionFormat))
}
