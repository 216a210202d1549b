import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { normalise } from '../../../../parsers/normalise.ts'
import { openWriter } from '../writer.ts'
import { closeFiles, createFiles } from './files.ts'
import { createGroupDocs } from './group-docs.ts'
import { createQuestions } from './questions.ts'
import { startRun } from './run.ts'
import { openSnapshot } from './snapshot.ts'
import { topsOf } from './top.ts'

const START = Date.UTC(2026, 10, 21, 12)
const ALL = { from: START - 1, to: START + 86_400_000, timeout_ms: 30_000 }
const BATCHES = 3
const BATCH = 4

let folder: string

/** Batches that stay in the intake: nothing of them is indexed. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-top-'))
  const options = { now: START, received: START, timeZone: 'UTC' }
  const writer = openWriter({
    dataFolder: folder,
    retention_days: 0,
    diskMinFree_bytes: 0,
    now: () => START,
  })
  for (let batch = 0; batch < BATCHES; batch++) {
    const events = Array.from({ length: BATCH }, (_, n) =>
      normalise(JSON.stringify({ host: `ws-${n}`, user: `user${batch}` }), options),
    )
    writer.append([{ answer: '', events, matches: [] }])
  }
  writer.close()
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function tops(rows_max?: number) {
  const files = createFiles(folder)
  const snapshot = openSnapshot(files, ALL)
  try {
    const units = snapshot.units(ALL)
    const groupDocs = createGroupDocs()
    const run = startRun(ALL, units.length, createQuestions(groupDocs))
    const facets = ['host', 'user', 'nosuchfield'].map(
      (field) => ({ field, limit: 5, order: 'most' }) as const,
    )
    return await topsOf(run, units, facets, groupDocs, rows_max)
  } finally {
    snapshot.close()
    closeFiles(files)
  }
}

test('facets that would have to look at more rows one by one are left undefined', async () => {
  const all = await tops()
  expect(all.map((top) => top?.distinct)).toEqual([BATCH, BATCHES, 0])
  expect(all.map((top) => top?.missing)).toEqual([0, 0, BATCH * BATCHES])
  expect(await tops(BATCH * BATCHES)).toEqual(all)
  expect(await tops(BATCH * BATCHES - 1)).toEqual([undefined, undefined, undefined])
})
