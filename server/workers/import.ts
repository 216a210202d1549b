// Reads one file that someone dropped on a page, with the reader of `trapline ingest`, a batch at a time as
// the main thread asks: unpacking and splitting never delay a page.
import { batchBody, fileBatches } from '../../ci/input/batches.ts'
import { serve, WorkerError } from './rpc.ts'

/** One batch of a file. */
export interface ImportBatch {
  readonly body: Uint8Array
  /** Header lines before the first event. */
  readonly skipped: number
  /** The file, or the member of an archive, that the events are from. */
  readonly name: string
  /** Line, document or record number of each event, from 0. */
  readonly indexes: readonly number[]
  /** Bytes of the file read so far, before unpacking. */
  readonly read: number
  /** What is wrong with the file although no event is lost by it. */
  readonly notices: readonly string[]
}

let batches: ReturnType<typeof fileBatches> | undefined
let read = 0
let notices: string[] = []

const handlers = {
  open: (path: string): void => {
    batches = fileBatches(path, {
      onBytes: (count) => {
        read += count
      },
      onNotice: (message) => void notices.push(message),
    })
  },
  /** The next batch; undefined at the end of the file. */
  next: async (): Promise<ImportBatch | undefined> => {
    if (batches === undefined) throw new WorkerError('unavailable', 'no file is open')
    const step = await batches.next()
    if (step.done === true) return undefined
    const { name, batch } = step.value
    const said = notices
    notices = []
    const { body, skipped } = batchBody(batch)
    const indexes = batch.map((event) => event.index)
    return { body: new TextEncoder().encode(body), skipped, name, indexes, read, notices: said }
  },
}
export type ImportHandlers = typeof handlers

serve(handlers)
