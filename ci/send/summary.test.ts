import { expect, test } from 'bun:test'
import { createSummary } from './summary.ts'

test('a summary names sources, failures with a sample, and files that were not read', () => {
  const summary = createSummary()
  const batch = [
    { text: 'ok', index: 4 },
    { text: 'bad\nline', index: 5 },
    { text: 'cut', index: 6, error: { code: 'event-too-long', message: 'too long' } },
  ]
  const answer = {
    accepted: 3,
    unparsed: 1,
    batch: 'b',
    errors: [{ index: 3, code: 'json-invalid', message: 'no JSON' }],
    sources: { nginx: { events: 2, unparsed: 0 }, text: { events: 1, unparsed: 1 } },
  }
  // Two header lines were sent before the events.
  summary.add(answer, 'a.log', batch, 2)
  summary.add({ ...answer, errors: [] }, 'a.log', [], 0)
  summary.fail('b.gz', 'b.gz: truncated gzip')
  expect(summary.lines(2, 2000)).toEqual([
    '6 events of 2 files stored in 2.0 s (3/s), 2 of them unparsed, 1 damaged',
    '  nginx  4',
    '  text   2, 2 unparsed',
    '  json-invalid: 1, first at a.log:6: no JSON: bad line',
    '  event-too-long: 1, first at a.log:7: too long: cut',
    '  not read (further): b.gz: truncated gzip',
  ])
  expect(summary).toMatchObject({ events: 6, failedFiles: 1 })
})
