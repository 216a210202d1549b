// Smaller things that the state store keeps: audit log, short links, source settings, counters, settings.
import type { Actor } from './access.ts'
import type { AuditEntry } from './state-store.ts'

export interface NewAuditEntry {
  /** `area.verb`: `rules.reload`. */
  readonly action: string
  /** What it was done to: `alert A-12`, `user ana`. */
  readonly object: string
  readonly before?: string
  readonly after?: string
}

export interface AuditRequest {
  readonly limit: number
  /** Entries below this sequence: the next page. */
  readonly before?: number
  readonly who?: string
  /** An action, or the area before the dot. */
  readonly action?: string
}

/** `brokenAt`: the first sequence whose hash, or whose predecessor, is not what was written. */
export interface AuditCheck {
  readonly entries: number
  readonly brokenAt?: number
}

export interface AuditStore {
  audit(entry: NewAuditEntry, by: Actor): Promise<void>
  /** Newest first. */
  listAudit(request: AuditRequest): Promise<readonly AuditEntry[]>
  verifyAudit(): Promise<AuditCheck>
}

export interface SourceSettings {
  readonly silentAfter_s: number
}

export interface RecordStore {
  /** Id for `/s/<id>`; the same target gives the same id. Rejects `invalid` unless it is a path of ours. */
  shorten(target: string, by: Actor): Promise<string>
  resolveLink(id: string): Promise<string | undefined>
  /** Only sources that someone set; others use `SILENT_AFTER_DEFAULT_S`. */
  sourceSettings(): Promise<Readonly<Record<string, SourceSettings>>>
  setSilentAfter(source: string, seconds: number, by: Actor): Promise<void>
  /** Running totals that outlive a restart (`events.total`, `source.nginx.events`). */
  loadCounters(): Promise<Readonly<Record<string, number>>>
  saveCounters(counters: Readonly<Record<string, number>>): Promise<void>
  getSetting(name: string): Promise<string | undefined>
  setSetting(name: string, value: string, by: Actor): Promise<void>
}
