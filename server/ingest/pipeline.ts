// Texts of one request to a batch: normalised, matched, with the answer its sender gets. Pure, save for
// what the matcher remembers.
import type { Event } from '../../parsers/event.ts'
import type { LineReader } from '../../parsers/line-event.ts'
import type { IngestAnswer } from '../services/services.ts'
import type { NewDeadLetter } from '../stores/events/dead-letter.ts'
import type { NewBatch, NewMatch } from '../stores/events/event-store.ts'
import type { RuleSet } from './rules.ts'
import { type BatchInput, type PipelineSettings, startTaking, takeLines, takeText } from './take.ts'

export interface PreparedBatch {
  readonly batch: NewBatch
  readonly unparsed: number
}

/** Normalises and matches. Without rules nothing matches. `reader`: reads lines that need not be decoded. */
export function prepareBatch(
  input: BatchInput,
  rules: RuleSet | undefined,
  settings: PipelineSettings,
  reader?: LineReader,
): PreparedBatch {
  const taking = startTaking(input, rules, settings)
  if (input.lines !== undefined) takeLines(taking, input.lines, reader)
  for (const text of input.texts) takeText(taking, text)
  const { events, matches, deadLetters, errors, unparsed } = taking
  const answer: IngestAnswer & { readonly sources: SourceCounts } = {
    accepted: events.length,
    unparsed,
    batch: crypto.randomUUID(),
    errors,
    sources: countSources(events),
  }
  return { batch: batchOf(input, answer, events, matches, deadLetters), unparsed }
}

/** Events of a batch by source, and those of them that no parser could read: what senders sum up. */
export type SourceCounts = {
  readonly [source: string]: { readonly events: number; readonly unparsed: number }
}

/** Sources that an answer lists; a sender who names one for each event gets the first ones. */
const ANSWER_SOURCES_MAX = 50

function countSources(events: readonly Event[]): SourceCounts {
  const counts = new Map<string, { events: number; unparsed: number }>()
  for (const { source, error } of events) {
    let count = counts.get(source)
    if (count === undefined) {
      if (counts.size >= ANSWER_SOURCES_MAX) continue
      count = { events: 0, unparsed: 0 }
      counts.set(source, count)
    }
    count.events++
    if (error !== undefined) count.unparsed++
  }
  return Object.fromEntries(counts)
}

function batchOf(
  input: BatchInput,
  answer: IngestAnswer,
  events: readonly Event[],
  matches: readonly NewMatch[],
  deadLetters: readonly NewDeadLetter[],
): NewBatch {
  const { key, bodyHash } = input
  return {
    ...(key === undefined ? {} : { key }),
    ...(bodyHash === undefined ? {} : { bodyHash }),
    ...(input.import === true ? { import: true } : {}),
    answer: JSON.stringify(answer),
    events,
    matches,
    deadLetters,
  }
}
