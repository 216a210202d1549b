import { expect, test } from 'bun:test'
import { createIngestQueue, QUEUE_BATCHES_MAX, QUEUE_BYTES_MAX } from './ingest-queue.ts'

const send = async () => '{}'

test.each([
  ['calls', QUEUE_BATCHES_MAX, 1],
  ['bytes', 1, QUEUE_BYTES_MAX],
])(
  'a queue with as many %s as it takes is full, and says so before it refuses',
  async (_, calls, bytes) => {
    const queue = createIngestQueue()
    for (let call = 1; call < calls; call++) void queue.push(bytes, send)
    expect(queue.isFull()).toBe(false)
    void queue.push(bytes, send)
    expect(queue.isFull()).toBe(true)
    expect(queue.push(bytes, send)).rejects.toMatchObject({ code: 'too-many' })
  },
)
