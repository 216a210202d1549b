// `intake.db`: the one file that decides. A transaction in it, fsynced, holds batch keys with their answers,
// chunks of events with their final day and numbers, dead letters and matches; 2xx follows it. This is the
// writer's side; intake-read.ts is the readers'.
import { Database } from 'bun:sqlite'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { COUNTS_SCHEMA } from './counts.ts'
import { type DayFileName, syncFolder } from './day-file.ts'
import { MATCHES_SCHEMA } from './intake-matches.ts'
import { intakePath } from './intake-read.ts'
import { dropRunMatches, RUN_MATCHES_SCHEMA } from './run-matches.ts'

const PAGE_BYTES = 8192
const CACHE_KIB = 8192
/** The WAL is copied into the file, by the commit that fills it, when it has this many pages (8 MiB). */
const CHECKPOINT_PAGES = 1024
const BUSY_TIMEOUT_MS = 5000

const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batches(
  key TEXT PRIMARY KEY, hash TEXT NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS batches_at ON batches(at);
CREATE TABLE IF NOT EXISTS days(
  day TEXT, generation INTEGER, file_id TEXT NOT NULL, removed INTEGER NOT NULL DEFAULT 0,
  next_live INTEGER, next_late INTEGER, PRIMARY KEY(day, generation)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chunks(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, day TEXT NOT NULL, late INTEGER NOT NULL,
  first INTEGER NOT NULL, count INTEGER NOT NULL, oldest INTEGER NOT NULL, newest INTEGER NOT NULL,
  at INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS dead_letters(
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, source TEXT NOT NULL,
  code TEXT NOT NULL, message TEXT NOT NULL, event_id TEXT, sample TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS dead_letters_source ON dead_letters(source, id);
`

/**
 * What the intake and its day files look like; a higher number is a later version of Trapline. 2: columns of
 * day files have forms by their values (columns.ts); those of 1 are read as well.
 */
export const INTAKE_FORMAT = 2
const OLDEST_FORMAT = 1

/** Opens the intake for the one writer, making it and the folders where they do not exist. Throws when
 * a later version of Trapline wrote it. */
export function openIntake(dataFolder: string): Database {
  mkdirSync(join(dataFolder, 'events'), { recursive: true })
  const db = new Database(intakePath(dataFolder), { create: true, readwrite: true })
  // First: a restored file changes to WAL while readers may hold it.
  db.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  refuseOtherFormat(db, dataFolder)
  db.run(`PRAGMA page_size = ${PAGE_BYTES}`)
  db.run('PRAGMA journal_mode = WAL')
  db.run('PRAGMA synchronous = FULL')
  db.run(`PRAGMA cache_size = -${CACHE_KIB}`)
  db.run(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  db.transaction(() => {
    db.run(`PRAGMA user_version = ${INTAKE_FORMAT}`)
    db.run(SCHEMA)
    db.run(MATCHES_SCHEMA)
    db.run(RUN_MATCHES_SCHEMA)
    db.run(COUNTS_SCHEMA)
    const insert = db.query('INSERT OR IGNORE INTO meta VALUES (?, ?)')
    insert.run('epoch', crypto.randomUUID())
    insert.run('dropped', 0)
    insert.run('matches', 0)
  })()
  syncFolder(dataFolder)
  return db
}

function refuseOtherFormat(db: Database, dataFolder: string): void {
  const tables = db.query('SELECT count(*) AS count FROM sqlite_schema').get() as { count: number }
  const found = db.query('PRAGMA user_version').get() as { user_version: number }
  const { user_version: format } = found
  if (tables.count === 0 || (format >= OLDEST_FORMAT && format <= INTAKE_FORMAT)) return
  db.close()
  throw new Error(
    `${intakePath(dataFolder)} has format ${format}, this Trapline reads ${OLDEST_FORMAT} to ${INTAKE_FORMAT}: ` +
      'start the version that wrote it, or name another folder in TRAPLINE_DATA',
  )
}

/** The answer that a key got before, and the hash of the body it came with. */
export function findBatch(
  db: Database,
  key: string,
): { readonly hash: string; readonly answer: string } | undefined {
  const row = db.query('SELECT hash, answer FROM batches WHERE key = ?').get(key)
  return (row as { hash: string; answer: string } | null) ?? undefined
}

export function insertBatch(
  db: Database,
  batch: { readonly key: string; readonly hash: string; readonly answer: string },
  at: number,
): void {
  db.query('INSERT INTO batches VALUES (?, ?, ?, ?)').run(batch.key, batch.hash, batch.answer, at)
}

/** A chunk before it has its sequence. */
export interface NewChunk {
  readonly day: string
  readonly late: boolean
  readonly first: number
  readonly count: number
  readonly oldest: number
  readonly newest: number
  readonly data: Uint8Array<ArrayBuffer>
}

/** Returns the chunk's intake sequence. */
export function insertChunk(db: Database, chunk: NewChunk, at: number): number {
  const { day, late, first, count, oldest, newest, data } = chunk
  const insert = db.query(
    `INSERT INTO chunks(day, late, first, count, oldest, newest, at, data)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const done = insert.run(day, late ? 1 : 0, first, count, oldest, newest, at, data)
  return Number(done.lastInsertRowid)
}

/** Removes chunks that are sealed, and remembers that they were here. */
export function dropChunks(db: Database, seqs: readonly number[]): void {
  if (seqs.length === 0) return
  const drop = db.query('DELETE FROM chunks WHERE seq = ?')
  for (const seq of seqs) drop.run(seq)
  const last = seqs.reduce((a, b) => Math.max(a, b), 0)
  db.query("UPDATE meta SET value = max(value, ?) WHERE key = 'dropped'").run(last)
}

export function dropBatches(db: Database, before: number): void {
  db.query('DELETE FROM batches WHERE at < ?').run(before)
}

/** A day of the catalogue, with the numbers that a removed file had reached. */
export interface CatalogueDay extends DayFileName {
  readonly removed: boolean
  readonly nextLive: number
  readonly nextLate: number
}

/** Every file that ever was, by day and generation. */
export function readAllDays(db: Database): CatalogueDay[] {
  const rows = db
    .query(
      `SELECT day, generation, file_id AS fileId, removed, next_live AS nextLive,
       next_late AS nextLate FROM days ORDER BY day, generation`,
    )
    .all()
  return (rows as (Omit<CatalogueDay, 'removed'> & { removed: number })[]).map((row) => ({
    ...row,
    removed: row.removed === 1,
  }))
}

export function insertDay(db: Database, name: DayFileName): void {
  db.query('INSERT INTO days(day, generation, file_id) VALUES (?, ?, ?)').run(
    name.day,
    name.generation,
    name.fileId,
  )
}

/** Takes a day whose events are all sealed out of the catalogue, with its chunks that are still here for
 * live views. Its file may be unlinked once readers have let go. */
export function removeDay(
  db: Database,
  name: DayFileName,
  next: Record<'live' | 'late', number>,
): void {
  db.query(
    'UPDATE days SET removed = 1, next_live = ?, next_late = ? WHERE day = ? AND generation = ?',
  ).run(next.live, next.late, name.day, name.generation)
  dropRunMatches(db, name.day)
  const rows = db.query('SELECT seq FROM chunks WHERE day = ?').all(name.day) as { seq: number }[]
  dropChunks(
    db,
    rows.map(({ seq }) => seq),
  )
}
