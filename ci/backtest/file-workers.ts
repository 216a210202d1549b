// The workers of a backtest over files: batches out, what they hold back in their order.
import { availableParallelism } from 'node:os'
import type { Event } from '../../parsers/event.ts'
import type { FileWorkerAnswer, FileWorkerRequest, ReadBatch } from './file-worker.ts'

/** More would wait for the one thread that reads the file. */
const WORKERS_MAX = 4
/** Batches that one worker has before it, so that it never waits for the next. */
const BATCHES_AHEAD = 16

export interface FileWorkers {
  /** Reads a batch; `onRead` hears of it in the order of the calls. Waits while the workers have enough. */
  read(texts: readonly string[]): Promise<void>
  /** Waits for all that was asked; a sample of the events. Ends the workers. */
  finish(): Promise<readonly Event[]>
  stop(): void
}

type Setup = Extract<FileWorkerRequest, { rules: unknown }>

/** Starts a worker a core. */
export function startFileWorkers(setup: Setup, onRead: (batch: ReadBatch) => void): FileWorkers {
  const size = Math.max(1, Math.min(WORKERS_MAX, availableParallelism()))
  const members = Array.from({ length: size }, () => startMember(setup))
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
      const samples = await Promise.all(members.map((member) => member.sample()))
      stop()
      return samples.flat()
    },
    stop,
  }
}

interface Member {
  readonly worker: Worker
  read(batch: number, texts: readonly string[]): Promise<ReadBatch>
  sample(): Promise<readonly Event[]>
}

function startMember(setup: Setup): Member {
  const worker = new Worker(new URL('./file-worker.ts', import.meta.url))
  const batches = new Map<number, PromiseWithResolvers<ReadBatch>>()
  const sampled = Promise.withResolvers<readonly Event[]>()
  const fail = (reason: Error) => {
    for (const { reject } of batches.values()) reject(reason)
    sampled.reject(reason)
  }
  // Nobody may be waiting for it when a worker ends: then its batches tell.
  void Promise.allSettled([sampled.promise])
  worker.onmessage = ({ data }: MessageEvent<FileWorkerAnswer>) => {
    if ('sample' in data) return sampled.resolve(data.sample)
    batches.get(data.batch)?.resolve(data)
    batches.delete(data.batch)
  }
  worker.onerror = (event) => fail(new Error(`a worker of the backtest ended: ${event.message}`))
  const post = (request: FileWorkerRequest) => worker.postMessage(request)
  post(setup)
  return {
    worker,
    read: (batch, texts) => {
      const resolvers = Promise.withResolvers<ReadBatch>()
      batches.set(batch, resolvers)
      post({ batch, texts })
      return resolvers.promise
    },
    sample: () => {
      post({ sample: true })
      return sampled.promise
    },
  }
}
