// The index worker: follows sealed segments, seconds behind at most. It knows nothing that is not in the
// files, so ending it at any moment loses nothing.
import { statfsSync } from 'node:fs'
import { createIndexer, type Indexer } from '../stores/events/index/indexer.ts'
import { serve } from './rpc.ts'

/** How long it rests when nothing was left to do, milliseconds. */
const REST_MS = 200

export interface IndexOptions {
  readonly dataFolder: string
  /** Below this much free space nothing is indexed, bytes. */
  readonly diskMinFree_bytes: number
}

/** What the worker says after each piece of work: notice `index`. */
export interface IndexStatus {
  /** Sealed events that are not indexed yet. */
  readonly waiting: number
  /** How long the oldest of them has waited, milliseconds. */
  readonly lag_ms: number
  /** Why it rests although something waits. */
  readonly problem?: string
}

let indexer: Indexer | undefined
let timer: Timer | undefined
let problem: string | undefined

function status(): IndexStatus {
  const waiting = indexer?.waiting() ?? { events: 0, since: undefined }
  return {
    waiting: waiting.events,
    lag_ms: waiting.since === undefined ? 0 : Date.now() - waiting.since,
    ...(problem === undefined ? {} : { problem }),
  }
}

function hasSpace({ dataFolder, diskMinFree_bytes }: IndexOptions): boolean {
  const { bavail, bsize } = statfsSync(dataFolder)
  return bavail * bsize >= diskMinFree_bytes
}

function follow(options: IndexOptions): void {
  if (indexer === undefined) return
  const spacious = hasSpace(options)
  problem = spacious ? undefined : 'disk-full'
  const worked = spacious && indexer.step()
  notify('index', status())
  timer = setTimeout(follow, worked ? 0 : REST_MS, options)
}

const handlers = {
  open: (options: IndexOptions): void => {
    if (indexer !== undefined) return
    indexer = createIndexer(options.dataFolder)
    follow(options)
  },
  status,
  close: (): void => {
    clearTimeout(timer)
    indexer?.close()
    indexer = undefined
  },
}

export type IndexHandlers = typeof handlers

const notify = serve(handlers)
