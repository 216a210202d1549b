// Nodes of the search language -> the shared IR. `field:value` is Sigma equality; a bare word is a whole
// word of the message, any field's value or the raw text; a bare `*x*` is a substring of any of them.
import { canonicalCidr } from '../sigma/cidr.ts'
import type { Diagnostic } from '../sigma/diagnostic.ts'
import { PIVOTS } from '../sigma/event.ts'
import type { ColumnName, Expr, Target, Test, WildcardPart } from '../sigma/ir/expr.ts'
import { compileRegex } from '../sigma/regex.ts'
import { words } from '../sigma/text/words.ts'
import type { QueryNode, QueryValue } from './ast.ts'

/** Names that `@name` may use. */
export const COLUMNS: readonly ColumnName[] = [
  'source',
  'product',
  'category',
  'service',
  ...PIVOTS,
]
const SEVERITY_ORDER = ['informational', 'low', 'medium', 'high', 'critical']

/** Lowers a parsed query. Findings carry the column of the test they are about. */
export function lowerQuery(node: QueryNode, diagnostics: Diagnostic[]): Expr {
  switch (node.kind) {
    case 'not':
      return { kind: 'not', arg: lowerQuery(node.arg, diagnostics) }
    case 'and':
    case 'or':
      return { kind: node.kind, args: node.args.map((arg) => lowerQuery(arg, diagnostics)) }
    case 'test': {
      const column = node.span.start + 1
      const fail = (code: string, message: string): Expr => {
        diagnostics.push({ code, severity: 'error', message, line: 1, column })
        return { kind: 'const', value: false }
      }
      const target = node.field === undefined ? undefined : targetOf(node.field)
      if (target === null) {
        const known = COLUMNS.map((name) => `@${name}`).join(' ')
        return fail('unknown-column', `${node.field} is no column: the columns are ${known}`)
      }
      return target === undefined
        ? lowerBare(node.value, fail)
        : lowerTest(target, node.value, fail)
    }
  }
}

type Fail = (code: string, message: string) => Expr

/** The target of a field name; null when `@name` names no column. */
function targetOf(name: string): Target | null {
  const bare = name.startsWith('@') ? name.slice(1) : name
  if (bare === 'message') return { scope: 'message' }
  if (bare === 'raw') return { scope: 'raw' }
  if (!name.startsWith('@')) return { scope: 'auto', name }
  const column = COLUMNS.find((known) => known === bare)
  return column === undefined ? null : { scope: 'column', name: column }
}

const match = (target: Target, test: Test): Expr => ({ kind: 'match', target, test })

/** The literal of a term without wildcards, else undefined. */
function literalOf(parts: readonly WildcardPart[]): string | undefined {
  const [only] = parts
  return parts.length === 1 && typeof only === 'object' ? only.literal : undefined
}

function lowerTest(target: Target, value: QueryValue, fail: Fail): Expr {
  switch (value.kind) {
    case 'phrase':
      return match(target, { kind: 'equals', value: value.text, cased: false })
    case 'regex':
      return lowerRegex(target, value.pattern, value.flags, fail)
    case 'compare':
      return lowerBound(target, value.op, value.text, fail)
    case 'range':
      return lowerRange(target, value, fail)
    case 'term': {
      if (value.parts.length === 1 && value.parts[0] === '*') return match(target, { kind: 'any' })
      const literal = literalOf(value.parts)
      if (literal === undefined)
        return match(target, { kind: 'wildcard', parts: value.parts, cased: false })
      return lowerLiteral(target, literal, fail)
    }
  }
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/

function lowerLiteral(target: Target, text: string, fail: Fail): Expr {
  if (/^[0-9a-f.:]+\/\d+$/i.test(text) && /[.:]/.test(text)) {
    const network = canonicalCidr(text)
    if (network !== undefined) return match(target, { kind: 'cidr', network })
    return fail('bad-cidr', `${text} is no network: quote it if you mean the text`)
  }
  const value = Number(text)
  if (NUMBER.test(text) && Number.isSafeInteger(Math.trunc(value)))
    return match(target, { kind: 'number', value, text })
  return match(target, { kind: 'equals', value: text, cased: false })
}

function lowerRegex(target: Target, pattern: string, flags: string, fail: Fail): Expr {
  const compiled = compileRegex(pattern, flags)
  if ('code' in compiled) return fail('bad-regex', `/${pattern}/: ${compiled.message}`)
  return match(target, { kind: 'regex', pattern, flags })
}

function lowerRange(
  target: Target,
  { from, to }: Extract<QueryValue, { kind: 'range' }>,
  fail: Fail,
): Expr {
  if (from === undefined && to === undefined) return match(target, { kind: 'any' })
  const numeric = [from, to].every((bound) => bound === undefined || isNumber(bound.text))
  const args: Expr[] = []
  if (from !== undefined)
    args.push(lowerBound(target, from.inclusive ? 'gte' : 'gt', from.text, fail, numeric))
  if (to !== undefined)
    args.push(lowerBound(target, to.inclusive ? 'lte' : 'lt', to.text, fail, numeric))
  return args.length === 1 ? args[0]! : { kind: 'and', args }
}

const isNumber = (text: string): boolean => /^[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i.test(text)

function lowerBound(
  target: Target,
  op: 'lt' | 'lte' | 'gt' | 'gte',
  text: string,
  fail: Fail,
  numeric = isNumber(text),
): Expr {
  if (/^(?:\d{1,3}\.){3}\d{1,3}$/.test(text))
    return fail('address-range', 'addresses are compared by network: write 10.0.0.0/8')
  const isSeverity = 'name' in target && target.name === 'severity'
  const rank = SEVERITY_ORDER.indexOf(text.toLowerCase())
  if (isSeverity && rank >= 0) return severityRange(target, op, rank)
  if (numeric) return match(target, { kind: 'compare', op, value: Number(text) })
  return match(target, { kind: 'textcompare', op, value: text })
}

function severityRange(target: Target, op: 'lt' | 'lte' | 'gt' | 'gte', rank: number): Expr {
  const holds = {
    lt: (n: number) => n < rank,
    lte: (n: number) => n <= rank,
    gt: (n: number) => n > rank,
    gte: (n: number) => n >= rank,
  }
  const args = SEVERITY_ORDER.filter((_, n) => holds[op](n)).map((value) =>
    match(target, { kind: 'equals', value, cased: false }),
  )
  return { kind: 'or', args }
}

const ANY: Target = { scope: 'any' }
/** A character that separates words, as a class of a regular expression (see `sigma/text/words.ts`). */
const SEPARATOR = '[\\x00-/:-@\\[-^`{-\\x7f]'

function lowerBare(value: QueryValue, fail: Fail): Expr {
  switch (value.kind) {
    case 'regex':
      return lowerRegex(ANY, value.pattern, value.flags, fail)
    case 'phrase':
      return lowerWords(value.text)
    case 'term':
      return lowerBareTerm(value.parts, fail)
    default:
      return fail('missing-field', 'a comparison needs a field: write field:>value')
  }
}

/** Consecutive whole words; text that holds no word at all is a substring. */
function lowerWords(text: string): Expr {
  const found = words(text)
  if (found.length === 0) return match(ANY, { kind: 'contains', value: text, cased: false })
  return match(ANY, { kind: 'words', words: found })
}

function lowerBareTerm(parts: readonly WildcardPart[], fail: Fail): Expr {
  const literal = literalOf(parts)
  if (literal !== undefined) {
    const network = literal.includes('/') ? canonicalCidr(literal) : undefined
    if (network !== undefined) return match(ANY, { kind: 'cidr', network })
    return lowerWords(literal)
  }
  if (parts.every((part) => typeof part === 'string')) return match(ANY, { kind: 'any' })
  const inner = parts.filter((part) => typeof part === 'object')
  const [first, second, third] = parts
  if (inner.length === 1 && parts.length === 3 && first === '*' && third === '*')
    return match(ANY, { kind: 'contains', value: inner[0]!.literal, cased: false })
  if (inner.length === 1 && parts.length === 2) {
    const escaped = escapeRegex(inner[0]!.literal)
    if (second === '*') return lowerRegex(ANY, `(?:^|${SEPARATOR})${escaped}`, 'i', fail)
    if (first === '*') return lowerRegex(ANY, `${escaped}(?:$|${SEPARATOR})`, 'i', fail)
  }
  return match(ANY, { kind: 'wildcard', parts: ['*', ...parts, '*'], cased: false })
}

const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
