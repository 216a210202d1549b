// Which texts of an event a search marks on the page.
import type { Expr, Test } from '../sigma/ir/expr.ts'

/** A literal to mark: in one field's values, or anywhere. */
export interface Highlight {
  readonly field: string | undefined
  readonly text: string
  /** Where whole words are looked for, one after the other: these, folded. */
  readonly words?: readonly string[]
}

/** Literals that the tests outside of any `not` look for, longest first. */
export function highlightsOf(expr: Expr | undefined): readonly Highlight[] {
  const found: Highlight[] = []
  if (expr !== undefined) collect(expr, found)
  return found.sort((a, b) => b.text.length - a.text.length)
}

function collect(expr: Expr, found: Highlight[]): void {
  if (expr.kind === 'and' || expr.kind === 'or') for (const arg of expr.args) collect(arg, found)
  if (expr.kind !== 'match') return
  const field = 'name' in expr.target ? expr.target.name : undefined
  if (expr.test.kind === 'words') {
    const { words } = expr.test
    found.push({ field, text: words.join(' '), words })
  }
  for (const text of literalsOf(expr.test)) if (text !== '') found.push({ field, text })
}

function literalsOf(test: Test): readonly string[] {
  switch (test.kind) {
    case 'equals':
    case 'startswith':
    case 'endswith':
    case 'contains':
      return [test.value]
    case 'number':
      return [test.text]
    case 'wildcard':
      return test.parts.flatMap((part) => (typeof part === 'object' ? [part.literal] : []))
    default:
      return []
  }
}
