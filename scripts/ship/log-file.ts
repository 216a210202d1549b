// A log file that is written, renamed, truncated and replaced while it is read.
import type { Stats } from 'node:fs'
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Fingerprint } from './position.ts'

/** Bytes of a file's start that tell it from another. */
const FINGERPRINT_BYTES = 256

/** An open file. */
export interface LogFile {
  readonly path: string
  readonly handle: FileHandle
  readonly device: number
  readonly inode: number
}

/** Opens a file; undefined when there is none. */
export async function openLog(path: string): Promise<LogFile | undefined> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (handle === undefined) return undefined
  const { dev, ino } = await handle.stat()
  return { path, handle, device: dev, inode: ino }
}

/** Reads up to `size` bytes at `offset`. */
export async function readAt(file: LogFile, offset: number, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size)
  const { bytesRead } = await file.handle.read(buffer, 0, size, offset)
  return buffer.subarray(0, bytesRead)
}

/** The fingerprint of the first `bytes` of a file, or of as many as there are up to the usual number. */
export async function fingerprintOf(file: LogFile, bytes?: number): Promise<Fingerprint> {
  const head = await readAt(file, 0, bytes ?? FINGERPRINT_BYTES)
  const sha256 = new Bun.CryptoHasher('sha256').update(head).digest('hex')
  return { bytes: head.length, sha256 }
}

/** Whether a file still begins as it did. */
export async function beginsAs(file: LogFile, known: Fingerprint): Promise<boolean> {
  if (known.bytes === 0) return true
  const now = await fingerprintOf(file, known.bytes)
  return now.bytes === known.bytes && now.sha256 === known.sha256
}

/** Whether a fingerprint can still grow with the file. */
export function isShort(fingerprint: Fingerprint): boolean {
  return fingerprint.bytes < FINGERPRINT_BYTES
}

/** Whether `path` now names another file than the open one, or none. */
export async function wasReplaced(file: LogFile, path: string): Promise<boolean> {
  const now = await statIfThere(path)
  return now === undefined || now.ino !== file.inode || now.dev !== file.device
}

const COMPRESSED = /\.(?:gz|zst|xz|bz2|next|state)$/

/** Rotated files beside `path` (`app.log.1`, `app.log-20261121`) and `path` itself, oldest first. */
export async function generations(path: string): Promise<readonly string[]> {
  const folder = dirname(path)
  const name = basename(path)
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const rotated = names.filter(
    (other) => other.startsWith(name) && /^[.-]/.test(other.slice(name.length)),
  )
  const found: Generation[] = []
  for (const other of rotated.filter((candidate) => !COMPRESSED.test(candidate))) {
    const full = join(folder, other)
    const info = await statIfThere(full)
    if (info?.isFile() === true) found.push({ path: full, changed: info.mtimeMs })
  }
  const older = found.toSorted(byAge).map((file) => file.path)
  return names.includes(name) ? [...older, path] : older
}

interface Generation {
  readonly path: string
  readonly changed: number
}

/** By time of change; within its resolution a higher number, or an earlier date, is older. */
function byAge(a: Generation, b: Generation): number {
  if (a.changed !== b.changed) return a.changed - b.changed
  const [first, second] = [a, b].map((file) => /\.(\d{1,4})$/.exec(file.path)?.[1])
  if (first !== undefined && second !== undefined) return Number(second) - Number(first)
  return a.path < b.path ? -1 : 1
}

/** What a path names; undefined when it is gone. */
async function statIfThere(path: string): Promise<Stats | undefined> {
  return await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}
