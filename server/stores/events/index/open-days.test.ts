import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeEvents } from '../../../../test/search/events.ts'
import { openIntakeReadonly, readCatalogue } from '../intake-read.ts'
import { openWriter } from '../writer.ts'
import { createIndexer } from './indexer.ts'
import { INDEX_VERSION, indexPath, openIndexReader } from './layout.ts'
import { OPEN_DAYS_MAX } from './open-days.ts'
import { readGroups } from './read.ts'

const DAY_MS = 86_400_000
const START = Date.UTC(2026, 9, 1, 12)
const DAYS = OPEN_DAYS_MAX + 2
const PATIENCE_MS = 20
const DEADLINE_MS = 20_000

test('of more days than are open at a time each is indexed, however few events it has', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trapline-days-'))
  const writer = openWriter({ dataFolder: folder, retention_days: 0, diskMinFree_bytes: 0 })
  const indexer = createIndexer(folder, PATIENCE_MS)
  const end = performance.now() + DEADLINE_MS
  // The second time files change that had nothing left to do.
  for (let round = 0; round < 2; round++) {
    for (let day = 0; day < DAYS; day++) {
      const events = makeEvents(20, START + day * DAY_MS, round)
      writer.append([{ answer: '', events, matches: [], import: true }])
    }
    writer.seal()
    indexer.step()
    expect(indexer.waiting().events).toBe(DAYS * 20)
    while (indexer.waiting().events > 0) {
      indexer.step()
      expect(performance.now()).toBeLessThan(end)
      await Bun.sleep(1)
    }
  }
  indexer.close()
  writer.close()
  const intake = openIntakeReadonly(folder)!
  const names = readCatalogue(intake)
  intake.close()
  let indexed = 0
  for (const name of names) {
    const identity = { dayFile: name.fileId, version: INDEX_VERSION }
    const index = openIndexReader(indexPath(folder, name), identity)!
    indexed += readGroups(index).reduce((sum, { events }) => sum + events, 0)
    index.close()
  }
  expect(names.length).toBeGreaterThan(OPEN_DAYS_MAX)
  expect(indexed).toBe(DAYS * 20 * 2)
  rmSync(folder, { recursive: true, force: true })
}, 30_000)
