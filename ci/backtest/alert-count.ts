// How many alerts a version of a rule would have raised: matches folded as the alert maker folds them, were
// every alert left open.

import type { Event } from '../../parsers/event.ts'
import { getPath } from '../../parsers/event-value.ts'
import { DEDUP_DEFAULT, DEDUP_WINDOW_DEFAULT_MS } from '../../sigma/dedup.ts'
import type { LoadedCorrelation, LoadedRule } from '../../sigma/rule.ts'

const MINUTE_MS = 60_000

export interface AlertCount {
  add(event: Event): void
  /** Alerts of all events added, whatever their order. */
  total(): number
}

/** What matches of a rule share that fold into one alert. */
export function dedupKey(rule: LoadedRule | LoadedCorrelation, event: Event): string {
  const fields = rule.trapline?.dedup ?? ('groupBy' in rule ? rule.groupBy : DEDUP_DEFAULT)
  return JSON.stringify(fields.map((name) => (getPath(event, name) ?? '').toLowerCase()))
}

/** Counts for one rule. Keeps eight bytes a match and one key an entity. */
export function createAlertCount(rule: LoadedRule | LoadedCorrelation): AlertCount {
  const minutes = rule.trapline?.dedup_window_minutes
  const window_ms = minutes === undefined ? DEDUP_WINDOW_DEFAULT_MS : minutes * MINUTE_MS
  const times = new Map<string, number[]>()
  return {
    add: (event) => {
      const key = dedupKey(rule, event)
      const known = times.get(key)
      if (known === undefined) times.set(key, [event.time])
      else known.push(event.time)
    },
    total: () => {
      let alerts = 0
      for (const group of times.values()) {
        group.sort((a, b) => a - b)
        for (let i = 0; i < group.length; i++)
          if (i === 0 || group[i]! - group[i - 1]! > window_ms) alerts++
      }
      return alerts
    },
  }
}
