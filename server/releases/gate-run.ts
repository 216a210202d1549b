// The process in which a staged release runs against kept verdicts and a sample of what is stored: a hostile
// rule costs the server nothing. Takes a `GateTask` on standard input, prints a `GateResult`.

import { type ChangedRule, changesBetween, rulesChanged } from '../../ci/backtest/changes.ts'
import { COST_SAMPLE_MAX, costOf } from '../../ci/backtest/cost.ts'
import { createReplay } from '../../ci/backtest/replay.ts'
import { createSample } from '../../ci/backtest/sample.ts'
import type { Tally } from '../../ci/backtest/tally.ts'
import { type Budgets, readSettings } from '../../ci/settings.ts'
import type { Event } from '../../parsers/event.ts'
import { loadRules } from '../../sigma/load.ts'
import { contentOptions } from '../../sigma/pipeline/content.ts'
import { isListFile, isPipelineFile } from '../../sigma/pipeline/paths.ts'
import type { LoadedRules } from '../../sigma/rule.ts'
import { readRuleFiles } from '../ingest/rules.ts'
import { openEventReader } from '../stores/events/reader.ts'
import {
  type ReleaseFinding,
  type ReleaseSample,
  type ReleaseVerdicts,
  SAMPLED_RULES_MAX,
} from '../stores/state/releases.ts'
import { readSample } from './gate-sample.ts'
import { judgeVerdicts, type KeptVerdict } from './gate-verdicts.ts'

/** New alerts of one rule in the sample, below which nothing is said of a day. */
export const ALERTS_TO_TELL_MIN = 5
const DAY_MS = 86_400_000

export interface GateTask {
  /** Data folder of the server. */
  readonly data: string
  /** Folders of both versions' content; undefined before the first release. */
  readonly before?: string | undefined
  readonly after: string
  /** Overlay folders, beside both. */
  readonly overlays: readonly string[]
  /** File with a JSON array of `KeptVerdict`. */
  readonly verdicts: string
  /** Range of the sample, milliseconds since 1970 UTC. */
  readonly from: number
  readonly to: number
  readonly events_max: number
  readonly time_max_ms: number
}

export interface GateResult {
  readonly verdicts: ReleaseVerdicts
  readonly sample: ReleaseSample
  readonly findings: readonly ReleaseFinding[]
}

/** Runs a task. Rejects when a folder or the store cannot be read. */
export async function runGate(task: GateTask): Promise<GateResult> {
  const after = loadContent(task.after, task.overlays)
  const before = task.before === undefined ? NOTHING : loadContent(task.before, task.overlays)
  const changed = rulesChanged(changesBetween(before, after).changed)
  const { backtest: budgets } = await readSettings(task.after)
  const kept: KeptVerdict[] = await Bun.file(task.verdicts).json()
  const severity = budgets.no_lost_true_positives ? 'error' : 'warning'
  const judged = judgeVerdicts(kept, changed, after, severity)
  const sampled = await runSample(task, changed)
  return {
    verdicts: judged.verdicts,
    sample: sampled.sample,
    findings: [...judged.findings, ...noisy(sampled, budgets), ...costly(sampled, budgets)],
  }
}

interface Sampled {
  readonly sample: ReleaseSample
  readonly tallies: readonly Tally[]
  /** Events to measure rules on. */
  readonly timed: readonly Event[]
}

async function runSample(task: GateTask, changed: readonly ChangedRule[]): Promise<Sampled> {
  const { data, from, to, events_max, time_max_ms } = task
  if (changed.length === 0) {
    const sample = { events: 0, total: 0, from, to, took_ms: 0, changed: 0, rules: [] }
    return { sample, tallies: [], timed: [] }
  }
  const replay = createReplay(changed)
  const timed = createSample<Event>(COST_SAMPLE_MAX)
  const reader = openEventReader(data)
  try {
    const limits = { events: events_max, time_ms: time_max_ms }
    const read = await readSample(reader, { from, to }, limits, (events) => {
      for (const event of events) {
        replay.add(event)
        timed.add(event)
      }
    })
    const { tallies } = replay.result()
    const sample = { ...read, from, to, changed: changed.length, rules: differing(tallies) }
    return { sample, tallies, timed: timed.items() }
  } finally {
    reader.close()
  }
}

function differing(tallies: readonly Tally[]) {
  return tallies
    .filter(({ added, lost }) => added + lost > 0)
    .sort((a, b) => b.added + b.lost - (a.added + a.lost))
    .slice(0, SAMPLED_RULES_MAX)
    .map(({ change: { id, title }, same, added, lost }) => ({
      ...{ id, title },
      before: same + lost,
      after: same + added,
    }))
}

/** Rules that would raise more than the content's own `trapline.yml` allows. */
function noisy({ sample, tallies }: Sampled, budgets: Budgets): ReleaseFinding[] {
  const { max_new_per_day, max_cardinality } = budgets
  const share = sample.total === 0 ? 1 : sample.events / sample.total
  const days = (Math.max(1, sample.to - sample.from) / DAY_MS) * Math.max(share, Number.MIN_VALUE)
  const findings: ReleaseFinding[] = []
  for (const { change, alertsBefore, alertsAfter, cardinality } of tallies) {
    const more = alertsAfter - alertsBefore
    const perDay = Math.round(more / days)
    const isToldOf = more >= ALERTS_TO_TELL_MIN
    if (isToldOf && max_new_per_day !== undefined && perDay > max_new_per_day) {
      const message =
        `"${change.title}" is too noisy: ${more} new alerts in the sample of ${sample.events} events, ` +
        `about ${perDay} a day, at most ${max_new_per_day}`
      findings.push({ code: 'max-new-per-day', severity: 'error', message, path: change.path })
    }
    const found = cardinality.after
    if (max_cardinality !== undefined && found > max_cardinality) {
      const message = `"${change.title}" fires for ${found} hosts and users, at most ${max_cardinality}`
      findings.push({ code: 'cardinality', severity: 'error', message, path: change.path })
    }
  }
  return findings
}

/** Rules that cost more than the content's own `trapline.yml` allows, measured on events of the sample. */
function costly({ tallies, timed }: Sampled, budgets: Budgets): ReleaseFinding[] {
  const { max_ms_per_100k_events: limit } = budgets
  if (limit === undefined) return []
  return tallies.flatMap(({ change: { title, path, after } }): ReleaseFinding[] => {
    if (after === undefined || !('expr' in after)) return []
    const cost = costOf(after, timed)
    if (cost <= limit) return []
    const message = `"${title}" costs ${Math.round(cost)} ms of a core per 100,000 events, at most ${limit}`
    return [{ code: 'cost', severity: 'error', message, path }]
  })
}

const NOTHING: LoadedRules = {
  rules: [],
  correlations: [],
  filters: [],
  refused: [],
  diagnostics: [],
}

function loadContent(content: string, overlays: readonly string[]): LoadedRules {
  const folders = [
    { path: `${content}/detections`, overlay: false },
    ...overlays.map((path) => ({ path, overlay: true })),
  ]
  const found = folders.flatMap((folder) =>
    readRuleFiles(folder).map(({ path, text }) => ({
      path: folder.overlay ? path : `detections/${path}`,
      text,
    })),
  )
  const files = found.filter(({ path }) => !isListFile(path) && !isPipelineFile(path))
  return loadRules(files, contentOptions(found).options)
}

if (import.meta.main) {
  try {
    const task: GateTask = await Bun.stdin.json()
    process.stdout.write(JSON.stringify(await runGate(task)))
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}
