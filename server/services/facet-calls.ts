// Facets of the same events that wait at the same time are asked of a query worker in one call: which events
// match is the same work for each. Those whose values would have to be counted one by one are asked again, each in
// a call of its own, so that none waits for the slowest.
import type { CountRequest, Top, TopRequest } from '../stores/events/event-store.ts'
import { exactJson } from '../stores/events/search/questions.ts'

/** What is asked of one field. */
type Facet = Pick<TopRequest, 'field' | 'limit' | 'order'>

interface Waiting {
  readonly facets: Facet[]
  readonly signals: (AbortSignal | undefined)[]
  readonly answers: PromiseWithResolvers<readonly (Top | undefined)[]>
}

/** What a worker is asked in one call. */
interface FacetCall {
  readonly request: CountRequest
  readonly facets: readonly Facet[]
  readonly signal: AbortSignal
}

export interface RunFacets {
  /** Runs one call once a worker is free; it takes what has come by then. Slow facets are left undefined. */
  quick(take: () => FacetCall): Promise<readonly (Top | undefined)[]>
  slow(call: FacetCall): Promise<readonly Top[]>
}

/** A caller of facets. A call is cancelled once all who wait for it have given up. */
export function createFacetCalls(
  run: RunFacets,
): (request: TopRequest, signal?: AbortSignal) => Promise<Top> {
  const waiting = new Map<string, Waiting>()
  const begin = (key: string, request: CountRequest, { facets, signals, answers }: Waiting) => {
    const called = run.quick(() => {
      waiting.delete(key)
      return { request, facets, signal: allOf(signals) }
    })
    called.then(answers.resolve, answers.reject)
  }
  return async ({ field, limit, order, ...request }, signal) => {
    const key = exactJson(request) ?? ''
    const known = waiting.get(key)
    const call = known ?? { facets: [], signals: [], answers: Promise.withResolvers() }
    const facet = { field, limit, order }
    const at = call.facets.push(facet) - 1
    call.signals.push(signal)
    if (known === undefined) {
      waiting.set(key, call)
      // It may begin at once.
      begin(key, request, call)
    }
    const quick = (await call.answers.promise)[at]
    if (quick !== undefined) return quick
    const [slow] = await run.slow({ request, facets: [facet], signal: allOf([signal]) })
    return slow!
  }
}

/** Aborted once all of them are; never while one is missing. */
function allOf(signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const controller = new AbortController()
  const look = () => {
    if (signals.every((signal) => signal?.aborted === true)) controller.abort()
  }
  for (const signal of signals) signal?.addEventListener('abort', look, { once: true })
  look()
  return controller.signal
}
