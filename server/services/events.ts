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
  Top,
  TopRequest,
} from '../stores/events/event-store.ts'
import type { IndexHandlers, IndexOptions, IndexStatus } from '../workers/index.ts'
import type { QueryHandlers } from '../workers/query.ts'
import { type Connection, connect } from '../workers/rpc.ts'

export interface EventsOptions extends IndexOptions {
  /** How many query workers; searches run one after another in each. */
  readonly workers: number
}

export interface EventsHost {
  readonly reader: EventReader
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
  const indexLag_ms = () => (status.waiting === 0 ? 0 : status.lag_ms + performance.now() - heard)
  return {
    reader: readerOver(pool, indexLag_ms),
    indexLag_ms,
    stop: async () => {
      await Promise.all([index.client.close(), ...pool.map(({ client }) => client.close())])
      for (const connection of [index, ...pool]) connection.terminate()
    },
  }
}

type Pool = readonly Connection<QueryHandlers>[]
type QueryClient = Connection<QueryHandlers>['client']

/** The worker with the least to do. */
function idlest(pool: Pool): Connection<QueryHandlers> {
  return pool.reduce((best, one) => (one.pending() < best.pending() ? one : best))
}

function readerOver(pool: Pool, lag_ms: () => number): EventReader {
  let calls = 0
  const cancellable =
    <Request, Result>(
      run: (client: QueryClient, call: number, request: Request) => Promise<Result>,
    ) =>
    async (request: Request, signal?: AbortSignal): Promise<Result> => {
      const { client } = idlest(pool)
      const call = ++calls
      const cancel = () => void client.cancel(call)
      signal?.addEventListener('abort', cancel, { once: true })
      try {
        const answer = run(client, call, request)
        if (signal?.aborted === true) cancel()
        return await answer
      } finally {
        signal?.removeEventListener('abort', cancel)
      }
    }
  return {
    search: cancellable<SearchRequest, SearchResult>((to, call, what) => to.search(call, what)),
    count: cancellable<CountRequest, Count>((to, call, what) => to.count(call, what)),
    histogram: cancellable<HistogramRequest, Histogram>((to, call, what) =>
      to.histogram(call, what),
    ),
    top: cancellable<TopRequest, Top>((to, call, what) => to.top(call, what)),
    get: (ids) => idlest(pool).client.get(ids),
    around: (...args) => idlest(pool).client.around(...args),
    stats: async () => ({ ...(await idlest(pool).client.stats()), indexLag_ms: lag_ms() }),
    position: () => idlest(pool).client.position(),
    tail: (...args) => idlest(pool).client.tail(...args),
    matchesOf: (ids) => idlest(pool).client.matchesOf(ids),
  }
}
