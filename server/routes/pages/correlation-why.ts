// How a correlation stands around one event, for the drawers.
import type { Event } from '../../../parsers/event.ts'
import type { CorrelationWhy } from '../../../sigma/correlate/why.ts'
import type { Why } from '../../../views/shared/why.tsx'
import { explainStored } from '../../services/correlation-why.ts'
import type { Services } from '../../services/services.ts'

/** Correlations that are looked at for what they hold of an event that their rules matched. */
const STANDINGS_MAX = 4

/** A correlation's explanation, or what kept it from being made. */
export async function whyOfCorrelation(
  services: Services,
  event: Event,
  id: string,
): Promise<Pick<Why, 'correlation' | 'problem'>> {
  try {
    const why = await explainStored(services, id, event)
    const none = why.inputs.every(({ matched }) => !matched)
    const rules = none ? ruleInputs(why) : []
    const inputs = await Promise.all(
      rules.map(async ({ id: ruleId, title }) => ({
        ...{ ruleId, title },
        explained: await services.rules.why(ruleId, event),
      })),
    )
    return { correlation: { ...why, whys: inputs } }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { problem: `Not explained: ${error.message}` }
  }
}

function ruleInputs(why: CorrelationWhy): readonly CorrelationWhy['inputs'][number][] {
  const own = why.inputs.filter(({ kind }) => kind === 'rule')
  return [...own, ...why.below.flatMap(ruleInputs)].slice(0, STANDINGS_MAX)
}

/** What every live correlation reads, until the rules change. */
const kept = new WeakMap<
  Services['rules'],
  { readonly version: string; readonly inputs: ReadonlyMap<string, readonly string[]> }
>()

function inputsOf({ rules }: Services): ReadonlyMap<string, readonly string[]> {
  const known = kept.get(rules)
  if (known?.version === rules.version) return known.inputs
  const inputs = new Map<string, readonly string[]>()
  for (const { id, refused } of rules.list()) {
    if (refused !== undefined || rules.readsEvents(id)) continue
    inputs.set(id, rules.correlation(id)?.correlation.inputs.map((input) => input.id) ?? [])
  }
  kept.set(rules, { version: rules.version, inputs })
  return inputs
}

/** Correlations that read one of these rules, straight or through others. */
export function correlationsOver(
  services: Services,
  matched: readonly string[],
): readonly string[] {
  const inputs = inputsOf(services)
  const found = new Set<string>()
  for (let size = -1; size !== found.size; ) {
    size = found.size
    for (const [id, reads] of inputs)
      if (reads.some((one) => matched.includes(one) || found.has(one))) found.add(id)
  }
  return [...found].slice(0, STANDINGS_MAX)
}
