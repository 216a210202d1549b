// Makes alerts of matches: suppression, then folding by dedup hash. Pure: it is given matches, rules, what
// is stored, and says what to write. Thousands of matches fold in memory into a few rows.

import type { Event } from '../../parsers/event.ts'
import type { StoredMatch } from '../stores/events/event-store.ts'
import { ALERT_EVENT_IDS_MAX } from '../stores/state/alert-rows.ts'
import {
  type AlertInsert,
  type AlertUpdate,
  CANDIDATES_PER_HASH,
  type Candidate,
  type Folded,
  type RuleDelta,
} from '../stores/state/alert-writer.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'
import { getPath } from './event-value.ts'

export const DEDUP_DEFAULT = ['host', 'user', 'src_ip'] as const
export const DEDUP_WINDOW_DEFAULT_MS = 60 * 60_000
export const TITLE_MAX_CHARACTERS = 300
/** Dedup hashes whose alerts are remembered between batches. */
export const REMEMBERED_HASHES_MAX = 50_000
/** The rule id of rows that someone promoted without a rule. */
export const MANUAL_RULE_ID = 'manual'

/** A match, or a correlation that held: then with the contributing events that it lists for the first time. */
export interface AlertMatch extends StoredMatch {
  readonly eventIds?: readonly string[]
  /** Time of the oldest of them, milliseconds. */
  readonly first?: number
}

/** Says whether a match raises nothing. All are asked; the first yes counts. */
export type Suppression = (match: StoredMatch, rule: RuleFacts) => boolean

/** Matches that share a dedup hash, and that hash's alerts once they are known. */
interface Group {
  readonly hash: string
  rule: RuleFacts
  /** Newest first; undefined until looked up. */
  candidates: readonly Candidate[] | undefined
  /** The batch that `matches` belong to. */
  batch: number
  matches: AlertMatch[]
}

/** A batch sorted into groups, waiting for what is stored. */
export interface Prepared {
  readonly groups: readonly Group[]
  readonly rules: ReadonlyMap<string, RuleDelta>
}

/** What to write, and what will be stored once it is written. */
export interface FoldedBatch extends Folded {
  readonly after: ReadonlyMap<Group, readonly Candidate[]>
}

export interface AlertMaker {
  prepare(
    matches: readonly AlertMatch[],
    ruleOf: (match: StoredMatch) => RuleFacts,
    suppressions: readonly Suppression[],
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
  const parts = fields.map((name) => [name, (values[name] ?? '').toLowerCase()])
  return new Bun.CryptoHasher('sha256').update(JSON.stringify([ruleId, ...parts])).digest('hex')
}

/** A maker with a bounded memory of stored alerts. */
export function createAlertMaker(): AlertMaker {
  const remembered = new Map<string, Group>()
  let batch = 0
  return {
    prepare: (matches, ruleOf, suppressions) => {
      batch++
      const groups: Group[] = []
      const rules = new Map<string, RuleDelta>()
      for (const match of matches) {
        const rule = ruleOf(match)
        const delta = deltaOf(rules, rule.id)
        delta.matches++
        if (match.time > delta.last) delta.last = match.time
        if (rule.feedsOnly === true) continue
        if (suppressions.some((suppresses) => suppresses(match, rule))) {
          delta.suppressed++
          continue
        }
        const group = groupOf(remembered, rule, match.keys)
        if (group.batch !== batch) {
          group.batch = batch
          group.rule = rule
          group.matches = []
          groups.push(group)
        }
        group.matches.push(match)
      }
      return { groups, rules }
    },
    missing: ({ groups }) =>
      groups.filter((group) => group.candidates === undefined).map((group) => group.hash),
    fold: (prepared, found, nextNumber, eventOf) => {
      const created: AlertInsert[] = []
      const updated: AlertUpdate[] = []
      const after = new Map<Group, readonly Candidate[]>()
      const rules = new Map([...prepared.rules].map(([id, delta]) => [id, { ...delta }]))
      for (const group of prepared.groups) {
        const stored = group.candidates ?? found.get(group.hash) ?? []
        const candidates = stored.map((candidate) => ({ ...candidate }))
        const opened = created.length
        foldGroup(group, candidates, { created, updated, nextNumber, eventOf })
        deltaOf(rules, group.rule.id).alerts += created.length - opened
        after.set(group, candidates)
      }
      return { created, updated, rules, after }
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

interface Output {
  readonly created: AlertInsert[]
  readonly updated: AlertUpdate[]
  readonly nextNumber: number
  readonly eventOf: (id: string) => Event | undefined
}

/** Folds one group's matches, oldest sequence first, into its alerts; `candidates` is left as stored
 * after the write. */
function foldGroup(group: Group, candidates: Candidate[], out: Output): void {
  const targets = new Map<number, { target: AlertInsert | AlertUpdate; ids: string[] }>()
  for (const match of group.matches) {
    let open = candidates.find((one) => !one.closed && inWindow(one, match.time, group.rule))
    if (open === undefined) {
      const previous = candidates.find((one) => inWindow(one, match.time, group.rule))
      const number = out.nextNumber + out.created.length
      const alert = newAlert(group, match, number, previous?.number ?? null, out.eventOf)
      out.created.push(alert)
      targets.set(number, { target: alert, ids: [] })
      open = { number, closed: false, firstSeen: alert.firstSeen, lastSeen: match.time }
      candidates.unshift(open)
      if (candidates.length > CANDIDATES_PER_HASH) candidates.pop()
    }
    if (match.time < open.firstSeen) open.firstSeen = match.time
    if (match.time > open.lastSeen) open.lastSeen = match.time
    let entry = targets.get(open.number)
    if (entry === undefined) {
      const target = { ...open, count: 0, eventIds: [] }
      entry = { target, ids: [] }
      targets.set(open.number, entry)
      out.updated.push(target)
    }
    entry.target.count++
    entry.target.firstSeen = open.firstSeen
    entry.target.lastSeen = open.lastSeen
    entry.ids.push(...(match.eventIds ?? [match.eventId]))
  }
  for (const { target, ids } of targets.values()) {
    target.eventIds = [...new Set(ids.slice(-ALERT_EVENT_IDS_MAX))].reverse()
  }
}

/** From the window before an alert's first event to the window after its last: late events and imports
 * that run backwards fold too. */
function inWindow(alert: Candidate, time: number, rule: RuleFacts): boolean {
  return (
    time <= alert.lastSeen + rule.dedupWindow_ms && time >= alert.firstSeen - rule.dedupWindow_ms
  )
}

function newAlert(
  group: Group,
  match: AlertMatch,
  number: number,
  previous: number | null,
  eventOf: (id: string) => Event | undefined,
): AlertInsert {
  const { rule, hash } = group
  const event = eventOf(match.eventId) ?? eventGone(match)
  return {
    number,
    ruleId: rule.id,
    ruleHash: match.ruleHash,
    ruleTitle: rule.title,
    title: fillTitle(rule.titleTemplate ?? rule.title, event),
    severity: rule.level,
    tags: rule.tags,
    dedupHash: hash,
    previous,
    event,
    count: 0,
    firstSeen: match.first ?? match.time,
    lastSeen: match.time,
    eventIds: [],
  }
}

/** `{field}` becomes the event's value of that name; it stays as it is when there is none. */
export function fillTitle(template: string, event: Event): string {
  return template
    .replaceAll(/\{([^{}]{1,100})\}/g, (whole, name: string) => getPath(event, name) ?? whole)
    .slice(0, TITLE_MAX_CHARACTERS)
}

/** What an alert shows whose event had left the store before the alert was made. */
function eventGone(match: StoredMatch): Event {
  return {
    id: match.eventId,
    time: match.time,
    ingested: match.ingested,
    source: match.source,
    parser: 'unparsed',
    error: { code: 'event-gone', message: 'the event left the store before its alert was made' },
    logsource: { category: [], service: [], closed: false },
    pivots: match.keys,
    message: 'the event left the store before its alert was made',
    fields: {},
    raw: '',
  }
}

function groupOf(
  remembered: Map<string, Group>,
  rule: RuleFacts,
  keys: Readonly<Record<string, string>>,
): Group {
  let key = rule.id
  for (const name of rule.dedup) key += `\0${name}\0${(keys[name] ?? '').toLowerCase()}`
  const known = remembered.get(key)
  if (known !== undefined) return known
  const group: Group = {
    hash: dedupHash(rule.id, rule.dedup, keys),
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

function deltaOf(rules: Map<string, RuleDelta>, ruleId: string): RuleDelta {
  const known = rules.get(ruleId)
  if (known !== undefined) return known
  const delta = { matches: 0, suppressed: 0, alerts: 0, last: 0 }
  rules.set(ruleId, delta)
  return delta
}
