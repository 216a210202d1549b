// What the search language parses to, with positions for chips, errors and edits.
import type { CompareOp, WildcardPart } from '../sigma/ir/expr.ts'

/** Half-open range of offsets in the query text. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type QueryValue =
  /** Unquoted text, `*` and `?` as wildcards. `text` is the literal when there are none. */
  | { readonly kind: 'term'; readonly parts: readonly WildcardPart[] }
  /** Quoted text, taken as it is. */
  | { readonly kind: 'phrase'; readonly text: string }
  | { readonly kind: 'regex'; readonly pattern: string; readonly flags: string }
  | { readonly kind: 'compare'; readonly op: CompareOp; readonly text: string }
  | {
      readonly kind: 'range'
      /** Undefined: open at that end. */
      readonly from: { readonly text: string; readonly inclusive: boolean } | undefined
      readonly to: { readonly text: string; readonly inclusive: boolean } | undefined
    }

export type QueryNode =
  | { readonly kind: 'and' | 'or'; readonly args: readonly QueryNode[]; readonly span: Span }
  | { readonly kind: 'not'; readonly arg: QueryNode; readonly span: Span }
  | {
      readonly kind: 'test'
      readonly field: string | undefined
      readonly value: QueryValue
      readonly span: Span
    }
