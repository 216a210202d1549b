// What a replay counts for one changed rule. Memory is bounded but for a few bytes a match and an entity.
import type { Event } from '../../parsers/event.ts'
import { createAlertCount } from './alert-count.ts'
import type { RuleChange } from './changes.ts'

/** Examples of new, and of lost events, that a report shows. */
export const EXAMPLES_MAX = 5
/** Hosts with their users counted by name; matches of further ones count under `OTHER`. */
export const ENTITIES_MAX = 1_000
export const OTHER = '(other)'

/** Matches of one host and user under both versions. */
export interface EntityCount {
  readonly host: string
  readonly user: string
  before: number
  after: number
}

export interface Tally {
  readonly change: RuleChange
  readonly same: number
  readonly added: number
  readonly lost: number
  readonly alertsBefore: number
  readonly alertsAfter: number
  /** Different hosts with their users that each version fires for, however many. */
  readonly cardinality: { readonly before: number; readonly after: number }
  /** Most changed first. */
  readonly entities: readonly EntityCount[]
  readonly addedExamples: readonly Event[]
  readonly lostExamples: readonly Event[]
}

export interface TallyMaker {
  /** `was`: the event as the old version reads it, where that is another. */
  add(event: Event, before: boolean, after: boolean, was?: Event): void
  result(): Tally
}

/** A tally of one change; `add` hears of every event that either version matches. */
export function createTally(change: RuleChange): TallyMaker {
  const counts = { same: 0, added: 0, lost: 0 }
  const entities = new Map<string, EntityCount>()
  const known = { before: new Set<number | bigint>(), after: new Set<number | bigint>() }
  const addedExamples: Event[] = []
  const lostExamples: Event[] = []
  const alertsBefore = change.before && createAlertCount(change.before)
  const alertsAfter = change.after && createAlertCount(change.after)
  return {
    add: (event, before, after, was = event) => {
      const kind = before && after ? 'same' : before ? 'lost' : 'added'
      counts[kind]++
      if (before) {
        entityOf(entities, was).before++
        known.before.add(entityHash(was))
        alertsBefore?.add(was)
      }
      if (after) {
        entityOf(entities, event).after++
        known.after.add(entityHash(event))
        alertsAfter?.add(event)
      }
      if (kind === 'added' && addedExamples.length < EXAMPLES_MAX) addedExamples.push(event)
      if (kind === 'lost' && lostExamples.length < EXAMPLES_MAX) lostExamples.push(was)
    },
    result: () => ({
      change,
      ...counts,
      alertsBefore: alertsBefore?.total() ?? 0,
      alertsAfter: alertsAfter?.total() ?? 0,
      cardinality: { before: known.before.size, after: known.after.size },
      entities: [...entities.values()].sort((a, b) => shift(b) - shift(a) || b.before - a.before),
      addedExamples,
      lostExamples,
    }),
  }
}

function shift(entity: EntityCount): number {
  return Math.abs(entity.after - entity.before)
}

/** Stands for a host with its user in sets: eight bytes instead of names. */
function entityHash({ pivots }: Event): number | bigint {
  return Bun.hash(JSON.stringify([pivots.host ?? '', pivots.user ?? '']))
}

function entityOf(entities: Map<string, EntityCount>, event: Event): EntityCount {
  const host = String(event.pivots.host ?? '')
  const user = String(event.pivots.user ?? '')
  const key = JSON.stringify([host, user])
  const known = entities.get(key)
  if (known !== undefined) return known
  if (entities.size < ENTITIES_MAX) return enter(entities, key, host, user)
  return entities.get(OTHER) ?? enter(entities, OTHER, OTHER, OTHER)
}

function enter(entities: Map<string, EntityCount>, key: string, host: string, user: string) {
  const entity = { host, user, before: 0, after: 0 }
  entities.set(key, entity)
  return entity
}
