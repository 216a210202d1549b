import { expect, test } from 'bun:test'
import type { Top, TopRequest } from '../stores/events/event-store.ts'
import { createFacetCalls, type RunFacets } from './facet-calls.ts'

const REQUEST: TopRequest = {
  from: 0,
  to: 10,
  timeout_ms: 200,
  field: 'host',
  limit: 3,
  order: 'most',
}

const stats = { took_ms: 0, scanned: 0, candidates: 0, segments: 0, segments_total: 0 }
const topOf = (field: string): Top => ({
  values: [{ value: field, count: 1 }],
  distinct: 1,
  missing: 0,
  exact: true,
  stats: { ...stats, complete: true },
})

/** Facets that quick calls leave out. */
const SLOW: readonly string[] = ['src_ip', 'url']
const slow = () => Promise.reject(new Error('not to be called'))

/** Calls that begin when told to. */
function calls() {
  const begun: string[][] = []
  const signals: AbortSignal[] = []
  const starts: (() => void)[] = []
  const run: RunFacets = {
    quick: (take) => {
      const { promise, resolve } = Promise.withResolvers<readonly (Top | undefined)[]>()
      starts.push(() => {
        const { facets, signal } = take()
        begun.push(facets.map(({ field }) => field))
        signals.push(signal)
        resolve(facets.map(({ field }) => (SLOW.includes(field) ? undefined : topOf(field))))
      })
      return promise
    },
    slow: ({ facets, signal }) => {
      const { promise, resolve } = Promise.withResolvers<readonly Top[]>()
      starts.push(() => {
        begun.push(facets.map(({ field }) => `slow ${field}`))
        signals.push(signal)
        resolve(facets.map(({ field }) => topOf(field)))
      })
      return promise
    },
  }
  return { ask: createFacetCalls(run), begun, signals, starts }
}

const firstValue = ({ values }: Top) => values[0]?.value

test('facets of the same events that wait together are one call, each with its own answer', async () => {
  const { ask, begun, starts } = calls()
  const fields = ['host', 'user', 'rule']
  const answers = fields.map((field) => ask({ ...REQUEST, field }))
  const other = ask({ ...REQUEST, to: 11, field: 'user' })
  expect(starts.length).toBe(2)
  for (const start of starts) start()
  expect((await Promise.all(answers)).map(firstValue)).toEqual(fields)
  expect(firstValue(await other)).toBe('user')
  expect(begun).toEqual([fields, ['user']])
})

test('slow facets are asked again, each by itself, and the others do not wait for them', async () => {
  const { ask, begun, signals, starts } = calls()
  const controller = new AbortController()
  const [host, src, url] = ['host', ...SLOW].map((field) =>
    ask({ ...REQUEST, field }, controller.signal),
  )
  starts[0]!()
  expect(firstValue(await host!)).toBe('host')
  await Bun.sleep(0)
  expect(starts.length).toBe(3)
  starts[2]!()
  expect(firstValue(await url!)).toBe('url')
  starts[1]!()
  expect(firstValue(await src!)).toBe('src_ip')
  expect(begun).toEqual([['host', 'src_ip', 'url'], ['slow url'], ['slow src_ip']])
  controller.abort()
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true])
})

test('what comes after a call has begun is another call', async () => {
  const { ask, begun, starts } = calls()
  const first = ask(REQUEST)
  starts[0]!()
  const second = ask({ ...REQUEST, field: 'user' })
  starts[1]!()
  await Promise.all([first, second])
  expect(begun).toEqual([['host'], ['user']])
})

test('a call that begins at once has its facet', async () => {
  const ask = createFacetCalls({
    quick: async (take) => take().facets.map(({ field }) => topOf(field)),
    slow,
  })
  expect(firstValue(await ask(REQUEST))).toBe('host')
  expect(firstValue(await ask({ ...REQUEST, field: 'user' }))).toBe('user')
})

test('an error reaches all who wait', async () => {
  const { promise, reject } = Promise.withResolvers<readonly Top[]>()
  const ask = createFacetCalls({ quick: () => promise, slow })
  const answers = Promise.allSettled([ask(REQUEST), ask({ ...REQUEST, field: 'user' })])
  reject(new Error('no worker'))
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

test('numbers without JSON keep requests apart', () => {
  const { ask, starts } = calls()
  void ask({ ...REQUEST, to: Number.POSITIVE_INFINITY })
  void ask({ ...REQUEST, to: Number.NEGATIVE_INFINITY })
  expect(starts.length).toBe(2)
})

test('a call is cancelled once all who wait for it have given up', () => {
  const { ask, signals, starts } = calls()
  const one = new AbortController()
  const two = new AbortController()
  void ask(REQUEST, one.signal)
  void ask({ ...REQUEST, field: 'user' }, two.signal)
  one.abort()
  starts[0]!()
  expect(signals[0]!.aborted).toBe(false)
  two.abort()
  expect(signals[0]!.aborted).toBe(true)
})
