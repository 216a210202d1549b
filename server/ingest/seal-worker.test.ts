import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { normalise } from '../../parsers/normalise.ts'
import {
  openDayFile,
  openDayFileReadonly,
  readApplied,
  readBlocks,
  readSegments,
} from '../stores/events/day-file.ts'
import type { StoreError } from '../stores/events/errors.ts'
import { openIntakeReadonly, readCatalogue } from '../stores/events/intake-read.ts'
import { scanEvents } from '../stores/events/scan.ts'
import { openWriter } from '../stores/events/writer.ts'
import { startSealWorker } from './seal-worker.ts'

const NOW = Date.now()
const EVENTS = 700
const BATCHES = 10

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-seal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const batch = (n: number) => ({
  answer: '',
  matches: [],
  events: Array.from({ length: EVENTS }, (_, i) => {
    const raw = JSON.stringify({ host: `h${i % 5}`, user: `u${n * EVENTS + i}`, n, i })
    return normalise(raw, { now: NOW, received: NOW, timeZone: 'UTC' })
  }),
})

const options = () => ({ dataFolder: folder, retention_days: 30, diskMinFree_bytes: 0 })

function fileOf(dataFolder: string) {
  const intake = openIntakeReadonly(dataFolder)!
  const [name] = readCatalogue(intake)
  intake.close()
  return name!
}

test('segments go to the day file beside the commits, each event once', async () => {
  const failures: unknown[] = []
  const note = (error: unknown) => failures.push(error)
  const sink = startSealWorker(folder, note)
  const writer = openWriter({ ...options(), sink, onSealFailure: note })
  for (let n = 0; n < BATCHES; n++) {
    writer.append([batch(n)])
    writer.tick()
    if (n % 3 === 0) await Bun.sleep(10)
  }
  expect([...scanEvents(folder)]).toHaveLength(BATCHES * EVENTS)
  await writer.sealing()
  writer.seal()
  await writer.sealing()
  expect(writer.unsealed()).toBe(0)
  await sink.close()
  writer.close()
  const events = [...scanEvents(folder)]
  expect(new Set(events.map((event) => event.id)).size).toBe(BATCHES * EVENTS)
  expect(events.map(({ fields }) => fields.user)).toEqual(
    Array.from({ length: BATCHES * EVENTS }, (_, n) => `u${n}`),
  )
  const file = openDayFileReadonly(folder, fileOf(folder))!
  expect(readSegments(file).reduce((sum, { count }) => sum + count, 0)).toBe(events.length)
  expect(readSegments(file).flatMap(({ seq }) => readBlocks(file, seq)).length).toBeGreaterThan(0)
  file.close()
  expect(failures).toEqual([])
})

test('a day file that someone else wrote fails the store, and nothing is applied', async () => {
  const failures: StoreError[] = []
  const note = (error: unknown) => failures.push(error as StoreError)
  const sink = startSealWorker(folder, note)
  const writer = openWriter({ ...options(), sink, onSealFailure: note })
  writer.append([batch(0)])
  const name = fileOf(folder)
  const other = openDayFile(folder, name)
  other.run("UPDATE meta SET value = 99 WHERE key = 'applied_live'")
  writer.seal()
  expect(writer.sealing()).rejects.toMatchObject({ code: 'store-failed' })
  while (failures.length === 0) await Bun.sleep(5)
  expect(failures.map(({ code }) => code)).toEqual(['store-failed'])
  expect(writer.unsealed()).toBe(EVENTS)
  expect(readApplied(other).live).toBe(99)
  expect(readSegments(other)).toEqual([])
  other.close()
  await sink.close()
  writer.close()
})
