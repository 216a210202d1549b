import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { normalise } from '../../../../parsers/normalise.ts'
import { eachBit } from '../bits.ts'
import { createIndexer } from '../index/indexer.ts'
import type { GroupReader } from '../index/read.ts'
import { openWriter } from '../writer.ts'
import { closeFiles, createFiles, type Files } from './files.ts'
import { createGroupDocs } from './group-docs.ts'
import { openSnapshot, type Snapshot } from './snapshot.ts'

const START = Date.UTC(2026, 10, 21, 12)
const ACTIONS = ['allowed', 'blocked', 'closed']
const EVENTS = 300

let folder: string
let files: Files
let snapshot: Snapshot
let group: GroupReader

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-docs-'))
  const writer = openWriter({
    dataFolder: folder,
    retention_days: 0,
    diskMinFree_bytes: 0,
    now: () => START,
  })
  const options = { now: START, received: START, timeZone: 'UTC' }
  const events = Array.from({ length: EVENTS }, (_, n) =>
    normalise(JSON.stringify({ action: ACTIONS[n % 3], n }), options),
  )
  writer.append([{ answer: '', events, matches: [] }])
  writer.seal()
  writer.close()
  const indexer = createIndexer(folder, 0)
  while (indexer.step()) {
    // until everything is indexed
  }
  indexer.close()
  files = createFiles(folder)
  const range = { from: START - 1, to: START + 86_400_000 }
  snapshot = openSnapshot(files, range)
  group = snapshot.units(range)[0]!.coverage!.group
})

afterAll(() => {
  snapshot.close()
  closeFiles(files)
  rmSync(folder, { recursive: true, force: true })
})

const rowsOf = (docs: Uint32Array | undefined) => {
  if (docs === undefined) return undefined
  const rows: number[] = []
  eachBit(docs, (row) => {
    rows.push(row)
  })
  return rows
}

test.each([0, 100, 1_000_000])('with %i bytes of memory each value has its docs', (bytes_max) => {
  const memory = createGroupDocs(bytes_max)
  const column = group.info.columns.findIndex(({ name }) => name === 'action')
  const { values } = memory.kept(group, column)
  const wanted = values.map((value) =>
    Array.from({ length: EVENTS }, (_, n) => n).filter((n) => ACTIONS[n % 3] === value),
  )
  for (const only of [1, 0, 2, 2]) {
    const found = memory.docsOf(group, column, (value) => value === only)
    expect(found.map(rowsOf)).toEqual(wanted.map((rows, at) => (at === only ? rows : undefined)))
  }
  for (let round = 0; round < 2; round++) {
    const sets = memory.sets(group, 'action')!
    expect(sets.map(([value]) => value)).toEqual(values.map(String))
    expect(sets.map(([, docs]) => rowsOf(docs)!)).toEqual(wanted)
  }
})
