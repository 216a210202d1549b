// Matches in the intake: one row for each chunk that has some, with the chunk's matches as compressed JSON.
// Match number k of a row has sequence `first + k`; sequences are never given twice. Rows go when their
// matches have become alerts and their chunk has left, for then the day file has them.
import type { Database } from 'bun:sqlite'
import { blockText, encodeBlock } from './block.ts'
import type { StoredMatch } from './event-store.ts'
import { formatId, parseId } from './id.ts'
import { createRuleRefs, createRuleTexts, RULES_SCHEMA, type RuleText } from './rule-refs.ts'

export const MATCHES_SCHEMA = `${RULES_SCHEMA}
CREATE TABLE IF NOT EXISTS match_chunks(
  chunk INTEGER PRIMARY KEY, day TEXT NOT NULL, from_number INTEGER NOT NULL,
  to_number INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS match_chunks_first ON match_chunks(first);
CREATE INDEX IF NOT EXISTS match_chunks_place ON match_chunks(day, from_number);
`

type Keys = Readonly<Record<string, string>>

/** An event that matched: number within its day, time, receipt, source, pivots as text. */
type MatchedEvent = readonly [number, number, number, string, Keys]
/** Index of its event, rule, and the keys that the rule names. */
type MatchEntry = readonly [number, number, Keys?]

interface MatchData {
  readonly e: readonly MatchedEvent[]
  readonly m: readonly MatchEntry[]
}

/** A match of a chunk before it is stored. */
export interface ChunkMatch extends RuleText {
  readonly number: number
  readonly time: number
  readonly ingested: number
  readonly source: string
  readonly pivots: Keys
  readonly keys?: Keys | undefined
}

/** The matches of one chunk, in the order of their sequences. */
export interface MatchChunk {
  /** Intake sequence of the chunk. */
  readonly chunk: number
  readonly day: string
  /** Numbers of the chunk's events, the last included. */
  readonly from: number
  readonly to: number
  readonly matches: readonly ChunkMatch[]
}

/** Writes the matches of a commit, inside the caller's transaction. */
export function insertMatches(db: Database, chunks: readonly MatchChunk[]): void {
  if (chunks.length === 0) return
  const refOf = createRuleRefs(db)
  const insert = db.query('INSERT INTO match_chunks VALUES (?, ?, ?, ?, ?, ?, ?)')
  let first = readMatchSequence(db) + 1
  for (const { chunk, day, from, to, matches } of chunks) {
    if (matches.length === 0) continue
    const { data } = encodeBlock(JSON.stringify(dataOf(matches, refOf)))
    insert.run(chunk, day, from, to, first, matches.length, data)
    first += matches.length
  }
  db.query("UPDATE meta SET value = ? WHERE key = 'matches'").run(first - 1)
}

function dataOf(matches: readonly ChunkMatch[], refOf: (rule: RuleText) => number): MatchData {
  const e: MatchedEvent[] = []
  const m: MatchEntry[] = []
  const at = new Map<number, number>()
  for (const match of matches) {
    const { number, time, ingested, source, pivots, keys } = match
    const index = at.get(number) ?? e.push([number, time, ingested, source, pivots]) - 1
    at.set(number, index)
    m.push(keys === undefined ? [index, refOf(match)] : [index, refOf(match), keys])
  }
  return { e, m }
}

/** The last sequence that was given to a match; 0 for none. */
export function readMatchSequence(db: Database): number {
  const row = db.query("SELECT value FROM meta WHERE key = 'matches'").get()
  return Number((row as { value: number } | null)?.value ?? 0)
}

/** How many matches above a sequence are in the intake. */
export function countMatchesAfter(db: Database, after: number): number {
  const row = db
    .query(
      `SELECT coalesce(sum(min(count, first + count - 1 - ?)), 0) AS count FROM match_chunks
       WHERE first + count - 1 > ?`,
    )
    .get(after, after)
  return (row as { count: number }).count
}

interface Row {
  readonly chunk: number
  readonly day: string
  readonly first: number
  readonly count: number
  readonly data: Uint8Array
}

/** Matches with sequence above `after`, ascending. */
export function readMatchesAfter(db: Database, after: number, limit: number): StoredMatch[] {
  const start = db
    .query('SELECT first FROM match_chunks WHERE first <= ? ORDER BY first DESC LIMIT 1')
    .get(after + 1) as { first: number } | null
  const rows = db
    .query(
      'SELECT chunk, day, first, count, data FROM match_chunks WHERE first >= ? ORDER BY first',
    )
    .iterate(start?.first ?? after + 1)
  const textOf = createRuleTexts(db)
  const found: StoredMatch[] = []
  for (const row of rows as Iterable<Row>) {
    for (const match of matchesOfRow(row, textOf)) {
      if (match.sequence > after && found.length < limit) found.push(match)
    }
    if (found.length >= limit) break
  }
  return found
}

function matchesOfRow(row: Row, textOf: (ref: number) => RuleText): StoredMatch[] {
  const { e, m } = JSON.parse(blockText(row.data)) as MatchData
  return m.map(([index, ref, keys], k) => {
    const [number, time, ingested, source, pivots] = e[index]!
    const eventId = formatId(row.day, number)
    return {
      sequence: row.first + k,
      eventId,
      ...textOf(ref),
      time,
      ingested,
      source,
      keys: keys === undefined ? pivots : { ...pivots, ...keys },
    }
  })
}

/** Rule ids that matched an event, as long as its matches are in the intake. */
export function readIntakeMatches(db: Database, eventId: string): string[] {
  const id = parseId(eventId)
  if (id === undefined) return []
  const row = db
    .query(
      `SELECT chunk, day, first, count, data, to_number AS last FROM match_chunks
       WHERE day = ? AND from_number <= ? ORDER BY from_number DESC LIMIT 1`,
    )
    .get(id.day, id.number) as (Row & { readonly last: number }) | null
  if (row === null || row.last < id.number) return []
  const matches = matchesOfRow(row, createRuleTexts(db))
  return matches.filter((match) => match.eventId === eventId).map((match) => match.ruleId)
}

/** The matches of one chunk, with the numbers of their events. */
export function readChunkMatches(
  db: Database,
  chunk: number,
): (RuleText & { readonly number: number })[] {
  const row = db
    .query('SELECT chunk, day, first, count, data FROM match_chunks WHERE chunk = ?')
    .get(chunk) as Row | null
  if (row === null) return []
  return matchesOfRow(row, createRuleTexts(db)).map(({ eventId, ruleId, ruleHash }) => ({
    number: parseId(eventId)!.number,
    ruleId,
    ruleHash,
  }))
}

/** Removes matches that the state store has taken and whose events have left the intake. */
export function dropMatches(db: Database, acknowledged: number): void {
  db.query(
    `DELETE FROM match_chunks WHERE first + count - 1 <= ?
     AND NOT EXISTS (SELECT 1 FROM chunks WHERE chunks.seq = match_chunks.chunk)`,
  ).run(acknowledged)
}
