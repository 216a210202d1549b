// Reads one file that someone dropped on a page, with the reader of `trapline ingest`, a batch at a time as
// the main thread asks: unpacking and splitting never delay a page.
import {
  type Batch,
  batchBody,
  contentKey,
  fileBatches,
  placeKey,
  restOf,
} from '../../ci/input/batches.ts'
import { serve, WorkerError } from './rpc.ts'

/** One batch of a file. */
export interface ImportBatch {
  readonly body: Uint8Array
  /** Its idempotency key by its place in the log, and the one by its content, too. */
  readonly key: string
  readonly contentKey: string
  /** Header lines before the first event. */
  readonly skipped: number
  /** The file, or the member of an archive, that the events are from. */
  readonly name: string
  /** Line, document or record number of each event, from 0. */
  readonly indexes: readonly number[]
  /** Bytes of the file read so far, before unpacking. */
  readonly read: number
  readonly said: Said
}

/** What was noticed of a file since the last batch. */
export interface Said {
  /** What is wrong with the file although no event is lost by it. */
  readonly notices: readonly string[]
  /** Members that cannot be read, or not to their end. */
  readonly failures: readonly string[]
}

interface Opened {
  readonly path: string
  /** The file's own name. */
  readonly name: string
  /** The label that its events get. */
  readonly source: string | undefined
}

let batches: ReturnType<typeof fileBatches> | undefined
let last: { readonly name: string; readonly batch: Batch } | undefined
let label: string | undefined
let read = 0
let notices: string[] = []
let failures: string[] = []

const handlers = {
  open: ({ path, name, source }: Opened): void => {
    label = source
    const options = {
      onBytes: (count: number) => {
        read += count
      },
      onNotice: (message: string) => void notices.push(message),
      onFailure: (error: Error) => void failures.push(error.message),
    }
    batches = fileBatches(path, options, name)
  },
  /** The next batch; undefined at the end of the file. */
  next: async (): Promise<ImportBatch | undefined> => {
    if (batches === undefined) throw new WorkerError('unavailable', 'no file is open')
    const step = await batches.next()
    if (step.done === true) return undefined
    last = step.value
    return given(last)
  },
  /** What is left of the last batch after what was sent of it before, by what the server said of its key. */
  rest: (conflict: string): ImportBatch | undefined => {
    const batch = last === undefined ? undefined : restOf(last.batch, conflict)
    if (last === undefined || batch === undefined) return undefined
    last = { name: last.name, batch }
    return given(last)
  },
  said: (): Said => takeSaid(),
}

function takeSaid(): Said {
  const said = { notices, failures }
  notices = []
  failures = []
  return said
}

function given({ name, batch }: { readonly name: string; readonly batch: Batch }): ImportBatch {
  const { body, skipped } = batchBody(batch)
  const indexes = batch.events.map((event) => event.index)
  const keys = { key: placeKey(batch, label), contentKey: contentKey(batch, label, body) }
  const text = new TextEncoder().encode(body)
  return { body: text, ...keys, skipped, name, indexes, read, said: takeSaid() }
}
export type ImportHandlers = typeof handlers

serve(handlers)
