// How long the search page and its sections take over a store of millions of events: the figures of goal F6.
// A real server over the store of `bench search`; sections are asked for as a browser does, all at once, and
// one after another.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from '../../ci/command.ts'
import { loadSettings } from '../../server/config.ts'
import { startServer } from '../../server/main.ts'
import { HOSTS, USERS } from './events.ts'

export const summary = 'first byte of the search page and time of its sections'
export const usage = `bun run bench pages --data DIR [--repeat N] [--json]
  --data    folder of a store made by "bun run bench search --data DIR"; a server starts on it
  --repeat  page loads of each kind of query; default 5`

const KEY = 'tlk_bench_pages_0123456789abcdef0123456789abcdef'
const RANGE = 'from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z'
/** Queries of a page load, another one each time where they name something. */
const QUERIES: readonly ((n: number) => string)[] = [
  () => '',
  () => 'powershell',
  (n) => `host:ws-${(n * 977 + 31) % HOSTS}`,
  (n) => `user${(n * 1201 + 7) % USERS} blocked`,
  () => 'severity:high and not powershell',
]

interface Timing {
  readonly section: string
  /** All sections at once, then one after another, milliseconds. */
  readonly together: number[]
  readonly alone: number[]
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      repeat: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
    },
  })
  const repeat = Number(values.repeat)
  if (!Number.isSafeInteger(repeat) || repeat < 1) throw new UsageError('--repeat: a whole number')
  if (values.data === undefined || !existsSync(join(values.data, 'intake.db')))
    throw new UsageError('--data: a folder made by "bun run bench search --data DIR"')
  const loaded = loadSettings({
    TRAPLINE_DATA: values.data,
    TRAPLINE_PORT: '0',
    TRAPLINE_DISK_MIN_FREE_MIB: '0',
    TRAPLINE_BOOTSTRAP_API_KEY: KEY,
  })
  if ('problems' in loaded) throw new UsageError(JSON.stringify(loaded.problems))
  const server = await startServer(loaded.settings)
  try {
    const timings = new Map<string, Timing>()
    const note = (section: string, kind: 'together' | 'alone', ms: number) => {
      const none: Timing = { section, together: [], alone: [] }
      timings.getOrInsert(section, none)[kind].push(ms)
    }
    for (let n = 0; n < repeat; n++)
      for (const query of QUERIES) await loadPage(server.url, query(n), note)
    const first = await firstPageBytes(server.url)
    const rows = [...timings.values()].map(summarise)
    if (values.json) console.log(JSON.stringify({ first_page_bytes: first, sections: rows }))
    else print(first, rows)
  } finally {
    await server.stop()
  }
}

const headers = { 'x-api-key': KEY, 'accept-encoding': 'gzip' }

/** Loads a page and what it asks for. */
async function loadPage(
  url: string,
  query: string,
  note: (section: string, kind: 'together' | 'alone', ms: number) => void,
): Promise<void> {
  const started = performance.now()
  const answer = await fetch(`${url}/search?q=${encodeURIComponent(query)}&${RANGE}`, { headers })
  note('first byte', 'together', performance.now() - started)
  if (!answer.ok) throw new Error(`search page: ${answer.status} ${await answer.text()}`)
  const html = await answer.text()
  const paths = [
    ...html.matchAll(/(?:hx-get|url)="(\/search\/(?:table|count|histogram|facet)[^"]*)"/g),
  ].map(([, path]) => path!.replaceAll('&amp;', '&'))
  const unique = [...new Set(paths)]
  if (!unique.some((path) => path.startsWith('/search/table'))) throw new Error('no table section')
  const load = async (path: string, kind: 'together' | 'alone') => {
    const begun = performance.now()
    const section = await fetch(url + path, { headers: { ...headers, 'hx-request': 'true' } })
    await section.arrayBuffer()
    if (!section.ok) throw new Error(`${path}: ${section.status}`)
    note(path.slice('/search/'.length).split('?')[0]!, kind, performance.now() - begun)
  }
  await Promise.all(unique.map((path) => load(path, 'together')))
  for (const path of unique) await load(path, 'alone')
}

/** Bytes on the wire of the page with its styles, scripts and fonts, compressed. */
async function firstPageBytes(url: string): Promise<number> {
  const size = async (path: string) => {
    const answer = await fetch(url + path, { headers, decompress: false })
    return { bytes: (await answer.arrayBuffer()).byteLength, path }
  }
  const html = await (await fetch(`${url}/search`, { headers })).text()
  const assets = [...html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, path]) => path!)
  const sizes = await Promise.all(['/search', ...new Set(assets)].map(size))
  return sizes.reduce((sum, { bytes }) => sum + bytes, 0)
}

function summarise({ section, together, alone }: Timing) {
  const at = (times: readonly number[], share: number) => {
    const sorted = times.toSorted((a, b) => a - b)
    const ms = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0
    return Math.round(ms * 10) / 10
  }
  return {
    section,
    loads: together.length,
    p50_ms: at(together, 0.5),
    p95_ms: at(together, 0.95),
    alone_p50_ms: at(alone, 0.5),
    alone_p95_ms: at(alone, 0.95),
  }
}

function print(first: number, rows: readonly ReturnType<typeof summarise>[]): void {
  console.log(`first page: ${first.toLocaleString('en')} bytes compressed\n`)
  console.log('section        loads     p50     p95   alone     p95')
  for (const row of rows) {
    const figures = [row.p50_ms, row.p95_ms, row.alone_p50_ms, row.alone_p95_ms]
    const numbers = figures.map((ms) => ms.toFixed(1).padStart(8)).join('')
    console.log(`${row.section.padEnd(14)}${String(row.loads).padStart(6)}${numbers}`)
  }
}
