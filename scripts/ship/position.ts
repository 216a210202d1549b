// Where a shipper stands in a file, kept on disk so that it goes on there after a stop or a crash.
import { open, readFile, rename } from 'node:fs/promises'
import { UsageError } from '../../ci/command.ts'

/** The start of a file, by which it is known again: inodes are reused, and files are rewritten in place. */
export interface Fingerprint {
  readonly bytes: number
  readonly sha256: string
}

export interface Position {
  readonly device: number
  readonly inode: number
  readonly fingerprint: Fingerprint
  /** Bytes that the server has stored. */
  readonly offset: number
  /** End of the batch that was under way: it is sent again as it was, under its key. */
  readonly pendingEnd?: number
}

/** The position kept in `path`; undefined when there is none. Throws when the file is no position. */
export async function readPosition(path: string): Promise<Position | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const value = parse(path, text)
  const whole = [value.device, value.inode, value.offset, value.fingerprint?.bytes]
  if (!whole.every(Number.isSafeInteger) || typeof value.fingerprint?.sha256 !== 'string') {
    throw new UsageError(`${path}: not a shipper's state file; remove it to start anew`)
  }
  return value
}

function parse(path: string, text: string): Position {
  try {
    return JSON.parse(text) as Position
  } catch (error) {
    throw new UsageError(`${path}: not a shipper's state file; remove it to start anew`, {
      cause: error,
    })
  }
}

/** Replaces the position in one step: after a crash either the old or the new one is there. */
export async function savePosition(path: string, position: Position): Promise<void> {
  const next = `${path}.next`
  const file = await open(next, 'w')
  try {
    await file.writeFile(`${JSON.stringify(position)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(next, path)
}
