// Every event of a store once, by reading all of it: what tests hold other readers against, and what
// checks and exports use. See day-file.ts for the order that makes it exact.
import type { Database } from 'bun:sqlite'
import type { Event } from '../../../parsers/event.ts'
import { blockLines } from './block.ts'
import {
  type Applied,
  type DayFileName,
  openDayFileReadonly,
  readApplied,
  readBlocks,
  readSegments,
} from './day-file.ts'
import {
  isApplied,
  openIntakeReadonly,
  readCatalogue,
  readChunks,
  readSequence,
} from './intake-read.ts'
import { decodeLine } from './line.ts'
import { visibleRows } from './segment.ts'

/** Events up to the last commit, day by day, those of the intake last; nothing where no store exists. */
export function* scanEvents(dataFolder: string): Generator<Event> {
  const intake = openIntakeReadonly(dataFolder)
  if (intake === undefined) return
  try {
    intake.run('BEGIN')
    const asof = readSequence(intake)
    const names = readCatalogue(intake)
    const chunks = readChunks(intake, 0)
    intake.run('COMMIT')
    const applied = new Map<string, Applied>()
    for (const name of names) yield* scanDay(dataFolder, name, asof, applied)
    for (const chunk of chunks) {
      const day = applied.get(chunk.day)
      if (day !== undefined && isApplied(chunk, day)) continue
      yield* blockLines(chunk.data).map(decodeLine)
    }
  } finally {
    intake.close()
  }
}

function* scanDay(
  dataFolder: string,
  name: DayFileName,
  asof: number,
  applied: Map<string, Applied>,
): Generator<Event> {
  const db = openDayFileReadonly(dataFolder, name)
  if (db === undefined) return
  try {
    db.run('BEGIN')
    applied.set(name.day, readApplied(db))
    yield* scanSegments(db, asof)
    db.run('COMMIT')
  } finally {
    db.close()
  }
}

function* scanSegments(db: Database, asof: number): Generator<Event> {
  for (const segment of readSegments(db)) {
    const rows = visibleRows(segment, asof)
    for (const block of readBlocks(db, segment.seq, 0, rows)) {
      yield* blockLines(block.data)
        .slice(0, rows - block.start)
        .map(decodeLine)
    }
  }
}
