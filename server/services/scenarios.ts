// Plays scenarios through the real ingest path, at their own pace or faster.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { StateClient } from '../workers/state-client.ts'
import {
  fillLine,
  type PlannedLine,
  parseScenario,
  planScenario,
  type Scenario,
} from './scenario-file.ts'
import { ServiceError } from './service-error.ts'
import type { IngestService, ScenarioRun, ScenarioService } from './services.ts'

/** Runs that are kept for the list, and that may play at once. */
const RUNS_KEPT = 50
const PLAYING_MAX = 4
/** Lines due within this are sent together, milliseconds. */
const GRAIN_MS = 20
/** Tries of a batch that ingest has no room for, a second apart. */
const TRIES = 10

interface Playing extends ScenarioRun {
  sent: number
  finished?: number
  error?: string
}

/** Scenarios of a folder; `stop` ends what is playing. */
export function createScenarios(
  folder: string,
  ingest: Pick<IngestService, 'lines'>,
  state: Pick<StateClient, 'audit'>,
): ScenarioService & { stop(): Promise<void> } {
  const runs: Playing[] = []
  const playing = new Set<Promise<void>>()
  const stopped = new AbortController()

  return {
    list: async () =>
      (await readScenarios(folder)).map(([id, scenario]) => {
        const plan = planScenario(scenario)
        const { title, description, techniques } = scenario
        const duration_s = (plan.at(-1)?.offset_ms ?? 0) / 1_000
        return { id, title, description, techniques, events: plan.length, duration_s }
      }),
    play: async (id, speed, by) => {
      const scenario = new Map(await readScenarios(folder)).get(id)
      if (scenario === undefined) throw new ServiceError('not-found', `no scenario ${id}`)
      if (playing.size >= PLAYING_MAX) {
        throw new ServiceError('too-many', `${PLAYING_MAX} scenarios are playing already`, 10)
      }
      const plan = planScenario(scenario)
      const run: Playing = {
        id: crypto.randomUUID(),
        scenario: id,
        started: Date.now(),
        sent: 0,
        total: plan.length,
      }
      runs.unshift(run)
      runs.length = Math.min(runs.length, RUNS_KEPT)
      await state.audit({ action: 'scenarios.play', object: `scenario ${id}` }, by)
      const done = play(run, plan, scenario.values, speed, ingest, stopped.signal)
      playing.add(done)
      void done.finally(() => playing.delete(done))
      return { ...run }
    },
    runs: () => runs.map((run) => ({ ...run })),
    stop: async () => {
      stopped.abort()
      await Promise.all(playing)
    },
  }
}

async function play(
  run: Playing,
  plan: readonly PlannedLine[],
  values: Scenario['values'],
  speed: number,
  ingest: Pick<IngestService, 'lines'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (let at = 0; at < plan.length && !signal.aborted; ) {
      const due = run.started + (plan[at]?.offset_ms ?? 0) / speed
      if (due > Date.now()) await Bun.sleep(Math.min(due - Date.now(), 1_000))
      if (due > Date.now()) continue
      const batch = nextBatch(plan, at, (Date.now() - run.started + GRAIN_MS) * speed)
      const filling = { time: new Date(), random: Math.random }
      const lines = batch.map((line) => fillLine(line, values, filling))
      await send(ingest, lines, batch[0]?.source ?? '')
      at += batch.length
      run.sent = at
    }
    if (signal.aborted) run.error = 'the server stopped'
  } catch (error) {
    run.error = error instanceof Error ? error.message : String(error)
  }
  run.finished = Date.now()
}

/** Lines from `start` that are due by `until_ms` and share a source. */
function nextBatch(plan: readonly PlannedLine[], start: number, until_ms: number) {
  const source = plan[start]?.source
  let end = start + 1
  while (plan[end]?.source === source && (plan[end]?.offset_ms ?? 0) <= until_ms) end++
  return plan.slice(start, end)
}

async function send(
  ingest: Pick<IngestService, 'lines'>,
  lines: readonly string[],
  source: string,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await ingest.lines(lines, source)
      return
    } catch (error) {
      const full = error instanceof ServiceError && error.code === 'too-many'
      if (!full || attempt >= TRIES) throw error
      await Bun.sleep(1_000)
    }
  }
}

/** Every playbook of the folder by id (its file's name). Rejects `invalid` naming a file that is wrong. */
async function readScenarios(folder: string): Promise<readonly (readonly [string, Scenario])[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yml')).sort()
  return Promise.all(
    files.map(async (name) => {
      const parsed = parseScenario(await Bun.file(join(folder, name)).text())
      if ('problem' in parsed) throw new ServiceError('invalid', `${name}: ${parsed.problem}`)
      return [name.slice(0, -'.yml'.length), parsed] as const
    }),
  )
}
