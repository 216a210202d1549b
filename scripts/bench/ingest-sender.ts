// The sender of the ingest benchmark, a process of its own: bodies of 1,000 events, several requests under
// way, 429 obeyed. Prints one JSON object a checkpoint.
import { eventBody } from './events.ts'

export const EVENTS_PER_BODY = 1_000

export interface SenderOptions {
  readonly url: string
  readonly key: string
  readonly connections: number
  /** Numbers of events after which a report is due, ascending; the last ends the run. */
  readonly checkpoints: readonly number[]
  /** The run ends after this long in any case, seconds; 0 for no end. */
  readonly seconds: number
}

/** What happened since the checkpoint before. */
export interface SenderReport {
  /** Events acknowledged since the start. */
  readonly acknowledged: number
  readonly events: number
  readonly seconds: number
  readonly refusals: number
  /** From sending a body to its answer, milliseconds. */
  readonly p50_ms: number
  readonly p99_ms: number
  readonly max_ms: number
  readonly cpu_seconds: number
}

const MAX_RETRY_MS = 1_000

async function send(options: SenderOptions): Promise<void> {
  const { url, key, connections, checkpoints, seconds } = options
  const headers = { 'x-api-key': key, 'content-type': 'application/x-ndjson' }
  const total = checkpoints.at(-1) ?? 0
  const end = seconds > 0 ? performance.now() + seconds * 1_000 : Number.POSITIVE_INFINITY
  let next = 0
  let acknowledged = 0
  let stage = newStage(0)

  const post = async (body: string): Promise<void> => {
    const started = performance.now()
    for (;;) {
      const answer = await fetch(url, { method: 'POST', headers, body })
      const text = await answer.text()
      if (answer.ok) break
      if (answer.status !== 429) throw new Error(`${answer.status} ${text}`)
      stage.refusals++
      const wait_ms = Number(answer.headers.get('retry-after') ?? 1) * 1_000
      await Bun.sleep(Math.min(wait_ms, MAX_RETRY_MS))
    }
    stage.taken_ms.push(performance.now() - started)
  }
  const worker = async () => {
    while (next < total && performance.now() < end) {
      const first = next
      next += EVENTS_PER_BODY
      await post(eventBody(first, EVENTS_PER_BODY, Date.now()))
      acknowledged += EVENTS_PER_BODY
      if (checkpoints.includes(acknowledged)) {
        console.log(JSON.stringify(reportOf(stage, acknowledged)))
        stage = newStage(acknowledged)
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  if (stage.taken_ms.length > 0) console.log(JSON.stringify(reportOf(stage, acknowledged)))
}

interface Stage {
  readonly from: number
  readonly started: number
  readonly cpu: NodeJS.CpuUsage
  readonly taken_ms: number[]
  refusals: number
}

function newStage(from: number): Stage {
  const cpu = process.cpuUsage()
  return { from, started: performance.now(), cpu, taken_ms: [], refusals: 0 }
}

function reportOf(stage: Stage, acknowledged: number): SenderReport {
  const taken = stage.taken_ms.toSorted((a, b) => a - b)
  const at = (share: number) =>
    taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] ?? 0
  const { user, system } = process.cpuUsage(stage.cpu)
  return {
    acknowledged,
    events: acknowledged - stage.from,
    seconds: (performance.now() - stage.started) / 1_000,
    refusals: stage.refusals,
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    max_ms: at(1),
    cpu_seconds: (user + system) / 1e6,
  }
}

if (import.meta.main) await send(JSON.parse(process.argv[2] ?? '{}') as SenderOptions)
