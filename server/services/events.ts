// The event store as the main thread sees it: query workers behind the reader's interface, and the index
// worker that follows what is sealed.
import type {
  Count,
  CountRequest,
  EventReader,
  Histogram,
  HistogramRequest,
  SearchRequest,
  SearchResult,
} from '../stores/events/event-store.ts'
import type { IndexHandlers, IndexOptions, IndexStatus } from '../workers/index.ts'
import type { QueryHandlers } from '../workers/query.ts'
import { type Connection, connect } from '../workers/rpc.ts'
import { createFacetCalls } from './facet-calls.ts'
import { createQueryQueue, type QueryQueue, type Urgency } from './query-queue.ts'

export interface EventsOptions extends IndexOptions {
  /** How many query workers; one call at a time in each. */
  readonly workers: number
}

export interface EventsHost {
  readonly reader: EventReader
  /** The same for work that nobody waits for on a page: its calls give way to all others. */
  readonly background: EventReader
  /** How long the oldest sealed event that is not indexed has waited, milliseconds. */
  indexLag_ms(): number
  /** Ends the workers. */
  stop(): Promise<void>
}

/** Starts the query and index workers. `onCrash` hears of a worker that ended by itself. */
export async function startEvents(
  options: EventsOptions,
  onCrash: (error: Error) => void,
): Promise<EventsHost> {
  const { dataFolder, diskMinFree_bytes, workers } = options
  const index = connect<IndexHandlers>(
    new URL('../workers/index.ts', import.meta.url),
    'index',
    onCrash,
  )
  let status: IndexStatus = { waiting: 0, lag_ms: 0 }
  let heard = performance.now()
  index.on('index', (notice: IndexStatus) => {
    status = notice
    heard = performance.now()
  })
  const pool = Array.from({ length: workers }, (_, n) =>
    connect<QueryHandlers>(
      new URL('../workers/query.ts', import.meta.url),
      `query-${n + 1}`,
      onCrash,
    ),
  )
  await Promise.all([
    index.client.open({ dataFolder, diskMinFree_bytes }),
    ...pool.map(({ client }) => client.open(dataFolder)),
  ])
  const queue = createQueryQueue(pool.map(({ client }) => client))
  const indexLag_ms = () => (status.waiting === 0 ? 0 : status.lag_ms + performance.now() - heard)
  return {
    reader: readerOver(queue, indexLag_ms),
    background: readerOver(queue, indexLag_ms, 'background'),
    indexLag_ms,
    stop: async () => {
      // One that crashed cannot close; the others do.
      await Promise.allSettled([index.client.close(), ...pool.map(({ client }) => client.close())])
      for (const connection of [index, ...pool]) connection.terminate()
    },
  }
}

type QueryClient = Connection<QueryHandlers>['client']

/** Numbers of calls, by which they are cancelled. */
let calls = 0

/** Makes a call that ends early when the signal says so. */
async function cancelled<Result>(
  client: QueryClient,
  signal: AbortSignal | undefined,
  work: (call: number) => Promise<Result>,
): Promise<Result> {
  const call = ++calls
  const cancel = () => void client.cancel(call)
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    const answer = work(call)
    if (signal?.aborted === true) cancel()
    return await answer
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

function readerOver(
  queue: QueryQueue<QueryClient>,
  lag_ms: () => number,
  always?: Urgency,
): EventReader {
  const run = <T>(urgency: Urgency, work: (client: QueryClient) => Promise<T>): Promise<T> =>
    queue.run(always ?? urgency, work)
  const cancellable =
    <Request, Result>(
      urgency: Urgency,
      work: (client: QueryClient, call: number, request: Request) => Promise<Result>,
    ) =>
    (request: Request, signal?: AbortSignal): Promise<Result> =>
      run(urgency, (client) => cancelled(client, signal, (call) => work(client, call, request)))
  const facets = createFacetCalls({
    quick: (take) =>
      run('facet', (client) => {
        const { request, facets, signal } = take()
        return cancelled(client, signal, (call) => client.quickTops(call, request, facets))
      }),
    slow: ({ request, facets, signal }) =>
      run('slow facet', (client) =>
        cancelled(client, signal, (call) => client.tops(call, request, facets)),
      ),
  })
  return {
    search: cancellable<SearchRequest, SearchResult>('rows', (to, call, what) =>
      to.search(call, what),
    ),
    count: cancellable<CountRequest, Count>('count', (to, call, what) => to.count(call, what)),
    histogram: cancellable<HistogramRequest, Histogram>('histogram', (to, call, what) =>
      to.histogram(call, what),
    ),
    top: facets,
    get: (ids) => run('rows', (to) => to.get(ids)),
    around: (...args) => run('rows', (to) => to.around(...args)),
    stats: async () => ({
      ...(await run('rows', (to) => to.stats())),
      indexLag_ms: lag_ms(),
    }),
    position: () => run('rows', (to) => to.position()),
    tail: (...args) => run('rows', (to) => to.tail(...args)),
    matchesOf: (ids) => run('rows', (to) => to.matchesOf(ids)),
  }
}
