// What the engine must do, by brute force: nothing is kept but the list of matches, and every window is made
// anew. For tests.
import type { CorrelationOp, CorrelationType } from '../rule.ts'

export interface OracleRule {
  readonly type: CorrelationType
  readonly inputs: readonly string[]
  readonly groupBy: readonly string[]
  readonly timespan_ms: number
  readonly ops: readonly { readonly op: CorrelationOp; readonly value: number }[]
  readonly field?: string
  readonly percentile?: number
}

export interface OracleMatch {
  readonly rule: string
  readonly time: number
  readonly source: string
  readonly ref: number
  readonly fields: Readonly<Record<string, string>>
}

interface Kept extends OracleMatch {
  readonly stage: number
  readonly arrival: number
  fired: boolean
}

const COMPARE: Record<CorrelationOp, (a: number, b: number) => boolean> = {
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  eq: (a, b) => a === b,
  neq: (a, b) => a !== b,
}

/** Anchors (`ref` of the match that ends a window that holds), in the order in which they come to hold. */
export function oracle(
  rule: OracleRule,
  matches: readonly OracleMatch[],
  lateness_ms: number,
): { ref: number; time: number; value: number; window: number[] }[] {
  const kept: Kept[] = []
  const newest = new Map<string, number>()
  const out: { ref: number; time: number; value: number; window: number[] }[] = []
  for (const [arrival, match] of matches.entries()) {
    const stage = rule.inputs.indexOf(match.rule)
    if (stage < 0) continue
    const seen = newest.get(match.source) ?? Number.NEGATIVE_INFINITY
    if (match.time < seen - lateness_ms) continue
    newest.set(match.source, Math.max(seen, match.time))
    if (rule.field !== undefined && match.fields[rule.field] === undefined) continue
    if (rule.groupBy.some((name) => match.fields[name] === undefined)) continue
    const own: Kept = { ...match, stage, arrival, fired: false }
    kept.push(own)
    const group = kept.filter((one) => sameGroup(rule, one, own)).sort(orderOf(rule))
    for (const [at, anchor] of group.entries()) {
      if (anchor.fired || at < group.indexOf(own) || anchor.time > own.time + rule.timespan_ms)
        continue
      const window = group
        .slice(0, at + 1)
        .filter((one) => one.time >= anchor.time - rule.timespan_ms)
      const value = worth(rule, window)
      const ops =
        rule.ops.length > 0 ? rule.ops : [{ op: 'gte', value: rule.inputs.length } as const]
      if (!ops.every(({ op, value: bound }) => COMPARE[op](value, bound))) continue
      anchor.fired = true
      out.push({ ref: anchor.ref, time: anchor.time, value, window: window.map(({ ref }) => ref) })
    }
  }
  return out
}

function orderOf(rule: OracleRule): (a: Kept, b: Kept) => number {
  const staged = rule.type === 'temporal_ordered'
  return (a, b) => a.time - b.time || (staged ? a.stage - b.stage : 0) || a.arrival - b.arrival
}

function sameGroup(rule: OracleRule, a: OracleMatch, b: OracleMatch): boolean {
  return rule.groupBy.every((name) => a.fields[name] === b.fields[name])
}

function worth(rule: OracleRule, window: readonly Kept[]): number {
  const texts = window.map((one) => one.fields[rule.field ?? ''] ?? '')
  const numbers = texts.map(Number)
  switch (rule.type) {
    case 'event_count':
      return window.length
    case 'value_count':
      return new Set(texts).size
    case 'value_sum':
      return numbers.reduce((sum, value) => sum + value, 0)
    case 'value_avg':
      return numbers.reduce((sum, value) => sum + value, 0) / numbers.length
    case 'value_median':
      return percentile(numbers, 50)
    case 'value_percentile':
      return rule.percentile === undefined
        ? (100 * texts.filter((text) => text === texts.at(-1)).length) / texts.length
        : percentile(numbers, rule.percentile)
    case 'temporal':
      return new Set(window.map((one) => one.stage)).size
    case 'temporal_ordered':
      return longestChain(window)
  }
}

function percentile(numbers: readonly number[], percent: number): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const place = ((sorted.length - 1) * percent) / 100
  const low = sorted[Math.floor(place)]!
  return low + (sorted[Math.ceil(place)]! - low) * (place - Math.floor(place))
}

/** Most inputs in their order that end with the last match. */
function longestChain(window: readonly Kept[]): number {
  const best = window.map(() => 1)
  for (const [at, one] of window.entries()) {
    for (let before = 0; before < at; before++) {
      if (window[before]!.stage < one.stage) best[at] = Math.max(best[at]!, best[before]! + 1)
    }
  }
  return best.at(-1)!
}
