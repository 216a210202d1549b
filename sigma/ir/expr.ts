// The one expression IR. Sigma detections and filters, the search language, suppressions and hunt filters
// all lower to it; the matcher, the index planner and the SQL backends start from it. Literals keep their
// original case: folding is each consumer's first step (`sigma/text/fold.ts`).

/** Which values of an event a test looks at. A test holds when it holds for any of them. */
export type Target =
  /** `fields[name]`: the exact key first, then the nested path split at dots; arrays by element. */
  | { readonly scope: 'field'; readonly name: string }
  /** A pivot column, or `source`, `product`, `category`, `service`. */
  | { readonly scope: 'column'; readonly name: ColumnName }
  /** The search language's names: `field` where the event has it, else the column of that name. */
  | { readonly scope: 'auto'; readonly name: string }
  /** Message, every leaf of fields, raw: what a bare search term looks at. */
  | { readonly scope: 'any' }
  /** Sigma keywords: message, every leaf of fields, and raw unless raw is JSON (starts with `{` or `[`). */
  | { readonly scope: 'keyword' }
  /** The message or the raw text alone. */
  | { readonly scope: 'message' }
  | { readonly scope: 'raw' }

export type ColumnName =
  | import('../event.ts').PivotName
  | 'source'
  | 'product'
  | 'category'
  | 'service'

/** A wildcard pattern: literal text, `*` (any run) or `?` (exactly one code point). */
export type WildcardPart = { readonly literal: string } | '*' | '?'

export type CompareOp = 'lt' | 'lte' | 'gt' | 'gte'
export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'

/** What is asked of one value. Text tests fold both sides unless `cased`. */
export type Test =
  | { readonly kind: 'equals'; readonly value: string; readonly cased: boolean }
  | { readonly kind: 'startswith'; readonly value: string; readonly cased: boolean }
  | { readonly kind: 'endswith'; readonly value: string; readonly cased: boolean }
  | { readonly kind: 'contains'; readonly value: string; readonly cased: boolean }
  | { readonly kind: 'wildcard'; readonly parts: readonly WildcardPart[]; readonly cased: boolean }
  /** Consecutive whole words of the tokenizer (one word: a `word`), always folded. */
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'regex'; readonly pattern: string; readonly flags: string }
  /** Numeric equality: an event number equal to `value`, or text equal to `text` (the rule's source). */
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  /** Order: event numbers, and text that is wholly a decimal number; anything else does not match. */
  | { readonly kind: 'compare'; readonly op: CompareOp; readonly value: number }
  /** Text order of the search language's ranges over non-numbers, folded, code point order. */
  | { readonly kind: 'textcompare'; readonly op: CompareOp; readonly value: string }
  /** An event boolean equal to `value`, or the text `true` or `false`, folded. */
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'cidr'; readonly network: string }
  | { readonly kind: 'exists'; readonly value: boolean }
  /** Field absent or JSON null. */
  | { readonly kind: 'null' }
  /** Compared with another field of the same event. */
  | {
      readonly kind: 'fieldref'
      readonly name: string
      readonly op: 'equals' | 'contains' | 'startswith' | 'endswith'
      readonly cased: boolean
    }
  /** A part of a timestamp held in the value (ISO 8601 or epoch), UTC. */
  | {
      readonly kind: 'timepart'
      readonly part: TimePart
      readonly op: 'eq' | CompareOp
      readonly value: number
    }
  /** Always true for a value that exists (`field: '*'`). */
  | { readonly kind: 'any' }

export type Expr =
  | { readonly kind: 'and'; readonly args: readonly Expr[] }
  | { readonly kind: 'or'; readonly args: readonly Expr[] }
  | { readonly kind: 'not'; readonly arg: Expr }
  | { readonly kind: 'const'; readonly value: boolean }
  | { readonly kind: 'match'; readonly target: Target; readonly test: Test }
