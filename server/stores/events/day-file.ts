// A day file, `events/2026-11-21.1.db`: the sealed events of one UTC day (SQLite, WAL). The seal worker
// alone writes it, for the ingest worker; readers open it read-only. Tables: those of segment.ts, plus
//   meta(key, value)               day, generation, file_id, applied_live, applied_late
//   matches, rules                 which rules matched a sealed event    sealed-matches.ts
// `applied_*` is the intake sequence up to which that stream's chunks of the day are in this file.
//
// How a reader sees every event once: first open a read transaction on the intake (catalogue, chunks and
// last sequence, intake-read.ts), then one on each day file of the range. A chunk whose sequence is not above the
// file's `applied` of its stream is in the file; of segments take `visibleRows(segment, asof)` rows. A
// file of the catalogue that does not exist holds nothing yet. Read transactions live 5 s at most.

import { Database } from 'bun:sqlite'
import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BLOCK_EVENTS_MAX } from './block.ts'
import { StoreError } from './errors.ts'
import { insertSealedMatches, SEALED_MATCHES_SCHEMA, type SealedMatch } from './sealed-matches.ts'
import type { EncodedSegment, SegmentInfo } from './segment.ts'

/** A block's key is `segment * BLOCK_KEY + n`; a segment has at most 2,048 blocks. */
const BLOCK_KEY = 4096
/** Blobs end anywhere in their last page: with 16 KiB pages a fifth of the file is slack [measured]. */
const PAGE_BYTES = 4096
const CACHE_KIB = 1024
const BUSY_TIMEOUT_MS = 5000

const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS segments(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, first INTEGER NOT NULL, count INTEGER NOT NULL,
  oldest INTEGER NOT NULL, newest INTEGER NOT NULL, late INTEGER NOT NULL, bytes INTEGER NOT NULL,
  runs TEXT NOT NULL, names TEXT, severities TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS segments_first ON segments(first);
CREATE TABLE IF NOT EXISTS blocks(
  id INTEGER PRIMARY KEY, start INTEGER NOT NULL, count INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS columns(
  name TEXT, segment INTEGER, data BLOB NOT NULL, PRIMARY KEY(name, segment)) WITHOUT ROWID;
`

/** Which file holds a day; a name is never used again. */
export interface DayFileName {
  /** `20261121`. */
  readonly day: string
  readonly generation: number
  /** Random identity: an index built for another file does not fit. */
  readonly fileId: string
}

/** A segment as it stands in a day file. */
export interface SegmentRow extends SegmentInfo {
  /** Not stable: see segment.ts. */
  readonly seq: number
}

/** The last intake sequence that the file has of each stream. */
export interface Applied {
  readonly live: number
  readonly late: number
}

/** Path of a day file below the data folder. */
export function dayFilePath(dataFolder: string, { day, generation }: DayFileName): string {
  const dashed = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`
  return join(dataFolder, 'events', `${dashed}.${generation}.db`)
}

/** Opens a day file for the one writer, making it where it does not exist. */
export function openDayFile(dataFolder: string, name: DayFileName): Database {
  const path = dayFilePath(dataFolder, name)
  const isNew = !existsSync(path)
  const db = new Database(path, { create: true, readwrite: true })
  db.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  db.run(`PRAGMA page_size = ${PAGE_BYTES}`)
  db.run('PRAGMA journal_mode = WAL')
  db.run('PRAGMA synchronous = FULL')
  db.run(`PRAGMA cache_size = -${CACHE_KIB}`)
  if (isNew || readMeta(db, 'file_id') === undefined) {
    db.transaction(() => {
      db.run(SCHEMA)
      db.run(SEALED_MATCHES_SCHEMA)
      const insert = db.prepare('INSERT OR IGNORE INTO meta VALUES (?, ?)')
      insert.run('day', name.day)
      insert.run('generation', name.generation)
      insert.run('file_id', name.fileId)
      insert.run('applied_live', 0)
      insert.run('applied_late', 0)
      insert.run('sealed_at', 0)
      insert.finalize()
    })()
    syncFolder(dirname(path))
  }
  return db
}

/** Opens a day file for reading; undefined where it does not exist (nothing sealed, or removed). */
export function openDayFileReadonly(dataFolder: string, name: DayFileName): Database | undefined {
  const path = dayFilePath(dataFolder, name)
  if (!existsSync(path)) return undefined
  const db = new Database(path, { readonly: true })
  db.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  if (readMeta(db, 'file_id') !== undefined) return db
  db.close()
  return undefined
}

/** What a stream of a day has of the intake before and after it is sealed. */
export interface AppliedStep {
  readonly late: boolean
  readonly before: number
  readonly after: number
}

/**
 * Writes segments, their matches and what they apply of the intake: one fsynced transaction. Throws
 * `store-failed` when the file is not where the step begins: someone else wrote it.
 */
export function writeSegments(
  db: Database,
  segments: readonly EncodedSegment[],
  matches: readonly SealedMatch[],
  applied: AppliedStep,
  at: number,
): void {
  const { late, before, after } = applied
  db.transaction(() => {
    const found = readApplied(db)[late ? 'late' : 'live']
    if (found !== before) {
      const message = `a day file has the intake up to ${found} where ${before} was expected`
      throw new StoreError('store-failed', message)
    }
    for (const segment of segments) {
      const { first, count } = segment
      insertSegment(db, segment)
      const own = matches.filter(({ number }) => number >= first && number < first + count)
      insertSealedMatches(db, own)
    }
    const update = db.query('UPDATE meta SET value = ? WHERE key = ?')
    update.run(after, late ? 'applied_late' : 'applied_live')
    update.run(at, 'sealed_at')
  }).immediate()
}

function insertSegment(db: Database, segment: EncodedSegment): void {
  const { first, count, oldest, newest, late, bytes, runs, names, severities } = segment
  const seq = Number(
    db
      .query(
        `INSERT INTO segments(first, count, oldest, newest, late, bytes, runs, names, severities)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        first,
        count,
        oldest,
        newest,
        late ? 1 : 0,
        bytes,
        JSON.stringify(runs),
        names === null ? null : JSON.stringify(names),
        JSON.stringify(severities),
      ).lastInsertRowid,
  )
  const block = db.query('INSERT INTO blocks VALUES (?, ?, ?, ?)')
  segment.blocks.forEach((b, n) => {
    block.run(seq * BLOCK_KEY + n, b.start, b.count, b.data)
  })
  const column = db.query('INSERT INTO columns VALUES (?, ?, ?)')
  for (const { name, data } of segment.columns) column.run(name, seq, data)
}

/** One value of `meta`; undefined where the file has no such key or no schema yet. */
export function readMeta(db: Database, key: string): string | number | undefined {
  const has = db.query("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").get()
  if (has === null) return undefined
  const row = db.query('SELECT value FROM meta WHERE key = ?').get(key)
  return (row as { value: string | number } | null)?.value
}

/** What the file has of the intake. */
export function readApplied(db: Database): Applied {
  return {
    live: Number(readMeta(db, 'applied_live') ?? 0),
    late: Number(readMeta(db, 'applied_late') ?? 0),
  }
}

/** Segments whose `seq` is above `after`, ascending by `seq`. */
export function readSegments(db: Database, after = 0): SegmentRow[] {
  const rows = db.query('SELECT * FROM segments WHERE seq > ? ORDER BY seq').all(after)
  // Most segments have the names of the one before.
  let text: string | null = null
  let names: readonly string[] | null = null
  const namesOf = (stored: string | null) => {
    if (stored !== text) names = stored === null ? null : (JSON.parse(stored) as string[])
    text = stored
    return names
  }
  return (rows as StoredSegment[]).map((row) => ({
    ...row,
    late: row.late === 1,
    runs: JSON.parse(row.runs) as number[],
    names: namesOf(row.names),
    severities: JSON.parse(row.severities) as Record<string, number>,
  }))
}

/** A row of `segments` as SQLite gives it. */
interface StoredSegment {
  readonly seq: number
  readonly first: number
  readonly count: number
  readonly oldest: number
  readonly newest: number
  readonly late: number
  readonly bytes: number
  readonly runs: string
  readonly names: string | null
  readonly severities: string
}

/** A block of a segment: rows [start, start + count). */
export interface BlockRow {
  readonly start: number
  readonly count: number
  /** For `readBlock`. */
  readonly data: Uint8Array
}

/** The blocks of a segment that have rows of [from, to), in row order. */
export function readBlocks(
  db: Database,
  segment: number,
  from = 0,
  to = Number.MAX_SAFE_INTEGER,
): BlockRow[] {
  return db
    .query(
      `SELECT start, count, data FROM blocks
       WHERE id >= ? AND id < ? AND start < ? AND start + count > ? ORDER BY id`,
    )
    .all(segment * BLOCK_KEY, (segment + 1) * BLOCK_KEY, to, from) as BlockRow[]
}

/** The block of a segment that holds a row; undefined where the segment is shorter. */
export function readBlockOf(db: Database, segment: number, row: number): BlockRow | undefined {
  // Most blocks are full: then the key is known, and no other block has to be looked at.
  const key = segment * BLOCK_KEY + Math.floor(row / BLOCK_EVENTS_MAX)
  const likely = db.query('SELECT start, count, data FROM blocks WHERE id = ?').get(key)
  const block = likely as BlockRow | null
  if (block !== null && block.start <= row && row < block.start + block.count) return block
  return readBlocks(db, segment, row, row + 1)[0]
}

/** A column's blob for `openColumn` (or `decodeTimes`); undefined where no event has a value. */
export function readColumn(db: Database, segment: number, name: string): Uint8Array | undefined {
  const row = db.query('SELECT data FROM columns WHERE name = ? AND segment = ?').get(name, segment)
  return (row as { data: Uint8Array } | null)?.data
}

/** Makes new names in a folder survive a power loss. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
