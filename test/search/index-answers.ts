// What an index is asked for to see that it still finds the same: words, parts of words, columns, values.
import { parseQuery } from '../../query/query.ts'
import type { OpenReader } from '../../server/stores/events/reader.ts'

const QUERIES = ['failed', '*asswor*', 'host:db_3', '@severity:high', 'EventID:4625', 'n7 or alice']
const RANGE = { from: 0, to: Date.UTC(2100, 0, 1), timeout_ms: 30_000 }

/** Counts of some queries and the hosts that are most often seen. */
export async function answersOf(reader: OpenReader): Promise<unknown> {
  const found: unknown[] = []
  for (const query of QUERIES) {
    const { expr } = parseQuery(query)
    if (expr === undefined) throw new Error(`not a query: ${query}`)
    const { total, exact } = await reader.count({ ...RANGE, expr })
    found.push([query, total, exact])
  }
  const top = { field: 'host', limit: 10, order: 'most' } as const
  const { values } = await reader.top({ ...RANGE, ...top })
  return [...found, values]
}
