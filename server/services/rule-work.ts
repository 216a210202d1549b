// What joins rules and the scheduler when the server starts.
import type { RulesReport } from '../ingest/rules.ts'
import type { RuleHits } from '../stores/events/counts.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import type { RuleCounter } from '../stores/state/alerts-store.ts'
import type { RuleStage } from '../stores/state/rollouts.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { IngestHost } from './ingest.ts'
import { filterIdsOf } from './mute-filter.ts'
import { createRuleRunner } from './rule-runs.ts'
import { changesSchedules, type RuleSchedules, syncRuleSchedules } from './rule-schedules.ts'
import type { Rules } from './rules.ts'
import type { WorkRunner } from './schedules.ts'
import type { RuleSummary, Services } from './services.ts'

/** What a load says of schedules. */
function schedulesOf({ rules, correlations, refused }: RulesReport): RuleSchedules {
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
function stagesOf({ rules, correlations }: RulesReport): readonly RuleStage[] {
  return [...rules, ...correlations].flatMap(({ id, textHash, trapline }) =>
    trapline?.rollout === undefined
      ? []
      : [{ ruleId: id, ruleHash: textHash, stage: trapline.rollout.stage }],
  )
}

/** What follows a rule set that takes over: schedules while ingest waits, and only where some change; the
 * rest after it. */
export interface RuleSet {
  /** Before it takes over. */
  prepare(report: RulesReport): Promise<void>
  /** It takes over after this intake sequence. */
  takeOver(sequence: number): Promise<void>
  /** It runs. */
  settle(): Promise<void>
}

export function createRuleSet(
  state: Pick<StateClient, 'listSchedules' | 'saveSchedules' | 'saveStages' | 'suppressionsMerged'>,
  events: Pick<EventReader, 'position'>,
): RuleSet {
  let report: RulesReport | undefined
  let isChange = false
  let epoch: string | undefined
  return {
    prepare: async (next) => {
      report = next
      isChange = await changesSchedules(state, schedulesOf(next))
      if (isChange) epoch ??= (await events.position())?.epoch
    },
    takeOver: async (sequence) => {
      if (report === undefined || !isChange) return
      epoch ??= (await events.position())?.epoch
      if (epoch === undefined) throw new Error('the intake has no name')
      await syncRuleSchedules(state, schedulesOf(report), { epoch, sequence }, Date.now())
    },
    settle: async () => {
      if (report === undefined) return
      await state.saveStages(stagesOf(report))
      await state.suppressionsMerged(filterIdsOf(report.shaping))
    },
  }
}

/** The runner of rules over a server's services. */
export function ruleRunner(
  {
    background,
    state,
    releases,
    ingest,
  }: Pick<Services, 'background' | 'state' | 'releases'> & { readonly ingest: IngestHost },
  rules: Pick<Rules, 'runnable'>,
): WorkRunner {
  const commit = () => releases.live()
  return createRuleRunner({
    ...{ events: background, state, ruleOf: rules.runnable, commit },
    keep: ingest.addRunMatches,
  })
}

/** Matches by rule: those that ingest counts, and of rules with a schedule and correlations, which it does
 * not see, those that became alerts. */
export function withAlerted(
  hits: Readonly<Record<string, RuleHits>>,
  rules: readonly RuleSummary[],
  counters: Readonly<Record<string, RuleCounter>>,
): Readonly<Record<string, RuleHits>> {
  const all: Record<string, RuleHits> = { ...hits }
  for (const { id, schedule } of rules) {
    const isCounted = schedule === undefined && Object.hasOwn(hits, id)
    const counter = !isCounted && Object.hasOwn(counters, id) ? counters[id] : undefined
    if (counter !== undefined) all[id] = { total: counter.matches, last: counter.last ?? 0 }
  }
  return all
}
