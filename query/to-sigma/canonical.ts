// One text for all ways of writing an expression that differ in grouping and order only.
import type { Expr, Test, WildcardPart } from '../../sigma/ir/expr.ts'
import { textTest } from '../../sigma/lower/finish.ts'

/** Equal texts mean equal expressions. */
export function canonical(expr: Expr): string {
  switch (expr.kind) {
    case 'and':
    case 'or': {
      const args = [...new Set(partsOf(expr, expr.kind))].sort()
      return args.length === 1 ? args[0]! : `${expr.kind}(${args.join(',')})`
    }
    case 'not':
      return `not(${canonical(expr.arg)})`
    case 'const':
      return String(expr.value)
    case 'match':
      return `${sorted(expr.target)}${sorted(plainTest(expr.test))}`
  }
}

function partsOf(expr: Expr, kind: 'and' | 'or'): string[] {
  return expr.kind === kind ? expr.args.flatMap((arg) => partsOf(arg, kind)) : [canonical(expr)]
}

function plainTest(test: Test): Test {
  if (test.kind === 'wildcard') return textTest(withoutRuns(test.parts), test.cased)
  if (test.kind === 'regex') return { ...test, flags: [...new Set(test.flags)].sort().join('') }
  return test
}

/** Runs of `*` are one; a pattern of nothing but these stays apart from the test for any value. */
export function withoutRuns(parts: readonly WildcardPart[]): readonly WildcardPart[] {
  if (parts.every((part) => part === '*')) return parts
  return parts.filter((part, at) => part !== '*' || parts[at - 1] !== '*')
}

function sorted(value: object): string {
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
