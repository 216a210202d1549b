// Correlations to what the engine runs: measures, conditions, and for every rule the places its matches go.
import { pushTo } from '../collections.ts'
import type { Condition, LoadedCorrelation } from '../rule.ts'
import { stagesInOrder } from './chain-state.ts'
import {
  eventCount,
  type Measure,
  type StagesState,
  stagesSeen,
  valueAvg,
  valueCount,
  valuePercentile,
  valueShare,
  valueSum,
} from './measure.ts'

/** Where a correlation's matches or firings go. */
export interface Feed {
  readonly to: Compiled
  /** Index of the input. */
  readonly stage: number
  /** Fields of group, value and carried, in this order: names for events; for firings the index of a
   * group value, or below zero the complement of the index of a carried one. */
  readonly names: readonly string[]
  readonly sources: readonly number[]
  /** Only one group field is read. */
  readonly isPlain: boolean
}

export interface Compiled {
  readonly index: number
  /** What a correlation reads has a lower rank than it. */
  rank: number
  readonly rule: LoadedCorrelation
  /** Equal for correlations whose state means the same. */
  readonly fingerprint: string
  readonly timespan_ms: number
  /** Entries are told apart by input. */
  readonly staged: boolean
  readonly ordered: boolean
  /** Values must be numbers. */
  readonly numeric: boolean
  readonly measure: Measure<unknown>
  holds(value: number, state: unknown): boolean
  /** Fields that correlations above read of its last event. */
  readonly carried: string[]
  /** Correlations that it feeds. */
  readonly feeds: Feed[]
}

export interface Plan {
  readonly correlations: readonly Compiled[]
  /** Feeds of each rule, by id. */
  readonly rules: ReadonlyMap<string, readonly Feed[]>
}

/** Compiles correlations among which every reference between them resolves and no cycle is. */
export function compileCorrelations(correlations: readonly LoadedCorrelation[]): Plan {
  const compiled = correlations.map(compileOne)
  const byId = new Map(compiled.map((one) => [one.rule.id, one]))
  const rules = new Map<string, Feed[]>()
  const ordered = parentsFirst(compiled, byId)
  for (const [at, to] of ordered.entries()) {
    to.rank = ordered.length - at
    const wanted = [...to.rule.groupBy, ...to.rule.valueFields, ...to.carried]
    const isPlain = wanted.length === 1 && to.rule.groupBy.length === 1
    to.rule.inputs.forEach((input, stage) => {
      const names = wanted.map((name) =>
        Object.hasOwn(input.aliases, name) ? input.aliases[name]! : name,
      )
      if (input.kind === 'rule') {
        pushTo(rules, input.id, { to, stage, names, sources: [], isPlain })
      } else {
        const from = byId.get(input.id)!
        const sources = names.map((name) => sourceOf(from, name))
        from.feeds.push({ to, stage, names, sources, isPlain })
      }
    })
  }
  return { correlations: compiled, rules }
}

/** Fields of events that correlations read, by the id of the rule that must keep them with its matches. */
export function correlationFields(
  correlations: readonly LoadedCorrelation[],
): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, readonly string[]>()
  for (const [id, feeds] of compileCorrelations(correlations).rules) {
    fields.set(id, [...new Set(feeds.flatMap((feed) => feed.names))])
  }
  return fields
}

/** Where a firing keeps a field: among its group's values, else carried from its last event. */
function sourceOf(from: Compiled, name: string): number {
  const group = from.rule.groupBy.indexOf(name)
  if (group >= 0) return group
  const known = from.carried.indexOf(name)
  return ~(known >= 0 ? known : from.carried.push(name) - 1)
}

function parentsFirst(
  compiled: readonly Compiled[],
  byId: ReadonlyMap<string, Compiled>,
): Compiled[] {
  const childrenFirst: Compiled[] = []
  const seen = new Set<Compiled>()
  const visit = (one: Compiled) => {
    if (seen.has(one)) return
    seen.add(one)
    for (const input of one.rule.inputs) {
      const child = input.kind === 'correlation' ? byId.get(input.id) : undefined
      if (child !== undefined) visit(child)
    }
    childrenFirst.push(one)
  }
  for (const one of compiled) visit(one)
  return childrenFirst.reverse()
}

function compileOne(rule: LoadedCorrelation, index: number): Compiled {
  const { type, inputs, groupBy, timespan_ms, ops, valueFields, percentile, expression } = rule
  const staged = type === 'temporal' || type === 'temporal_ordered'
  const condition = [ops, expression, valueFields, percentile]
  const sources = inputs.map(({ id, aliases }) => [id, aliases])
  return {
    index,
    rank: 0,
    rule,
    fingerprint: JSON.stringify([type, sources, groupBy, timespan_ms, condition]),
    timespan_ms,
    staged,
    ordered: type === 'temporal_ordered',
    numeric: isNumeric(rule),
    measure: measureOf(rule) as Measure<unknown>,
    holds: holdsOf(rule),
    carried: [],
    feeds: [],
  }
}

function isNumeric({ type, percentile }: LoadedCorrelation): boolean {
  if (type === 'value_percentile') return percentile !== undefined
  return type === 'value_sum' || type === 'value_avg' || type === 'value_median'
}

function measureOf(rule: LoadedCorrelation) {
  switch (rule.type) {
    case 'event_count':
      return eventCount
    case 'value_count':
      return valueCount
    case 'value_sum':
      return valueSum
    case 'value_avg':
      return valueAvg
    case 'value_median':
      return valuePercentile(50)
    case 'value_percentile':
      return rule.percentile === undefined ? valueShare : valuePercentile(rule.percentile)
    case 'temporal':
      return stagesSeen(rule.inputs.length)
    case 'temporal_ordered':
      return stagesInOrder(rule.inputs.length, rule.timespan_ms)
  }
}

function holdsOf({ ops, expression, inputs }: LoadedCorrelation): Compiled['holds'] {
  if (expression !== undefined) {
    const stages = new Map(inputs.map((input, stage) => [input.name, stage]))
    return (_, state) => expressionHolds(expression, stages, (state as StagesState).counts)
  }
  const [only] = ops
  if (ops.length === 1 && only?.op === 'gte') {
    const bound = only.value
    return (value) => value >= bound
  }
  return (value) => ops.every(({ op, value: bound }) => compares(op, value, bound))
}

/** Whether a worth satisfies one comparison of a condition. */
export function compares(
  op: LoadedCorrelation['ops'][number]['op'],
  value: number,
  bound: number,
): boolean {
  switch (op) {
    case 'gt':
      return value > bound
    case 'gte':
      return value >= bound
    case 'lt':
      return value < bound
    case 'lte':
      return value <= bound
    case 'eq':
      return value === bound
    case 'neq':
      return value !== bound
  }
}

/** Whether a boolean condition holds for the inputs seen. */
function expressionHolds(
  condition: Condition,
  stages: ReadonlyMap<string, number>,
  counts: readonly number[],
): boolean {
  const seen = (name: string) => (counts[stages.get(name)!] ?? 0) > 0
  switch (condition.kind) {
    case 'selection':
      return seen(condition.name)
    case 'not':
      return !expressionHolds(condition.arg, stages, counts)
    case 'and':
      return condition.args.every((arg) => expressionHolds(arg, stages, counts))
    case 'or':
      return condition.args.some((arg) => expressionHolds(arg, stages, counts))
    case 'of': {
      const { quantity, names } = condition
      const count = names.filter(seen).length
      return count >= (quantity === 'all' ? names.length : quantity)
    }
  }
}
