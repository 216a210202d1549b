// Rules on their way to live (D16): stages are kept, criteria are judged by the clock, and what they say is
// proposed as a change of the rule's file. The server never changes a stage itself.
import type { RolloutStage } from '../../sigma/rule.ts'
import type { Actor } from '../stores/state/access.ts'
import type { ProposalRecord } from '../stores/state/proposals.ts'
import type {
  RolloutDecision,
  RolloutState,
  ShadowAlert,
  ShadowVerdict,
} from '../stores/state/rollouts.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { ProposalService } from './proposals.ts'
import { withStage } from './rollout-edit.ts'
import { type Judgement, judgeRollout } from './rollout-judge.ts'
import { decisionBody, decisionTitle } from './rollout-text.ts'
import type { WorkRunner } from './schedules.ts'
import { ServiceError } from './service-error.ts'
import type { RuleService, RuleSummary } from './services.ts'

/** How often criteria are judged, milliseconds. */
export const ROLLOUT_INTERVAL_MS = 3600_000
/** Live rules are judged by what they did in so long, milliseconds. */
const LIVE_WINDOW_MS = 7 * 24 * 3600_000
/** All staged rules are judged in one run. */
export const ROLLOUT_WORK = { kind: 'rollout', id: 'all' } as const

const TRAPLINE: Actor = { name: 'trapline' }

export interface RuleRollout {
  readonly state: RolloutState
  readonly judgement: Judgement
}

export interface RolloutService {
  /** A rule's stage, since when, and its criteria as they are measured now; undefined for a rule without
   * stages. */
  of(id: string): Promise<RuleRollout | undefined>
  shadowAlerts(
    id: string | undefined,
    limit: number,
  ): Promise<{ readonly alerts: readonly ShadowAlert[]; readonly total: number }>
  judgeAlert(id: string, verdict: ShadowVerdict, by: Actor): Promise<ShadowAlert>
  /** Judges every staged rule and proposes what the criteria say: what the scheduler runs. */
  readonly runner: WorkRunner
}

export interface RolloutParts {
  readonly rules: Pick<RuleService, 'list'>
  readonly state: Pick<
    StateClient,
    | 'rolloutState'
    | 'rolloutStates'
    | 'rolloutMeasures'
    | 'decideRollout'
    | 'listShadowAlerts'
    | 'judgeShadowAlert'
  >
  readonly proposals: Pick<ProposalService, 'prepare' | 'file'>
  /** Something waits in the outbox. */
  readonly wake: () => void
  readonly now?: () => number
}

export function createRollouts(parts: RolloutParts): RolloutService {
  const { rules, state, now = Date.now } = parts
  const judge = async (rule: RuleSummary, stored: RolloutState, at: number) => {
    const from = stored.stage === 'live' ? at - LIVE_WINDOW_MS : 0
    const since = Math.max(stored.since, from)
    return judgeRollout(rule.rollout!, await state.rolloutMeasures(rule.id, since), since, at)
  }
  return {
    of: async (id) => {
      const rule = rules.list().find((one) => one.id === id)
      const stored = rule?.rollout === undefined ? undefined : await state.rolloutState(id)
      if (rule === undefined || stored === undefined) return undefined
      return { state: stored, judgement: await judge(rule, stored, now()) }
    },
    shadowAlerts: (id, limit) => state.listShadowAlerts(id, limit),
    judgeAlert: (id, verdict, by) => state.judgeShadowAlert(id, verdict, by),
    runner: async (due) => {
      const byId = new Map(rules.list().map((rule) => [rule.id, rule]))
      const waiting = (await state.rolloutStates()).filter(({ decision }) => decision === undefined)
      const decided: { rule: string; to: RolloutStage; problem?: string }[] = []
      for (const [at, stored] of waiting.entries()) {
        due.signal.throwIfAborted()
        due.progress(at / waiting.length)
        const rule = byId.get(stored.ruleId)
        if (rule?.rollout?.stage !== stored.stage) continue
        const judgement = await judge(rule, stored, now())
        if (judgement.to === undefined) continue
        const done = await decide(parts, rule, stored, judgement, judgement.to, now())
        if (done !== undefined) decided.push({ rule: rule.id, ...done })
      }
      return { matches: decided.length, detail: { judged: waiting.length, decided } }
    },
  }
}

/** Proposes the change and keeps the decision with it; undefined when another server did, or it has to
 * wait. */
async function decide(
  { state, proposals, wake }: RolloutParts,
  rule: RuleSummary,
  stored: RolloutState,
  judgement: Judgement,
  to: RolloutStage,
  at: number,
): Promise<{ to: RolloutStage; problem?: string } | undefined> {
  const made = await propose(proposals, rule, stored, judgement, to)
  if (made === undefined) return undefined
  const outcome = 'problem' in made ? { problem: made.problem } : {}
  const decision: RolloutDecision = {
    ...{ to, at, criteria: judgement.criteria },
    ...('record' in made ? { proposalId: made.record.id } : outcome),
  }
  const record = 'record' in made ? made.record : undefined
  if (!(await state.decideRollout(stored, decision, record, TRAPLINE))) return undefined
  wake()
  return { to, ...outcome }
}

type Made = { readonly record: ProposalRecord } | { readonly problem: string }

async function propose(
  proposals: RolloutParts['proposals'],
  rule: RuleSummary,
  stored: RolloutState,
  judgement: Judgement,
  to: RolloutStage,
): Promise<Made | undefined> {
  if (rule.overlay)
    return { problem: 'it is from a TRAPLINE_RULES folder, which the server does not change' }
  const path = `detections/${rule.path}`
  const text = await proposals.file(path, 0)
  const changed = text === undefined ? undefined : withStage(text, rule.id, to)
  if (changed === undefined)
    return { problem: `${path} does not hold its stage as a plain word at the followed branch` }
  // Someone was faster, or the branch was looked at before the last release: the next time will tell.
  if (changed === text) return undefined
  const proposal = {
    kind: 'rollout',
    title: decisionTitle(rule, stored.stage, to),
    body: decisionBody(rule, stored, judgement, to),
    files: [{ path, text: changed }],
  } as const
  try {
    return { record: await proposals.prepare(proposal, TRAPLINE) }
  } catch (error) {
    // What cannot be proposed as it is will not be in an hour either; an outage passes, and is tried again.
    if (error instanceof ServiceError && error.code === 'invalid') return { problem: error.message }
    throw error
  }
}
