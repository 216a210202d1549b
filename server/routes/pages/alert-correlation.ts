// What a correlation's alert was raised over: its condition, the group, and the events that contributed.

import { getPath } from '../../../parsers/event-value.ts'
import { addFilter } from '../../../query/edit.ts'
import { OP_WORDS } from '../../../sigma/correlate/missing.ts'
import { parseRules } from '../../../sigma/parse/rules.ts'
import type { SigmaCorrelation } from '../../../sigma/rule.ts'
import type { CorrelationFacts } from '../../../views/alerts/correlation.tsx'
import type { RuleService, Services } from '../../services/services.ts'
import { ALERT_EVENT_IDS_MAX } from '../../stores/state/alert-rows.ts'
import type { Alert } from '../../stores/state/state-store.ts'
import { rulesById } from './rule-names.ts'

/** The facts of a correlation's alert, by its text as it was when it fired; undefined for other rules. */
export async function correlationOf(
  services: Services,
  alert: Alert,
): Promise<CorrelationFacts | undefined> {
  const correlation = correlationIn(alert.ruleText)
  if (correlation === undefined) return undefined
  const [stored, matches] = await Promise.all([
    services.events.get(alert.eventIds),
    services.events.matchesOf(alert.eventIds),
  ])
  const events = stored.filter((event) => event !== undefined)
  const matched = [...new Set(Object.values(matches).flat())]
  const reads = await rulesBelow(services.rules, correlation, matched)
  const titles = rulesById(services.rules)
  const contributing = events
    .map((event) => ({
      id: event.id,
      time: event.time,
      text: event.message === '' ? event.raw : event.message,
      rules: (matches[event.id] ?? []).filter((id) => reads.has(id)),
    }))
    .toSorted((a, b) => a.time - b.time)
  const group = correlation.groupBy.map((name) => groupValue(correlation, alert, name))
  return {
    type: correlation.type,
    condition: conditionText(correlation),
    timespan_ms: correlation.timespan_ms,
    group,
    rules: [...new Set(contributing.flatMap((event) => event.rules))].map((id) => ({
      id,
      title: titles.get(id)?.title ?? id,
      events: contributing.filter((event) => event.rules.includes(id)).length,
    })),
    events: contributing,
    gone: alert.eventIds.length - contributing.length,
    capped: alert.eventIds.length >= ALERT_EVENT_IDS_MAX,
    query: group.reduce(
      (query, { field, value }) => (value === undefined ? query : addFilter(query, field, value)),
      '',
    ),
  }
}

function correlationIn(text: string): SigmaCorrelation | undefined {
  // Most alerts are of rules: their texts need no parser to say so.
  if (!/^correlation\s*:/m.test(text)) return undefined
  return correlationsIn(text)[0]
}

function correlationsIn(text: string): readonly SigmaCorrelation[] {
  return parseRules(text, { path: 'alert' }).documents.flatMap(({ value }) =>
    value?.kind === 'correlation' ? [value] : [],
  )
}

/** Those of `matched` that a correlation reads, also through the correlations that it reads. */
async function rulesBelow(
  rules: RuleService,
  top: SigmaCorrelation,
  matched: readonly string[],
): Promise<ReadonlySet<string>> {
  const wanted = new Set<string>(namesIn(top))
  const running = rules.list().filter((rule) => rule.refused === undefined)
  const inner = await Promise.all(
    running.filter(({ id }) => !rules.readsEvents(id)).map(({ id }) => named(rules, id)),
  )
  for (let size = -1; size !== wanted.size; ) {
    size = wanted.size
    for (const { id, text, name } of inner)
      if (wanted.has(id) || (name !== undefined && wanted.has(name)))
        for (const below of correlationsIn(text).flatMap(namesIn)) wanted.add(below)
  }
  const readers = await Promise.all(matched.map((id) => named(rules, id)))
  const ids = readers.filter(
    ({ id, name }) => wanted.has(id) || (name !== undefined && wanted.has(name)),
  )
  return new Set(ids.map(({ id }) => id))
}

function namesIn({ rules, condition }: SigmaCorrelation): readonly string[] {
  if (rules.length > 0 || typeof condition !== 'string') return rules
  return condition.split(/[\s()]+/).filter((word) => !/^(and|or|not|)$/i.test(word))
}

async function named(rules: RuleService, id: string) {
  const text = (await rules.get(id))?.text ?? ''
  return { id, text, name: /^name:\s*['"]?(.*?)['"]?\s*$/m.exec(text)?.[1] }
}

/** The alert's event has it under the name itself, or under the field that an alias stands for. */
function groupValue({ aliases }: SigmaCorrelation, { event }: Alert, name: string) {
  const fields = [name, ...(aliases.get(name)?.values() ?? [])]
  for (const field of fields) {
    const value = getPath(event, field)
    if (value !== undefined) return { name, field, value }
  }
  return { name, field: name, value: undefined }
}

function conditionText(correlation: SigmaCorrelation): string {
  const { type, condition, rules } = correlation
  if (typeof condition === 'string') return condition
  const bounds = (condition?.ops ?? [])
    .map(({ op, value }) => `${OP_WORDS[op]} ${value}`)
    .join(', ')
  const field = [condition?.field ?? []].flat().join(' and ')
  switch (type) {
    case 'event_count':
      return `${bounds} events`
    case 'value_count':
      return `${bounds} different values of ${field}`
    case 'temporal':
      return `${bounds || 'all'} of the rules matched`
    case 'temporal_ordered':
      return `${bounds || 'all'} of the rules matched in this order: ${rules.join(', ')}`
    case 'value_percentile':
      return `percentile ${condition?.percentile ?? ''} of ${field} is ${bounds}`.replace('  ', ' ')
    default:
      return `${type.replace('value_', '').replace('avg', 'average')} of ${field} is ${bounds}`
  }
}
