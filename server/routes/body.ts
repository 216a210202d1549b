// Request bodies with limits: on what arrives and on what it inflates to. `Content-Length` and the sender's
// word are never enough, so the bytes are counted as they come.
import { HTTPException } from 'hono/http-exception'
import { ServiceError } from '../services/service-error.ts'

/** Largest JSON body of an API call, bytes. */
export const BODY_MAX_BYTES = 1024 * 1024
/** Largest ingest body as sent, bytes (I11). */
export const INGEST_BODY_MAX_BYTES = 32 * 1024 * 1024
/** Largest ingest body after inflating, bytes (I11). */
export const INGEST_INFLATED_MAX_BYTES = 256 * 1024 * 1024

/** `Content-Encoding`s that are understood, by the name that DecompressionStream knows. */
const ENCODINGS: Readonly<Record<string, 'gzip' | 'zstd'>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  zstd: 'zstd',
}

/** The whole body, or `too-large`. */
export async function readLimited(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = request.headers.get('content-length')
  if (declared !== null) {
    if (Number(declared) > maxBytes) throw tooLarge(maxBytes, 'body')
    return whole(await request.bytes())
  }
  return request.body === null ? new Uint8Array() : collect(request.body, maxBytes, 'body')
}

/** An ingest body, inflated. 413 over a limit, 415 for an unknown encoding, 400 for a broken stream. */
export async function readIngestBody(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? ''
  const sent = await readLimited(request, INGEST_BODY_MAX_BYTES)
  if (encoding === '' || encoding === 'identity') return sent
  const format = ENCODINGS[encoding]
  if (format === undefined) {
    throw new HTTPException(415, { message: `Content-Encoding ${encoding}: gzip, zstd or none` })
  }
  const inflated = new Blob([sent])
    .stream()
    .pipeThrough(new DecompressionStream(format as CompressionFormat))
  try {
    return await collect(inflated, INGEST_INFLATED_MAX_BYTES, 'inflated body')
  } catch (error) {
    if (error instanceof ServiceError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new ServiceError('invalid', `the ${format} body cannot be read: ${why}`)
  }
}

async function collect(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
  what: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > maxBytes) {
      await reader.cancel()
      throw tooLarge(maxBytes, what)
    }
    chunks.push(value)
  }
  const all = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

/** The same bytes as the whole of their buffer, so that they can move to a worker without a copy. */
function whole(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()
}

function tooLarge(maxBytes: number, what: string): ServiceError {
  return new ServiceError('too-large', `the ${what} is over ${maxBytes} bytes`)
}
