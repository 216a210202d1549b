// One commit: which batches are new, where their events go, and the one transaction that keeps it all.
import type { Database } from 'bun:sqlite'
import type { Event } from '../../../parsers/event.ts'
import type { Pivots } from '../../../sigma/event.ts'
import { addChunk, addMatch } from './buffer.ts'
import type { CountPlan, Counts } from './counts.ts'
import type { Days } from './days.ts'
import { insertDeadLetter, SAMPLE_CHARS_MAX } from './dead-letter.ts'
import type { Appended, KeyConflict, NewBatch } from './event-store.ts'
import { dayOf } from './id.ts'
import { findBatch, insertBatch, insertChunk, insertDay } from './intake.ts'
import { type ChunkMatch, insertMatches, type MatchChunk } from './intake-matches.ts'
import {
  type Group,
  type Places,
  type PlannedChunk,
  pendingChunk,
  placedId,
  placeEvents,
  planChunks,
} from './placement.ts'

const DAY_MS = 86_400_000

/** What a commit is going to do; nothing has changed yet, save numbers' reservation in memory. */
export interface Plan {
  readonly batches: readonly NewBatch[]
  readonly places: readonly Places[]
  readonly groups: readonly Group[]
  readonly chunks: readonly PlannedChunk[]
  /** For each batch asked: an outcome that is known already, or its index in `batches`. */
  readonly outcomes: readonly (Known | number)[]
  readonly counts: CountPlan
}

type Known = KeyConflict | { readonly answer: string }

/** Tells new batches from repeated ones and places the events of the new. */
export function planCommit(
  intake: Database,
  days: Days,
  counts: Counts,
  asked: readonly NewBatch[],
  now: number,
  retention_days: number,
): Plan {
  const batches: NewBatch[] = []
  const byKey = new Map<string, { readonly hash: string; readonly answer: string }>()
  const outcomes = asked.map((batch): Known | number => {
    if (batch.key !== undefined) {
      const before = byKey.get(batch.key) ?? findBatch(intake, batch.key)
      if (before !== undefined) {
        const { hash, answer } = before
        return hash === batch.bodyHash ? { answer } : { conflict: true, hash }
      }
      byKey.set(batch.key, { hash: batch.bodyHash ?? '', answer: batch.answer })
    }
    return batches.push(batch) - 1
  })
  const oldestDay = retention_days === 0 ? '' : dayOf(now - retention_days * DAY_MS)
  const bufferOf = (day: string, late: boolean) => days.of(day)[late ? 'late' : 'live']
  const { groups, places } = placeEvents(batches, bufferOf, now, oldestDay)
  const chunks = groups.flatMap(planChunks)
  const counted = counts.plan(eachEvent(groups), eachMatch(batches, places))
  return { batches, places, groups, chunks, outcomes, counts: counted }
}

function* eachEvent(groups: readonly Group[]): Generator<Event> {
  for (const group of groups) yield* group.events
}

function* eachMatch(
  batches: readonly NewBatch[],
  places: readonly Places[],
): Generator<{ ruleId: string; time: number }> {
  for (const [n, { matches, events }] of batches.entries()) {
    for (const { index, ruleId } of matches) {
      if (places[n]!.groups[index] !== undefined) yield { ruleId, time: events[index]!.time }
    }
  }
}

/** Writes a plan inside the caller's transaction: the sequence of each of its chunks. */
export function writePlan(intake: Database, days: Days, plan: Plan, now: number): number[] {
  for (const day of days.unlisted()) insertDay(intake, day.name)
  const seqs = plan.chunks.map((chunk) => insertChunk(intake, chunk.row, now))
  plan.batches.forEach((batch, n) => {
    const { key, bodyHash, answer } = batch
    if (key !== undefined) insertBatch(intake, { key, hash: bodyHash ?? '', answer }, now)
    writeDeadLetters(intake, batch, plan.places[n]!, now)
  })
  insertMatches(intake, matchChunks(plan, seqs))
  return seqs
}

/** The matches of a plan by chunk; chunks without any are left out. */
function matchChunks(plan: Plan, seqs: readonly number[]): MatchChunk[] {
  const byChunk: ChunkMatch[][] = plan.chunks.map(() => [])
  for (const [n, batch] of plan.batches.entries()) {
    const places = plan.places[n]!
    let pivotsOf = -1
    let pivots: Readonly<Record<string, string>> = {}
    for (const match of batch.matches) {
      const group = places.groups[match.index]
      if (group === undefined) continue
      const row = places.rows[match.index]!
      const at = plan.chunks.findIndex(
        (c) => c.group === group && row >= c.start && row < c.start + c.row.count,
      )
      const event = batch.events[match.index]!
      if (pivotsOf !== match.index) pivots = textsOf(event.pivots)
      pivotsOf = match.index
      const { ruleId, ruleHash, keys } = match
      const { time, ingested, source } = event
      const number = group.first + row
      byChunk[at]!.push({ number, ruleId, ruleHash, time, ingested, source, pivots, keys })
    }
  }
  return byChunk.flatMap((matches, at) => {
    if (matches.length === 0) return []
    const { day, first, count } = plan.chunks[at]!.row
    return [{ chunk: seqs[at]!, day, from: first, to: first + count - 1, matches }]
  })
}

function textsOf(pivots: Pivots): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(pivots)) texts[name] = String(value)
  return texts
}

function writeDeadLetters(intake: Database, batch: NewBatch, places: Places, at: number): void {
  for (const { index, ...letter } of batch.deadLetters ?? []) {
    const eventId = index === undefined ? '' : placedId(places, index)
    insertDeadLetter(intake, { at, ...letter, ...(eventId === '' ? {} : { eventId }) })
  }
  places.groups.forEach((group, index) => {
    if (group !== undefined) return
    const event = batch.events[index]!
    insertDeadLetter(intake, {
      at,
      source: event.source,
      code: 'older-than-retention',
      message: `its time ${new Date(event.time).toISOString()} is older than the retention`,
      sample: event.raw.slice(0, SAMPLE_CHARS_MAX),
    })
  })
}

/** After the commit: hands the events to their buffers and says what became of each batch asked. */
export function settlePlan(
  days: Days,
  plan: Plan,
  seqs: readonly number[],
  sequence: number,
  now: number,
): readonly (Appended | KeyConflict)[] {
  for (const day of days.unlisted()) day.listed = true
  plan.chunks.forEach((chunk, n) => {
    const events = chunk.group.events.slice(chunk.start, chunk.start + chunk.row.count)
    addChunk(chunk.group.buffer, pendingChunk(chunk, seqs[n]!), events, now)
  })
  plan.batches.forEach((batch, n) => {
    const places = plan.places[n]!
    for (const { index, ruleId, ruleHash } of batch.matches) {
      const group = places.groups[index]
      if (group === undefined) continue
      addMatch(group.buffer, { number: group.first + places.rows[index]!, ruleId, ruleHash })
    }
  })
  return plan.outcomes.map((outcome): Appended | KeyConflict => {
    if (typeof outcome !== 'number') {
      return 'conflict' in outcome
        ? outcome
        : { answer: outcome.answer, repeated: true, ids: [], sequence }
    }
    const { answer, events } = plan.batches[outcome]!
    const places = plan.places[outcome]!
    return {
      answer,
      repeated: false,
      get ids() {
        return events.map((_, index) => placedId(places, index))
      },
      sequence,
    }
  })
}
