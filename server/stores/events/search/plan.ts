// What a search can look up, from its expression. A plan answers a superset of the events for which the
// expression holds, and says when it is exactly them; whatever it cannot answer is `all`, never an empty
// match. It knows nothing of groups and segments: `evaluate.ts` gives it their postings and columns.
import { isColumn } from '../../../../sigma/eval/values.ts'
import type { FieldValue } from '../../../../sigma/event.ts'
import type { Expr, Target, Test } from '../../../../sigma/ir/expr.ts'
import { indexTexts } from '../../../../sigma/regex.ts'
import { fold } from '../../../../sigma/text/fold.ts'
import { isWordCode } from '../../../../sigma/text/words.ts'
import { fieldColumn, TEXT_FIELDS } from '../columns.ts'
import { networkHashes } from '../index/value-hash.ts'
import { columnTest } from './column-test.ts'

/** How a piece of text stands in a word: the whole of it, its beginning, its end, or anywhere. */
export type WordMode = 'word' | 'prefix' | 'suffix' | 'inner'

/** Where a word is looked up. */
export type WordScope =
  | { readonly kind: 'any' }
  | { readonly kind: 'message' }
  | { readonly kind: 'field'; readonly name: string }

export type Plan =
  /** Everything, to be verified. */
  | { readonly kind: 'all' }
  | { readonly kind: 'const'; readonly value: boolean }
  | { readonly kind: 'and' | 'or'; readonly args: readonly Plan[] }
  | { readonly kind: 'not'; readonly arg: Plan }
  /**
   * Events with such a word; `exact` when that is all that is asked. `whole`: the value must be the word and
   * nothing else, so it is exact as well where each of the field's values is just one word.
   */
  | {
      readonly kind: 'word'
      readonly scope: WordScope
      readonly mode: WordMode
      /** Any of these. */
      readonly texts: readonly string[]
      readonly exact: boolean
      readonly whole: boolean
    }
  /** Events that have the field. Null and objects count, so it is a superset. */
  | { readonly kind: 'present'; readonly name: string }
  /** Exact where no event has the field, else everything. */
  | { readonly kind: 'absent'; readonly name: string }
  /** Decided by the values of a column; `test` gets what one event has there. */
  | {
      readonly kind: 'column'
      readonly name: string
      readonly test: (values: readonly FieldValue[]) => boolean
      /** Texts of which a value must equal one, whatever the case; undefined when there is no such rule. */
      readonly texts: readonly string[] | undefined
      /** Where a value must be an address of a network: hashes of the networks it may lie in. */
      readonly networks: readonly number[] | undefined
    }
  /** `field` where events have the field `name`, `column` where none has. */
  | {
      readonly kind: 'auto'
      readonly name: string
      readonly field: Plan
      readonly column: Plan
    }

type WordPlan = Extract<Plan, { readonly kind: 'word' }>

const ALL: Plan = { kind: 'all' }
/** Shorter literals of a regex match too many words to be worth looking up. */
const REGEX_LITERAL_MIN = 3

/** The plan of an expression; of none, everything. */
export function planSearch(expr: Expr | undefined): Plan {
  return expr === undefined ? { kind: 'const', value: true } : plan(expr)
}

function plan(expr: Expr): Plan {
  switch (expr.kind) {
    case 'const':
      return expr
    case 'and':
      return allOf(expr.args.map(plan))
    case 'or':
      return anyOf(expr.args.map(plan))
    case 'not': {
      const arg = plan(expr.arg)
      return arg.kind === 'all' ? ALL : { kind: 'not', arg }
    }
    case 'match':
      return planMatch(expr.target, expr.test)
  }
}

/** Cheap leaves first: what is empty early saves the rest. */
const COST: { readonly [kind in Plan['kind']]: number } = {
  const: 0,
  word: 1,
  present: 2,
  absent: 2,
  and: 3,
  or: 3,
  not: 3,
  auto: 4,
  column: 5,
  all: 6,
}

function allOf(args: readonly Plan[]): Plan {
  if (args.length === 0) return { kind: 'const', value: true }
  if (args.length === 1) return args[0]!
  if (args.every((arg) => arg.kind === 'all')) return ALL
  return { kind: 'and', args: args.toSorted((a, b) => COST[a.kind] - COST[b.kind]) }
}

function anyOf(args: readonly Plan[]): Plan {
  if (args.length === 0) return { kind: 'const', value: false }
  if (args.length === 1) return args[0]!
  return args.some((arg) => arg.kind === 'all') ? ALL : { kind: 'or', args }
}

function planMatch(target: Target, test: Test): Plan {
  switch (target.scope) {
    case 'column':
      return planColumn(target.name, test)
    case 'auto': {
      const field = planField(target.name, test)
      const column = isColumn(target.name) ? planColumn(target.name, test) : planAbsence(test)
      return { kind: 'auto', name: target.name, field, column }
    }
    case 'field':
      return planField(target.name, test)
    case 'message':
      return planValue({ kind: 'message' }, test, true)
    case 'any':
      return planValue({ kind: 'any' }, test, true)
    // What they look at is among all words, but not all of it.
    case 'raw':
    case 'keyword':
      return planValue({ kind: 'any' }, test, false)
  }
}

/** A few short fields are columns of texts as well: what their words leave open, these decide. */
function planField(name: string, test: Test): Plan {
  const words = planValue({ kind: 'field', name }, test, true)
  const isText = (TEXT_FIELDS as readonly string[]).includes(name)
  if (!isText || test.kind === 'fieldref' || test.kind === 'exists') return words
  const texts: Plan = {
    kind: 'column',
    name: fieldColumn(name),
    test: columnTest(test),
    texts: undefined,
    networks: undefined,
  }
  return allOf([words, texts])
}

/** What a test of a value says where there is none. */
function planAbsence(test: Test): Plan {
  return { kind: 'const', value: test.kind === 'null' || (test.kind === 'exists' && !test.value) }
}

function planColumn(name: string, test: Test): Plan {
  if (test.kind === 'fieldref') return ALL
  const networks = test.kind === 'cidr' ? networkHashes(test.network) : undefined
  return { kind: 'column', name, test: columnTest(test), texts: equalTexts(test), networks }
}

function equalTexts(test: Test): string[] | undefined {
  if (test.kind === 'equals') return [test.value]
  return test.kind === 'number' ? [String(test.value), test.text] : undefined
}

/** A test on values that are indexed by their words. `exact`: the scope is just what the test looks at. */
function planValue(scope: WordScope, test: Test, exact: boolean): Plan {
  const present: Plan = scope.kind === 'field' ? { kind: 'present', name: scope.name } : ALL
  switch (test.kind) {
    case 'words':
      return planWords(scope, test.words, exact)
    case 'equals':
      return or(wholeValue(scope, test.value, !test.cased), present)
    case 'startswith':
      return or(literal(scope, test.value, false, true, false), present)
    case 'endswith':
      return or(literal(scope, test.value, true, false, false), present)
    case 'contains':
      return or(literal(scope, test.value, true, true, exact && !test.cased), present)
    case 'wildcard':
      return or(planWildcard(scope, test.parts), present)
    case 'regex':
      return or(planRegex(scope, test.pattern, test.flags), present)
    case 'number':
      return or(planNumber(scope, test), present)
    case 'boolean':
      return literal(scope, String(test.value), false, false, false)
    case 'exists':
      // Fields that are null or empty are there and have no words.
      return ALL
    case 'null':
      // A field that is there may still be null.
      return planAbsent(scope)
    case 'fieldref':
      return allOf([present, { kind: 'present', name: test.name }])
    case 'cidr':
      return or(planNetwork(scope, test.network), present)
    case 'any':
    case 'compare':
    case 'textcompare':
    case 'timepart':
      return present
  }
}

/** Equality: exact where a value can be nothing but one word. */
function wholeValue(scope: WordScope, value: string, exact: boolean): Plan {
  const words = literal(scope, value, false, false, false)
  return exact && words.kind === 'word' && isWord(value) ? { ...words, whole: true } : words
}

function planNumber(scope: WordScope, { value, text }: Extract<Test, { kind: 'number' }>): Plan {
  const canonical = String(value)
  if (canonical === text && /^\d+$/.test(text)) return wholeValue(scope, text, true)
  return anyOf([canonical, text].map((one) => literal(scope, one, false, false, false)))
}

/** The octets that an IPv4 network fixes. An address may also stand in IPv6, after a group `ffff`. */
function planNetwork(scope: WordScope, network: string): Plan {
  const [, address = '', length = ''] = /^([\d.]+)\/(\d+)$/.exec(network) ?? []
  const octets = address.split('.')
  const fixed = octets.length === 4 ? octets.slice(0, Number(length) >>> 3) : []
  if (fixed.length === 0) return ALL
  const word = (text: string) => literal(scope, text, false, false, false)
  return anyOf([allOf(fixed.map(word)), word('ffff')])
}

function planAbsent(scope: WordScope): Plan {
  return scope.kind === 'field' ? { kind: 'absent', name: scope.name } : ALL
}

/** The plan, or `other` where it proposes everything. */
function or(found: Plan, other: Plan): Plan {
  return found.kind === 'all' ? other : found
}

function planWords(scope: WordScope, words: readonly string[], exact: boolean): Plan {
  const pieces = words.map((word) => literal(scope, word, false, false, true))
  // A wanted "word" that the tokenizer would cut, or that is none, never stands as one: leave it to
  // the matcher.
  if (pieces.length === 0 || words.some((word) => !isWord(word))) return ALL
  const one = pieces.length === 1 && exact
  return allOf(pieces.map((piece) => (piece.kind === 'word' ? { ...piece, exact: one } : piece)))
}

function isWord(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isWordCode(text.charCodeAt(i))) return false
  return text !== ''
}

/** Every literal piece of a wildcard pattern; an edge beside a wildcard is open. */
function planWildcard(scope: WordScope, parts: Extract<Test, { kind: 'wildcard' }>['parts']): Plan {
  const pieces: Plan[] = []
  for (const [at, part] of parts.entries()) {
    if (typeof part === 'object') {
      pieces.push(literal(scope, part.literal, at > 0, at < parts.length - 1, false))
    }
  }
  return pieces.length === 0 ? ALL : allOf(pieces)
}

function planRegex(scope: WordScope, pattern: string, flags: string): Plan {
  const groups = indexTexts(pattern, flags).map((group) =>
    group.some((text) => [...text].length < REGEX_LITERAL_MIN) ? ALL : planTexts(scope, group),
  )
  const pushed = groups.filter((group) => group.kind !== 'all')
  return pushed.length === 0 ? ALL : allOf(pushed)
}

/** One of the texts, open on both sides: where all have words of the same kind, looked up together. */
function planTexts(scope: WordScope, texts: readonly string[]): Plan {
  const plans = texts.map((text) => piecesOf(scope, text))
  const [first] = plans
  if (first === undefined || plans.some((pieces) => pieces === undefined || pieces.length === 0))
    return ALL
  const isAlike = plans.every(
    (pieces) =>
      pieces!.length === first.length && pieces!.every((one, at) => one.mode === first[at]!.mode),
  )
  if (!isAlike) return anyOf(plans.map((pieces) => allOf(pieces!)))
  return allOf(
    first.map((piece, at) => ({
      ...piece,
      texts: [...new Set(plans.flatMap((pieces) => pieces![at]!.texts))],
    })),
  )
}

/** The words of a text that may stand anywhere; undefined where they cannot be told. */
function piecesOf(scope: WordScope, text: string): WordPlan[] | undefined {
  const plan = literal(scope, text, true, true, false)
  const pieces = plan.kind === 'and' ? plan.args : [plan]
  return pieces.every((piece) => piece.kind === 'word') ? [...pieces] : undefined
}

/**
 * The words of a literal: its first is a suffix and its last a prefix of a word unless a separator or an
 * anchor bounds it. Exact only where one word open on both sides is all there is, and `exact` is set.
 */
function literal(
  scope: WordScope,
  value: string,
  openStart: boolean,
  openEnd: boolean,
  exact: boolean,
): Plan {
  if (!value.isWellFormed()) return ALL
  const text = fold(value)
  const pieces: Plan[] = []
  let start = -1
  for (let i = 0; i <= text.length; i++) {
    if (i < text.length && isWordCode(text.charCodeAt(i))) {
      if (start < 0) start = i
    } else if (start >= 0) {
      const mode = modeOf(openStart && start === 0, openEnd && i === text.length)
      const whole = start === 0 && i === text.length
      const texts = [text.slice(start, i)]
      pieces.push({ kind: 'word', scope, mode, texts, exact: exact && whole, whole: false })
      start = -1
    }
  }
  return pieces.length === 0 ? ALL : allOf(pieces)
}

function modeOf(openStart: boolean, openEnd: boolean): WordMode {
  if (openStart) return openEnd ? 'inner' : 'suffix'
  return openEnd ? 'prefix' : 'word'
}
