// The index file of one day file: groups of up to about a million events, each with its own word table.
//   groups    what a group covers and the field paths it knows (`GroupInfo`, zstd JSON)
//   terms     the words of one bucket (term-text.ts)
//   postings  their postings in the same order: per word its pairs (pairs.ts), zstd
//   large     postings too long to sit among others, as gaps or as a bitmap, zstd
//   columns   values of the pivot columns with the docs that have them (columns.ts)
//   keys      per field path the docs that have it, zstd; absent when all have it
// Words are kept apart by the characters they are made of, so that a search inside words skips the
// buckets that cannot hold it, and within a class by the top bits of a hash, so that groups merge
// bucket by bucket.
import { Database } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type DayFileName, dayFilePath } from '../day-file.ts'
import { FOLDED } from './scan-text.ts'

/** Raised whenever folding, tokenizer, scanner or layout change: older index files are made anew. */
export const INDEX_VERSION = 8

/** Words of one bucket, on average at most. */
export const BUCKET_TERMS = 2048
/** A posting longer than this has a row of its own. */
export const LARGE_POSTING_BYTES = 2048

export const CLASS_DIGITS = 0
export const CLASS_HEX = 1
export const CLASS_ASCII = 2
export const CLASS_OTHER = 3
export const CLASSES = 4

const BUCKETS_MAX = 2 ** 18
const ROWS_MAX = 2 ** 24
const COLUMN_PARTS_MAX = 2 ** 18

export interface GroupSegment {
  /** Numbers [first, first + count) of the day lie at docs [doc, doc + count). */
  readonly first: number
  readonly count: number
  readonly doc: number
}

export interface GroupField {
  readonly path: string
  /** Words of the key where it stands in the raw text. */
  readonly keyWords: readonly string[]
  /** It is a key of the raw text, where that is the fields' JSON. */
  readonly inRaw: boolean
  /** Events that have it. */
  readonly events: number
  /** In some event it, or a list in it, is an empty list. */
  readonly emptied: boolean
  /** Each of its values is just one word. */
  readonly words: boolean
}

export interface GroupColumn {
  readonly name: string
  /** Different values, by their JSON. */
  readonly values: number
  /** `kept`: values, counts and postings. `hashed`: docs by the hash of the folded text. */
  readonly kind: 'kept' | 'hashed'
  /** `hashed`: its parts as a power of two. */
  readonly bits: number
  /** `hashed`: how many further bits of each hash are stored. */
  readonly width: number
  /** Fields that, where an event has them, are the column's value. */
  readonly same: readonly number[]
  /** `hashed`: fields whose words find the values that have no hash; each of those is one word. */
  readonly via: readonly number[]
}

/** Fields whose values are the message of their events, so that its words are posted there alone. */
export interface GroupMessage {
  readonly fields: readonly number[]
  /** They hold nothing but messages. */
  readonly exact: boolean
}

export interface GroupInfo {
  readonly segments: readonly GroupSegment[]
  /** Size of the doc space: segments begin at multiples of 32. */
  readonly docs: number
  readonly events: number
  /** Fields 0 and 1 are the message and the raw text. */
  readonly fields: readonly GroupField[]
  readonly columns: readonly GroupColumn[]
  readonly message: GroupMessage
  /** Words of each class. */
  readonly terms: readonly number[]
  /** Buckets of each class as a power of two. */
  readonly bits: readonly number[]
  /** Docs that every proposal holds. */
  readonly always: readonly number[]
  /** By class what its words hold (grams.ts); a group of an earlier release has none. */
  readonly grams?: Readonly<Record<string, string>>
}

/** Row of a bucket in `terms` and `postings`. */
export function bucketRow(group: number, wordClass: number, bucket: number): number {
  return (group * CLASSES + wordClass) * BUCKETS_MAX + bucket
}

/** Row of `large`. */
export function largeRow(group: number, ordinal: number): number {
  return group * ROWS_MAX + ordinal
}

/** Row of `keys`. */
export function keyRow(group: number, field: number): number {
  return group * ROWS_MAX + field
}

/** Row `part` of a column in `columns`. */
export function columnRow(group: number, column: number, part: number): number {
  return group * ROWS_MAX + column * COLUMN_PARTS_MAX + part
}

/** Hash that says in which bucket of its class a word lies: its top bits. Fixed by the file format. */
export function bucketHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x2f0b4c47
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return mixed(hash)
}

function mixed(sum: number): number {
  let hash = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Bucket of a hash among 2^bits. */
export function bucketOf(hash: number, bits: number): number {
  return bits === 0 ? 0 : hash >>> (32 - bits)
}

const BYTE_CLASS = new Uint8Array(256)
for (let byte = 0; byte < 256; byte++) {
  if (byte >= 0x80) BYTE_CLASS[byte] = CLASS_OTHER
  else if (byte >= 0x30 && byte <= 0x39) BYTE_CLASS[byte] = CLASS_DIGITS
  else if (byte >= 0x61 && byte <= 0x66) BYTE_CLASS[byte] = CLASS_HEX
  else if (FOLDED[byte] !== 0) BYTE_CLASS[byte] = CLASS_ASCII
}

/** The smallest class whose characters a folded word, or a part of one, is made of. */
export function wordClass(bytes: Uint8Array, start: number, end: number): number {
  let wordClass = 0
  for (let i = start; i < end; i++) {
    const byteClass = BYTE_CLASS[bytes[i]!]!
    if (byteClass > wordClass) wordClass = byteClass
  }
  return wordClass
}

/** `bucketHash` and `wordClass` of a word, found in one go; the next call uses the object again. */
export function placeOf(bytes: Uint8Array, start: number, end: number): typeof place {
  let hash = 0x2f0b4c47
  let most = 0
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    hash = Math.imul(hash ^ byte, 0x01000193)
    const byteClass = BYTE_CLASS[byte]!
    if (byteClass > most) most = byteClass
  }
  place.hash = mixed(hash)
  place.wordClass = most
  return place
}

const place = { hash: 0, wordClass: 0 }

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS groups (id INTEGER PRIMARY KEY, events INTEGER NOT NULL, info BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS terms (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS postings (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS large (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS columns (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS keys (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
`

const TABLES = ['meta', 'groups', 'terms', 'postings', 'large', 'columns', 'keys']

/** Which day file an index file belongs to. */
export interface IndexIdentity {
  /** The day file's random identity. */
  readonly dayFile: string
  readonly version: number
}

/** Folder of the index files below the data folder. */
export const INDEX_FOLDER = 'index'

/** Path of the index file of a day file. */
export function indexPath(dataFolder: string, name: DayFileName): string {
  return join(dataFolder, INDEX_FOLDER, basename(dayFilePath(dataFolder, name)))
}

/** The log goes into the file when it has so many pages, and is cut to this when it starts anew, bytes. */
const LOG_PAGES = 3072
const LOG_BYTES_MAX = 16 * 1_048_576
const BUSY_TIMEOUT_MS = 5000

/** Opens an index file for its one writer; a file of another day file or version is emptied. */
export function openIndexWriter(path: string, identity: IndexIdentity): Database {
  const db = new Database(path, { create: true })
  db.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  db.run('PRAGMA page_size = 4096')
  // Of a new file: what merges leave unused is given back (merging.ts).
  db.run('PRAGMA auto_vacuum = INCREMENTAL')
  db.run('PRAGMA journal_mode = WAL')
  db.run('PRAGMA synchronous = NORMAL')
  db.run(`PRAGMA journal_size_limit = ${LOG_BYTES_MAX}`)
  db.run(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`)
  db.run(SCHEMA)
  const found = readIdentity(db)
  if (found?.dayFile === identity.dayFile && found.version === identity.version) return db
  db.transaction(() => {
    for (const table of TABLES) {
      db.run(`DROP TABLE IF EXISTS ${table}`)
    }
    db.run(SCHEMA)
    const put = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)')
    put.run('day_file', identity.dayFile)
    put.run('version', String(identity.version))
    put.run('epoch', crypto.randomUUID())
    put.run('next_group', '1')
  })()
  return db
}

/** What an index file says of itself; undefined while it has no content. `epoch` changes when it is
 * emptied, so that group numbers of one epoch always mean the same. */
export function readIdentity(db: Database): (IndexIdentity & { epoch: string }) | undefined {
  const rows = db.query('SELECT key, value FROM meta').all() as { key: string; value: string }[]
  const values = new Map(rows.map((row) => [row.key, row.value]))
  const dayFile = values.get('day_file')
  return dayFile === undefined
    ? undefined
    : {
        dayFile,
        version: Number(values.get('version') ?? Number.NaN),
        epoch: values.get('epoch') ?? '',
      }
}

/** Opens an index file for reading; undefined unless it belongs to `identity`. */
export function openIndexReader(path: string, identity: IndexIdentity): Database | undefined {
  if (!existsSync(path)) return undefined
  const db = new Database(path, { readonly: true })
  db.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  const ready = db.query("SELECT 1 FROM sqlite_schema WHERE name = 'keys'").get() !== null
  const found = ready ? readIdentity(db) : undefined
  if (found?.dayFile === identity.dayFile && found.version === identity.version) return db
  db.close()
  return undefined
}

/** Takes a group number that was never used in this epoch. */
export function takeGroup(db: Database): number {
  const row = db
    .query("UPDATE meta SET value = value + 1 WHERE key = 'next_group' RETURNING value - 1 AS id")
    .get() as { id: number }
  return row.id
}

/** Removes the rows of a group that is no longer, or not yet, among the groups. */
export function dropRows(db: Database, group: number): void {
  const buckets = [bucketRow(group, 0, 0), bucketRow(group + 1, 0, 0)] as const
  const rows = [group * ROWS_MAX, (group + 1) * ROWS_MAX] as const
  db.query('DELETE FROM terms WHERE id >= ? AND id < ?').run(...buckets)
  db.query('DELETE FROM postings WHERE id >= ? AND id < ?').run(...buckets)
  db.query('DELETE FROM large WHERE id >= ? AND id < ?').run(...rows)
  db.query('DELETE FROM columns WHERE id >= ? AND id < ?').run(...rows)
  db.query('DELETE FROM keys WHERE id >= ? AND id < ?').run(...rows)
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function packInfo(info: GroupInfo): Uint8Array {
  return Bun.zstdCompressSync(encoder.encode(JSON.stringify(info)), { level: 3 })
}

export function unpackInfo(body: Uint8Array): GroupInfo {
  return JSON.parse(decoder.decode(Bun.zstdDecompressSync(body))) as GroupInfo
}
