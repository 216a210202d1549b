// A correlation's condition in words, and what a window lacks of it.
import type { CorrelationInput, CorrelationOp, LoadedCorrelation } from '../rule.ts'
import { compares } from './compile.ts'
import type { GroupView } from './types.ts'

/** A comparison in words, before its number. */
export const OP_WORDS: Readonly<Record<CorrelationOp, string>> = {
  gt: 'more than',
  gte: 'at least',
  lt: 'fewer than',
  lte: 'at most',
  eq: 'exactly',
  neq: 'not',
}

type Asked = Pick<LoadedCorrelation, 'type' | 'inputs' | 'ops' | 'valueFields' | 'percentile'> &
  Pick<LoadedCorrelation, 'expression'>

/** What is compared: `events`, `different values of user`, ... */
function measured({ type, valueFields, percentile }: Asked, count?: number): string {
  const fields = valueFields.join(' and ')
  switch (type) {
    case 'event_count':
      return count === 1 ? 'event' : 'events'
    case 'value_count':
      return `different ${count === 1 ? 'value' : 'values'} of ${fields}`
    case 'temporal':
      return 'of the rules matched'
    case 'temporal_ordered':
      return 'of the rules matched in their order'
    case 'value_percentile':
      return percentile === undefined
        ? `% of the values of ${fields}`
        : `is the ${percentile}th percentile of ${fields}`
    case 'value_sum':
      return `is the sum of ${fields}`
    case 'value_avg':
      return `is the average of ${fields}`
    case 'value_median':
      return `is the median of ${fields}`
  }
}

/** The condition in words: `at least 5 events`. */
export function askedText(correlation: Asked): string {
  const { ops, expression, inputs } = correlation
  if (expression !== undefined)
    return `a condition over ${inputs.map(({ name }) => name).join(', ')}`
  return `${ops.map(({ op, value }) => `${OP_WORDS[op]} ${value}`).join(' and ')} ${measured(correlation)}`
}

/** How a window compares: `3 events, at least 5 asked`. */
export function saidText(correlation: Asked, value: number): string {
  const { ops, expression, inputs } = correlation
  if (expression !== undefined) return `${value} of ${inputs.length} rules matched`
  const asked = ops.map(({ op, value: bound }) => `${OP_WORDS[op]} ${bound}`).join(' and ')
  return `${Number(value.toPrecision(12))} ${measured(correlation, value)}, ${asked} asked`
}

/** What would have to be otherwise for the window to satisfy the condition; empty where it does. */
export function missingOf(
  correlation: LoadedCorrelation,
  view: Pick<GroupView, 'value' | 'seen' | 'holds'> | undefined,
  titleOf: (input: CorrelationInput) => string = ({ name }) => name,
): readonly string[] {
  if (view?.holds === true) return []
  const { type, inputs, ops, expression } = correlation
  const value = view?.value ?? 0
  const unseen = inputs.filter(({ id }) => !view?.seen.includes(id)).map(titleOf)
  if (expression !== undefined) return [seenText(inputs.length, unseen)]
  const short = ops.filter(({ op, value: bound }) => !compares(op, value, bound))
  if (type === 'temporal' || type === 'temporal_ordered') {
    const names = inputs.map(titleOf).join(', ')
    if (unseen.length === 0) return [`all matched, but not in this order: ${names}`]
    const least = Math.max(0, ...ops.map(({ op, value: bound }) => leastOf(op, bound)))
    if (least >= inputs.length) return unseen.map((name) => `${name} has not matched`)
    return [`${Math.max(1, least - value)} more of: ${unseen.join(', ')}`]
  }
  const isCount = type === 'event_count' || type === 'value_count'
  return short.map(({ op, value: bound }) => {
    const more = leastOf(op, bound) - value
    if (isCount && more > 0) return `${more} more ${measured(correlation, more)}`
    return saidText(correlation, value)
  })
}

function seenText(all: number, unseen: readonly string[]): string {
  if (unseen.length === 0) return 'the condition does not hold when all rules have matched'
  if (unseen.length === all) return 'none of the rules has matched'
  return `the condition does not hold; not matched: ${unseen.join(', ')}`
}

/** The least count that satisfies a lower bound; 0 for others. */
function leastOf(op: CorrelationOp, bound: number): number {
  if (op === 'gte' || op === 'eq') return Math.ceil(bound)
  return op === 'gt' ? Math.floor(bound) + 1 : 0
}

/** How far a worth is from satisfying the condition. */
export function shortfallOf({ ops, expression, inputs }: Asked, view: GroupView): number {
  if (view.holds) return 0
  if (expression !== undefined) return inputs.length - view.seen.length + 1
  return ops.reduce(
    (sum, { op, value }) =>
      sum + (compares(op, view.value, value) ? 0 : Math.abs(view.value - value) + 1),
    0,
  )
}
