// What searches asked, remembered: the table, the count, the histogram and the facets of a page ask the same, and
// what the index says of it is looked up once for all of them.
import type { Expr } from '../../../../sigma/ir/expr.ts'
import { createLookups, type Lookups } from './evaluate.ts'
import type { GroupDocs } from './group-docs.ts'
import { type Plan, planSearch } from './plan.ts'

/** Memory for answers of earlier searches, bytes: of ten million events one of a word takes 2.5 MB. */
export const REMEMBERED_BYTES_MAX = 32 * 1_048_576
/** So many are remembered at most, even if they take next to nothing. */
const QUESTIONS_MAX = 64
/** A longer one (thousands of indicators) is forgotten after its search, UTF-16 units. */
const KEY_UNITS_MAX = 65_536

/** An expression's plan and what was looked up for it so far. */
export interface Question {
  readonly plan: Plan
  readonly lookups: Lookups
}

export interface Questions {
  /** What index and columns keep, for all searches. */
  readonly groupDocs: GroupDocs
  /** The question that an expression asks; of none, everything. */
  ask(expr: Expr | undefined): Question
}

/** A memory for one reader; with 0 bytes nothing is looked up less often. */
export function createQuestions(groupDocs: GroupDocs, bytes_max = REMEMBERED_BYTES_MAX): Questions {
  /** The longest unused first. */
  const memory = new Map<string, Question>()
  const forget = () => {
    let bytes = 0
    for (const { lookups } of memory.values()) bytes += lookups.keptBytes
    for (const [key, { lookups }] of memory) {
      if (bytes <= bytes_max && memory.size <= QUESTIONS_MAX) return
      bytes -= lookups.keptBytes
      memory.delete(key)
    }
  }
  return {
    groupDocs,
    ask(expr) {
      const key = expressionKey(expr)
      const known = memory.get(key)
      const question = known ?? { plan: planSearch(expr), lookups: createLookups(groupDocs) }
      memory.delete(key)
      if (bytes_max > 0 && key.length <= KEY_UNITS_MAX) memory.set(key, question)
      // By now the searches before have looked up what they wanted.
      forget()
      return question
    },
  }
}

/** Equal texts mean equal expressions. */
function expressionKey(expr: Expr | undefined): string {
  return exactJson(expr) ?? ''
}

/** JSON that tells all values of plain data apart: big numbers, and those that JSON has no text for, too. */
export function exactJson(value: unknown): string | undefined {
  return JSON.stringify(value, (_, one: unknown) => {
    if (typeof one === 'bigint') return { bigint: String(one) }
    if (Object.is(one, -0)) return { number: '-0' }
    return typeof one === 'number' && !Number.isFinite(one) ? { number: String(one) } : one
  })
}
