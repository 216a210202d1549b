// Which mute holds a match back, for alert making. Criteria may name any field, so the event is read; where
// it has left the store nobody can say, and the match raises its alert.
import type { Event } from '../../parsers/event.ts'
import type { Suppression, SuppressionStore } from '../stores/state/suppressions.ts'
import { type MuteOf, NO_MUTES } from './alert-maker.ts'
import { type MuteFilter, readFilter } from './mute-filter.ts'
import { ServiceError } from './service-error.ts'

/** Mutes are read again after this long even when nobody said that they changed, milliseconds. */
const REREAD_MS = 2_000
/** Rules remembered with the mutes that mean them. */
const RULES_REMEMBERED_MAX = 50_000

export interface MuteSource {
  /** Ends mutes whose time is over, and learns which are active. */
  refresh(): Promise<void>
  /** Asks the active mutes, oldest first. */
  of(eventOf: (id: string) => Event | undefined): MuteOf
}

export interface Mutes extends MuteSource {
  /** Mutes were made or ended: the next refresh reads them. */
  changed(): void
}

export const NOTHING_MUTED: MuteSource = { refresh: async () => undefined, of: () => NO_MUTES }

interface Compiled {
  readonly id: string
  readonly filter: MuteFilter
}

/** Mutes of a store; `now` is milliseconds since 1970 UTC. */
export function createMutes(
  store: Pick<SuppressionStore, 'activeSuppressions' | 'expireSuppressions'>,
  now: () => number = Date.now,
): Mutes {
  let compiled = new Map<string, Compiled>()
  let byRule = new Map<string, readonly Compiled[]>()
  let due = 0
  let readAt = 0
  let stale = true
  const use = (active: readonly Suppression[]) => {
    const next = new Map<string, Compiled>()
    for (const { id, filter } of active) {
      const one = compiled.get(id) ?? compile(id, filter)
      if (one !== undefined) next.set(id, one)
    }
    compiled = next
    byRule = new Map()
    const ends = active.map(({ expires }) => expires).filter((expires) => expires > now())
    due = Math.min(now() + REREAD_MS, ...ends)
  }
  const meant = (hash: string, text: string): readonly Compiled[] => {
    const known = byRule.get(hash)
    if (known !== undefined) return known
    if (byRule.size >= RULES_REMEMBERED_MAX) byRule.clear()
    const own = [...compiled.values()].filter(({ filter }) => filter.appliesTo(text))
    byRule.set(hash, own)
    return own
  }
  return {
    changed: () => {
      stale = true
    },
    refresh: async () => {
      // A clock that was set back must not put this off.
      if (!stale && now() < due && now() >= readAt) return
      readAt = now()
      await store.expireSuppressions()
      stale = false
      use(await store.activeSuppressions())
    },
    of: (eventOf) => (match, rule) => {
      if (compiled.size === 0) return undefined
      const own = meant(rule.hash, rule.text)
      if (own.length === 0) return undefined
      const event = eventOf(match.eventId)
      return event && own.find(({ filter }) => filter.hides(event))?.id
    },
  }
}

/** A filter that this version cannot read hides nothing: alerts come rather than vanish. */
function compile(id: string, text: string): Compiled | undefined {
  try {
    return { id, filter: readFilter(text) }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    console.error(`mute ${id} holds nothing: ${error.message}`)
    return undefined
  }
}
