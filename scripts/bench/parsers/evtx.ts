// How fast event logs are read: bytes and records a second of CPU time on this thread, from the file's bytes to
// records, and to normalised events with their text.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { logItems } from '../../../parsers/evtx/text.ts'
import { normalise } from '../../../parsers/normalise.ts'
import { filesBelow } from './files.ts'

const FOLDER = 'evtx-parser-samples/samples'
/** Small files measure how long it takes to begin, bytes. */
const FILE_BYTES_MIN = 500_000
const MEASURE_MS = 400
/** Measurements, of which the best counts. */
const MEASUREMENTS = 4

export interface EvtxSpeed {
  readonly file: string
  readonly bytes: number
  readonly records: number
  readonly read_mb_per_s: number
  readonly read_records_per_s: number
  readonly normalised_mb_per_s: number
  readonly normalised_records_per_s: number
}

/** Measures each larger log of the corpus; none where it has no logs. */
export async function evtxSpeeds(corpus: string): Promise<readonly EvtxSpeed[]> {
  const speeds: EvtxSpeed[] = []
  for (const path of await filesBelow(join(corpus, FOLDER), '.evtx')) {
    const bytes = await readFile(path)
    if (bytes.length < FILE_BYTES_MIN) continue
    const records = recordsIn(bytes)
    const runs = runsPerSecond(() => recordsIn(bytes))
    const full = runsPerSecond(() => {
      for (const item of logItems(bytes)) {
        if (item.kind === 'record') normalise(JSON.stringify(item.event), OPTIONS, item.event)
      }
    })
    const mb = bytes.length / 1e6
    speeds.push({
      file: path.slice(path.lastIndexOf('/') + 1),
      bytes: bytes.length,
      records,
      read_mb_per_s: rounded(mb * runs),
      read_records_per_s: Math.round(records * runs),
      normalised_mb_per_s: rounded(mb * full),
      normalised_records_per_s: Math.round(records * full),
    })
  }
  return speeds
}

const NOW = Date.UTC(2026, 10, 21)
const OPTIONS = { now: NOW, received: NOW, timeZone: 'UTC' }

/** How many records of a log can be read. */
function recordsIn(log: Uint8Array): number {
  let count = 0
  for (const { kind } of logItems(log)) if (kind === 'record') count++
  return count
}

/** Runs a second of CPU time, after one run to get warm. */
function runsPerSecond(run: () => void): number {
  run()
  return Math.max(...Array.from({ length: MEASUREMENTS }, () => measure(run)))
}

function measure(run: () => void): number {
  const start = process.cpuUsage()
  let used_us = 0
  let runs = 0
  while (used_us < MEASURE_MS * 1000) {
    run()
    runs++
    const { user, system } = process.cpuUsage(start)
    used_us = user + system
  }
  return (runs * 1e6) / used_us
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
