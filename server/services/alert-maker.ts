// Makes alerts of matches: suppression, then folding by dedup hash. Pure: it is given matches, rules, what
// is stored, and says what to write. Thousands of matches fold in memory into a few rows.

import type { Event } from '../../parsers/event.ts'
import type { StoredMatch } from '../stores/events/event-store.ts'
import type {
  AlertInsert,
  AlertUpdate,
  Candidate,
  Folded,
  MuteDelta,
  RuleDelta,
} from '../stores/state/alert-writer.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'
import { type AlertMatch, foldGroup, type Group, ofMute } from './alert-fold.ts'
import { ownKey } from './match-keys.ts'

/** Dedup hashes whose alerts are remembered between batches. */
export const REMEMBERED_HASHES_MAX = 50_000
/** The rule id of rows that someone promoted without a rule. */
export const MANUAL_RULE_ID = 'manual'

/** The id of the mute that holds a match back; undefined where none does. */
export type MuteOf = (match: StoredMatch, rule: RuleFacts) => string | undefined

export const NO_MUTES: MuteOf = () => undefined

/** A batch sorted into groups, waiting for what is stored. */
export interface Prepared {
  readonly groups: readonly Group[]
  readonly rules: ReadonlyMap<string, RuleDelta>
  readonly mutes: ReadonlyMap<string, MuteDelta>
}

/** What to write, and what will be stored once it is written. */
export interface FoldedBatch extends Folded {
  readonly after: ReadonlyMap<Group, readonly Candidate[]>
}

export interface AlertMaker {
  prepare(
    matches: readonly AlertMatch[],
    ruleOf: (match: StoredMatch) => RuleFacts,
    muteOf: MuteOf,
  ): Prepared
  /** Hashes whose alerts have to be looked up before `fold`. */
  missing(prepared: Prepared): readonly string[]
  /** Changes nothing here: a transaction may be tried again. */
  fold(
    prepared: Prepared,
    found: ReadonlyMap<string, readonly Candidate[]>,
    nextNumber: number,
    eventOf: (id: string) => Event | undefined,
  ): FoldedBatch
  /** What `fold` said is written now. */
  settle(folded: FoldedBatch): void
  /** Forgets what it remembers of stored alerts: someone changed one, or a commit failed. */
  forget(): void
}

/** SHA-256, hex, of the rule's id and, for each dedup field, its name and lower-cased value; an absent
 * value counts as empty. */
export function dedupHash(
  ruleId: string,
  fields: readonly string[],
  values: Readonly<Record<string, string>>,
): string {
  const parts = fields.map((name) => [name, (ownKey(values, name) ?? '').toLowerCase()])
  return new Bun.CryptoHasher('sha256').update(JSON.stringify([ruleId, ...parts])).digest('hex')
}

/** A maker with a bounded memory of stored alerts. */
export function createAlertMaker(): AlertMaker {
  const remembered = new Map<string, Group>()
  let batch = 0
  return {
    prepare: (matches, ruleOf, muteOf) => {
      batch++
      const groups: Group[] = []
      const rules = new Map<string, RuleDelta>()
      const mutes = new Map<string, MuteDelta>()
      for (const match of matches) {
        const rule = ruleOf(match)
        const delta = deltaOf(rules, rule.id)
        delta.matches++
        if (match.time > delta.last) delta.last = match.time
        if (rule.feedsOnly === true) continue
        const mute = muteOf(match, rule)
        if (mute !== undefined) {
          delta.suppressed++
          countMuted(mutes, mute, match.time)
        }
        const group = groupOf(remembered, rule, match.keys, mute)
        if (group.batch !== batch) {
          group.batch = batch
          group.rule = rule
          group.matches = []
          groups.push(group)
        }
        group.matches.push(match)
      }
      return { groups, rules, mutes }
    },
    missing: ({ groups }) => [
      ...new Set(
        groups.filter((group) => group.candidates === undefined).map((group) => group.hash),
      ),
    ],
    fold: (prepared, found, nextNumber, eventOf) => {
      const created: AlertInsert[] = []
      const updated: AlertUpdate[] = []
      const after = new Map<Group, readonly Candidate[]>()
      const rules = new Map([...prepared.rules].map(([id, delta]) => [id, { ...delta }]))
      for (const group of prepared.groups) {
        const stored = group.candidates ?? ofMute(found.get(group.hash), group.mute)
        const candidates = stored.map((candidate) => ({ ...candidate }))
        const opened = created.length
        foldGroup(group, candidates, { created, updated, nextNumber, eventOf })
        deltaOf(rules, group.rule.id).alerts += created.length - opened
        after.set(group, candidates)
      }
      return { created, updated, rules, mutes: prepared.mutes, after }
    },
    settle: ({ after }) => {
      for (const [group, candidates] of after) {
        group.candidates = candidates
        group.matches = []
      }
      shrink(remembered)
    },
    forget: () => {
      for (const group of remembered.values()) group.candidates = undefined
    },
  }
}

function groupOf(
  remembered: Map<string, Group>,
  rule: RuleFacts,
  keys: Readonly<Record<string, string>>,
  mute: string | undefined,
): Group {
  let key = mute === undefined ? rule.id : `${rule.id}\u0001${mute}`
  for (const name of rule.dedup) key += `\0${name}\0${(ownKey(keys, name) ?? '').toLowerCase()}`
  const known = remembered.get(key)
  if (known !== undefined) return known
  const group: Group = {
    hash: dedupHash(rule.id, rule.dedup, keys),
    mute,
    rule,
    candidates: undefined,
    batch: 0,
    matches: [],
  }
  remembered.set(key, group)
  return group
}

/** Forgets the oldest remembered groups. */
function shrink(remembered: Map<string, Group>): void {
  let over = remembered.size - REMEMBERED_HASHES_MAX
  for (const key of remembered.keys()) {
    if (over-- <= 0) return
    remembered.delete(key)
  }
}

function countMuted(mutes: Map<string, MuteDelta>, mute: string, time: number): void {
  const delta = mutes.getOrInsert(mute, { matches: 0, last: 0 })
  delta.matches++
  if (time > delta.last) delta.last = time
}

function deltaOf(rules: Map<string, RuleDelta>, ruleId: string): RuleDelta {
  const known = rules.get(ruleId)
  if (known !== undefined) return known
  const delta = { matches: 0, suppressed: 0, alerts: 0, last: 0 }
  rules.set(ruleId, delta)
  return delta
}
