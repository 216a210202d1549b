// Log sources as cards (I14): what arrives, what cannot be parsed, and who fell silent.

import { SILENT_AFTER_DEFAULT_S } from '../stores/state/records-store.ts'
import type { Principal } from '../stores/state/state-store.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { Meters } from './meters.ts'
import type { DeadLetter, SourceCard, SourceService } from './services.ts'

/** How often silent sources are looked for, milliseconds. */
export const SILENCE_CHECK_MS = 15_000

/** Cards of the sources that the meters know. */
export function createSources(
  meters: Meters,
  state: Pick<StateClient, 'sourceSettings' | 'setSilentAfter'>,
  readDeadLetters: (source: string | undefined) => Promise<readonly DeadLetter[]>,
  now: () => number = Date.now,
): SourceService {
  return {
    list: async () => {
      const settings = await state.sourceSettings()
      const cards = [...meters.sources()].map(([name, meter]): SourceCard => {
        const chosen = Object.hasOwn(settings, name) ? settings[name] : undefined
        const silentAfter_s = chosen?.silentAfter_s ?? SILENT_AFTER_DEFAULT_S
        const { last, total, unparsed } = meter
        return {
          name,
          parsers: [...meter.parsers].sort(),
          connected: last !== undefined && now() - last <= silentAfter_s * 1_000,
          eventsPerSecond: meter.perSecond,
          eventsToday: meter.today,
          total,
          ...(last === undefined ? {} : { lastEvent: last }),
          failureRate: total === 0 ? 0 : unparsed / total,
          silentAfter_s,
        }
      })
      return cards.sort((a, b) => a.name.localeCompare(b.name))
    },
    deadLetters: readDeadLetters,
    setSilentAfter: (source, seconds, by: Principal) => state.setSilentAfter(source, seconds, by),
  }
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
