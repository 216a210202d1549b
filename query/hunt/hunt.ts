// A hunt: a search kept with what it is meant to find out.

export const SHARING_MODES = ['private', 'team', 'roles'] as const
export type SharingMode = (typeof SHARING_MODES)[number]

export const HUNT_SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const

/** What narrows a hunt beside its query; each list means any of its values. */
export interface HuntFilters {
  readonly source: readonly string[]
  readonly severity: readonly string[]
  readonly host: readonly string[]
  /** Only events that this rule matched when they came in. */
  readonly rule?: string
  /** `24h`, or two times with `..` between; default `HUNT_RANGE`. */
  readonly range?: string
}

/** How the search page shows it. */
export interface HuntView {
  readonly columns?: readonly string[]
  /** Fields separated by commas. */
  readonly group?: string
  readonly live?: boolean
  /** An event in the drawer, and the drawer's tab. */
  readonly selected?: string
  readonly tab?: string
  /** Places in the order of ingest: only what came in after and up to them. A run has its own. */
  readonly since?: number
  readonly until?: number
}

/** Where a hunt came from and what became of it. */
export interface HuntLineage {
  /** The private hunt that it was published from. */
  readonly published_from?: string
  /** Rules made from it. */
  readonly detections?: readonly string[]
}

/** What a hunt looks for. */
export interface HuntSearch {
  readonly query: string
  readonly filters: HuntFilters
  readonly view?: HuntView
}

export interface Hunt extends HuntSearch {
  readonly id: string
  readonly title: string
  readonly description?: string
  readonly hypothesis?: string
  /** `15m`, `1d`: how often it runs by itself. */
  readonly schedule?: string
  readonly sharing: SharingMode
  readonly shared_with_roles: readonly string[]
  readonly tags: readonly string[]
  readonly owner?: string
  readonly author?: string
  readonly date?: string
  readonly modified?: string
  readonly references: readonly string[]
  readonly lineage?: HuntLineage
}

/** How far a hunt looks back when it does not say. */
export const HUNT_RANGE = '24h'

export const NO_FILTERS: HuntFilters = { source: [], severity: [], host: [] }

/** Both ends of a range as times of the search bar. */
export function rangeEnds(range = HUNT_RANGE): { readonly from: string; readonly to: string } {
  const at = range.indexOf('..')
  if (at < 0) return { from: `now-${range}`, to: 'now' }
  return { from: range.slice(0, at), to: range.slice(at + 2) }
}

/** The range between two times; undefined where a file cannot say it. */
export function rangeOf(from: string, to: string): string | undefined {
  const back = /^now-(\d{1,6}[smhdw])$/.exec(from)?.[1]
  if (to === 'now' && back !== undefined) return back
  return from === '' || to === '' || `${from}${to}`.includes('..') ? undefined : `${from}..${to}`
}
