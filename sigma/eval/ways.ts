// The ways in which an expression could come out as wanted: each names tests that have to change, and tests
// that must stay as they are. Only the best are kept, so that rules of any size take bounded time.
import type { SigmaEvent } from '../event.ts'
import type { Expr, Test } from '../ir/expr.ts'
import { targetName } from '../ir/target-name.ts'
import { evaluateOnce } from './once.ts'
import { fieldValues, targetValues } from './values.ts'

export type Match = Extract<Expr, { readonly kind: 'match' }>

/** A test of a way. */
export interface Literal {
  readonly match: Match
  /** How it has to come out. */
  readonly to: boolean
  /** Whether it does already. */
  readonly holds: boolean
  /** What would be changed: the test's own field, or the one that it refers to. */
  readonly field: string
}

export interface Way {
  readonly literals: readonly Literal[]
}

/** Ways kept at each node of an expression. */
const WAYS_MAX = 32
/** Ways kept that change the same fields. */
const ALIKE_MAX = 4
/** What a test costs beside its field when a value for it is hard to make up. */
const HARD_COST = 0.5

interface Draft {
  /** Fields that change. */
  readonly fields: ReadonlySet<string>
  readonly cost: number
  /** The literals, joined but not copied. */
  readonly parts: Parts
}
type Parts = Literal | readonly [Parts, Parts] | undefined

const NO_FIELDS: ReadonlySet<string> = new Set()
const FREE: Draft = { fields: NO_FIELDS, cost: 0, parts: undefined }

/** Ways for an expression to hold for an event, those that change the fewest fields first. */
export function waysToHold(expr: Expr, event: SigmaEvent): readonly Way[] {
  return waysOf(expr, true, event).map(({ parts }) => {
    const literals: Literal[] = []
    flatten(parts, literals)
    return { literals }
  })
}

function flatten(parts: Parts, out: Literal[]): void {
  const open: Parts[] = [parts]
  while (open.length > 0) {
    const next = open.pop()
    if (next === undefined) continue
    if ('match' in next) out.push(next)
    else open.push(next[1], next[0])
  }
}

function waysOf(expr: Expr, to: boolean, event: SigmaEvent): readonly Draft[] {
  switch (expr.kind) {
    case 'const':
      return expr.value === to ? [FREE] : []
    case 'not':
      return waysOf(expr.arg, !to, event)
    case 'match':
      return waysOfTest(expr, to, event)
    case 'and':
    case 'or': {
      // An and that must hold needs all of its parts, one that must not needs a single part to fail.
      if ((expr.kind === 'and') !== to)
        return best(expr.args.flatMap((arg) => waysOf(arg, to, event)))
      let all: readonly Draft[] = [FREE]
      for (const arg of expr.args) {
        const own = waysOf(arg, to, event)
        all = best(all.flatMap((before) => own.map((after) => both(before, after))))
        if (all.length === 0) return []
      }
      return all
    }
  }
}

function waysOfTest(match: Match, to: boolean, event: SigmaEvent): readonly Draft[] {
  const holds = evaluateOnce(match, event) === to
  const own = targetName(match.target)
  const change = (field: string): Draft => ({
    fields: new Set([field]),
    cost: isHard(match.test) ? HARD_COST : 0,
    parts: { match, to, holds, field },
  })
  if (holds) return [{ ...FREE, parts: { match, to, holds, field: own } }]
  const { test } = match
  if (test.kind !== 'fieldref' || !to) return [change(own)]
  const hasOwn = targetValues(match.target, event).length > 0
  const hasOther = fieldValues(event.fields, test.name).length > 0
  if (!hasOwn && !hasOther) return [both(change(own), change(test.name))]
  return [...(hasOther ? [change(own)] : []), ...(hasOwn ? [change(test.name)] : [])]
}

function isHard(test: Test): boolean {
  return test.kind === 'regex' || test.kind === 'timepart' || test.kind === 'fieldref'
}

function both(a: Draft, b: Draft): Draft {
  const fields =
    a.fields.size === 0 || b.fields.size === 0
      ? a.fields.size === 0
        ? b.fields
        : a.fields
      : new Set([...a.fields, ...b.fields])
  const parts = a.parts === undefined ? b.parts : b.parts === undefined ? a.parts : pair(a, b)
  return { fields, cost: a.cost + b.cost, parts }
}

function pair(a: Draft, b: Draft): Parts {
  return [a.parts, b.parts]
}

/** The cheapest, and of those that change the same fields a few. */
function best(all: readonly Draft[]): readonly Draft[] {
  if (all.length <= 1) return all
  const sorted = [...all].sort((a, b) => a.fields.size - b.fields.size || a.cost - b.cost)
  const alike = new Map<string, number>()
  const out: Draft[] = []
  for (const draft of sorted) {
    const key = [...draft.fields].sort().join('\n')
    const count = alike.get(key) ?? 0
    if (count === ALIKE_MAX) continue
    alike.set(key, count + 1)
    out.push(draft)
    if (out.length === WAYS_MAX) break
  }
  return out
}
