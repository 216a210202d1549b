// Whether the server can do its work, and its figures.
import { statfsSync } from 'node:fs'
import type { Settings } from '../config.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { Meters } from './meters.ts'
import type { HealthService, RuleService } from './services.ts'

/** Past this the index counts as behind, milliseconds (F2). */
export const INDEX_LAG_MAX_MS = 5_000

export interface HealthParts {
  readonly settings: Pick<Settings, 'data' | 'diskMinFree_mib'>
  readonly meters: Meters
  readonly rules: Pick<RuleService, 'list'>
  readonly events: Pick<EventReader, 'stats'>
  readonly state: Pick<StateClient, 'alertMakerStatus'>
  /** Batches that wait for their commit. */
  readonly queue: () => number
  /** What start or a worker's end left broken, as sentences. */
  readonly faults: () => readonly string[]
}

/** Health of one server. */
export function createHealth(parts: HealthParts): HealthService {
  const { settings, meters, rules, events, state } = parts
  return {
    problems: async () => {
      const problems = [...parts.faults()]
      const free_mib = freeSpace_mib(settings.data)
      if (free_mib < settings.diskMinFree_mib) {
        problems.push(
          `disk: ${Math.floor(free_mib)} MiB free, TRAPLINE_DISK_MIN_FREE_MIB is ${settings.diskMinFree_mib}`,
        )
      }
      const { stopped } = await state.alertMakerStatus()
      if (stopped !== undefined && stopped !== 'no-intake' && stopped !== 'waiting-for-rules') {
        problems.push(`alerts: ${stopped}`)
      }
      const { indexLag_ms } = await events.stats()
      if (indexLag_ms > INDEX_LAG_MAX_MS) {
        problems.push(`index: ${Math.round(indexLag_ms / 1_000)} s behind`)
      }
      return problems
    },
    figures: async () => {
      const { events: eventsTotal, unparsed, matches } = meters.totals()
      const all = rules.list()
      const refusedRules = all.filter((rule) => rule.refused !== undefined).length
      const { indexLag_ms } = await events.stats()
      return {
        eventsPerSecond: meters.perSecond(),
        eventsTotal,
        unparsedTotal: unparsed,
        matchesTotal: matches,
        rules: all.length - refusedRules,
        refusedRules,
        queue: parts.queue(),
        indexLag_ms,
        residentBytes: process.memoryUsage.rss(),
        commit_ms: meters.commit_ms(),
      }
    },
  }
}

/** Free space where the data folder lies, MiB. */
export function freeSpace_mib(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return (bavail * bsize) / 1_048_576
}
