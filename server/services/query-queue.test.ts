import { expect, test } from 'bun:test'
import { createQueryQueue, type Urgency } from './query-queue.ts'

/** Calls that end when told to, and the order in which they began. */
function calls(workers: number) {
  const queue = createQueryQueue(Array.from({ length: workers }, (_, n) => `worker ${n + 1}`))
  const begun: string[] = []
  const ends = new Map<string, (failed?: Error) => void>()
  const call = (name: string, urgency: Urgency) =>
    queue.run(urgency, (worker) => {
      begun.push(name)
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      ends.set(name, (failed) => (failed === undefined ? resolve(worker) : reject(failed)))
      return promise
    })
  const end = async (name: string, failed?: Error) => {
    ends.get(name)!(failed)
    await Bun.sleep(0)
  }
  return { call, end, begun }
}

test('what is more urgent goes first, and what came first among equals', async () => {
  const { call, end, begun } = calls(1)
  const order: readonly (readonly [string, Urgency])[] = [
    ['first', 'facet'],
    ['long', 'background'],
    ['slow', 'slow facet'],
    ['facet', 'facet'],
    ['chart', 'histogram'],
    ['count', 'count'],
    ['rows', 'rows'],
    ['rows again', 'rows'],
  ]
  for (const [name, urgency] of order) void call(name, urgency)
  for (const name of ['first', 'rows', 'rows again', 'count', 'chart', 'facet', 'slow'])
    await end(name)
  expect(begun).toEqual(['first', 'rows', 'rows again', 'count', 'chart', 'facet', 'slow', 'long'])
})

test('one of two workers stays free for rows', async () => {
  const { call, end, begun } = calls(2)
  void call('chart', 'histogram')
  void call('facet', 'facet')
  expect(begun).toEqual(['chart'])
  void call('rows', 'rows')
  void call('more rows', 'rows')
  expect(begun).toEqual(['chart', 'rows'])
  await end('chart')
  expect(begun).toEqual(['chart', 'rows', 'more rows'])
  await end('rows')
  expect(begun).toEqual(['chart', 'rows', 'more rows', 'facet'])
})

test('a call that fails tells its caller and frees the worker', async () => {
  const { call, end, begun } = calls(1)
  const failed = call('bad', 'rows')
  const after = call('good', 'rows')
  const told = failed.then(String, String)
  await end('bad', new Error('query worker ended'))
  expect(await told).toBe('Error: query worker ended')
  await end('good')
  expect(await after).toBe('worker 1')
  expect(begun).toEqual(['bad', 'good'])
})
