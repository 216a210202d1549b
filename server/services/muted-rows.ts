// Which events are muted now: rows say so, and promotion refuses them.
import type { Event } from '../../parsers/event.ts'
import type { Suppression } from '../stores/state/suppressions.ts'
import type { StateClient } from '../workers/state-client.ts'
import { type MuteFilter, readFilter } from './mute-filter.ts'
import type { RuleService } from './services.ts'

/** Active mutes are read again after this long, milliseconds. */
const REREAD_MS = 1_000

export interface MutedRow {
  readonly id: string
  readonly reason: string
  readonly expires: number
}

export interface MutedRows {
  /** The mute of each event that has one, by event id: its criteria hold, and it means one of the rules that
   * matched the event. */
  muted(
    events: readonly Event[],
    rulesOf: Readonly<Record<string, readonly string[]>>,
  ): Promise<Readonly<Record<string, MutedRow>>>
}

export function createMutedRows(
  state: Pick<StateClient, 'activeSuppressions'>,
  rules: Pick<RuleService, 'get'>,
  now: () => number,
): MutedRows & { forget(): void } {
  let known: Promise<readonly Suppression[]> | undefined
  let readAt = 0
  const filters = new Map<string, MuteFilter>()
  const active = (): Promise<readonly Suppression[]> => {
    if (known === undefined || now() - readAt > REREAD_MS || now() < readAt) {
      readAt = now()
      known = state.activeSuppressions()
      known.catch(() => {
        known = undefined
      })
    }
    return known
  }
  const filterOf = ({ id, filter }: Suppression) =>
    filters.getOrInsertComputed(id, () => readFilter(filter))
  const means = async (mute: Suppression, ruleIds: readonly string[]): Promise<boolean> => {
    if (mute.ruleId !== undefined) return ruleIds.includes(mute.ruleId)
    for (const ruleId of ruleIds) {
      const text = (await rules.get(ruleId))?.text
      if (text !== undefined && filterOf(mute).appliesTo(text)) return true
    }
    return false
  }
  return {
    forget: () => {
      known = undefined
    },
    muted: async (events, rulesOf) => {
      const mutes = (await active()).filter((mute) => mute.state === 'active')
      if (mutes.length === 0) return {}
      const found: Record<string, MutedRow> = {}
      for (const event of events) {
        const ruleIds = rulesOf[event.id] ?? []
        for (const mute of mutes) {
          if (!filterOf(mute).hides(event) || !(await means(mute, ruleIds))) continue
          const { id, reason, expires } = mute
          found[event.id] = { id, reason, expires }
          break
        }
      }
      return found
    },
  }
}
