// True positives that two people agreed to hide: the release that brings their filter may lose them.
import type { VerdictEvent } from '../stores/state/feedback.ts'
import type { SuppressionStore } from '../stores/state/suppressions.ts'
import { readFilter } from './mute-filter.ts'

const MUTES_LOOKED = 1_000

/** Ids of the filters that may hide each of these events, in their order; empty for most. */
export async function agreedFilters(
  state: Pick<SuppressionStore, 'listSuppressions'>,
  verdicts: readonly VerdictEvent[],
): Promise<readonly (readonly string[])[]> {
  const mutes = await state.listSuppressions({ states: ['active', 'merged'], limit: MUTES_LOOKED })
  const agreed = mutes
    .filter((mute) => mute.agreed !== undefined)
    .map(({ filterId, filter }) => ({ filterId, hides: readFilter(filter).hides }))
  return verdicts.map(({ verdict, event }) =>
    verdict !== 'true_positive'
      ? []
      : agreed.filter(({ hides }) => hides(event)).map(({ filterId }) => filterId),
  )
}
