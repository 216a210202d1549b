// Retention: whole days leave. The catalogue row goes first, the file some seconds later, when no reader's
// transaction can still be on it; a file name is never used again.
import type { Database } from 'bun:sqlite'
import { rmSync } from 'node:fs'
import { type DayFileName, dayFilePath, readMeta } from './day-file.ts'
import { type Day, type Days, removedFiles } from './days.ts'
import { dayStart } from './id.ts'
import { removeDay } from './intake.ts'

const DAY_MS = 86_400_000
/** Longer than a reader's transaction may live, milliseconds. */
const UNLINK_AFTER_MS = 10_000

export interface Retention {
  /** Takes days older than this many days out of the catalogue; returns their files' paths. */
  retain(keep_days: number, at: number): readonly string[]
  /** Unlinks files that left the catalogue a while ago. */
  unlinkDue(): void
}

export function createRetention(
  intake: Database,
  days: Days,
  dataFolder: string,
  now: () => number,
  onForget: (name: DayFileName) => void,
): Retention {
  for (const path of removedFiles(intake, dataFolder)) unlinkDatabase(path)
  let leaving: { readonly path: string; readonly at: number }[] = []

  /** Imports of old logs are kept as long, counted from when they came. */
  function isDue(day: Day, oldest: number): boolean {
    if (dayStart(day.name.day) + DAY_MS > oldest) return false
    if (day.live.events + day.late.events > 0 || !day.listed) return false
    return Number(readMeta(days.file(day.name), 'sealed_at') ?? 0) <= oldest
  }

  return {
    retain: (keep_days, at) => {
      const due = days.all().filter((day) => isDue(day, at - keep_days * DAY_MS))
      intake.transaction(() => {
        for (const { name, live, late } of due) {
          removeDay(intake, name, { live: live.next, late: late.next })
        }
      })()
      const paths = due.map((day) => dayFilePath(dataFolder, day.name))
      for (const day of due) {
        days.forget(day)
        onForget(day.name)
      }
      for (const path of paths) leaving.push({ path, at: now() })
      return paths
    },
    unlinkDue: () => {
      if (leaving.length === 0) return
      const due = leaving.filter(({ at }) => now() - at >= UNLINK_AFTER_MS)
      for (const { path } of due) unlinkDatabase(path)
      leaving = leaving.filter((file) => !due.includes(file))
    },
  }
}

function unlinkDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
}
