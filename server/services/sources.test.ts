import { expect, test } from 'bun:test'
import type { SourceStats } from '../ingest/ingester.ts'
import type { DeadLetter } from './services.ts'
import { createSources } from './sources.ts'

const letter = (source: string, code: string, at: number): DeadLetter => ({
  ...{ source, code, at, message: `${code} at ${at}`, sample: `line ${at}` },
})
const statsOf = (name: string): SourceStats =>
  ({ name, events: 10, unparsed: 5, last: 1, parsers: [], day: '', dayEvents: 0 }) as never

const LETTERS = [
  ...Array.from({ length: 600 }, (_, n) => letter('loud', 'no-columns', 2000 - n)),
  letter('quiet', 'json-invalid', 9),
  letter('quiet', 'no-time', 8),
  letter('quiet', 'json-invalid', 7),
]
const sources = createSources(
  {
    sources: async () => [statsOf('loud'), statsOf('quiet')],
    deadLetters: async (limit, source) =>
      LETTERS.filter((one) => source === undefined || one.source === source).slice(0, limit),
  },
  { sourceSettings: async () => ({}), setSilentAfter: async () => undefined } as never,
)

test('failures stand together by source and reason; one that floods does not hide the others', async () => {
  const failures = await sources.failures()
  expect(failures.map(({ source, code, count, of }) => [source, code, count, of])).toEqual([
    ['loud', 'no-columns', 200, 200],
    ['quiet', 'json-invalid', 2, 3],
    ['quiet', 'no-time', 1, 3],
  ])
  expect(failures[1]?.samples.map(({ at }) => at)).toEqual([9, 7])
})

test('of one source more is shown', async () => {
  const [loud] = await sources.failures('loud')
  expect([loud?.count, loud?.samples.length]).toEqual([500, 20])
})
