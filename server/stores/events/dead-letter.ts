// Dead letters: what could not be parsed or kept, with the reason and a sample, shown on the Sources page.
import type { Database } from 'bun:sqlite'

/** The newest so many are kept. */
export const DEAD_LETTERS_MAX = 20_000
/** Of an input that is stored as an event too, characters of sample. */
export const SAMPLE_CHARS_MAX = 512
/** Of an input that is kept nowhere else, characters of sample. */
export const LOST_SAMPLE_CHARS_MAX = 65_536

/** Code of an event that is longer than one may be. */
export const EVENT_TOO_LARGE = 'event-too-large'

/** Something to record beside a batch's events. */
export interface NewDeadLetter {
  readonly source: string
  readonly code: string
  readonly message: string
  readonly sample: string
  /** Index of the event in its batch, where it was stored as one. */
  readonly index?: number
}

export interface StoredDeadLetter {
  readonly at: number
  readonly source: string
  readonly code: string
  readonly message: string
  readonly eventId?: string
  readonly sample: string
}

export function insertDeadLetter(db: Database, letter: StoredDeadLetter): void {
  const { at, source, code, message, eventId, sample } = letter
  db.query(
    `INSERT INTO dead_letters(at, source, code, message, event_id, sample)
     VALUES (?, ?, ?, ?, ?, ?)`,
  ).run(at, source, code, message, eventId ?? null, sample)
}

/** Removes all but the newest. */
export function dropDeadLetters(db: Database): void {
  db.query(
    `DELETE FROM dead_letters WHERE id <= (
       SELECT id FROM dead_letters ORDER BY id DESC LIMIT 1 OFFSET ?)`,
  ).run(DEAD_LETTERS_MAX)
}

/** Dead letters, newest first, of one source or of all. */
export function readDeadLetters(db: Database, limit: number, source?: string): StoredDeadLetter[] {
  const rows = db
    .query(
      `SELECT at, source, code, message, event_id AS eventId, sample FROM dead_letters
       ${source === undefined ? '' : 'WHERE source = ?'} ORDER BY id DESC LIMIT ?`,
    )
    .all(...(source === undefined ? [limit] : [source, limit]))
  return (rows as (Omit<StoredDeadLetter, 'eventId'> & { eventId: string | null })[]).map(
    ({ eventId, ...letter }) => (eventId === null ? letter : { ...letter, eventId }),
  )
}
