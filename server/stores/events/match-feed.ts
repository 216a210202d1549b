// Matches as the state worker follows them: read-only, past its own cursor.
import type { Database } from 'bun:sqlite'
import type { Event } from '../../../parsers/event.ts'
import { blockLines } from './block.ts'
import { createDayFiles, type DayFiles } from './catalogue.ts'
import { type DayFileName, openDayFileReadonly, readBlocks } from './day-file.ts'
import type { MatchFeed } from './event-store.ts'
import { type EventId, parseId } from './id.ts'
import { readMatchesAfter } from './intake-matches.ts'
import { openIntakeReadonly, readCatalogue, readEpoch } from './intake-read.ts'
import { decodeLine } from './line.ts'

/** Opens the feed of a data folder. Throws when the ingest worker has not made the intake yet. */
export function openMatchFeed(dataFolder: string): MatchFeed & { close(): void } {
  const intake = openIntakeReadonly(dataFolder)
  if (intake === undefined)
    throw new Error(`no intake in ${dataFolder}: start the ingest worker first`)
  const files = createDayFiles((name) => openDayFileReadonly(dataFolder, name))
  const chunks = createChunkCache(intake)
  return {
    epoch: () => readEpoch(intake),
    matches: (after, limit) => readMatchesAfter(intake, after, limit),
    event: (text) => {
      const id = parseId(text)
      if (id === undefined) return undefined
      const early = chunks.event(id)
      if (early !== undefined) return early
      const names = readCatalogue(intake)
      files.retain(names)
      return eventInDayFile(files, names, id)
    },
    close: () => {
      files.close()
      intake.close()
    },
  }
}

/** Chunks kept decoded: new alerts ask for neighbours, one after another. */
const DECODED_CHUNKS_MAX = 4

interface DecodedChunk {
  readonly day: string
  readonly first: number
  readonly lines: readonly string[]
}

/** Events of the intake by id. A chunk never changes, so a decoded one stays right. */
function createChunkCache(intake: Database): { event(id: EventId): Event | undefined } {
  const decoded: DecodedChunk[] = []
  const read = (id: EventId): DecodedChunk | undefined => {
    const row = intake
      .query('SELECT first, data FROM chunks WHERE day = ? AND first <= ? AND first + count > ?')
      .get(id.day, id.number, id.number) as { first: number; data: Uint8Array } | null
    if (row === null) return undefined
    const chunk = { day: id.day, first: row.first, lines: blockLines(row.data) }
    decoded.unshift(chunk)
    decoded.length = Math.min(decoded.length, DECODED_CHUNKS_MAX)
    return chunk
  }
  return {
    event: (id) => {
      const { day, number } = id
      const known = decoded.find(
        ({ day: its, first, lines }) =>
          its === day && number >= first && number < first + lines.length,
      )
      const chunk = known ?? read(id)
      const line = chunk?.lines[number - chunk.first]
      return line === undefined ? undefined : decodeLine(line)
    },
  }
}

/** Looks in every generation of the day: there is more than one only after retention removed one. */
function eventInDayFile(
  files: DayFiles,
  names: readonly DayFileName[],
  id: EventId,
): Event | undefined {
  for (const name of names) {
    const db = name.day === id.day ? files.open(name) : undefined
    const line = db === undefined ? undefined : sealedLine(db, id.number)
    if (line !== undefined) return decodeLine(line)
  }
  return undefined
}

/** The line of a sealed event by its number; undefined where the file has none. */
export function sealedLine(db: Database, number: number): string | undefined {
  const segment = db
    .query('SELECT seq, first, count FROM segments WHERE first <= ? ORDER BY first DESC LIMIT 1')
    .get(number) as { seq: number; first: number; count: number } | null
  if (segment === null || number >= segment.first + segment.count) return undefined
  const row = number - segment.first
  const block = readBlocks(db, segment.seq, row, row + 1)[0]
  return block === undefined ? undefined : blockLines(block.data)[row - block.start]
}
