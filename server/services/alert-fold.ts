// Folds the matches of one dedup hash into its alerts.
import type { Event } from '../../parsers/event.ts'
import { getPath } from '../../parsers/event-value.ts'
import type { StoredMatch } from '../stores/events/event-store.ts'
import { ALERT_EVENT_IDS_MAX } from '../stores/state/alert-rows.ts'
import {
  type AlertInsert,
  type AlertUpdate,
  CANDIDATES_PER_HASH,
  type Candidate,
} from '../stores/state/alert-writer.ts'
import type { Alert, RuleFacts } from '../stores/state/state-store.ts'

export const TITLE_MAX_CHARACTERS = 300
export const DESCRIPTION_MAX_CHARACTERS = 4_000

/** A match, or a correlation that held: then with the contributing events that it lists for the first time. */
export interface AlertMatch extends StoredMatch {
  readonly eventIds?: readonly string[]
  /** Time of the oldest of them, milliseconds. */
  readonly first?: number
}

/** Matches that share a dedup hash and a mute or none, and that hash's alerts once they are known. */
export interface Group {
  readonly hash: string
  readonly mute: string | undefined
  rule: RuleFacts
  /** Newest first; undefined until looked up. */
  candidates: readonly Candidate[] | undefined
  /** The batch that `matches` belong to. */
  batch: number
  matches: AlertMatch[]
}

/** Where folding puts what it makes. */
export interface FoldOutput {
  readonly created: AlertInsert[]
  readonly updated: AlertUpdate[]
  readonly nextNumber: number
  readonly eventOf: (id: string) => Event | undefined
}

/** Folds one group's matches, oldest sequence first, into its alerts; `candidates` is left as stored
 * after the write. */
export function foldGroup(group: Group, candidates: Candidate[], out: FoldOutput): void {
  const targets = new Map<number, { target: AlertInsert | AlertUpdate; ids: string[] }>()
  for (const match of group.matches) {
    let open = candidates.find((one) => !one.closed && inWindow(one, match.time, group.rule))
    if (open === undefined) {
      const previous = candidates.find((one) => inWindow(one, match.time, group.rule))
      const number = out.nextNumber + out.created.length
      const alert = newAlert(group, match, number, previous?.number ?? null, out.eventOf)
      out.created.push(alert)
      targets.set(number, { target: alert, ids: [] })
      const { firstSeen } = alert
      open = { number, closed: false, firstSeen, lastSeen: match.time, ...muteKey(group) }
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

/** A muted match folds into alerts of its mute alone, any other into those that no mute holds. */
export function ofMute(
  candidates: readonly Candidate[] | undefined,
  mute: string | undefined,
): readonly Candidate[] {
  return candidates?.filter((candidate) => candidate.mute === mute) ?? []
}

function muteKey({ mute }: Group): { readonly mute?: string } {
  return mute === undefined ? {} : { mute }
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
    ...muteKey(group),
    event,
    count: 0,
    firstSeen: match.first ?? match.time,
    lastSeen: match.time,
    eventIds: [],
  }
}

/** `{field}` becomes the event's value of that name; it stays as it is when there is none. */
export function fillTitle(template: string, event: Event): string {
  return fill(template, event).slice(0, TITLE_MAX_CHARACTERS)
}

/** `trapline.description` of the rule that raised it, with the values of its first event. */
export function alertDescription(
  alert: Pick<Alert, 'descriptionTemplate' | 'event'>,
): string | undefined {
  const { descriptionTemplate, event } = alert
  if (descriptionTemplate === undefined) return undefined
  return fill(descriptionTemplate, event).slice(0, DESCRIPTION_MAX_CHARACTERS)
}

function fill(template: string, event: Event): string {
  return template.replaceAll(
    /\{([^{}]{1,100})\}/g,
    (whole, name: string) => getPath(event, name) ?? whole,
  )
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
