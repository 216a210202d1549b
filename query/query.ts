// The search language: text in, IR out.
import type { Diagnostic } from '../sigma/diagnostic.ts'
import type { Expr } from '../sigma/ir/expr.ts'
import type { QueryNode } from './ast.ts'
import { lowerQuery } from './lower.ts'
import { parseQueryText } from './parse.ts'

/** One of the parts that are ANDed at the top of a query: a chip on the page. */
export interface QueryPart {
  /** Its text without a leading not. */
  readonly text: string
  readonly negated: boolean
  /** Offsets of the whole part in the query. */
  readonly start: number
  readonly end: number
}

export interface Query {
  /** Undefined: everything matches, or there are errors in `diagnostics`. */
  readonly expr: Expr | undefined
  readonly parts: readonly QueryPart[]
  readonly diagnostics: readonly Diagnostic[]
  /** False when `diagnostics` holds an error: nothing may be searched. */
  readonly valid: boolean
}

/**
 * Parses a search. `host:web-1 and (sc-status:>=500 or "segfault")`.
 * Never throws; errors are in `diagnostics` with the column and what to write instead.
 */
export function parseQuery(text: string): Query {
  const parsed = parseQueryText(text)
  const diagnostics = [...parsed.diagnostics]
  const lowered = parsed.node === undefined ? undefined : lowerQuery(parsed.node, diagnostics)
  const valid = diagnostics.every((finding) => finding.severity !== 'error')
  return {
    expr: valid ? lowered : undefined,
    parts: parsed.node === undefined ? [] : partsOf(text, parsed.node),
    diagnostics,
    valid,
  }
}

function partsOf(text: string, node: QueryNode): QueryPart[] {
  const isGroup = node.kind === 'and' && node.args[0]!.span.start > node.span.start
  const nodes = node.kind === 'and' && !isGroup ? node.args : [node]
  return nodes.map((part) => {
    const { start, end } = part.span
    const inner = part.kind === 'not' ? part.arg.span : part.span
    return { text: text.slice(inner.start, inner.end), negated: part.kind === 'not', start, end }
  })
}
