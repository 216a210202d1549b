// Then and now (D14): the rule that raised an alert as it was, as it is, who wrote it, and whether it would
// fire again on the event that the alert keeps.
import { type Blame, blame } from '../releases/blame.ts'
import { contentRepository } from '../releases/staging.ts'
import type { RuleProvenance } from '../stores/state/provenance.ts'
import type { Alert } from '../stores/state/state-store.ts'
import { type DiffLine, diffLines } from './line-diff.ts'
import { ServiceError } from './service-error.ts'
import type { RuleService } from './services.ts'

/** `same`: what would run is what ran. `reshaped`: the text is the same, filters, pipelines or lists are not. */
export const NOW_STATES = ['same', 'reshaped', 'changed', 'removed', 'refused'] as const
export type NowState = (typeof NOW_STATES)[number]

export interface ThenAndNow {
  /** Undefined for what no rule raised, and for alerts of before provenance was kept. */
  readonly provenance: RuleProvenance | undefined
  readonly state: NowState
  /** Lines of both texts, where they differ. */
  readonly diff: readonly DiffLine[] | undefined
  /** Whether the rule as it runs now matches the kept event; undefined where it does not run or reads matches
   * of other rules. */
  readonly firesNow: boolean | undefined
  /** Who wrote the lines of the rule as it was; undefined outside Git. */
  readonly blame: Blame | undefined
  /** Filters that came or went since, by title. */
  readonly filtersAdded: readonly string[]
  readonly filtersGone: readonly string[]
}

export interface ProvenanceService {
  of(alert: Alert): Promise<ThenAndNow>
}

export interface ProvenanceParts {
  readonly data: string
  readonly rules: Pick<RuleService, 'get' | 'facts' | 'why' | 'readsEvents'>
}

export function createProvenance({ data, rules }: ProvenanceParts): ProvenanceService {
  async function firesNow(alert: Alert): Promise<boolean | undefined> {
    if (!rules.readsEvents(alert.ruleId)) return undefined
    try {
      return (await rules.why(alert.ruleId, alert.event)).fires
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'not-found') return undefined
      throw error
    }
  }

  async function blameOf({ provenance, ruleText }: Alert): Promise<Blame | undefined> {
    if (provenance?.release === undefined || provenance.overlay) return undefined
    const lines = ruleText.trimEnd().split('\n').length
    const { release, path, line } = provenance
    return blame(contentRepository(data), release, path, line, lines)
  }

  return {
    of: async (alert) => {
      const { provenance, ruleText } = alert
      const now = await rules.get(alert.ruleId)
      const facts = rules.facts(alert.ruleId)
      const differs = now !== undefined && now.text !== ruleText
      const [fires, lines] = await Promise.all([firesNow(alert), blameOf(alert)])
      const then = provenance?.filters ?? []
      const later = facts?.provenance?.filters ?? []
      return {
        provenance,
        state: stateOf(now, differs, facts?.hash === alert.ruleHash),
        diff: differs ? diffLines(ruleText, now.text) : undefined,
        firesNow: fires,
        blame: lines,
        filtersAdded: titlesWithout(later, then),
        filtersGone: titlesWithout(then, later),
      }
    },
  }
}

function stateOf(
  now: { readonly refused?: unknown } | undefined,
  differs: boolean,
  isSame: boolean,
): NowState {
  if (now === undefined) return 'removed'
  if (now.refused !== undefined) return 'refused'
  if (differs) return 'changed'
  return isSame ? 'same' : 'reshaped'
}

type Filters = RuleProvenance['filters']

function titlesWithout(some: Filters, others: Filters): readonly string[] {
  const known = new Set(others.map(({ hash }) => hash))
  return some.filter(({ hash }) => !known.has(hash)).map(({ title }) => title)
}
