// What a rule needs of an event before it can match at all: a formula over fields that must be there.
// Necessary, never sufficient: where a test may hold without its field the formula asks for nothing, so an
// event that lacks what it asks for can be said not to match.
import type { Expr, Test } from '../ir/expr.ts'
import { fieldOf } from './explain.ts'

/** `true`: nothing. A text: that field or column. */
export type Need =
  | true
  | string
  | { readonly all: readonly Need[] }
  | { readonly any: readonly Need[] }

/** The fields without which `expr` is false. */
export function needsOf(expr: Expr): Need {
  switch (expr.kind) {
    case 'const':
      return expr.value ? true : { any: [] }
    case 'and':
      return allOf(expr.args.map(needsOf))
    case 'or':
      return anyOf(expr.args.map(needsOf))
    case 'not':
      return expr.arg.kind === 'match' && holdsWithout(expr.arg.test)
        ? nameOf(expr.arg.target)
        : true
    case 'match':
      return ofTest(expr.target, expr.test)
  }
}

type Target = Extract<Expr, { kind: 'match' }>['target']

function nameOf(target: Target): Need {
  const name = fieldOf(target)
  return target.scope === 'field' || target.scope === 'column' ? name : true
}

function ofTest(target: Target, test: Test): Need {
  if (holdsWithout(test)) return true
  const own = nameOf(target)
  return test.kind === 'fieldref' ? allOf([own, test.name]) : own
}

/** Tests that a missing field passes. */
function holdsWithout(test: Test): boolean {
  return test.kind === 'null' || (test.kind === 'exists' && !test.value)
}

function allOf(needs: readonly Need[]): Need {
  const parts = unique(
    needs.flatMap((need) => (typeof need === 'object' && 'all' in need ? need.all : [need])),
  ).filter((need) => need !== true)
  return parts.length === 0 ? true : parts.length === 1 ? parts[0]! : { all: parts }
}

function anyOf(needs: readonly Need[]): Need {
  if (needs.includes(true)) return true
  const parts = unique(
    needs.flatMap((need) => (typeof need === 'object' && 'any' in need ? need.any : [need])),
  )
  return parts.length === 1 ? parts[0]! : { any: parts }
}

function unique(needs: readonly Need[]): readonly Need[] {
  return [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()]
}

/** Whether an event with these fields has what is needed. */
export function satisfies(need: Need, has: (field: string) => boolean): boolean {
  if (need === true) return true
  if (typeof need === 'string') return has(need)
  return 'all' in need
    ? need.all.every((part) => satisfies(part, has))
    : need.any.some((part) => satisfies(part, has))
}

/** Every field that a need names. */
export function fieldsOf(need: Need): readonly string[] {
  if (need === true) return []
  if (typeof need === 'string') return [need]
  const parts = 'all' in need ? need.all : need.any
  return [...new Set(parts.flatMap(fieldsOf))]
}

/** Of the fields that never come, those to blame: each alone keeps the rule from matching; where none does
 * alone, all of them together. Empty when the rest suffices. */
export function blame(need: Need, comes: (field: string) => boolean): readonly string[] {
  if (satisfies(need, comes)) return []
  const missing = fieldsOf(need).filter((field) => !comes(field))
  const alone = missing.filter((field) => !satisfies(need, (other) => other !== field))
  return alone.length > 0 ? alone : missing
}
