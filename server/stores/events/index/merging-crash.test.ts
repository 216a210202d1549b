// The index worker's process is killed again and again while it makes and merges groups. What it leaves must
// answer as the events themselves do, and another indexer must bring it to its end.
import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeEvents } from '../../../../test/search/events.ts'
import { answersOf } from '../../../../test/search/index-answers.ts'
import { openEventReader } from '../reader.ts'
import { openWriter } from '../writer.ts'
import { createIndexer } from './indexer.ts'
import { CLASSES, INDEX_FOLDER } from './layout.ts'
import { readLeftover } from './leftover.ts'
import { readGroups } from './read.ts'

const START = Date.UTC(2026, 10, 21, 12)
/** Each is sealed, and a group of its own; of eight a merge is made. */
const BATCHES = 17
const BATCH_EVENTS = 500
/** Pieces of work, groups and slices of merges, after which it is killed, and a little later. */
const KILLS = [
  { pieces: 0, ms: 0 },
  { pieces: 1, ms: 3 },
  { pieces: 1, ms: 40 },
  { pieces: 2, ms: 0 },
  { pieces: 2, ms: 15 },
  { pieces: 3, ms: 25 },
] as const

async function runAndKill(folder: string, pieces: number, ms: number): Promise<void> {
  const script = join(import.meta.dir, 'merging.support.ts')
  const child = Bun.spawn([process.execPath, script, folder], { stdout: 'pipe', stderr: 'inherit' })
  let lines = 0
  for await (const chunk of child.stdout) {
    lines += new TextDecoder().decode(chunk).split('\n').length - 1
    if (lines > pieces) break
  }
  await Bun.sleep(ms)
  child.kill('SIGKILL')
  await child.exited
}

test('killed in the middle of groups and merges, the index answers as the events do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trapline-index-crash-'))
  const writer = openWriter({ dataFolder: folder, retention_days: 0, diskMinFree_bytes: 0 })
  const reader = openEventReader(folder)
  const plain = openEventReader(folder)
  try {
    for (let batch = 0; batch < BATCHES; batch++) {
      const events = makeEvents(BATCH_EVENTS, START, batch)
      writer.append([{ answer: '', events, matches: [], import: true }])
      writer.seal()
      const kill = KILLS[batch % KILLS.length]!
      await runAndKill(folder, kill.pieces, kill.ms)
    }
    // Nothing is indexed in a folder without index files: the matcher's own answers.
    const answers = await answersOf(reader)
    const indexer = createIndexer(folder, 0)
    while (indexer.step()) {
      // until everything is indexed, merged and tidied
    }
    indexer.close()
    expect(await answersOf(plain)).toEqual(answers)
    for (const path of indexFiles(folder)) expectTidy(path)
    rmSync(join(folder, INDEX_FOLDER), { recursive: true })
    const unindexed = openEventReader(folder)
    expect(await answersOf(unindexed)).toEqual(answers)
    unindexed.close()
  } finally {
    reader.close()
    plain.close()
    writer.close()
    rmSync(folder, { recursive: true, force: true })
  }
}, 60_000)

const indexFiles = (folder: string) =>
  readdirSync(join(folder, INDEX_FOLDER))
    .filter((name) => name.endsWith('.db'))
    .map((name) => join(folder, INDEX_FOLDER, name))
    .filter((path) => statSync(path).size > 0)

/** Rows are of groups that the file has, and nothing is left over. */
function expectTidy(path: string): void {
  const db = new Database(path, { readonly: true })
  const groups = readGroups(db).map(({ id }) => id)
  expect(readLeftover(db)).toEqual([])
  const rows = db.query(`SELECT DISTINCT id / ${CLASSES * 2 ** 18} AS owner FROM terms`).all()
  expect(rows.map((row) => (row as { owner: number }).owner)).toEqual(groups)
  db.close()
}
