// Copies a data folder that is in use. Each database is copied in a read transaction of its own, in this
// order: state, intake, days. The state's cursor is then never ahead of the intake, and events that moved
// from the intake into a day meanwhile are in both, where the day's `applied` mark tells them apart.
import { Database } from 'bun:sqlite'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { openRepository } from '../releases/repository.ts'
import { CONTENT_BUNDLE, contentRepository, LIVE_FILE, liveCommit } from '../releases/staging.ts'
import { countMatchesAfter, readMatchSequence } from '../stores/events/intake-matches.ts'
import { readEpoch } from '../stores/events/intake-read.ts'
import { stateUrl } from '../stores/state/open.ts'
import {
  BackupError,
  describeFile,
  MANIFEST,
  MANIFEST_FORMAT,
  type Manifest,
  requireEmpty,
} from './manifest.ts'

/** Tries to catch the intake before matches that the copied state has not seen leave it. */
const TRIES = 5
const BUSY_TIMEOUT_MS = 10_000

/** Copies `data` to `to`. Throws `BackupError`; a failed copy has no manifest. */
export async function backUp(
  data: string,
  to: string,
  say: (step: string) => void,
): Promise<Manifest> {
  for (const file of ['state.db', 'intake.db']) {
    if (!existsSync(join(data, file))) throw new BackupError(`${join(data, file)} does not exist`)
  }
  requireEmpty(to)
  mkdirSync(join(to, 'events'), { recursive: true, mode: 0o700 })
  chmodSync(to, 0o700)
  const created = new Date().toISOString()
  const position = await copyStateAndIntake(data, to, say)
  const paths = ['state.db', 'intake.db']
  for (const file of dayFiles(data)) {
    say(`events/${file}`)
    if (copyDatabase(join(data, 'events', file), join(to, 'events', file))) {
      paths.push(`events/${file}`)
    }
  }
  if (existsSync(join(data, 'key'))) {
    copyFileSync(join(data, 'key'), join(to, 'key'))
    paths.push('key')
  }
  paths.push(...(await copyContent(data, to)))
  const files = []
  for (const path of paths) {
    chmodSync(join(to, path), 0o600)
    sync(join(to, path))
    files.push(await describeFile(to, path))
  }
  const manifest = { format: MANIFEST_FORMAT, created, ...position, files } satisfies Manifest
  writeFileSync(join(to, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
  for (const path of [MANIFEST, 'events', '.']) sync(join(to, path))
  return manifest
}

/** The live commit and all that were live before it, where there was a release. */
async function copyContent(data: string, to: string): Promise<readonly string[]> {
  if (liveCommit(data) === undefined) return []
  mkdirSync(join(to, 'releases'), { mode: 0o700 })
  copyFileSync(join(data, LIVE_FILE), join(to, LIVE_FILE))
  const repository = await openRepository(contentRepository(data))
  await repository.save(join(to, CONTENT_BUNDLE))
  return [LIVE_FILE, CONTENT_BUNDLE]
}

/** Matches leave the intake once they are in alerts. Those made into alerts between the two copies may be
 * gone from the second and not yet in the first: then both are copied again. */
async function copyStateAndIntake(data: string, to: string, say: (step: string) => void) {
  for (let tried = 1; tried <= TRIES; tried++) {
    for (const file of ['state.db', 'intake.db']) rmSync(join(to, file), { force: true })
    say('state.db')
    const cursor = await copyState(data, to)
    say('intake.db')
    copyDatabase(join(data, 'intake.db'), join(to, 'intake.db'))
    const intake = readIntake(join(to, 'intake.db'), cursor?.sequence ?? 0)
    if (cursor !== undefined && cursor.epoch !== intake.epoch) {
      throw new BackupError('state.db follows another intake: see "alerts" in /ready')
    }
    if (cursor === undefined || intake.missing === 0) {
      return { epoch: intake.epoch, alertsUpTo: cursor?.sequence ?? 0 }
    }
  }
  throw new BackupError('the intake moves faster than the state can be copied: try again later')
}

async function copyState(data: string, to: string) {
  const path = join(to, 'state.db')
  const live = createClient({ url: stateUrl(data), timeout: BUSY_TIMEOUT_MS })
  try {
    await live.execute({ sql: 'VACUUM INTO ?', args: [path] })
  } finally {
    live.close()
  }
  const copy = createClient({ url: stateUrl(to) })
  try {
    const { rows } = await copy.execute('SELECT epoch, sequence FROM match_cursor')
    const row = rows[0]
    return row && { epoch: String(row.epoch), sequence: Number(row.sequence) }
  } finally {
    copy.close()
  }
}

/** False when the file has gone meanwhile: retention removed it. */
function copyDatabase(from: string, to: string): boolean {
  if (!existsSync(from)) return false
  const db = new Database(from, { readonly: true })
  try {
    db.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    db.query('VACUUM INTO ?').run(to)
    return true
  } finally {
    db.close()
  }
}

function readIntake(path: string, cursor: number): { epoch: string; missing: number } {
  const db = new Database(path, { readonly: true })
  try {
    const last = readMatchSequence(db)
    const kept = countMatchesAfter(db, cursor)
    return { epoch: readEpoch(db), missing: Math.max(0, last - cursor) - kept }
  } finally {
    db.close()
  }
}

function dayFiles(data: string): readonly string[] {
  const folder = join(data, 'events')
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((file) => /^\d{4}-\d\d-\d\d\.\d+\.db$/.test(file))
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
