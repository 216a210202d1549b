// Follows one log file and sends its lines. The position is saved before a batch goes out and after it is
// stored, and the batch's key comes from file and offsets: whatever happens in between, every line is
// stored once. Renaming, replacing and truncating (`copytruncate`) are followed.
import { sha256 } from '../../ci/input/sha256.ts'
import { type SendOptions, sendBatch, sleep, type Target } from '../../ci/send/client.ts'
import { toEvents } from './lines.ts'
import {
  beginsAs,
  fingerprintOf,
  generations,
  isShort,
  type LogFile,
  openLog,
  readAt,
  wasReplaced,
} from './log-file.ts'
import { type Fingerprint, type Position, readPosition, savePosition } from './position.ts'

/** One read of the file, bytes: also the longest line that is sent in one piece. */
export const READ_BYTES = 1024 * 1024

export interface TailOptions {
  readonly path: string
  readonly statePath: string
  readonly target: Target
  /** Label that goes with each line, where the target's source names the parser. */
  readonly label?: string | undefined
  /** Pause between looks at a quiet file, milliseconds. */
  readonly poll_ms: number
  /** Without a position: begin at the end of the file. */
  readonly fromEnd?: boolean | undefined
  /** Stop at the end of the file instead of waiting for more. */
  readonly once?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  readonly log: (text: string) => void
}

/** What is being read. */
interface Reader {
  readonly file: LogFile
  fingerprint: Fingerprint
  offset: number
  pendingEnd: number | undefined
  /** Looks at the end of a replaced file: a writer may still have it open. */
  quietLooks: number
}

/** Looks without news before a replaced file counts as finished. */
const QUIET_LOOKS = 2

/** Follows the file until `signal` or, with `once`, its end. Rejects when the server refuses for good. */
export async function tail(options: TailOptions): Promise<void> {
  let reader = await resume(options)
  try {
    while (options.signal?.aborted !== true) {
      reader ??= await begin(options)
      const sent: boolean = reader !== undefined && (await sendNext(reader, options))
      if (sent) continue
      if (reader !== undefined && (await isFinished(reader, options.path))) {
        await sendRest(reader, options)
        await reader.file.handle.close()
        reader = await next(reader, options)
        continue
      }
      if (options.once === true) {
        if (reader !== undefined) await sendRest(reader, options)
        return
      }
      await sleep(options.poll_ms, options.signal)
    }
  } catch (error) {
    if (options.signal?.aborted !== true) throw error
  } finally {
    await reader?.file.handle.close()
  }
}

/** The file that the saved position is in, under whatever name it has now. */
async function resume(options: TailOptions): Promise<Reader | undefined> {
  const saved = await readPosition(options.statePath)
  if (saved === undefined) return options.fromEnd === true ? beginAtEnd(options) : undefined
  for (const path of await generations(options.path)) {
    const file = await openLog(path)
    if (file === undefined) continue
    const same = file.inode === saved.inode && file.device === saved.device
    if (same && (await beginsAs(file, saved.fingerprint))) return readerOf(file, saved)
    await file.handle.close()
  }
  options.log(`${options.path}: the file read last is gone, starting with the present one`)
  return undefined
}

function readerOf(file: LogFile, saved: Position): Reader {
  const { fingerprint, offset, pendingEnd } = saved
  return { file, fingerprint, offset, pendingEnd, quietLooks: 0 }
}

async function begin(options: TailOptions): Promise<Reader | undefined> {
  const file = await openLog(options.path)
  if (file === undefined) return undefined
  const fingerprint = await fingerprintOf(file)
  return { file, fingerprint, offset: 0, pendingEnd: undefined, quietLooks: 0 }
}

async function beginAtEnd(options: TailOptions): Promise<Reader | undefined> {
  const reader = await begin(options)
  if (reader === undefined) return undefined
  reader.offset = (await reader.file.handle.stat()).size
  await save(reader, options)
  return reader
}

/** The generation after a finished one; several when it was rotated more than once. */
async function next(finished: Reader, options: TailOptions): Promise<Reader | undefined> {
  const { inode, device } = finished.file
  let found = false
  for (const path of await generations(options.path)) {
    const file = await openLog(path)
    if (file === undefined) continue
    if (found) {
      const fingerprint = await fingerprintOf(file)
      const reader = { file, fingerprint, offset: 0, pendingEnd: undefined, quietLooks: 0 }
      await save(reader, options)
      return reader
    }
    found = file.inode === inode && file.device === device
    await file.handle.close()
  }
  return undefined
}

/** Sends the next whole lines. False when there is nothing to send yet. */
async function sendNext(reader: Reader, options: TailOptions): Promise<boolean> {
  await noticeTruncation(reader, options)
  const { pendingEnd, offset } = reader
  if (pendingEnd !== undefined) {
    await deliver(reader, await readAt(reader.file, offset, pendingEnd - offset), options)
    return true
  }
  const chunk = await readAt(reader.file, offset, READ_BYTES)
  const end = chunk.lastIndexOf(0x0a) + 1
  if (end === 0 && chunk.length < READ_BYTES) return false
  if (end === 0)
    options.log(`${reader.file.path}: a line of over ${READ_BYTES} bytes goes in pieces`)
  await deliver(reader, end === 0 ? chunk : chunk.subarray(0, end), options)
  return true
}

/** What a finished file has behind its last newline. */
async function sendRest(reader: Reader, options: TailOptions): Promise<void> {
  const rest = await readAt(reader.file, reader.offset, READ_BYTES)
  if (rest.length > 0) await deliver(reader, rest, options)
}

async function deliver(reader: Reader, bytes: Buffer, options: TailOptions): Promise<void> {
  const { file, offset } = reader
  const end = offset + bytes.length
  reader.quietLooks = 0
  if (isShort(reader.fingerprint)) reader.fingerprint = await fingerprintOf(file)
  reader.pendingEnd = end
  await save(reader, options)
  const body = toEvents(bytes, options.label)
  if (body !== '') {
    const key = `tail-${sha256(`${file.device}:${file.inode}:${offset}:${end}:${sha256(body)}`)}`
    await sendBatch(options.target, body, key, sendOptions(options))
  }
  reader.offset = end
  reader.pendingEnd = undefined
  await save(reader, options)
}

function sendOptions(options: TailOptions): SendOptions {
  const onWait = (pause_ms: number, reason: string) =>
    options.log(`${options.path}: ${reason}; next try in ${(pause_ms / 1000).toFixed(1)} s`)
  return { signal: options.signal, onWait }
}

async function save(reader: Reader, options: TailOptions): Promise<void> {
  const { file, fingerprint, offset, pendingEnd } = reader
  await savePosition(options.statePath, {
    device: file.device,
    inode: file.inode,
    fingerprint,
    offset,
    ...(pendingEnd === undefined ? {} : { pendingEnd }),
  })
}

/** A file that is shorter than what was read, or begins otherwise, was written anew. */
async function noticeTruncation(reader: Reader, options: TailOptions): Promise<void> {
  const { size } = await reader.file.handle.stat()
  if (size >= reader.offset && (await beginsAs(reader.file, reader.fingerprint))) return
  options.log(`${reader.file.path}: truncated, reading from its start`)
  reader.offset = 0
  reader.pendingEnd = undefined
  reader.fingerprint = await fingerprintOf(reader.file)
  await save(reader, options)
}

async function isFinished(reader: Reader, path: string): Promise<boolean> {
  if (!(await wasReplaced(reader.file, path))) return false
  reader.quietLooks++
  return reader.quietLooks > QUIET_LOOKS
}
