// `POST /api/v1/detections/replay`: what rules of a branch would have matched, for `trapline backtest`.
import { z } from 'zod'
import type { Event } from '../../../parsers/event.ts'
import { keepOpen } from '../../middleware/env.ts'
import { REPLAY_RULES_MAX, replay, replayRules } from '../../services/replay.ts'
import { route } from './route.ts'
import { eventJson, iso } from './schemas.ts'
import { RangeParams, rangeOf, SEARCH_TIMEOUT_MS } from './search-params.ts'

/** Rule sets of one replay: before and after. */
const VERSIONS_MAX = 2
const FILE_CHARACTERS_MAX = 200_000

/** A rule, a pipeline or a list. */
const RuleFileBody = z.object({
  path: z.string().max(500),
  text: z.string().max(FILE_CHARACTERS_MAX),
})

export const replayDetections = route({
  method: 'post',
  path: '/api/v1/detections/replay',
  access: 'detections:read',
  tag: 'detections',
  summary: 'Stored events that rules sent along match, as NDJSON; raises nothing',
  query: RangeParams,
  body: z.object({
    versions: z.array(z.array(RuleFileBody).max(REPLAY_RULES_MAX)).min(1).max(VERSIONS_MAX),
  }),
  answerType: 'application/x-ndjson',
  handle: async ({ query, body, services, c }) => {
    const rules = replayRules(body.versions)
    const range = rangeOf(query, Date.now())
    const counted = await services.events.count({ ...range, timeout_ms: SEARCH_TIMEOUT_MS })
    keepOpen(c)
    const pages = replay(services.background, rules, range, c.req.raw.signal)
    const encoder = new TextEncoder()
    const head = { range: { from: iso(range.from), to: iso(range.to) }, events: counted.total }
    const stream = new ReadableStream<Uint8Array>({
      start: (into) => into.enqueue(encoder.encode(`${JSON.stringify(head)}\n`)),
      pull: async (into) => {
        const page = await pages.next()
        if (!page.done) return into.enqueue(encoder.encode(page.value.map(eventRow).join('')))
        into.enqueue(encoder.encode('{"end":true}\n'))
        into.close()
      },
      cancel: async () => void (await pages.return()),
    })
    return new Response(stream, { headers: { 'content-type': 'application/x-ndjson' } })
  },
})

function eventRow(event: Event): string {
  return `${JSON.stringify({ event: eventJson(event) })}\n`
}
