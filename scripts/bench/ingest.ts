// End to end: a sender process, HTTP, all rules, durable commit, index. The real server in a process of its
// own on an empty data folder; events count when they are acknowledged. Says what goal F2 asks, and whether
// every event can be found afterwards.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from '../../ci/command.ts'
import { normalise } from '../../parsers/normalise.ts'
import { openRules } from '../../server/ingest/rules.ts'
import { CORPUS, RULE_SETS } from './corpus.ts'
import { EVENT_BYTES, eventBody, RARE_EVERY, RARE_WORD } from './events.ts'
import { type Found, goalsMet, print, type StageFigures } from './ingest-report.ts'
import { EVENTS_PER_BODY, type SenderOptions, type SenderReport } from './ingest-sender.ts'
import {
  folderBytes,
  KEY,
  residentMib,
  type Server,
  startServer,
  threadSeconds,
} from './ingest-server.ts'

export const summary = 'events/s from HTTP to durable, all rules, sender on the same machine'
export const usage = `bun run bench ingest [--events N] [--seconds S] [--connections N] [--rules DIR]... [--json]
  --events       events to send, default 1000000; figures at 1, 5 and 10 million and at the end
  --seconds      end after this long in any case
  --connections  requests under way, default 4
  --rules        rule folders; default: SigmaHQ's three sets of the corpus, where it is
  --data         data folder, default a temporary one that is removed; kept when given`

const CHECKPOINTS = [1_000_000, 5_000_000, 10_000_000]
/** Events that the matcher's own share is measured with, as many for warming. */
const MATCHED_EVENTS = 20_000
/** How long the index may take to catch up after the last event, milliseconds. */
const CAUGHT_UP_MS = 30_000
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '1000000' },
      seconds: { type: 'string', default: '0' },
      connections: { type: 'string', default: '4' },
      rules: { type: 'string', multiple: true },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const events = positive('--events', values.events)
  const rules =
    values.rules ?? RULE_SETS.map((set) => join(CORPUS, 'sigmahq', set)).filter(existsSync)
  if (rules.length === 0) console.error('bench ingest: the corpus is not there: our own rules only')
  const data = values.data ?? mkdtempSync(join(tmpdir(), 'trapline-bench-'))
  const matching_us_per_event = measureMatching(rules)
  const server = await startServer(data, rules)
  try {
    const checkpoints = [...CHECKPOINTS.filter((n) => n < events), events]
    const stages = await measure(server, data, {
      url: `${server.url}/ingest?source=json`,
      key: KEY,
      connections: positive('--connections', values.connections),
      checkpoints,
      seconds: Number(values.seconds),
    })
    const found = await check(server, stages.at(-1)?.stored_events ?? 0)
    const figures = {
      event_bytes: EVENT_BYTES,
      events_per_body: EVENTS_PER_BODY,
      rules: await server.metric('trapline_rules'),
      matching_us_per_event,
      stages,
      at_rest_bytes_per_event: perEvent(folderBytes(data), found.stored),
      found,
      goals: goalsMet(stages, matching_us_per_event),
    }
    if (values.json) console.log(JSON.stringify(figures))
    else print(figures)
  } finally {
    await server.stop()
    if (values.data === undefined) rmSync(data, { recursive: true, force: true })
  }
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`${option} takes a whole number`)
  return value
}

/** Runs the sender and adds what the server used meanwhile. */
async function measure(
  server: Server,
  data: string,
  options: SenderOptions,
): Promise<readonly StageFigures[]> {
  const script = new URL('./ingest-sender.ts', import.meta.url).pathname
  const sender = Bun.spawn([process.execPath, script, JSON.stringify(options)], {
    stdout: 'pipe',
    stderr: 'inherit',
  })
  let lag_s_max = 0
  const watch = setInterval(() => {
    server.metric('trapline_index_lag_seconds').then(
      (lag_s) => {
        lag_s_max = Math.max(lag_s_max, lag_s)
      },
      (error) => console.error(`index lag: ${String(error)}`),
    )
  }, 1_000)
  const stages: StageFigures[] = []
  let cpu_before = threadSeconds(server.pid)
  try {
    for await (const line of linesOf(sender.stdout)) {
      const report = JSON.parse(line) as SenderReport
      const cpu = threadSeconds(server.pid)
      stages.push(stageOf(report, server.pid, data, difference(cpu, cpu_before), lag_s_max))
      cpu_before = cpu
      lag_s_max = 0
      console.error(
        `${report.acknowledged} events: ${Math.round(report.events / report.seconds)}/s`,
      )
    }
  } finally {
    clearInterval(watch)
  }
  if ((await sender.exited) !== 0) throw new Error('the sender failed')
  return stages
}

function stageOf(
  report: SenderReport,
  pid: number,
  data: string,
  threads_s: Readonly<Record<string, number>>,
  lag_s_max: number,
): StageFigures {
  const cpu_s = Object.values(threads_s).reduce((sum, seconds) => sum + seconds, 0)
  const micros = (seconds: number) => (seconds * 1e6) / report.events
  const parts = folderBytes(data)
  return {
    stored_events: report.acknowledged,
    events_per_second: report.events / report.seconds,
    p50_ms: report.p50_ms,
    p99_ms: report.p99_ms,
    max_ms: report.max_ms,
    refusals_429: report.refusals,
    sender_cpu_cores: report.cpu_seconds / report.seconds,
    sender_cpu_us_per_event: micros(report.cpu_seconds),
    server_cpu_cores: cpu_s / report.seconds,
    server_cpu_us_per_event: micros(cpu_s),
    thread_us_per_event: Object.fromEntries(
      Object.entries(threads_s).map(([name, seconds]) => [name, micros(seconds)]),
    ),
    resident_mib: residentMib(pid),
    bytes_per_event:
      Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) / report.acknowledged,
    part_bytes_per_event: perEvent(parts, report.acknowledged),
    index_lag_s_max: lag_s_max,
  }
}

async function* linesOf(output: ReadableStream<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of output) {
    text += decoder.decode(chunk, { stream: true })
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    yield* lines
  }
}

function difference(
  now: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(now).map(([name, seconds]) => [name, seconds - (before[name] ?? 0)]),
  )
}

function perEvent(
  parts: Readonly<Record<string, number>>,
  events: number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(parts).map(([part, bytes]) => [part, bytes / events]))
}

/** CPU time of the rules alone on one of these events, microseconds, the median: in this process, warm. */
function measureMatching(folders: readonly string[]): number {
  const own = new URL('../../detections', import.meta.url).pathname
  const { matcher } = openRules([
    { path: own, overlay: false },
    ...folders.map((path) => ({ path, overlay: true })),
  ])
  const now = Date.now()
  const options = { now, received: now, timeZone: 'UTC', source: 'json' }
  const used_us: number[] = []
  for (let first = 0; first < 2 * MATCHED_EVENTS; first += EVENTS_PER_BODY) {
    const lines = eventBody(first, EVENTS_PER_BODY, now).trimEnd().split('\n')
    const events = lines.map((line) => normalise(line, options))
    const before = process.cpuUsage()
    for (const event of events) matcher.match(event)
    const { user, system } = process.cpuUsage(before)
    if (first >= MATCHED_EVENTS) used_us.push((user + system) / EVENTS_PER_BODY)
  }
  return used_us.sort((a, b) => a - b)[used_us.length >> 1] ?? 0
}

/** Waits for the index, then counts by searching. Throws when it does not catch up. */
async function check(server: Server, acknowledged: number): Promise<Found> {
  const end = performance.now() + CAUGHT_UP_MS
  while ((await server.metric('trapline_index_lag_seconds')) > 0) {
    if (performance.now() > end) throw new Error('the index does not catch up')
    await Bun.sleep(200)
  }
  const hour = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()
  const total = async (q: string) => {
    const query = new URLSearchParams({ q, from: hour(-24), to: hour(1), limit: '1' })
    const found = await server.json(`/api/v1/search?${query}`)
    return (found as { total: number }).total
  }
  const stored = await server.metric('trapline_events_total')
  const all = await total('')
  const rare = await total(RARE_WORD)
  const rareSent = Math.floor((acknowledged + RARE_EVERY - (RARE_EVERY >> 1) - 1) / RARE_EVERY)
  const right = stored === acknowledged && all === acknowledged && rare === rareSent
  return { stored, all, rare, right }
}
