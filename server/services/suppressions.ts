// Mutes: what they would hide is shown first, then they act at once and propose their filter for Git.

import type { Replacement } from '../../ci/redact/types.ts'
import type { Event } from '../../parsers/event.ts'
import type { LogSource, RuleFile } from '../../sigma/rule.ts'
import { createTurns } from '../in-turn.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import type { Actor } from '../stores/state/access.ts'
import type { Criteria, Suppression, SuppressionList } from '../stores/state/suppressions.ts'
import type { StateClient } from '../workers/state-client.ts'
import { createMutedRows, type MutedRows } from './muted-rows.ts'
import { can } from './permissions.ts'
import type { ProposalService } from './proposals.ts'
import { ServiceError } from './service-error.ts'
import type { RuleService } from './services.ts'
import { type Effect, measureEffect } from './suppression-effect.ts'
import { type PlannedFilter, planFilter } from './suppression-filter.ts'
import { proposalOf } from './suppression-proposal.ts'
import { readTarget, type SuppressionTarget } from './suppression-target.ts'
import { refuseTwin } from './suppression-twin.ts'

const MINUTE_MS = 60_000
export const MUTE_MIN_MS = 5 * MINUTE_MS
/** Longest time a mute may act before its filter is merged. */
export const MUTE_MAX_MS = 30 * 24 * 60 * MINUTE_MS
export const MUTE_DEFAULT_MS = 7 * 24 * 60 * MINUTE_MS
export const MUTE_REASON_MIN_CHARACTERS = 5
export const MUTE_REASON_MAX_CHARACTERS = 2_000

/** Stands in the preview of a filter before somebody has typed why. */
const NO_REASON = 'no reason yet'

/** What is to be muted. */
export interface SuppressionQuestion {
  /** Undefined: every rule of the log source. */
  readonly ruleId?: string
  /** Of a mute without a rule. */
  readonly logsource?: LogSource
  readonly criteria: Criteria
  /** An event that it is about: the filter's test is made of it. */
  readonly eventId?: string
  /** What the filter says of itself. */
  readonly reason?: string
  /** Who looks after it; default the person who asks. */
  readonly owner?: string
}

export interface SuppressionRequest extends SuppressionQuestion {
  readonly reason: string
  /** Milliseconds since 1970 UTC; default `MUTE_DEFAULT_MS` from now. */
  readonly expires?: number
  /** A second person, where it hides true positives. */
  readonly agreedBy?: string
}

export interface SuppressionPreview {
  readonly effect: Effect
  /** Undefined where no filter and tests can be made; `problem` says why. */
  readonly filter?: {
    readonly path: string
    readonly text: string
    readonly tests: string
    readonly replaced: readonly Replacement[]
  }
  readonly problem?: string
}

export interface SuppressionService extends MutedRows {
  /** Rejects `not-found` for a rule that does not run, `invalid` for criteria that no filter can say. */
  preview(question: SuppressionQuestion, by: Actor): Promise<SuppressionPreview>
  /** Stores it with its proposal. Rejects `conflict`, naming them, where it hides true positives and nobody
   * is asked to agree; then it is stored `pending`. */
  create(request: SuppressionRequest, by: Actor): Promise<Suppression>
  /** The second person agrees. */
  agree(id: string, by: Actor): Promise<Suppression>
  /** Ends it now; its change to Git is closed where it is. */
  end(id: string, by: Actor): Promise<Suppression>
  /** Rejects `not-found`. */
  get(id: string): Promise<Suppression>
  list(request: SuppressionList): Promise<readonly Suppression[]>
}

export interface SuppressionParts {
  readonly state: StateClient
  readonly events: EventReader
  readonly rules: RuleService & { shaping(): readonly RuleFile[] }
  readonly proposals: ProposalService
  /** DNS domains that never leave the server. */
  readonly ownDomains?: readonly string[]
  /** Something was put into the outbox. */
  readonly onProposed?: () => void
  readonly now?: () => number
}

/** The service over its parts. */
export function createSuppressions(parts: SuppressionParts): SuppressionService {
  const { state, now = Date.now } = parts
  const { muted, forget } = createMutedRows(state, parts.rules, now)
  const inTurn = createTurns()
  const changed = (made: Suppression, isProposed: boolean) => {
    forget()
    if (isProposed) parts.onProposed?.()
    return made
  }
  const plan = async (question: SuppressionQuestion, by: Actor) => {
    const target = readTarget(parts.rules, question)
    const effect = await measureEffect(parts, target, now())
    return {
      target,
      effect,
      make: () => makeFilter(parts, question, { target, effect }, by, now()),
    }
  }
  const get = async (id: string) => {
    const found = await state.getSuppression(id)
    if (found === undefined) throw new ServiceError('not-found', `there is no mute ${id}`)
    return found
  }
  return {
    muted,
    preview: async (question, by) => {
      const { target, effect, make } = await plan(question, by)
      try {
        await refuseTwin(parts, target, question.criteria)
        const { path, text, tests, replaced } = await make()
        return { effect, filter: { path, text, tests, replaced } }
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error
        if (error.code !== 'invalid' && error.code !== 'conflict') throw error
        return { effect, problem: error.message }
      }
    },
    create: async (request, by) => {
      const checked = checkRequest(request, by, now())
      const alone = () => refuseTwin(parts, readTarget(parts.rules, request), request.criteria)
      await alone()
      const { target, effect, make } = await plan(request, by)
      if (effect.truePositives.length > 0) await checkSecond(state, request.agreedBy, effect, by)
      const filter = await make()
      const { reason, owner, expires } = checked
      const isAsked = effect.truePositives.length > 0
      const { alerts, truePositives, example, ...counts } = effect
      const suppression = {
        ...(target.ruleId === undefined ? {} : { ruleId: target.ruleId }),
        ...{ criteria: request.criteria, filterId: filter.id, filter: filter.text },
        ...{ tests: filter.tests, path: filter.path, owner, reason, expires, effect: counts },
        ...(request.eventId === undefined ? {} : { eventId: request.eventId }),
        ...(isAsked && request.agreedBy !== undefined ? { agreedBy: request.agreedBy } : {}),
      }
      return inTurn(async () => {
        await alone()
        const proposal = isAsked
          ? undefined
          : await parts.proposals.prepare(proposalOf(suppression, target.title), by)
        return changed(await state.addSuppression(suppression, proposal, by), !isAsked)
      })
    },
    agree: async (id, by) => {
      const pending = await get(id)
      if (pending.state !== 'pending')
        throw new ServiceError('conflict', `mute ${id} is ${pending.state}, not pending`)
      if (by.name !== pending.agreedBy)
        throw new ServiceError('forbidden', `${pending.by} asked ${pending.agreedBy} to agree`)
      const title = ruleTitle(parts.rules, pending.ruleId)
      const proposal = await parts.proposals.prepare(proposalOf(pending, title), {
        name: pending.by,
      })
      return changed(await state.agreeSuppression(id, proposal, by), true)
    },
    end: async (id, by) => changed(await state.endSuppression(id, by), true),
    get,
    list: (request) => state.listSuppressions(request),
  }
}

function ruleTitle(rules: RuleService, id: string | undefined): string {
  if (id === undefined) return 'every rule of its log source'
  return rules.list().find((rule) => rule.id === id)?.title ?? id
}

function checkRequest(request: SuppressionRequest, by: Actor, now: number) {
  const reason = request.reason.trim()
  const { owner = by.name, expires = now + MUTE_DEFAULT_MS } = request
  if (reason.length < MUTE_REASON_MIN_CHARACTERS || reason.length > MUTE_REASON_MAX_CHARACTERS)
    throw new ServiceError(
      'invalid',
      `the reason has ${MUTE_REASON_MIN_CHARACTERS} to ${MUTE_REASON_MAX_CHARACTERS} characters`,
    )
  if (expires < now + MUTE_MIN_MS || expires > now + MUTE_MAX_MS)
    throw new ServiceError(
      'invalid',
      `a mute lasts ${MUTE_MIN_MS / MINUTE_MS} minutes to ${MUTE_MAX_MS / (24 * 60 * MINUTE_MS)} days`,
    )
  if (owner.trim() === '') throw new ServiceError('invalid', 'a mute needs an owner')
  return { reason, owner, expires }
}

/** Whoever hides a true positive needs another person who may mute. */
async function checkSecond(
  state: Pick<StateClient, 'getUser'>,
  name: string | undefined,
  { truePositives }: Effect,
  by: Actor,
): Promise<void> {
  const what = `it would hide true positives (${truePositives.slice(0, 5).join(', ')})`
  if (name === undefined)
    throw new ServiceError('conflict', `${what}: name a second person in agreed_by`)
  if (name === by.name)
    throw new ServiceError('conflict', `${what}: somebody else than ${name} has to agree`)
  const user = await state.getUser(name)
  const mayAgree =
    user !== undefined &&
    !user.disabled &&
    can({ ...user, kind: 'session', userId: user.id, credentialId: '' }, 'detections:write')
  if (!mayAgree)
    throw new ServiceError('invalid', `${what}: ${name} is nobody who may mute (detections:write)`)
}

interface Planned {
  readonly target: SuppressionTarget
  readonly effect: Effect
}

async function makeFilter(
  { rules, events, ownDomains = [] }: SuppressionParts,
  question: SuppressionQuestion,
  { target, effect }: Planned,
  by: Actor,
  now: number,
): Promise<PlannedFilter> {
  const { reason = NO_REASON, owner = by.name } = question
  const example = await exampleOf(events, question, effect)
  return planFilter(
    { rules, events, ownDomains },
    { target, criteria: question.criteria, example, reason, owner, by: by.name, now },
  )
}

async function exampleOf(
  events: Pick<EventReader, 'get'>,
  { eventId }: SuppressionQuestion,
  effect: Effect,
): Promise<Event | undefined> {
  if (eventId === undefined) return effect.example
  const [event] = await events.get([eventId])
  if (event === undefined) throw new ServiceError('not-found', `there is no event ${eventId}`)
  return event
}
