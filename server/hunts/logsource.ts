// Which log source a rule made of some events would have.
import type { Event } from '../../parsers/event.ts'
import { ruleAccepts } from '../../sigma/eval/routing.ts'
import type { LogSource } from '../../sigma/rule.ts'

export interface LogSourceChoice {
  readonly logsource: LogSource
  /** How many of the events a rule with it would see. */
  readonly events: number
}

/** Log sources of events, that which sees most of them first. */
export function logSourcesOf(events: readonly Event[]): readonly LogSourceChoice[] {
  const found = new Map<string, LogSource>()
  for (const event of events) {
    const logsource = logSourceOf(event)
    found.set(JSON.stringify(logsource), logsource)
  }
  return [...found.values()]
    .map((logsource) => ({
      logsource,
      events: events.filter((event) => ruleAccepts(logsource, event.logsource)).length,
    }))
    .sort((a, b) => b.events - a.events)
}

/** What rules for such an event name: product with category, else service. */
function logSourceOf({ logsource, source }: Event): LogSource {
  const { product, category, service } = logsource
  const [kind] = category
  const [name] = service
  const part = kind !== undefined ? { category: kind } : name !== undefined ? { service: name } : {}
  if (product !== undefined) return { ...part, product }
  return Object.keys(part).length > 0 ? part : { product: source.toLowerCase() || 'any' }
}
