// Conditions: `not` binds tighter than `and`, `and` tighter than `or`. Precedence climbing by hand, for
// messages that say what was expected where.
import type { Condition, Position } from '../rule.ts'
import { parseWildcards, wildcardMatches } from '../text/wildcard.ts'
import { CONDITION_DEPTH_MAX, CONDITION_UNITS_MAX } from './limits.ts'
import { suggestion } from './suggest.ts'

/** A finding inside a condition; `offset` counts UTF-16 units from its start. */
export interface ConditionProblem {
  readonly code: string
  readonly message: string
  readonly offset: number
}

interface Token {
  readonly text: string
  /** Lower-case ASCII for keywords; names compare exactly. */
  readonly word: string
  readonly offset: number
}

interface Parser {
  readonly tokens: readonly Token[]
  readonly names: readonly string[]
  readonly end: number
  at: number
  depth: number
}

class Problem extends Error {
  readonly problem: ConditionProblem
  constructor(code: string, message: string, offset: number) {
    super(message)
    this.problem = { code, message, offset }
  }
}

/**
 * Parses one condition over the selections named. Codes: `condition-too-long condition-empty
 * condition-syntax condition-too-deep aggregation-unsupported unknown-selection pattern-matches-nothing`.
 */
export function parseCondition(
  text: string,
  names: readonly string[],
): { readonly condition: Condition } | { readonly problem: ConditionProblem } {
  if (text.length > CONDITION_UNITS_MAX) {
    const message = `longer than ${CONDITION_UNITS_MAX} characters`
    return { problem: { code: 'condition-too-long', message, offset: 0 } }
  }
  const tokens = tokenize(text)
  const parser: Parser = { tokens, names, end: text.length, at: 0, depth: 0 }
  try {
    if (tokens.length === 0) throw new Problem('condition-empty', 'is empty', 0)
    const condition = parseOr(parser)
    const rest = parser.tokens[parser.at]
    if (rest !== undefined) throw unexpected(rest, 'and, or, or the end')
    return { condition }
  } catch (error) {
    if (error instanceof Problem) return { problem: error.problem }
    throw error
  }
}

/** What other languages write for the operators. */
const OPERATORS = new Map([
  ['&&', 'and'],
  ['&', 'and'],
  ['||', 'or'],
])

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  for (const match of text.matchAll(/\|\||[()|]|[^\s()|]+/g)) {
    const word = match[0].replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    tokens.push({ text: match[0], word, offset: match.index })
  }
  return tokens
}

function unexpected(token: Token | undefined, expected: string, end = 0): Problem {
  if (token?.text === '|') {
    const message = 'aggregations after | are not supported; write a correlation rule'
    return new Problem('aggregation-unsupported', message, token.offset)
  }
  const found = token === undefined ? 'the end' : `"${token.text}"`
  const word = OPERATORS.get(token?.text ?? '')
  const message = `expected ${expected}, found ${found}${word === undefined ? '' : `, write ${word}`}`
  return new Problem('condition-syntax', message, token?.offset ?? end)
}

function parseOr(parser: Parser): Condition {
  return parseJoined(parser, 'or', parseAnd)
}

function parseAnd(parser: Parser): Condition {
  return parseJoined(parser, 'and', parseNot)
}

function parseJoined(
  parser: Parser,
  kind: 'and' | 'or',
  operand: (parser: Parser) => Condition,
): Condition {
  const args = [operand(parser)]
  while (parser.tokens[parser.at]?.word === kind) {
    parser.at++
    args.push(operand(parser))
  }
  return args.length === 1 ? args[0]! : { kind, args }
}

function deeper(parser: Parser, token: Token): void {
  if (++parser.depth > CONDITION_DEPTH_MAX) {
    const message = `more than ${CONDITION_DEPTH_MAX} levels of parentheses and not`
    throw new Problem('condition-too-deep', message, token.offset)
  }
}

function parseNot(parser: Parser): Condition {
  const token = parser.tokens[parser.at]
  if (token?.word !== 'not' || parser.names.includes(token.text)) return parseOperand(parser)
  deeper(parser, token)
  parser.at++
  const arg = parseNot(parser)
  parser.depth--
  return { kind: 'not', arg }
}

function parseOperand(parser: Parser): Condition {
  const token = parser.tokens[parser.at]
  if (token === undefined) throw unexpected(token, 'a selection', parser.end)
  if (token.text === '(') {
    deeper(parser, token)
    parser.at++
    const inner = parseOr(parser)
    const close = parser.tokens[parser.at]
    if (close?.text !== ')') throw unexpected(close, '")"', parser.end)
    parser.at++
    parser.depth--
    return inner
  }
  if (token.text === ')' || token.text === '|') throw unexpected(token, 'a selection')
  if (parser.tokens[parser.at + 1]?.word === 'of') return parseOf(parser, token)
  parser.at++
  if (!parser.names.includes(token.text)) throw unknownSelection(parser, token)
  return { kind: 'selection', name: token.text }
}

function unknownSelection(parser: Parser, token: Token): Problem {
  if (token.text.startsWith('!')) {
    const message = `expected a selection, found "${token.text}": write not before a selection`
    return new Problem('condition-syntax', message, token.offset)
  }
  if (['and', 'or', 'of', 'them'].includes(token.word)) return unexpected(token, 'a selection')
  const near = suggestion(token.text, parser.names)
  const message = token.text.includes('*')
    ? `"${token.text}" needs "1 of" or "all of" before it`
    : `there is no selection "${token.text}"${near}`
  return new Problem('unknown-selection', message, token.offset)
}

function parseOf(parser: Parser, first: Token): Condition {
  const quantity = quantityOf(first.word)
  if (quantity === undefined) throw unexpected(first, '"all", "any" or a number before "of"')
  const target = parser.tokens[parser.at + 2]
  if (target === undefined || /[()|]/.test(target.text)) {
    throw unexpected(target, '"them" or a pattern after "of"', parser.end)
  }
  parser.at += 3
  const pattern = target.word === 'them' ? 'them' : target.text
  const names = selectNames(pattern, parser.names)
  if (names.length === 0) {
    const message = `"${first.text} of ${target.text}" stands for no selection`
    throw new Problem('pattern-matches-nothing', message, target.offset)
  }
  if (quantity !== 'all' && quantity > names.length) {
    const message = `"${first.text} of ${target.text}" asks for more than the ${names.length} there are`
    throw new Problem('pattern-matches-nothing', message, first.offset)
  }
  return { kind: 'of', quantity, pattern, names }
}

function quantityOf(word: string): number | 'all' | undefined {
  if (word === 'all') return 'all'
  if (word === 'any') return 1
  const number = /^\d{1,4}$/.test(word) ? Number(word) : 0
  return number > 0 ? number : undefined
}

/** Names that a pattern stands for; those with a leading `_` only when the pattern begins so. */
function selectNames(pattern: string, names: readonly string[]): string[] {
  const visible = pattern.startsWith('_') ? names : names.filter((name) => !name.startsWith('_'))
  if (pattern === 'them') return [...visible]
  const parts = parseWildcards(pattern.replace(/[\\?]/g, '\\$&'))
  return visible.filter((name) => wildcardMatches(parts, name))
}

/** Where an offset of a text lies that begins at `start`; right for texts of one line. */
export function conditionPosition(start: Position, offset: number): Position {
  return { line: start.line, column: start.column + offset }
}

/** All selections that a condition reads. */
export function selectionsOf(condition: Condition): string[] {
  switch (condition.kind) {
    case 'selection':
      return [condition.name]
    case 'of':
      return [...condition.names]
    case 'not':
      return selectionsOf(condition.arg)
    case 'and':
    case 'or':
      return condition.args.flatMap(selectionsOf)
  }
}
