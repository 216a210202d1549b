// Whether the server can do its work, and its figures.
import { statfsSync } from 'node:fs'
import type { Settings } from '../config.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { IngestHost } from './ingest.ts'
import type { HealthService } from './services.ts'

/** Past this the index counts as behind, milliseconds (F2). */
export const INDEX_LAG_MAX_MS = 5_000

export interface HealthParts {
  readonly settings: Pick<Settings, 'data' | 'diskMinFree_mib'>
  readonly ingest: Pick<IngestHost, 'stats'>
  readonly events: Pick<EventReader, 'stats'>
  readonly state: Pick<StateClient, 'alertMakerStatus'>
  /** What broke since start, as sentences. */
  readonly faults: () => readonly string[]
}

/** Health of one server. */
export function createHealth(parts: HealthParts): HealthService {
  const { settings, events, state } = parts
  return {
    problems: async () => {
      const problems = [...parts.faults()]
      const free_mib = freeSpace_mib(settings.data)
      const least_mib = settings.diskMinFree_mib
      if (free_mib < least_mib) {
        const free = Math.floor(free_mib)
        problems.push(`disk: ${free} MiB free, TRAPLINE_DISK_MIN_FREE_MIB is ${least_mib}`)
      }
      const [ingest, alerts, stored] = await Promise.all([
        parts.ingest.stats(),
        state.alertMakerStatus(),
        events.stats(),
      ])
      if (ingest.problem !== undefined) problems.push(`ingest: ${ingest.problem}`)
      if (alerts.stopped !== undefined && !PASSING.has(alerts.stopped)) {
        problems.push(`alerts: ${alerts.stopped}`)
      }
      if (stored.indexLag_ms > INDEX_LAG_MAX_MS) {
        problems.push(`index: ${Math.round(stored.indexLag_ms / 1_000)} s behind`)
      }
      return problems
    },
    figures: async () => {
      const [ingest, stored, { correlations }] = await Promise.all([
        parts.ingest.stats(),
        events.stats(),
        state.alertMakerStatus(),
      ])
      return {
        eventsPerSecond: ingest.eventsPerSecond,
        eventsTotal: ingest.events,
        unparsedTotal: ingest.unparsed,
        matchesTotal: ingest.matches,
        rules: ingest.rules,
        refusedRules: ingest.refused,
        queue: ingest.queue,
        indexLag_ms: stored.indexLag_ms,
        residentBytes: process.memoryUsage.rss(),
        commit_ms: ingest.commit_ms,
        ...(correlations === undefined ? {} : { correlations }),
      }
    },
  }
}

/** States of the alert maker that end by themselves. */
const PASSING = new Set(['no-intake', 'waiting-for-rules'])

/** Free space where the data folder lies, MiB. */
export function freeSpace_mib(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return (bavail * bsize) / 1_048_576
}
