import { expect, test } from 'bun:test'
import { ACKS_PER_CHANNEL_MAX, CHANNELS_MAX, createAcks } from './acks.ts'

test('numbers count by channel and are true once', () => {
  const acks = createAcks()
  expect([acks.add('a'), acks.add('a'), acks.add('b')]).toEqual([0, 1, 0])
  expect(acks.take('a', [0, 1, 2])).toEqual({ '0': true, '1': true, '2': false })
  expect(acks.take('a', [0])).toEqual({ '0': false })
  expect(acks.take('b', [0])).toEqual({ '0': true })
})

test('what nobody asks for is forgotten, the oldest first', () => {
  const acks = createAcks()
  for (let n = 0; n <= ACKS_PER_CHANNEL_MAX; n++) acks.add('a')
  expect(acks.take('a', [0, 1])).toEqual({ '0': false, '1': true })
  for (let n = 0; n < CHANNELS_MAX; n++) acks.add(`c${n}`)
  expect(acks.take('a', [2])).toEqual({ '2': false })
})
