// The workers of a backtest over files: batches out, what they hold back in their order.
import { availableParallelism } from 'node:os'
import type { FileWork, ReadBatch, ReadRest, Texts } from './file-reader.ts'
import type { FileWorkerAnswer, FileWorkerRequest } from './file-worker.ts'

/** More would wait for the one thread that reads the file. */
const WORKERS_MAX = 4
/** Batches that one worker has before it, so that it never waits for the next. */
const BATCHES_AHEAD = 16

export interface FileWorkers {
  /** Reads a batch; `onRead` hears of it in the order of the calls. Waits while the workers have enough. */
  read(texts: Texts): Promise<void>
  /** Waits for all that was asked; what each worker is left with. Ends the workers. */
  finish(): Promise<readonly ReadRest[]>
  stop(): void
}

/** Starts a worker a core. */
export function startFileWorkers(work: FileWork, onRead: (batch: ReadBatch) => void): FileWorkers {
  const size = Math.max(1, Math.min(WORKERS_MAX, availableParallelism()))
  const members = Array.from({ length: size }, () => startMember(work))
  const waiting: Promise<ReadBatch>[] = []
  let batches = 0
  const takeFirst = async () => onRead(await waiting.shift()!)
  const stop = () => {
    void Promise.allSettled(waiting)
    for (const { worker } of members) worker.terminate()
  }
  return {
    read: async (texts) => {
      const batch = batches++
      waiting.push(members[batch % size]!.read(batch, texts))
      if (waiting.length > size * BATCHES_AHEAD) await takeFirst()
    },
    finish: async () => {
      while (waiting.length > 0) await takeFirst()
      const rests = await Promise.all(members.map((member) => member.rest()))
      stop()
      return rests
    },
    stop,
  }
}

interface Member {
  readonly worker: Worker
  read(batch: number, texts: Texts): Promise<ReadBatch>
  rest(): Promise<ReadRest>
}

function startMember(work: FileWork): Member {
  const worker = new Worker(new URL('./file-worker.ts', import.meta.url))
  const batches = new Map<number, PromiseWithResolvers<ReadBatch>>()
  const rest = Promise.withResolvers<ReadRest>()
  const fail = (reason: Error) => {
    for (const { reject } of batches.values()) reject(reason)
    rest.reject(reason)
  }
  // Nobody may be waiting for it when a worker ends: then its batches tell.
  void Promise.allSettled([rest.promise])
  worker.onmessage = ({ data }: MessageEvent<FileWorkerAnswer>) => {
    if ('rest' in data) return rest.resolve(data.rest)
    batches.get(data.batch)?.resolve(data)
    batches.delete(data.batch)
  }
  worker.onerror = (event) => fail(new Error(`a worker of the backtest ended: ${event.message}`))
  const post = (request: FileWorkerRequest) => worker.postMessage(request)
  post({ work })
  return {
    worker,
    read: (batch, texts) => {
      const resolvers = Promise.withResolvers<ReadBatch>()
      batches.set(batch, resolvers)
      post({ batch, ...texts })
      return resolvers.promise
    },
    rest: () => {
      post({ rest: true })
      return rest.promise
    },
  }
}
