// Results as files (S10): every row of a search, streamed page by page so that memory stays small.
import { z } from 'zod'
import type { Event } from '../../../parsers/event.ts'
import { PIVOTS } from '../../../sigma/event.ts'
import { keepOpen } from '../../middleware/env.ts'
import type { EventReader, SearchRequest } from '../../stores/events/event-store.ts'
import { route } from './route.ts'
import { eventJson, iso } from './schemas.ts'
import { FilterParams, RangeParams, searchOf } from './search-params.ts'

/** Rows of one export at most. The file says when it ends here. */
export const EXPORT_MAX = 1_000_000
const PAGE = 1_000

const FORMATS = {
  ndjson: { type: 'application/x-ndjson', head: '', row: ndjsonRow, cut: ndjsonCut },
  csv: { type: 'text/csv; charset=utf-8', head: csvHead(), row: csvRow, cut: csvCut },
} as const

export const exportEvents = route({
  method: 'get',
  path: '/api/v1/events/export',
  access: 'siem:read',
  tag: 'events',
  summary: `All events of a search as NDJSON or CSV, at most ${EXPORT_MAX}`,
  query: FilterParams.extend(RangeParams.shape).extend({
    format: z.enum(['ndjson', 'csv']).default('ndjson'),
    limit: z.coerce.number().int().min(1).max(EXPORT_MAX).default(EXPORT_MAX),
  }),
  answerType: 'application/x-ndjson',
  handle: ({ query, services, c }) => {
    keepOpen(c)
    const request = searchOf(
      { ...query, sort: 'newest', limit: PAGE, cursor: undefined },
      Date.now(),
    )
    const { type, head, row, cut } = FORMATS[query.format]
    const pages = readPages(services.events, request, query.limit, c.req.raw.signal)
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => stream.enqueue(encoder.encode(head)),
      pull: async (stream) => {
        const page = await pages.next()
        if (page.done) return stream.close()
        const text = 'cut' in page.value ? cut(page.value.cut) : page.value.events.map(row).join('')
        stream.enqueue(encoder.encode(text))
      },
      cancel: async () => void (await pages.return()),
    })
    return new Response(body, {
      headers: {
        'content-type': type,
        'content-disposition': `attachment; filename="trapline-events.${query.format}"`,
      },
    })
  },
})

type Page = { readonly events: readonly Event[] } | { readonly cut: string }

async function* readPages(
  reader: EventReader,
  first: SearchRequest,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<Page, void, void> {
  let request = first
  for (let left = limit; left > 0; ) {
    const found = await reader.search({ ...request, limit: Math.min(PAGE, left) }, signal)
    if (found.events.length > 0) yield { events: found.events }
    left -= found.events.length
    if (!found.stats.complete) yield { cut: 'the search reached its time limit' }
    if (found.cursor === undefined || !found.stats.complete) return
    if (left <= 0) yield { cut: `the limit of ${limit} events` }
    request = { ...request, cursor: found.cursor, asof: found.asof }
  }
}

function ndjsonRow(event: Event): string {
  return `${JSON.stringify(eventJson(event))}\n`
}

function ndjsonCut(reason: string): string {
  return `${JSON.stringify({ trapline: 'export-ended-early', reason })}\n`
}

function csvHead(): string {
  return `${['id', 'time', 'ingested', 'source', 'parser', ...PIVOTS, 'message', 'raw'].join(',')}\r\n`
}

function csvRow(event: Event): string {
  const { id, time, ingested, source, parser, pivots, message, raw } = event
  const columns = PIVOTS.map((name) => pivots[name] ?? '')
  const cells = [id, iso(time), iso(ingested), source, parser, ...columns, message, raw]
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCut(reason: string): string {
  return `${csvCell(`export ended early: ${reason}`)}\r\n`
}

/** A quoted cell. One that a spreadsheet would run as a formula gets a leading apostrophe. */
export function csvCell(value: string | number): string {
  const text = String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
