// A backtest over what a running server keeps, against the verdicts that were given on it.
import type { Event } from '../../parsers/event.ts'
import type { RuleFile } from '../../sigma/rule.ts'
import type { ServerAccess } from '../send/api.ts'
import type { Budgets } from '../settings.ts'
import { type Changes, type RuleChange, withMoved } from './changes.ts'
import { conclude, type Outcome, rulesOf } from './conclude.ts'
import { COST_SAMPLE_MAX } from './cost.ts'
import { judgeKept, type Seen, withKept } from './kept.ts'
import { createReadings, type Readings, ruleVersions } from './moved.ts'
import { isSeverityFile } from './parser-tables.ts'
import { createReplay, type Replay } from './replay.ts'
import {
  alertsOf,
  keptVerdicts,
  type PastAlert,
  replayOnServer,
  type ServerRange,
  sampleOfServer,
} from './server-events.ts'
import {
  createRereader,
  type FixedRange,
  rangeOfServer,
  type StoredRereader,
} from './server-reread.ts'

type SeenOfAll = ReadonlyMap<RuleChange, Seen>

/** Replays the last `days`. Where parsers' tables changed, the events that they may read are fetched, read
 * again by both versions, and fetched once more for the rules that this reaches. */
export async function backtestServer(
  given: Changes,
  access: ServerAccess,
  days: number,
  budgets: Budgets,
  onEvents: (count: number) => void = () => {},
): Promise<Outcome> {
  const { tables, loaded } = given
  const rereader =
    tables.changed.length === 0
      ? undefined
      : createRereader(access, tables, tables.changed.some(isSeverityFile))
  const range = rereader === undefined ? undefined : await rangeOfServer(access, days)
  let readings: Readings | undefined
  if (rereader !== undefined && range !== undefined) {
    const maker = createReadings(ruleVersions(loaded.before, loaded.after))
    await rereader.read(range, (pair) => {
      maker.add(pair)
      onEvents(1)
    })
    readings = maker.result()
  }
  const changes = withMoved(given, readings?.moved ?? [])
  const reread = rereader === undefined ? {} : { readings: readings!, unread: rereader.unread() }
  if (changes.changed.length === 0)
    return { events: readings?.read ?? 0, ...rangeTimes(range), days, judged: [], ...reread }
  const seen: SeenOfAll = new Map(
    changes.changed.map((change) => [change, { matched: new Set(), fires: new Set() }]),
  )
  const replay = createReplay(changes.changed, hearInto(seen))
  const source = { access, days, range, rereader, onEvents }
  const { to, ...replayed } = await replayStored(changes, replay, source)
  const past = await pastOf(changes, access, days, seen, rereader)
  const sample = await sampleOfServer(access, days, COST_SAMPLE_MAX)
  const whole = { ...replay.result(), ...replayed, to: Math.min(to, Date.now()) }
  return { ...conclude({ replayed: whole, sample, past, seen, budgets }), ...reread }
}

function rangeTimes(range: FixedRange | undefined) {
  return {
    from: range === undefined ? undefined : Date.parse(range.from),
    to: range === undefined ? undefined : Math.min(Date.parse(range.to), Date.now()),
  }
}

function hearInto(seen: SeenOfAll): Parameters<typeof createReplay>[1] {
  return (change, event, _before, after, contributing) => {
    const ids = seen.get(change)!
    ids.matched.add(event.id)
    if (after) ids.fires.add(event.id)
    for (const id of contributing?.before ?? []) ids.matched.add(id)
    for (const id of contributing?.after ?? []) {
      ids.matched.add(id)
      ids.fires.add(id)
    }
  }
}

interface Stored {
  readonly access: ServerAccess
  readonly days: number
  readonly range: FixedRange | undefined
  readonly rereader: StoredRereader | undefined
  readonly onEvents: (count: number) => void
}

/** Feeds what the rules match: as the server finds it, and read again where tables may read it otherwise. */
async function replayStored(
  { changed, content }: Changes,
  replay: Replay,
  { access, days, range, rereader, onEvents }: Stored,
): Promise<ServerRange> {
  // Filters stay behind: without them the server sends more events, and the replay decides.
  const versions = [
    [...ruleFiles(changed, 'before'), ...content.before],
    [...ruleFiles(changed, 'after'), ...content.after],
  ]
  const asked = range ?? { from: `now-${days}d` }
  const found = await replayOnServer(access, versions, asked, (event) => {
    if (rereader?.concerns(event) === true) return
    replay.add(event)
    onEvents(1)
  })
  if (rereader !== undefined && range !== undefined)
    await rereader.read(range, (pair) => {
      if (pair.before === pair.after) replay.add(pair.after)
      else replay.addPair(pair)
      onEvents(1)
    })
  return found
}

function pastOf(
  { changed, filters }: Changes,
  access: ServerAccess,
  days: number,
  seen: SeenOfAll,
  rereader: StoredRereader | undefined,
): Promise<readonly (readonly PastAlert[])[]> {
  const read = (event: Event) => rereader?.pair(event) ?? { before: event, after: event }
  return Promise.all(
    changed.map(async (change) => {
      const [alerts, kept] = await Promise.all([
        alertsOf(access, change.id, days),
        keptVerdicts(access, change.id),
      ])
      return withKept(alerts, judgeKept(change, kept, filters, seen.get(change)!, read))
    }),
  )
}

function ruleFiles(changes: readonly RuleChange[], version: 'before' | 'after'): RuleFile[] {
  const rules = new Set(changes.flatMap((change) => rulesOf(change, version)))
  return [...rules].map(({ path, text }) => ({ path, text }))
}
