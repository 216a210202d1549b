// Stored events of a server that changed tables of parsers may read otherwise, read again from their raw text.
import { z } from 'zod'
import type { Event } from '../../parsers/event.ts'
import { UsageError } from '../command.ts'
import { scrub } from '../scrub.ts'
import { ask, linesOf, type ServerAccess } from '../send/api.ts'
import { type ParserTables, parsersChanged, parserVersions } from './parser-tables.ts'
import { concerns, type EventPair, rereadStored } from './reread.ts'
import { EventRow, eventOf } from './server-events.ts'

/** Events of one export; a longer range is asked for in halves. */
const SLICE_EVENTS_MAX = 500_000
/** Sources that one request names. */
const SOURCES_ASKED_MAX = 40
/** Parsers that the server notes of one source: with as many there may be more. */
const SOURCE_PARSERS_MAX = 32

export interface FixedRange {
  /** ISO 8601. */
  readonly from: string
  readonly to: string
}

/** How events that nothing could be said about are counted: by parser and reason. */
export type UnreadCounts = ReadonlyMap<string, number>

export interface StoredRereader {
  /** True for events that changed tables may read otherwise: they come from `read`, not from a replay. */
  concerns(event: Event): boolean
  pair(event: Event): EventPair
  /** Every such event of the range. Rejects `UsageError` where the server ends early. */
  read(range: FixedRange, onPair: (pair: EventPair) => void): Promise<void>
  /** Events that stand as they were stored, by `parser: reason`. */
  unread(): UnreadCounts
}

/** The last days, with ends that stay the same from call to call. */
export async function rangeOfServer(access: ServerAccess, days: number): Promise<FixedRange> {
  const answer = await ask(access, `/api/v1/events?limit=1&from=now-${days}d`)
  return z.object({ from: z.string(), to: z.string() }).parse(await answer.json())
}

/** What reads stored events again that other tables, or severities where `bySeverity`, may change. */
export function createRereader(
  access: ServerAccess,
  tables: ParserTables,
  bySeverity: boolean,
): StoredRereader {
  const versions = parserVersions(tables)
  const concerned = concerns(parsersChanged(tables))
  const isConcerned = (parser: string, source: string) => bySeverity || concerned(parser, source)
  const unread = new Map<string, number>()
  const pairOf = (event: Event): EventPair | string => {
    if (!isConcerned(event.parser, event.source)) return { before: event, after: event }
    const pair = rereadStored(event, versions)
    return 'unread' in pair ? `${event.parser}: ${WHY[pair.unread]}` : pair
  }
  return {
    concerns: ({ parser, source }) => isConcerned(parser, source),
    pair: (event) => {
      const pair = pairOf(event)
      return typeof pair === 'string' ? { before: event, after: event } : pair
    },
    read: async (range, onPair) => {
      unread.clear()
      for (const sources of await sourcesOf(access, isConcerned))
        await exportAll(access, range, sources, (event) => {
          if (!isConcerned(event.parser, event.source)) return
          const pair = pairOf(event)
          if (typeof pair !== 'string') return onPair(pair)
          unread.set(pair, (unread.get(pair) ?? 0) + 1)
          onPair({ before: event, after: event })
        })
    },
    unread: () => unread,
  }
}

const WHY = {
  'no-raw-text': 'no raw text is stored',
  unreadable: 'the raw text alone cannot be read (its header line is not kept)',
} as const

const Sources = z.object({
  sources: z.array(z.object({ name: z.string(), parsers: z.array(z.string()) })),
})

/** Names of sources whose events may be concerned, in groups that one request can name. */
async function sourcesOf(
  access: ServerAccess,
  isConcerned: (parser: string, source: string) => boolean,
): Promise<readonly (readonly string[])[]> {
  const answer = await ask(access, '/api/v1/sources')
  const { sources } = Sources.parse(await answer.json())
  // The server compares names without case.
  const names = new Map(
    sources
      .filter(
        ({ name, parsers }) =>
          parsers.length >= SOURCE_PARSERS_MAX || parsers.some((one) => isConcerned(one, name)),
      )
      .map(({ name }) => [name.toLowerCase(), name]),
  )
  const all = [...names.values()]
  const groups = Math.ceil(all.length / SOURCES_ASKED_MAX)
  return Array.from({ length: groups }, (_, n) =>
    all.slice(n * SOURCES_ASKED_MAX, (n + 1) * SOURCES_ASKED_MAX),
  )
}

const Row = z.union([EventRow, z.object({ trapline: z.string(), reason: z.string() })])

async function exportAll(
  access: ServerAccess,
  range: FixedRange,
  sources: readonly string[],
  onEvent: (event: Event) => void,
): Promise<void> {
  const query = new URLSearchParams({ from: range.from, to: range.to })
  for (const name of sources) query.append('source', name)
  const counted = await ask(access, `/api/v1/events?limit=1&${query}`)
  const { total } = z.object({ total: z.number() }).parse(await counted.json())
  if (total === 0) return
  const [from, to] = [Date.parse(range.from), Date.parse(range.to)]
  const middle = new Date(Math.floor((from + to) / 2)).toISOString()
  if (total > SLICE_EVENTS_MAX && middle !== range.from) {
    await exportAll(access, { from: middle, to: range.to }, sources, onEvent)
    return exportAll(access, { from: range.from, to: middle }, sources, onEvent)
  }
  const answer = await ask(access, `/api/v1/events/export?format=ndjson&${query}`)
  let received = 0
  for await (const line of linesOf(answer)) {
    const row = Row.parse(JSON.parse(line))
    if ('trapline' in row)
      throw new UsageError(
        `${scrub(access.url)} ended an export early (${row.reason}): take fewer days`,
      )
    received++
    onEvent(eventOf(row as z.output<typeof EventRow>))
  }
  if (received < total)
    throw new UsageError(`${scrub(access.url)} sent ${received} of ${total} events: try again`)
}
