// What readers see of `intake.db`: the catalogue of days and the chunks of events that are not sealed yet.
// Chunks stay for some seconds after they are sealed, so that live views can follow; `applied` of their day
// file says which those are. Read all of it in one transaction, before the day files (see day-file.ts).
import { Database } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Applied, DayFileName } from './day-file.ts'

const BUSY_TIMEOUT_MS = 5000

/** Up to 256 events of one day and stream, numbered [first, first + count), committed together. */
export interface Chunk {
  /** The intake sequence. */
  readonly seq: number
  readonly day: string
  readonly late: boolean
  readonly first: number
  readonly count: number
  /** Event times, milliseconds, both included. */
  readonly oldest: number
  readonly newest: number
  /** When it was committed, milliseconds. */
  readonly at: number
  /** For `readBlock` and `blockLines`. */
  readonly data: Uint8Array
}

/** A chunk's row as SQLite gives it. */
export type ChunkRow = Omit<Chunk, 'late'> & { readonly late: number }

/** Path of the intake below the data folder. */
export const intakePath = (dataFolder: string): string => join(dataFolder, 'intake.db')

/** Opens the intake for reading; undefined where no writer has made it yet. */
export function openIntakeReadonly(dataFolder: string): Database | undefined {
  if (!existsSync(intakePath(dataFolder))) return undefined
  const db = new Database(intakePath(dataFolder), { readonly: true })
  db.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  if (db.query("SELECT 1 FROM sqlite_schema WHERE name = 'chunks'").get() !== null) return db
  db.close()
  return undefined
}

/** The last committed intake sequence; 0 for none. */
export function readSequence(db: Database): number {
  const row = db.query("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'").get()
  return (row as { seq: number } | null)?.seq ?? 0
}

/** Identity of this intake, random. */
export function readEpoch(db: Database): string {
  return readIntakeMeta(db, 'epoch')
}

/** The days that exist, ascending, with the file of each. */
export function readCatalogue(db: Database): DayFileName[] {
  return db
    .query(
      'SELECT day, generation, file_id AS fileId FROM days WHERE removed = 0 ORDER BY day, generation',
    )
    .all() as DayFileName[]
}

/** Chunks with sequence in (after, upTo], ascending; `limit` of them at most. */
export function readChunks(
  db: Database,
  after: number,
  upTo = Number.MAX_SAFE_INTEGER,
  limit = -1,
): Chunk[] {
  const rows = db
    .query('SELECT * FROM chunks WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?')
    .all(after, upTo, limit)
  return (rows as ChunkRow[]).map((row) => ({ ...row, late: row.late === 1 }))
}

/** Sequences and times of all chunks without their data, for finding those that a query needs. */
export function readChunkRanges(db: Database): Omit<Chunk, 'data'>[] {
  const rows = db.query('SELECT seq, day, late, first, count, oldest, newest, at FROM chunks').all()
  return (rows as Omit<ChunkRow, 'data'>[]).map((row) => ({ ...row, late: row.late === 1 }))
}

/** The data of one chunk; undefined once it has left the intake. */
export function readChunk(db: Database, seq: number): Chunk | undefined {
  const row = db.query('SELECT * FROM chunks WHERE seq = ?').get(seq) as ChunkRow | null
  return row === null ? undefined : { ...row, late: row.late === 1 }
}

/** True when the day file already has the chunk's events. */
export function isApplied(chunk: Pick<Chunk, 'seq' | 'late'>, applied: Applied): boolean {
  return chunk.seq <= (chunk.late ? applied.late : applied.live)
}

/** The highest sequence that has left the intake: a tail that starts below it has a gap. */
export function readDropped(db: Database): number {
  return Number(readIntakeMeta(db, 'dropped'))
}

function readIntakeMeta(db: Database, key: string): string {
  const row = db.query('SELECT value FROM meta WHERE key = ?').get(key)
  return String((row as { value: string | number }).value)
}
