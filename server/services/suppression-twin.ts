// Whether something hides already what a new mute would: an open mute, or a filter of the live content. Two
// people, or a form sent twice, need one of them.
import { filterApplies } from '../../sigma/filter.ts'
import { exprKey } from '../../sigma/lint/implication.ts'
import { lowerRule } from '../../sigma/lower/lower.ts'
import type { LogSource, RuleFile, SigmaFilter } from '../../sigma/rule.ts'
import { fold } from '../../sigma/text/fold.ts'
import type { Criteria } from '../stores/state/suppressions.ts'
import type { StateClient } from '../workers/state-client.ts'
import { filtersIn } from './filters.ts'
import { filterText, readFilter } from './mute-filter.ts'
import { ServiceError } from './service-error.ts'
import type { SuppressionTarget } from './suppression-target.ts'

/** Newest open mutes among which the same one is looked for. */
const TWINS_LOOKED_AT = 1_000

export interface TwinParts {
  readonly state: Pick<StateClient, 'listSuppressions'>
  readonly rules: { shaping(): readonly RuleFile[] }
}

/** Rejects `conflict`, naming the mute or the filter. */
export async function refuseTwin(
  { state, rules }: TwinParts,
  target: Pick<SuppressionTarget, 'ruleId' | 'logsource'>,
  criteria: Criteria,
): Promise<void> {
  const wanted = hiddenBy(filterOf(target, criteria))
  const isTwin = (filter: SigmaFilter) =>
    means(filter, target) && wanted !== undefined && hiddenBy(filter) === wanted
  const live = rules.shaping().flatMap(filtersIn).find(isTwin)
  if (live !== undefined)
    throw new ServiceError('conflict', `filter "${live.title}" (${live.path}) hides this already`)
  const states = ['pending', 'active'] as const
  const open = await state.listSuppressions({ states, limit: TWINS_LOOKED_AT })
  const twin = open.find(({ filter }) => isTwin(readFilter(filter).filter))
  if (twin !== undefined)
    throw new ServiceError('conflict', `mute ${twin.id} of ${twin.by} is the same already`)
}

/** The filter that the mute would become, without what people say of it. */
function filterOf(
  { ruleId, logsource }: Pick<SuppressionTarget, 'ruleId' | 'logsource'>,
  criteria: Criteria,
): SigmaFilter {
  const said = { title: 'Twin', description: '', author: '', date: '2026-01-01' }
  const exception = { id: 'twin', owner: 'nobody', reason: 'none', expires: '2026-01-01' }
  const facts = { id: crypto.randomUUID(), ...said, ruleId, logsource, criteria, exception }
  return readFilter(filterText(facts)).filter
}

/** The events that it leaves, the same text for the same events. */
function hiddenBy(filter: SigmaFilter): string | undefined {
  const { expr } = lowerRule(filter)
  return expr === undefined ? undefined : exprKey(expr)
}

/** Whether a filter means all that a mute would: its one rule, or every rule of its log source. */
function means(
  filter: SigmaFilter,
  { ruleId, logsource }: Pick<SuppressionTarget, 'ruleId' | 'logsource'>,
): boolean {
  if (ruleId !== undefined) return filterApplies(filter, { id: ruleId, logsource })
  return filter.rules === 'any' && keyOf(filter.logsource) === keyOf(logsource)
}

function keyOf({ product, category, service }: LogSource): string {
  return JSON.stringify([product, category, service].map((part) => fold(part ?? '')))
}
