// A whole backtest: changes, events from files or a server, verdicts, costs, budgets.
import type { Event } from '../../parsers/event.ts'
import { normalise } from '../../parsers/normalise.ts'
import type { LoadedRule, RuleFile } from '../../sigma/rule.ts'
import { readEventBatches } from '../input/read-events.ts'
import type { ServerAccess } from '../send/api.ts'
import type { Budgets } from '../settings.ts'
import type { Changes, RuleChange } from './changes.ts'
import { rulesBelow } from './correlation.ts'
import { COST_SAMPLE_MAX, costOfAll } from './cost.ts'
import { type FileWorkers, startFileWorkers } from './file-workers.ts'
import { compareVerdicts, type Judged, judge } from './judge.ts'
import { judgeKept, type Seen, withKept } from './kept.ts'
import { createReplay, type Replayed } from './replay.ts'
import { createSample } from './sample.ts'
import {
  alertsOf,
  keptVerdicts,
  type PastAlert,
  replayOnServer,
  sampleOfServer,
} from './server-events.ts'

const DAY_MS = 86_400_000

export interface Outcome {
  readonly events: number
  readonly from: number | undefined
  readonly to: number | undefined
  /** Length of the range, days; at least one. */
  readonly days: number
  readonly judged: readonly Judged[]
}

export interface FileEvents {
  readonly files: readonly string[]
  readonly source: string | undefined
  readonly onEvents: (count: number) => void
}

/** Events that are read here before it is worth starting workers. */
const EVENTS_ALONE = 20_000

/** Replays events of files. They have no alerts, so no verdicts. */
export async function backtestFiles(
  changes: readonly RuleChange[],
  { files, source, onEvents }: FileEvents,
  budgets: Budgets,
): Promise<Outcome> {
  const replay = createReplay(changes)
  const sample = createSample<Event>(COST_SAMPLE_MAX)
  const now = Date.now()
  const options = { now, received: now, timeZone: 'UTC', source }
  const rules = changes.flatMap((one) => [...rulesOf(one, 'before'), ...rulesOf(one, 'after')])
  let workers: FileWorkers | undefined
  let alone = 0
  try {
    for await (const texts of textsOf(files)) {
      if (alone < EVENTS_ALONE) {
        for (const text of texts) {
          const event = normalise(text, options)
          sample.add(event)
          replay.add(event)
        }
        alone += texts.length
      } else {
        workers ??= startFileWorkers({ rules: [...new Set(rules)], options }, (batch) => {
          for (const event of batch.matched) replay.add(event)
          replay.skip(batch.count - batch.matched.length, batch.from, batch.to)
        })
        await workers.read(texts)
      }
      onEvents(texts.length)
    }
    for (const event of (await workers?.finish()) ?? []) sample.add(event)
  } finally {
    workers?.stop()
  }
  return conclude(replay.result(), sample.items(), [], new Map(), budgets)
}

async function* textsOf(files: readonly string[]): AsyncGenerator<readonly string[]> {
  for (const file of files)
    for await (const batch of readEventBatches(file)) yield batch.map(({ text }) => text)
}

/** Replays what a server keeps of the last `days`, against the verdicts that were given on it. */
export async function backtestServer(
  { changed: changes, content, filters }: Pick<Changes, 'changed' | 'content' | 'filters'>,
  access: ServerAccess,
  days: number,
  budgets: Budgets,
  onEvents: (count: number) => void = () => {},
): Promise<Outcome> {
  const seen = new Map<RuleChange, Seen>(
    changes.map((change) => [change, { matched: new Set(), fires: new Set() }]),
  )
  const replay = createReplay(changes, (change, event, _before, after, contributing) => {
    const ids = seen.get(change)!
    ids.matched.add(event.id)
    if (after) ids.fires.add(event.id)
    for (const id of contributing?.before ?? []) ids.matched.add(id)
    for (const id of contributing?.after ?? []) {
      ids.matched.add(id)
      ids.fires.add(id)
    }
  })
  // Filters stay behind: without them the server sends more events, and the replay decides.
  const versions = [
    [...ruleFiles(changes, 'before'), ...content.before],
    [...ruleFiles(changes, 'after'), ...content.after],
  ]
  const { to, ...range } = await replayOnServer(access, versions, days, (event) => {
    replay.add(event)
    onEvents(1)
  })
  const past = await Promise.all(
    changes.map(async (change) => {
      const [alerts, kept] = await Promise.all([
        alertsOf(access, change.id, days),
        keptVerdicts(access, change.id),
      ])
      return withKept(alerts, judgeKept(change, kept, filters, seen.get(change)!))
    }),
  )
  const sample = await sampleOfServer(access, COST_SAMPLE_MAX)
  return conclude(
    { ...replay.result(), ...range, to: Math.min(to, Date.now()) },
    sample,
    past,
    seen,
    budgets,
  )
}

function conclude(
  replayed: Replayed,
  sample: readonly Event[],
  past: readonly (readonly PastAlert[])[],
  seen: ReadonlyMap<RuleChange, Seen>,
  budgets: Budgets,
): Outcome {
  const { events, from, to, tallies } = replayed
  const days = Math.max(1, from === undefined || to === undefined ? 1 : (to - from) / DAY_MS)
  const judged = tallies.map((tally, i) => {
    const ids = seen.get(tally.change)
    const cost = {
      before_ms: costOfAll(rulesOf(tally.change, 'before'), sample),
      after_ms: costOfAll(rulesOf(tally.change, 'after'), sample),
    }
    const verdicts = compareVerdicts(
      past[i] ?? [],
      ids?.fires ?? new Set(),
      ids?.matched ?? new Set(),
      tally.change.correlation !== undefined,
    )
    const parts = { tally, verdicts, cost }
    return { ...parts, findings: judge(parts, budgets, days) }
  })
  return { events, from, to, days, judged }
}

/** The rules that a version runs: those below it, where it is a correlation. */
function rulesOf(change: RuleChange, version: 'before' | 'after'): readonly LoadedRule[] {
  if (change.correlation !== undefined) {
    const own = change.correlation[version]
    return own === undefined ? [] : rulesBelow(own)
  }
  const rule = change[version]
  return rule === undefined ? [] : [rule]
}

function ruleFiles(changes: readonly RuleChange[], version: 'before' | 'after'): RuleFile[] {
  const rules = new Set(changes.flatMap((change) => rulesOf(change, version)))
  return [...rules].map(({ path, text }) => ({ path, text }))
}
