import type { Database } from 'bun:sqlite'
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeEvents } from '../../../../test/search/events.ts'
import { answersOf } from '../../../../test/search/index-answers.ts'
import { openIntakeReadonly, readCatalogue } from '../intake-read.ts'
import { type OpenReader, openEventReader } from '../reader.ts'
import { openWriter } from '../writer.ts'
import { createIndexer } from './indexer.ts'
import { INDEX_VERSION, indexPath, openIndexWriter } from './layout.ts'
import { dropOneLeftover, readLeftover } from './leftover.ts'
import { mergeGroups } from './merge.ts'
import { createMerging, mergeSome } from './merging.ts'
import { readGroups } from './read.ts'

const START = Date.UTC(2026, 10, 21, 12)
/** Fewer than are merged by themselves. */
const GROUPS = 7
const GROUP_EVENTS = 600
const TABLES = ['terms', 'postings', 'large', 'columns', 'keys'] as const

let folder: string
let reader: OpenReader
let index: Database

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-merging-'))
  const writer = openWriter({ dataFolder: folder, retention_days: 0, diskMinFree_bytes: 0 })
  const indexer = createIndexer(folder, 0)
  for (let group = 0; group < GROUPS; group++) {
    const events = makeEvents(GROUP_EVENTS, START, group)
    writer.append([{ answer: '', events, matches: [], import: true }])
    writer.seal()
    while (indexer.step()) {
      // until what was sealed is indexed
    }
  }
  indexer.close()
  writer.close()
  const intake = openIntakeReadonly(folder)!
  const sizeOf = (path: string) => statSync(path).size
  const [name] = readCatalogue(intake).sort(
    (a, b) => sizeOf(indexPath(folder, b)) - sizeOf(indexPath(folder, a)),
  )
  intake.close()
  const identity = { dayFile: name!.fileId, version: INDEX_VERSION }
  index = openIndexWriter(indexPath(folder, name!), identity)
  reader = openEventReader(folder)
})

afterEach(() => {
  reader.close()
  index.close()
  rmSync(folder, { recursive: true, force: true })
})

const idsOf = () => readGroups(index).map(({ id }) => id)

/** Rows of all tables. */
const rowsOf = () =>
  TABLES.map((table) => Object.values(index.query(`SELECT count(*) FROM ${table}`).get() as object))

/** Takes the next step in a transaction of its own; true when it was the last. */
const take = (steps: Generator<void, number>) =>
  index.transaction(() => steps.next().done === true)()

test('between the steps of a merge searches find the same, in the old groups until the last', async () => {
  const before = idsOf()
  const wanted = await answersOf(reader)
  const steps = mergeGroups(index, before, false)
  let taken = 0
  while (!take(steps)) {
    taken++
    expect(idsOf()).toEqual(before)
    if (taken % 8 === 0) expect(await answersOf(reader)).toEqual(wanted)
  }
  expect(taken).toBeGreaterThan(20)
  expect(idsOf()).toHaveLength(1)
  expect(readLeftover(index)).toEqual(before)
  expect(await answersOf(reader)).toEqual(wanted)
  while (dropOneLeftover(index)) expect(await answersOf(reader)).toEqual(wanted)
}, 30_000)

test('a merge that was given up leaves no row once its group is dropped', () => {
  const before = rowsOf()
  const groups = idsOf()
  const steps = mergeGroups(index, groups, false)
  for (let n = 0; n < 20; n++) expect(take(steps)).toBe(false)
  expect(rowsOf()).not.toEqual(before)
  expect(readLeftover(index)).toHaveLength(1)
  // As after a crash: nothing is known but what the file says.
  const merging = createMerging(index, 0)
  while (mergeSome(merging, 0)) {
    // until nothing is left over
  }
  expect(readLeftover(index)).toEqual([])
  expect(rowsOf()).toEqual(before)
  expect(idsOf()).toEqual(groups)
})

test('rows of the old groups go after a merge, those of the new one stay', async () => {
  const wanted = await answersOf(reader)
  const steps = mergeGroups(index, idsOf(), false)
  while (!take(steps)) {
    // all steps
  }
  const all = rowsOf()
  while (dropOneLeftover(index)) {
    // until nothing is left over
  }
  expect(readLeftover(index)).toEqual([])
  expect(rowsOf()).not.toEqual(all)
  expect(await answersOf(reader)).toEqual(wanted)
})

test('a step that fails ends its merge, which begins anew', async () => {
  const wanted = await answersOf(reader)
  const merging = createMerging(index, 0)
  const groups = idsOf()
  merging.steps = mergeGroups(index, groups, false)
  mergeSome(merging, 0)
  mergeSome(merging, 0)
  index.run('ALTER TABLE terms RENAME TO hidden')
  expect(() => {
    while (mergeSome(merging, 0)) {
      // until the words are wanted
    }
  }).toThrow()
  index.run('ALTER TABLE hidden RENAME TO terms')
  expect(merging.steps).toBeUndefined()
  expect(idsOf()).toEqual(groups)
  merging.steps = undefined
  while (mergeSome(merging, 0)) {
    // what is left over goes
  }
  expect(await answersOf(reader)).toEqual(wanted)
})
