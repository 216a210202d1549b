// What a replay comes to: verdicts, costs and budgets beside its counts.
import type { Event } from '../../parsers/event.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import type { Budgets } from '../settings.ts'
import type { RuleChange } from './changes.ts'
import { rulesBelow } from './correlation.ts'
import { costOfAll } from './cost.ts'
import { compareVerdicts, type Judged, judge } from './judge.ts'
import type { Seen } from './kept.ts'
import type { Readings } from './moved.ts'
import type { Replayed } from './replay.ts'
import type { PastAlert } from './server-events.ts'
import type { Tally } from './tally.ts'

const DAY_MS = 86_400_000

export interface Outcome {
  readonly events: number
  readonly from: number | undefined
  readonly to: number | undefined
  /** Length of the range, days; at least one. */
  readonly days: number
  readonly judged: readonly Judged[]
  /** What changed tables of parsers make of the events; absent where none changed. */
  readonly readings?: Readings
  /** Events that stand as they were stored, by `parser: reason`. */
  readonly unread?: ReadonlyMap<string, number>
}

export interface Parts {
  readonly replayed: Replayed
  readonly sample: readonly Event[]
  /** Alerts of each change, in their order. */
  readonly past: readonly (readonly PastAlert[])[]
  readonly seen: ReadonlyMap<RuleChange, Seen>
  readonly budgets: Budgets
}

/** The outcome of a replay. Rules that only other tables reach are left out where nothing differs. */
export function conclude({ replayed, sample, past, seen, budgets }: Parts): Outcome {
  const { events, from, to, tallies } = replayed
  const days = Math.max(1, from === undefined || to === undefined ? 1 : (to - from) / DAY_MS)
  const judged = tallies.flatMap((tally, i) => {
    if (tally.change.byParser === true && isSame(tally)) return []
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
    return [{ ...parts, findings: judge(parts, budgets, days) }]
  })
  return { events, from, to, days, judged }
}

function isSame({ added, lost, alertsBefore, alertsAfter, entities }: Tally): boolean {
  const moves = entities.some(({ before, after }) => before !== after)
  return added + lost === 0 && alertsBefore === alertsAfter && !moves
}

/** The rules that a version runs: those below it, where it is a correlation. */
export function rulesOf(change: RuleChange, version: 'before' | 'after'): readonly LoadedRule[] {
  if (change.correlation !== undefined) {
    const own = change.correlation[version]
    return own === undefined ? [] : rulesBelow(own)
  }
  const rule = change[version]
  return rule === undefined ? [] : [rule]
}
