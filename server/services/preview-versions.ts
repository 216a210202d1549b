// Two versions of a rule, or of a correlation, over the same events: which of them each event makes fire.

import type { RuleChange } from '../../ci/backtest/changes.ts'
import {
  type CorrelationVersion,
  createCorrelationRun,
  rulesBelow,
} from '../../ci/backtest/correlation.ts'
import { costOf, costOfAll } from '../../ci/backtest/cost.ts'
import { createReplay } from '../../ci/backtest/replay.ts'
import type { Event } from '../../parsers/event.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import type { LoadedRule } from '../../sigma/rule.ts'

export type { CorrelationVersion }

export interface Versions {
  readonly id: string
  /** Events that either version may need. */
  readonly expr: Expr
  /** In which order they must come. */
  readonly order: 'newest' | 'oldest'
  readonly change: RuleChange
  readonly hasLive: boolean
  /** Correlations read it, and it raises nothing itself. */
  readonly feedsOnly: boolean
  /** Says what each event makes fire; `hear` is called at most once for an event. */
  start(hear: (event: Event, before: boolean, after: boolean) => void): (event: Event) => void
  /** Milliseconds of one core per 100,000 events of a sample. */
  cost(sample: readonly Event[]): { readonly before_ms: number; readonly after_ms: number }
}

/** Versions of a rule. */
export function ruleVersions(after: LoadedRule, before: LoadedRule | undefined): Versions {
  const { id, title, path } = after
  const change = { id, title, path, before, after }
  return {
    ...{ id, change, order: 'newest', hasLive: before !== undefined, feedsOnly: after.feedsOnly },
    expr: before === undefined ? after.expr : { kind: 'or', args: [before.expr, after.expr] },
    start: (hear) => createReplay([change], (_, event, was, is) => hear(event, was, is)).add,
    cost: (sample) => {
      // The first to run pays for what the engine compiles for both.
      costOf(after, sample)
      return { before_ms: costOf(before, sample), after_ms: costOf(after, sample) }
    },
  }
}

/** Versions of a correlation: every match of the rules below it is needed, oldest first. */
export function correlationVersions(
  after: CorrelationVersion,
  before: CorrelationVersion | undefined,
): Versions {
  const { id, title, path } = after.correlation
  const below = [after, ...(before === undefined ? [] : [before])].flatMap(rulesBelow)
  const cost = (version: CorrelationVersion | undefined, sample: readonly Event[]) =>
    version === undefined ? 0 : costOfAll(rulesBelow(version), sample)
  return {
    ...{ id, order: 'oldest', hasLive: before !== undefined },
    feedsOnly: after.correlation.feedsOnly,
    // Firings are counted as they are: how they fold into alerts is for the versions of rules.
    change: { id, title, path, before: undefined, after: undefined },
    expr: { kind: 'or', args: below.map((rule) => rule.expr) },
    start: (hear) => {
      const [was, is] = [before, after].map((one) => (one === undefined ? undefined : firing(one)))
      return (event) => {
        const [then, now] = [was?.(event) ?? false, is?.(event) ?? false]
        if (then || now) hear(event, then, now)
      }
    },
    cost: (sample) => ({ before_ms: cost(before, sample), after_ms: cost(after, sample) }),
  }
}

/** Says of each event, in order of time, whether the correlation holds with it. */
function firing(version: CorrelationVersion): (event: Event) => boolean {
  const run = createCorrelationRun(version)
  return (event) => run.add(event, event.id) !== undefined
}
