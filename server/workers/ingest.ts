// The ingest worker: the only thread that writes events. Two of them exist only while rules are reloaded;
// the second has no store open until the first has let go of it.
import { createIngester, type Ingester, type IngestOptions } from '../ingest/ingester.ts'
import type { RulesReport } from '../ingest/rules.ts'
import { serve, WorkerError } from './rpc.ts'

let ingester: Ingester | undefined

function current(): Ingester {
  if (ingester === undefined) throw new WorkerError('unavailable', 'the rules are not loaded yet')
  return ingester
}

const handlers = {
  /** Loads, compiles and warms the rules. */
  prepare: (options: IngestOptions): RulesReport => {
    const made = createIngester(options, notify)
    ingester = made.ingester
    return made.rules
  },
  /** Opens the store and recovers. */
  activate: () => current().activate(),
  ingest: (call: Parameters<Ingester['ingest']>[0]) => current().ingest(call),
  lines: (call: Parameters<Ingester['lines']>[0]) => current().lines(call),
  flush: () => current().flush(),
  stats: () => current().stats(),
  deadLetters: (limit: number, source?: string) => current().deadLetters(limit, source),
  acknowledgeMatches: (sequence: number) => current().acknowledgeMatches(sequence),
  addRunMatches: (...args: Parameters<Ingester['addRunMatches']>) =>
    current().addRunMatches(...args),
  close: () => current().close(),
}

export type IngestHandlers = typeof handlers

const notify = serve(handlers)
