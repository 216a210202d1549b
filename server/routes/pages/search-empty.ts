// Why a search found nothing: counts of what smaller questions would have found, all at once.
import { suggest } from '../../../ci/suggest.ts'
import { removePart } from '../../../query/edit.ts'
import { parseQuery } from '../../../query/query.ts'
import { PIVOTS } from '../../../sigma/event.ts'
import type { Explanation } from '../../../views/search/empty.tsx'
import type { Services } from '../../services/services.ts'
import type { CountRequest } from '../../stores/events/event-store.ts'
import type { SearchInput } from './search-query.ts'

const PARTS_MAX = 6
/** Newest events whose fields are names that a person may have meant. */
const SAMPLE_EVENTS = 200
const DAY_MS = 86_400_000
const LONGER = [
  ['24 h', 1],
  ['7 d', 7],
  ['30 d', 30],
] as const
/** Names that are no fields but may stand before a colon. */
const NAMES = [...PIVOTS, 'source', 'product', 'category', 'service', 'message', 'raw', '_exists_']

type Part = SearchInput['query']['parts'][number]

/** The explanation of an empty result; `base` is the search's own request with a short time limit. */
export async function explainEmpty(
  services: Services,
  input: SearchInput,
  base: CountRequest,
): Promise<Explanation> {
  const { events } = services
  const { from, to } = base
  const rangeOnly = { from, to, timeout_ms: base.timeout_ms }
  const total = async (request: CountRequest) => (await events.count(request)).total
  const totals = new Map<string, Promise<number>>()
  // Of two parts each is the query without the other.
  const totalOf = (q: string) =>
    totals.getOrInsertComputed(q.trim(), () => {
      const { expr } = parseQuery(q)
      return total({ ...rangeOnly, ...(expr ? { expr } : {}) })
    })
  const parts = input.query.parts.slice(0, PARTS_MAX)
  const now = Date.now()
  const [stats, inRange, withoutPart, alone, unknownFields, longer, sources] = await Promise.all([
    events.stats(),
    total(rangeOnly),
    Promise.all(
      parts.map(async (part, index) => {
        const q = removePart(input.state.q, index)
        return { text: textOf(part), q, count: await totalOf(q) }
      }),
    ),
    parts.length < 2
      ? []
      : Promise.all(parts.map(async (p) => ({ text: textOf(p), count: await totalOf(textOf(p)) }))),
    unknown(services, parts, rangeOnly),
    Promise.all(
      LONGER.filter(([, days]) => now - days * DAY_MS < from).map(async ([label, days]) => {
        const count = await total({ ...base, from: now - days * DAY_MS, to: now })
        return { label, from: label === '24 h' ? 'now-24h' : `now-${days}d`, count }
      }),
    ),
    services.sources.list(),
  ])
  return {
    withoutPart: withoutPart.filter((part) => part.count > 0),
    nothingAlone: alone.filter((part) => part.count === 0).map((part) => part.text),
    unknownFields,
    longer: longer.filter((range) => range.count > 0),
    inRange,
    stored: stats.events,
    newest: stats.newest,
    silent: sources.filter((card) => !card.connected).map((card) => card.name),
    unreadable: sources.filter((card) => card.failureRate > 0).map((card) => card.name),
  }
}

function textOf(part: Part): string {
  return `${part.negated ? 'not ' : ''}${part.text}`
}

/** Fields of the query that no event of the range has, and the known name next to each. */
async function unknown(
  services: Services,
  parts: readonly Part[],
  range: CountRequest,
): Promise<Explanation['unknownFields']> {
  const asked = new Set(parts.flatMap((part) => /^([\p{L}_][\w.-]*):/u.exec(part.text)?.[1] ?? []))
  const fields = [...asked].filter((field) => !NAMES.includes(field))
  if (fields.length === 0) return []
  const sample = await services.events.search({ ...range, limit: SAMPLE_EVENTS })
  const known = new Set([...NAMES, ...sample.events.flatMap((event) => Object.keys(event.fields))])
  const counted = await Promise.all(
    fields.map(async (field) => {
      const { expr } = parseQuery(`${field}:*`)
      if (expr === undefined) return []
      const { total } = await services.events.count({ ...range, expr })
      if (total > 0) return []
      const near = suggest(field, [...known])
      return [{ field, ...(near === undefined ? {} : { near }) }]
    }),
  )
  return counted.flat()
}
