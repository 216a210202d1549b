// What joins rules and the scheduler when the server starts.
import type { RulesReport } from '../ingest/rules.ts'
import type { RuleHits } from '../stores/events/counts.ts'
import type { RuleCounter } from '../stores/state/alerts-store.ts'
import type { RuleStage } from '../stores/state/rollouts.ts'
import { createRuleRunner } from './rule-runs.ts'
import type { RuleSchedules } from './rule-schedules.ts'
import type { Rules } from './rules.ts'
import type { WorkRunner } from './schedules.ts'
import type { RuleSummary, Services } from './services.ts'

/** What a load says of schedules. */
export function schedulesOf({ rules, correlations, refused }: RulesReport): RuleSchedules {
  const arriving = correlations.map(({ id }) => ({ id, schedule: undefined }))
  return {
    rules: [
      ...rules.map(({ id, trapline }) => ({ id, schedule: trapline?.schedule })),
      ...arriving,
    ],
    refused: refused.map(({ id }) => id),
  }
}

/** The stages that a load says, for `saveStages`. */
export function stagesOf({ rules, correlations }: RulesReport): readonly RuleStage[] {
  return [...rules, ...correlations].flatMap(({ id, textHash, trapline }) =>
    trapline?.rollout === undefined
      ? []
      : [{ ruleId: id, ruleHash: textHash, stage: trapline.rollout.stage }],
  )
}

/** The runner of rules over a server's services. */
export function ruleRunner(
  { events, state, releases }: Pick<Services, 'events' | 'state' | 'releases'>,
  rules: Pick<Rules, 'runnable'>,
): WorkRunner {
  return createRuleRunner({ events, state, ruleOf: rules.runnable, commit: () => releases.live() })
}

/** Matches of rules with a schedule: ingest does not count them. */
export function hitsOfScheduled(
  rules: readonly RuleSummary[],
  counters: Readonly<Record<string, RuleCounter>>,
): Readonly<Record<string, RuleHits>> {
  const hits: Record<string, RuleHits> = {}
  for (const { id, schedule } of rules) {
    const counter = schedule === undefined ? undefined : counters[id]
    if (counter !== undefined) hits[id] = { total: counter.matches, last: counter.last ?? 0 }
  }
  return hits
}
