// The days as the writer knows them: catalogue rows, the two buffers of each day, its open file.
import type { Database } from 'bun:sqlite'
import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createBuffer, type DayBuffer } from './buffer.ts'
import { createDayFiles } from './catalogue.ts'
import {
  type DayFileName,
  dayFilePath,
  openDayFile,
  openDayFileReadonly,
  readApplied,
  readMeta,
} from './day-file.ts'
import { LATE_BASE } from './id.ts'
import { type CatalogueDay, insertDay, readAllDays } from './intake.ts'

/** A day that has a file, or will have when it is first sealed. */
export interface Day {
  readonly name: DayFileName
  readonly live: DayBuffer
  readonly late: DayBuffer
  /** False until its catalogue row is committed. */
  listed: boolean
}

export interface Days {
  /** The day, made where it does not exist yet. */
  of(day: string): Day
  all(): readonly Day[]
  /** Days whose catalogue rows are still to be inserted. */
  unlisted(): readonly Day[]
  /** A day's file, made where it does not exist. Valid until the next call. */
  file(name: DayFileName): Database
  /** Forgets a day whose catalogue row says removed. */
  forget(day: Day): void
  close(): void
}

/** Reads the catalogue and every day file's position. */
export function openDays(intake: Database, dataFolder: string): Days {
  adoptUnknownFiles(intake, dataFolder)
  const files = createDayFiles((name) => openDayFile(dataFolder, name))
  const days = new Map<string, Day>()
  const rows = readAllDays(intake)
  for (const row of rows) {
    if (!row.removed) days.set(row.day, { ...existingDay(dataFolder, row), listed: true })
  }
  advanceSequence(intake, [...days.values()])

  return {
    of: (text) => {
      let day = days.get(text)
      if (day === undefined) {
        day = newDay(
          text,
          readAllDays(intake).findLast((row) => row.day === text),
        )
        days.set(text, day)
      }
      return day
    },
    all: () => [...days.values()],
    unlisted: () => [...days.values()].filter((day) => !day.listed),
    file: (name) => files.open(name)!,
    forget: (day) => {
      files.release(day.name)
      days.delete(day.name.day)
    },
    close: () => files.close(),
  }
}

function existingDay(dataFolder: string, name: DayFileName): Omit<Day, 'listed'> {
  const db = openDayFileReadonly(dataFolder, name)
  if (db === undefined) return freshDay(name, 0, LATE_BASE)
  try {
    const applied = readApplied(db)
    const next = (late: boolean): number => {
      const query = db.query('SELECT max(first + count) AS next FROM segments WHERE late = ?')
      const row = query.get(late ? 1 : 0) as { next: number | null }
      return row.next ?? (late ? LATE_BASE : 0)
    }
    return {
      name,
      live: createBuffer(name.day, false, next(false), applied.live),
      late: createBuffer(name.day, true, next(true), applied.late),
    }
  } finally {
    db.close()
  }
}

function freshDay(name: DayFileName, live: number, late: number): Omit<Day, 'listed'> {
  return {
    name,
    live: createBuffer(name.day, false, live, 0),
    late: createBuffer(name.day, true, late, 0),
  }
}

/** A day without a file; where retention removed one, numbers and generation go on from there. */
function newDay(day: string, removed: CatalogueDay | undefined): Day {
  const generation = (removed?.generation ?? 0) + 1
  const name = { day, generation, fileId: randomUUID() }
  return {
    ...freshDay(name, removed?.nextLive ?? 0, removed?.nextLate ?? LATE_BASE),
    listed: false,
  }
}

/** Files that the catalogue does not know (another intake's, after a restore) belong to it from now on. */
function adoptUnknownFiles(intake: Database, dataFolder: string): void {
  const known = new Set(readAllDays(intake).map((row) => dayFilePath(dataFolder, row)))
  const folder = join(dataFolder, 'events')
  for (const file of readdirSync(folder).sort()) {
    const parts = /^(\d{4})-(\d\d)-(\d\d)\.(\d+)\.db$/.exec(file)
    if (parts === null || known.has(join(folder, file))) continue
    const day = `${parts[1]}${parts[2]}${parts[3]}`
    const name = { day, generation: Number(parts[4]), fileId: '' }
    const db = openDayFileReadonly(dataFolder, name)
    if (db === undefined) continue
    const fileId = String(readMeta(db, 'file_id'))
    db.close()
    insertDay(intake, { ...name, fileId })
  }
}

/** A restored intake may be older than its day files: sequences must go on above what they applied. */
function advanceSequence(intake: Database, days: readonly Day[]): void {
  const applied = days.reduce((max, d) => Math.max(max, d.live.applied, d.late.applied), 0)
  if (applied === 0) return
  intake.transaction(() => {
    const row = intake.query("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'").get()
    if (row === null) {
      intake.query("INSERT INTO sqlite_sequence(name, seq) VALUES ('chunks', ?)").run(applied)
    } else {
      intake
        .query("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'chunks'")
        .run(applied)
    }
  })()
}

/** Paths of files whose catalogue rows say removed and that are still there. */
export function removedFiles(intake: Database, dataFolder: string): string[] {
  return readAllDays(intake)
    .filter((row) => row.removed)
    .map((row) => dayFilePath(dataFolder, row))
    .filter((path) => existsSync(path))
}
