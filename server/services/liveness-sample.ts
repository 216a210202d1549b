// What the newest events of each log source and source look like: which fields they carry. Read from the
// store with ordinary searches, so nothing is counted on the way in.
import type { Event } from '../../parsers/event.ts'
import type { Need } from '../../sigma/eval/needs.ts'
import { type RuleLogSource, ruleAccepts } from '../../sigma/eval/routing.ts'
import { columnValues, isColumn, isList, isObject } from '../../sigma/eval/values.ts'
import type { EventLogSource, FieldValue } from '../../sigma/event.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import type { EventReader } from '../stores/events/event-store.ts'

/** Newest events looked at for each log source that rules name, and for each source. */
export const SAMPLE_EVENTS = 200
const TIMEOUT_MS = 5_000
/** Events may be this far ahead of the clock, milliseconds. */
const AHEAD_MS = 86_400_000
const TOGETHER = 2
/** Rules without their fields that are looked up in the whole store, and for how long each, milliseconds. */
const CONFIRM_MAX = 200
const CONFIRM_TIMEOUT_MS = 500
const NESTED_MAX = 16

/** Events that are alike to every rule: the same log source and the same fields. */
export interface Shape {
  readonly source: string
  readonly logsource: EventLogSource
  readonly fields: ReadonlySet<string>
  readonly events: number
  /** Time of the newest, and when the last one was received, milliseconds. */
  readonly last: number
  readonly received: number
}

/** The search for events that declare a log source. */
export function declares(logsource: RuleLogSource): Expr {
  const keys = ['product', 'category', 'service'] as const
  return {
    kind: 'and',
    args: keys.flatMap((name): Expr[] => {
      const value = logsource[name]
      if (value === undefined) return []
      const test = { kind: 'equals', value, cased: false } as const
      return [{ kind: 'match', target: { scope: 'column', name }, test }]
    }),
  }
}

/** The search for events that have what a rule needs. */
export function exprOf(need: Need): Expr {
  if (need === true) return { kind: 'const', value: true }
  if (typeof need === 'string') {
    const target = { scope: 'auto', name: need } as const
    return { kind: 'match', target, test: { kind: 'any' } }
  }
  return 'all' in need
    ? { kind: 'and', args: need.all.map(exprOf) }
    : { kind: 'or', args: need.any.map(exprOf) }
}

/** Keys of the searches that are known to find nothing: those that ran to their end without an event. */
export async function withoutEvents(
  events: Pick<EventReader, 'search'>,
  exprs: ReadonlyMap<string, Expr>,
  now: number,
): Promise<ReadonlySet<string>> {
  const empty = new Set<string>()
  for (const [key, expr] of [...exprs].slice(0, CONFIRM_MAX)) {
    const range = { from: 0, to: now + AHEAD_MS, limit: 1, timeout_ms: CONFIRM_TIMEOUT_MS }
    const found = await events.search({ ...range, expr })
    if (found.events.length === 0 && found.stats.complete) empty.add(key)
  }
  return empty
}

/** The newest events of each search, each event once. */
export async function newestEvents(
  events: Pick<EventReader, 'search'>,
  exprs: readonly Expr[],
  now: number,
): Promise<readonly Event[]> {
  const found = new Map<string, Event>()
  const range = { from: 0, to: now + AHEAD_MS }
  const waiting = [...exprs]
  const work = async () => {
    for (let expr = waiting.pop(); expr !== undefined; expr = waiting.pop()) {
      const request = { ...range, expr, limit: SAMPLE_EVENTS, timeout_ms: TIMEOUT_MS }
      const answer = await events.search(request)
      for (const event of answer.events) found.set(event.id, event)
    }
  }
  await Promise.all(Array.from({ length: TOGETHER }, work))
  return [...found.values()]
}

/** Groups events that are alike, looking only at fields that are `asked` for. */
export function shapesOf(events: readonly Event[], asked: ReadonlySet<string>): readonly Shape[] {
  const shapes = new Map<string, Shape>()
  for (const event of events) {
    const fields = presentFields(event, asked)
    const { product, category, service, closed } = event.logsource
    const key = JSON.stringify([
      event.source,
      product,
      category,
      service,
      closed,
      [...fields].sort(),
    ])
    const before = shapes.get(key)
    shapes.set(key, {
      source: event.source,
      logsource: event.logsource,
      fields,
      events: (before?.events ?? 0) + 1,
      last: Math.max(before?.last ?? 0, event.time),
      received: Math.max(before?.received ?? 0, event.ingested),
    })
  }
  return [...shapes.values()]
}

/** Names of fields and columns that have a value other than null; `asked` undefined: all of them. */
export function presentFields(event: Event, asked?: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>()
  const add = (name: string) => {
    if (asked === undefined || asked.has(name)) found.add(name)
  }
  const walk = (prefix: string, value: FieldValue, depth: number) => {
    if (value === null || depth > NESTED_MAX) return
    if (isList(value)) {
      for (const element of value) walk(prefix, element, depth + 1)
      return
    }
    if (prefix !== '') add(prefix)
    if (!isObject(value)) return
    for (const [name, inner] of Object.entries(value))
      walk(prefix === '' ? name : `${prefix}.${name}`, inner, depth + 1)
  }
  walk('', event.fields, 0)
  for (const name of asked ?? [])
    if (!found.has(name) && isColumn(name) && columnValues(event, name).length > 0) found.add(name)
  return found
}

/** Whether a log source declares every key that a rule names, as a closed one must. */
export function declared(rule: RuleLogSource, event: EventLogSource): boolean {
  return ruleAccepts(rule, { ...event, closed: true })
}
