// The seal worker: encodes, compresses and writes segments for the ingest worker, whose thread goes on
// meanwhile. What it does not finish is in the intake and comes again.
import { createDayFiles, type DayFiles } from '../stores/events/catalogue.ts'
import { type DayFileName, openDayFile } from '../stores/events/day-file.ts'
import { guarded } from '../stores/events/errors.ts'
import { type Sealing, writeSealing } from '../stores/events/sealing.ts'
import { serve, WorkerError } from './rpc.ts'

let files: DayFiles | undefined
let written: Int32Array | undefined
let hasFailed = false

const handlers = {
  /** `done`: where it counts its writes, in shared memory. */
  open: (dataFolder: string, done: Int32Array): void => {
    files = createDayFiles((name) => openDayFile(dataFolder, name))
    written = done
  },
  /** Writes are numbered from 1. */
  write: (write: number, name: DayFileName, sealing: Sealing, at: number): void => {
    if (files === undefined) throw new WorkerError('store-failed', 'the seal worker is closed')
    try {
      const file = files.open(name)!
      guarded(() => writeSealing(file, sealing, at))
    } catch (error) {
      hasFailed = true
      throw error
    }
    if (!hasFailed && written !== undefined) Atomics.store(written, 0, write)
  },
  forget: (name: DayFileName): void => files?.release(name),
  close: (): void => {
    files?.close()
    files = undefined
  },
}

export type SealHandlers = typeof handlers

serve(handlers)
