// Log sources as cards (I14): what arrives, what cannot be parsed, and who fell silent.
import type { SourceStats } from '../ingest/ingester.ts'
import { SILENT_AFTER_DEFAULT_S } from '../stores/state/records-store.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { DeadLetter, ParseFailure, SourceCard, SourceService } from './services.ts'

/** How often silent sources are looked for, milliseconds. */
export const SILENCE_CHECK_MS = 15_000
/** Dead letters that one list shows. */
const DEAD_LETTERS_SHOWN = 500
/** Sources whose failures one list shows: those with the newest. */
const FAILING_SOURCES_MAX = 50
/** Newest failures of each source that are grouped by reason. */
const FAILURES_LOOKED_AT = 200
/** Examples of each reason: of every source, and of one. */
const SAMPLES = 2
const SAMPLES_OF_ONE = 20

/** Where the counts come from: the ingest worker. */
export interface SourceReader {
  sources(): Promise<readonly SourceStats[]>
  deadLetters(limit: number, source?: string): Promise<readonly DeadLetter[]>
}

/** Cards of the sources that sent something. */
export function createSources(
  reader: SourceReader,
  state: Pick<StateClient, 'sourceSettings' | 'setSilentAfter'>,
  now: () => number = Date.now,
): SourceService {
  const cardOf = (source: SourceStats, silentAfter_s: number): SourceCard => ({
    name: source.name,
    parsers: source.parsers.toSorted(),
    connected: now() - source.last <= silentAfter_s * 1_000,
    eventsPerSecond: source.eventsPerSecond,
    eventsToday: source.day === utcDay(now()) ? source.dayEvents : 0,
    total: source.events,
    lastEvent: source.last,
    failureRate: source.events === 0 ? 0 : source.unparsed / source.events,
    silentAfter_s,
  })
  return {
    list: async () => {
      const [sources, settings] = await Promise.all([reader.sources(), state.sourceSettings()])
      return sources
        .map((source) => {
          const chosen = Object.hasOwn(settings, source.name) ? settings[source.name] : undefined
          return cardOf(source, chosen?.silentAfter_s ?? SILENT_AFTER_DEFAULT_S)
        })
        .sort((a, b) => a.name.localeCompare(b.name))
    },
    failures: async (source) => {
      if (source !== undefined) {
        return groupFailures(await reader.deadLetters(DEAD_LETTERS_SHOWN, source), SAMPLES_OF_ONE)
      }
      // A source that floods does not hide what fails of the others.
      const names = await failingSources(reader)
      const lists = await Promise.all(
        names.map((name) => reader.deadLetters(FAILURES_LOOKED_AT, name)),
      )
      return lists
        .flatMap((letters) => groupFailures(letters, SAMPLES))
        .sort((a, b) => (b.samples[0]?.at ?? 0) - (a.samples[0]?.at ?? 0))
    },
    deadLetters: (source) => reader.deadLetters(DEAD_LETTERS_SHOWN, source),
    setSilentAfter: (source, seconds, by) => state.setSilentAfter(source, seconds, by),
  }
}

/** Sources that something failed of, the ones that sent last first; also those that only failures name. */
async function failingSources(reader: SourceReader): Promise<readonly string[]> {
  const [sources, newest] = await Promise.all([
    reader.sources(),
    reader.deadLetters(DEAD_LETTERS_SHOWN),
  ])
  const failing = sources.filter(({ unparsed }) => unparsed > 0).sort((a, b) => b.last - a.last)
  const names = [...newest.map(({ source }) => source), ...failing.map(({ name }) => name)]
  return [...new Set(names)].slice(0, FAILING_SOURCES_MAX)
}

function groupFailures(letters: readonly DeadLetter[], most: number): readonly ParseFailure[] {
  const groups = Object.groupBy(letters, ({ code }) => code)
  return Object.entries(groups).flatMap(([code, same = []]) => {
    const [first] = same
    if (first === undefined) return []
    const { source } = first
    return [{ source, code, samples: same.slice(0, most), count: same.length, of: letters.length }]
  })
}

function utcDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10).replaceAll('-', '')
}

/** Raises the alert of each source that fell silent; call it every `SILENCE_CHECK_MS`. */
export function createSilenceWatch(
  sources: Pick<SourceService, 'list'>,
  state: Pick<StateClient, 'sourceSilent'>,
): () => Promise<void> {
  const told = new Map<string, number>()
  return async () => {
    for (const card of await sources.list()) {
      const { name, connected, lastEvent, silentAfter_s } = card
      if (connected || lastEvent === undefined || told.get(name) === lastEvent) continue
      told.set(name, lastEvent)
      await state.sourceSilent(name, lastEvent, silentAfter_s)
    }
  }
}
