// Segments of the ingest worker on their way to the thread that writes them.
import { StoreError } from '../stores/events/errors.ts'
import type { Done, SegmentSink } from '../stores/events/sealing.ts'
import { connect } from '../workers/rpc.ts'
import type { SealHandlers } from '../workers/seal.ts'

export interface SealWorker extends SegmentSink {
  /** Closes its files and ends it; nothing may be under way. */
  close(): Promise<void>
}

/**
 * Starts the worker for a data folder. `onCrash`: what it had under way is unknown. Answers of a worker wait
 * while requests keep arriving, for seconds: how many writes are done stands in shared memory as well.
 */
export function startSealWorker(
  dataFolder: string,
  onCrash: (error: StoreError) => void,
): SealWorker {
  const script = new URL('../workers/seal.ts', import.meta.url)
  const crashed = (error: Error) => onCrash(storeError(error))
  const { client, terminate } = connect<SealHandlers>(script, 'seal', crashed, { smol: true })
  const written = new Int32Array(new SharedArrayBuffer(4))
  const pending = new Map<number, Done>()
  let writes = 0
  client.open(dataFolder, written).catch(crashed)

  const end = (write: number, error?: StoreError) => {
    const done = pending.get(write)
    pending.delete(write)
    done?.(error)
  }
  return {
    write: (name, sealing, at, done) => {
      const write = ++writes
      pending.set(write, done)
      client.write(write, name, sealing, at).then(
        () => end(write),
        (error) => end(write, storeError(error)),
      )
    },
    poll: () => {
      const last = Atomics.load(written, 0)
      for (const write of [...pending.keys()]) if (write <= last) end(write)
    },
    forget: (name) => {
      client.forget(name).catch(crashed)
    },
    close: async () => {
      await client.close()
      terminate()
    },
  }
}

/** Whatever else went wrong there, what is in the file is unknown. */
function storeError(error: unknown): StoreError {
  const { code, message } = error as { readonly code?: string; readonly message: string }
  return new StoreError(code === 'disk-full' ? code : 'store-failed', message, error)
}
