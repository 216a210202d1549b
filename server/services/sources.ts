// Log sources as cards (I14): what arrives, what cannot be parsed, and who fell silent.
import type { SourceStats } from '../ingest/ingester.ts'
import { SILENT_AFTER_DEFAULT_S } from '../stores/state/records-store.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { DeadLetter, SourceCard, SourceService } from './services.ts'

/** How often silent sources are looked for, milliseconds. */
export const SILENCE_CHECK_MS = 15_000
/** Dead letters that one list shows. */
const DEAD_LETTERS_SHOWN = 500

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
    deadLetters: (source) => reader.deadLetters(DEAD_LETTERS_SHOWN, source),
    setSilentAfter: (source, seconds, by) => state.setSilentAfter(source, seconds, by),
  }
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
