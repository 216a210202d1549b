import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeEvents } from '../../../../test/search/events.ts'
import { openWriter } from '../writer.ts'
import { createIndexer } from './indexer.ts'
import { INDEX_FOLDER } from './layout.ts'
import { UNUSED_PAGES } from './merging.ts'
import { readGroups } from './read.ts'

const START = Date.UTC(2026, 10, 21, 12)
const GROUPS = 8
const GROUP_EVENTS = 2048
/** Large postings are read again and again until the merge is done: their pages stay. */
const UNUSED_SHARE_MAX = 0.25

test('a merge leaves few pages unused: the new group takes those of the old ones', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trapline-merge-'))
  const writer = openWriter({ dataFolder: folder, retention_days: 0, diskMinFree_bytes: 0 })
  const indexer = createIndexer(folder, 0)
  for (let group = 0; group < GROUPS; group++) {
    const events = makeEvents(GROUP_EVENTS, START, group)
    writer.append([{ answer: '', events, matches: [], import: true }])
    writer.seal()
    while (indexer.step()) {
      // until what was sealed is indexed and merged
    }
  }
  indexer.close()
  writer.close()
  const sizeOf = (name: string) => statSync(join(folder, INDEX_FOLDER, name)).size
  // Some events are of other days.
  const [file = ''] = readdirSync(join(folder, INDEX_FOLDER))
    .filter((name) => name.endsWith('.db'))
    .sort((a, b) => sizeOf(b) - sizeOf(a))
  const db = new Database(join(folder, INDEX_FOLDER, file), { readonly: true })
  const pages = (name: string) => {
    const row = db.query(`PRAGMA ${name}`).get() as Record<string, number>
    return row[name]!
  }
  const [unused, all] = [pages('freelist_count'), pages('page_count')]
  const groups = readGroups(db).length
  db.close()
  expect(groups).toBe(1)
  // A slow machine merges in more slices, each of which commits; so few pages are not given back.
  expect(unused).toBeLessThan(Math.max(all * UNUSED_SHARE_MAX, UNUSED_PAGES))
  rmSync(folder, { recursive: true, force: true })
}, 30_000)
