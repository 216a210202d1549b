// A query worker: searches over read-only connections. Calls run one after another; a call can be
// cancelled by its number while it waits or runs.
import type { EventReader } from '../stores/events/event-store.ts'
import { type OpenReader, openEventReader } from '../stores/events/reader.ts'
import { serve, WorkerError } from './rpc.ts'

let reader: OpenReader | undefined
const running = new Map<number, AbortController>()

function current(): OpenReader {
  if (reader === undefined) throw new WorkerError('unavailable', 'the query worker is not open')
  return reader
}

/** Runs a call that `cancel(call)` stops. */
async function cancellable<T>(call: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  running.set(call, controller)
  try {
    return await work(controller.signal)
  } finally {
    running.delete(call)
  }
}

const handlers = {
  open: (dataFolder: string): void => {
    reader ??= openEventReader(dataFolder)
  },
  search: (call: number, request: Parameters<EventReader['search']>[0]) =>
    cancellable(call, (signal) => current().search(request, signal)),
  count: (call: number, request: Parameters<EventReader['count']>[0]) =>
    cancellable(call, (signal) => current().count(request, signal)),
  histogram: (call: number, request: Parameters<EventReader['histogram']>[0]) =>
    cancellable(call, (signal) => current().histogram(request, signal)),
  tops: (call: number, ...[request, facets]: Parameters<OpenReader['tops']>) =>
    cancellable(call, (signal) => current().tops(request, facets, signal)),
  quickTops: (call: number, ...[request, facets]: Parameters<OpenReader['quickTops']>) =>
    cancellable(call, (signal) => current().quickTops(request, facets, signal)),
  get: (ids: Parameters<EventReader['get']>[0]) => current().get(ids),
  around: (...args: Parameters<EventReader['around']>) => current().around(...args),
  stats: () => current().stats(),
  position: () => current().position(),
  tail: (...args: Parameters<EventReader['tail']>) => current().tail(...args),
  matchesOf: (ids: Parameters<EventReader['matchesOf']>[0]) => current().matchesOf(ids),
  cancel: (call: number): void => running.get(call)?.abort(),
  close: (): void => {
    reader?.close()
    reader = undefined
  },
}

export type QueryHandlers = typeof handlers

serve(handlers)
