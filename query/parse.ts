// Text of a search -> nodes with positions. Precedence: not, and (also between terms side by side), or.
import type { Diagnostic } from '../sigma/diagnostic.ts'
import type { CompareOp } from '../sigma/ir/expr.ts'
import type { QueryNode, QueryValue, Span } from './ast.ts'
import {
  atEnd,
  peek,
  peekWord,
  readField,
  readQuoted,
  readRegex,
  readTerm,
  report,
  type Scanner,
  skipSpace,
} from './scan.ts'

/** Longest query accepted, characters. */
export const QUERY_LENGTH_MAX = 10_000
/** Deepest nesting of parentheses and nots. */
export const QUERY_DEPTH_MAX = 100

export interface ParsedQuery {
  /** Undefined for an empty query (everything) and after errors. */
  readonly node: QueryNode | undefined
  readonly diagnostics: readonly Diagnostic[]
}

const OPERATORS: Record<string, 'and' | 'or' | 'not'> = {
  and: 'and',
  '&&': 'and',
  or: 'or',
  '||': 'or',
  not: 'not',
}

/** Parses a query. Never throws; every finding has a column and says what to write instead. */
export function parseQueryText(text: string): ParsedQuery {
  const scanner: Scanner = { text, position: 0, diagnostics: [] }
  if (text.length > QUERY_LENGTH_MAX) {
    const message = `the query has ${text.length} characters, at most ${QUERY_LENGTH_MAX} are read`
    report(scanner, 'query-too-long', QUERY_LENGTH_MAX, message)
    return { node: undefined, diagnostics: scanner.diagnostics }
  }
  const quote = /[\u201c\u201d]/.exec(text)
  if (quote !== null)
    report(scanner, 'curly-quote', quote.index, 'curly quotes are text here: type "', 'warning')
  skipSpace(scanner)
  if (atEnd(scanner)) return { node: undefined, diagnostics: scanner.diagnostics }
  const node = parseOr(scanner, 0)
  skipSpace(scanner)
  if (!failed(scanner) && peek(scanner) === ')')
    report(scanner, 'extra-parenthesis', scanner.position, 'this ) closes nothing: remove it')
  return { node: failed(scanner) ? undefined : node, diagnostics: scanner.diagnostics }
}

const failed = (scanner: Scanner): boolean =>
  scanner.diagnostics.some((finding) => finding.severity === 'error')

function operatorHere(scanner: Scanner): 'and' | 'or' | 'not' | undefined {
  const word = peekWord(scanner)
  return Object.hasOwn(OPERATORS, word.toLowerCase()) ? OPERATORS[word.toLowerCase()] : undefined
}

function parseOr(scanner: Scanner, depth: number): QueryNode | undefined {
  return parseChain(scanner, 'or', () => parseAnd(scanner, depth))
}

function parseAnd(scanner: Scanner, depth: number): QueryNode | undefined {
  return parseChain(scanner, 'and', () => parseUnary(scanner, depth))
}

/** `operand (operator operand)*`; `and` may be left out between operands. */
function parseChain(
  scanner: Scanner,
  kind: 'and' | 'or',
  operand: () => QueryNode | undefined,
): QueryNode | undefined {
  const start = scanner.position
  const args: QueryNode[] = []
  for (;;) {
    const node = operand()
    if (node === undefined || failed(scanner)) return undefined
    args.push(node)
    const end = scanner.position
    skipSpace(scanner)
    const operator = operatorHere(scanner)
    if (operator === kind) scanner.position += peekWord(scanner).length
    else if (kind === 'or' || atEnd(scanner) || peek(scanner) === ')' || operator === 'or')
      return args.length === 1 ? args[0] : { kind, args, span: { start, end } }
    skipSpace(scanner)
  }
}

function parseUnary(scanner: Scanner, depth: number): QueryNode | undefined {
  skipSpace(scanner)
  const start = scanner.position
  if (depth > QUERY_DEPTH_MAX) {
    report(scanner, 'query-too-deep', start, `more than ${QUERY_DEPTH_MAX} levels of nesting`)
    return undefined
  }
  if (atEnd(scanner)) return missing(scanner, 'the query ends')
  const operator = operatorHere(scanner)
  if (operator === 'and' || operator === 'or') return missing(scanner, `"${operator}" stands`)
  const sign = /^[-!+](?=[^\s-])/.exec(scanner.text.slice(start))?.[0]
  if (operator === 'not' || sign !== undefined) {
    scanner.position += sign === undefined ? peekWord(scanner).length : 1
    const arg = parseUnary(scanner, depth + 1)
    if (arg === undefined || sign === '+') return arg
    return { kind: 'not', arg, span: { start, end: scanner.position } }
  }
  if (peek(scanner) === '(') return parseGroup(scanner, depth, undefined)
  return parseTest(scanner, depth)
}

function missing(scanner: Scanner, what: string): undefined {
  const message = `${what} where a term is expected: add one, or put the word in quotes to search for it`
  report(scanner, 'missing-term', scanner.position, message)
}

function parseGroup(scanner: Scanner, depth: number, field: string | undefined) {
  const open = scanner.position
  scanner.position++
  skipSpace(scanner)
  if (peek(scanner) === ')') {
    report(scanner, 'empty-group', open, '() holds nothing: put a term in it or remove it')
    return undefined
  }
  const node = parseOr(scanner, depth + 1)
  skipSpace(scanner)
  if (node === undefined) return undefined
  if (peek(scanner) !== ')') {
    report(scanner, 'unclosed-parenthesis', open, 'this ( is never closed: add ) after the group')
    return undefined
  }
  scanner.position++
  const span = { start: open, end: scanner.position }
  return { ...(field === undefined ? node : withField(scanner, node, field)), span }
}

/** `field:(a or not b)`: the field goes to every test inside that has none. */
function withField(scanner: Scanner, node: QueryNode, field: string): QueryNode {
  if (node.kind === 'not') return { ...node, arg: withField(scanner, node.arg, field) }
  if (node.kind !== 'test')
    return { ...node, args: node.args.map((arg) => withField(scanner, arg, field)) }
  if (node.field === undefined) return { ...node, field }
  const message = `${node.field}: stands inside ${field}:(...): a field cannot hold another`
  report(scanner, 'nested-field', node.span.start, message)
  return node
}

function parseTest(scanner: Scanner, depth: number): QueryNode | undefined {
  const start = scanner.position
  const field = readField(scanner)
  if (field !== undefined) {
    if (atEnd(scanner) || /[\s)]/.test(peek(scanner))) {
      const fix = `write ${field}:value, or ${field}:* for every event that has it`
      report(scanner, 'missing-value', scanner.position, `${field}: has no value: ${fix}`)
      return undefined
    }
    if (peek(scanner) === '(') {
      const group = parseGroup(scanner, depth, field)
      return group && { ...group, span: { start, end: scanner.position } }
    }
  }
  const value = parseValue(scanner, field !== undefined)
  if (value === undefined) return undefined
  const span: Span = { start, end: scanner.position }
  if (field === '_exists_' && value.kind === 'term') {
    const name = value.parts
      .map((part) => (typeof part === 'string' ? part : part.literal))
      .join('')
    return { kind: 'test', field: name, value: { kind: 'term', parts: ['*'] }, span }
  }
  return { kind: 'test', field, value, span }
}

function parseValue(scanner: Scanner, hasField: boolean): QueryValue | undefined {
  const start = scanner.position
  const first = peek(scanner)
  if (first === '"') return { kind: 'phrase', text: readQuoted(scanner) }
  if (first === '/') {
    const regex = readRegex(scanner)
    if (regex !== undefined) return { kind: 'regex', ...regex }
  }
  if (hasField && (first === '[' || first === '{')) return parseRange(scanner)
  const comparison = hasField ? /^(>=|<=|>|<)/.exec(scanner.text.slice(start))?.[0] : undefined
  if (comparison !== undefined) {
    scanner.position += comparison.length
    return { kind: 'compare', op: COMPARISONS[comparison]!, text: readOperand(scanner) }
  }
  const fuzzy = /^[\p{L}\p{N}_]+~\d*$/u.test(peekWord(scanner))
  if (fuzzy) {
    const message = 'fuzzy search (~) is not supported: use wildcards, or quote the text'
    report(scanner, 'fuzzy-unsupported', start, message)
    return undefined
  }
  const parts = readTerm(scanner)
  if (parts.length > 0) return { kind: 'term', parts }
  report(scanner, 'unexpected', start, `unexpected ${peek(scanner)}: quote it to search for it`)
  return undefined
}

const COMPARISONS: Record<string, CompareOp> = { '>=': 'gte', '<=': 'lte', '>': 'gt', '<': 'lt' }

/** A literal after a comparison: quoted or not; wildcards have no meaning there. */
function readOperand(scanner: Scanner): string {
  const start = scanner.position
  if (peek(scanner) === '"') return readQuoted(scanner)
  const parts = readTerm(scanner)
  if (parts.length !== 1 || typeof parts[0] === 'string')
    report(scanner, 'bad-operand', start, 'a number or a text without wildcards belongs here')
  return parts.map((part) => (typeof part === 'string' ? part : part.literal)).join('')
}

const RANGE = /^([[{])\s*("(?:[^"\\]|\\.)*"|\S+)\s+TO\s+("(?:[^"\\]|\\.)*"|[^\s\]}]+)\s*([\]}])/i

function parseRange(scanner: Scanner): QueryValue | undefined {
  const found = RANGE.exec(scanner.text.slice(scanner.position))
  if (found === null) {
    const message = 'a range is [low TO high] or {low TO high}, * for an open end'
    report(scanner, 'bad-range', scanner.position, message)
    return undefined
  }
  scanner.position += found[0].length
  const bound = (text: string, inclusive: boolean) =>
    text === '*' ? undefined : { text: text.replace(/^"(.*)"$/s, '$1'), inclusive }
  return {
    kind: 'range',
    from: bound(found[2]!, found[1] === '['),
    to: bound(found[3]!, found[4] === ']'),
  }
}
