// End to end: a sender process, HTTP, all rules, durable commit, index. The real server in a process of its
// own on an empty data folder; events count when they are acknowledged.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from '../../ci/command.ts'
import type { SenderOptions, SenderReport } from './ingest-sender.ts'

export const summary = 'events/s from HTTP to durable, all rules, sender on the same machine'
export const usage = `bun run bench ingest [--events N] [--seconds S] [--connections N] [--rules DIR]... [--json]
  --events       events to send, default 1000000; figures at 1, 5 and 10 million and at the end
  --seconds      end after this long in any case
  --connections  requests under way, default 4
  --rules        rule folders; default: SigmaHQ's three sets of the corpus, where it is
  --data         data folder, default a temporary one that is removed; kept when given`

const CORPUS = new URL('../../../shared/corpus/', import.meta.url).pathname
const RULE_SETS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting']
const CHECKPOINTS = [1_000_000, 5_000_000, 10_000_000]
const CLOCK_TICKS_PER_S = 100
const KEY = 'bench-key-0123456789abcdef'

/** Figures between one checkpoint and the next. */
interface StageFigures {
  readonly stored_events: number
  readonly events_per_second: number
  readonly p50_ms: number
  readonly p99_ms: number
  readonly max_ms: number
  readonly refusals_429: number
  readonly sender_cpu_cores: number
  readonly server_cpu_cores: number
  readonly server_cpu_us_per_event: number
  /** The same by thread: the main one, the workers, the helpers of the collector and the compiler. */
  readonly thread_us_per_event: Readonly<Record<string, number>>
  readonly resident_mib: number
  readonly bytes_per_event: number
  readonly index_lag_s_max: number
}

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
    const figures = { ...(await server.figures()), stages }
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

interface Server {
  readonly url: string
  readonly pid: number
  lag_s(): Promise<number>
  figures(): Promise<{
    readonly rules: number
    readonly commit_p50_ms: number
    readonly commit_p99_ms: number
    readonly stored: number
  }>
  stop(): Promise<void>
}

async function startServer(data: string, rules: readonly string[]): Promise<Server> {
  const trapline = new URL('../../ci/trapline.ts', import.meta.url).pathname
  const child = Bun.spawn([process.execPath, trapline, 'start'], {
    env: {
      ...process.env,
      TRAPLINE_DATA: data,
      TRAPLINE_PORT: '0',
      TRAPLINE_RULES: rules.join(':'),
      TRAPLINE_BOOTSTRAP_PASSWORD: crypto.randomUUID(),
      TRAPLINE_BOOTSTRAP_API_KEY: KEY,
      TRAPLINE_DISK_MIN_FREE_MIB: '0',
    },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const url = await readyUrl(child.stdout)
  const get = async (path: string) => {
    const answer = await fetch(url + path, { headers: { 'x-api-key': KEY } })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.text()
  }
  const metric = (text: string, name: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')
        .at(-1),
    )
  return {
    url,
    pid: child.pid,
    lag_s: async () => metric(await get('/metrics'), 'trapline_index_lag_seconds'),
    figures: async () => {
      const text = await get('/metrics')
      return {
        rules: metric(text, 'trapline_rules'),
        stored: metric(text, 'trapline_events_total'),
        commit_p50_ms: metric(text, 'trapline_commit_seconds{quantile="0.5"}') * 1_000,
        commit_p99_ms: metric(text, 'trapline_commit_seconds{quantile="0.99"}') * 1_000,
      }
    },
    stop: async () => {
      child.kill('SIGTERM')
      const code = await child.exited
      if (code !== 0) throw new Error(`the server ended with ${code}`)
    },
  }
}

async function readyUrl(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of output) {
    text += decoder.decode(chunk, { stream: true })
    const url = /^Trapline is ready at (\S+)$/m.exec(text)?.[1]
    if (url !== undefined) return url
  }
  throw new Error(`the server did not start: ${text}`)
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
    server.lag_s().then(
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
  const perEvent = (seconds: number) => (seconds * 1e6) / report.events
  return {
    stored_events: report.acknowledged,
    events_per_second: report.events / report.seconds,
    p50_ms: report.p50_ms,
    p99_ms: report.p99_ms,
    max_ms: report.max_ms,
    refusals_429: report.refusals,
    sender_cpu_cores: report.cpu_seconds / report.seconds,
    server_cpu_cores: cpu_s / report.seconds,
    server_cpu_us_per_event: perEvent(cpu_s),
    thread_us_per_event: Object.fromEntries(
      Object.entries(threads_s).map(([name, seconds]) => [name, perEvent(seconds)]),
    ),
    resident_mib: residentMib(pid),
    bytes_per_event: folderBytes(data) / report.acknowledged,
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

/** CPU time of each thread so far, seconds, by name (Linux). */
function threadSeconds(pid: number): Readonly<Record<string, number>> {
  const seconds: Record<string, number> = {}
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8')
    const name = /\((.*)\)/s.exec(stat)?.[1] ?? ''
    const fields = stat.replace(/^.*\) /s, '').split(' ')
    const shown = threadName(name, task === String(pid))
    const used = (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_S
    seconds[shown] = (seconds[shown] ?? 0) + used
  }
  return seconds
}

const WORKER_THREADS = new Set(['ingest', 'seal', 'index', 'state'])

function threadName(name: string, isMain: boolean): string {
  if (isMain) return 'main'
  if (WORKER_THREADS.has(name)) return name
  if (name.startsWith('query')) return 'query'
  if (name === 'HeapHelper') return 'gc'
  return name === 'JITWorker' ? 'jit' : 'other'
}

function difference(
  now: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(now).map(([name, seconds]) => [name, seconds - (before[name] ?? 0)]),
  )
}

function residentMib(pid: number): number {
  const kib = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) / 1_024
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

function print(figures: {
  readonly rules: number
  readonly stages: readonly StageFigures[]
}): void {
  console.log(`${figures.rules} rules`)
  console.table(
    figures.stages.map((stage) =>
      Object.fromEntries(
        Object.entries(stage)
          .filter(([, value]) => typeof value === 'number')
          .map(([name, value]) => [name, Math.round(value * 100) / 100]),
      ),
    ),
  )
  for (const { thread_us_per_event } of figures.stages) console.log(thread_us_per_event)
}
