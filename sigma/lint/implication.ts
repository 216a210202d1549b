// What follows from what: sound, not complete. "Undecided" is always answered with no.
import { groupBy } from '../collections.ts'
import type { Expr, Test } from '../ir/expr.ts'
import { fold } from '../text/fold.ts'

type Match = Extract<Expr, { readonly kind: 'match' }>
type Text = Extract<Test, { readonly kind: 'equals' | 'contains' | 'startswith' | 'endswith' }>

const keys = new WeakMap<Expr, string>()

/** A text that two expressions share only when they mean the same, up to the order of arguments. */
export function exprKey(expr: Expr): string {
  const known = keys.get(expr)
  if (known !== undefined) return known
  const key = makeKey(expr)
  keys.set(expr, key)
  return key
}

function makeKey(expr: Expr): string {
  if (expr.kind === 'not') return `!${exprKey(expr.arg)}`
  if (expr.kind === 'const') return String(expr.value)
  if (expr.kind === 'match') return JSON.stringify([expr.target, plainTest(expr.test)])
  const args = [...new Set(expr.args.map(exprKey))].sort()
  return args.length === 1 ? args[0]! : `${expr.kind}(${args.join(',')})`
}

/** Characters that may have a case. */
const CASED = /[\p{L}\p{Nl}\p{So}\p{M}]/u

function plainTest(test: Test): unknown {
  if (!isText(test)) return test
  return test.cased && CASED.test(test.value)
    ? test
    : { ...test, cased: false, value: fold(test.value) }
}

function isText(test: Test): test is Text {
  return ['equals', 'contains', 'startswith', 'endswith'].includes(test.kind)
}

const targets = new WeakMap<Match, string>()
function targetKey(match: Match): string {
  let key = targets.get(match)
  if (key === undefined) {
    key = JSON.stringify(match.target)
    targets.set(match, key)
  }
  return key
}

/** Whether `b` holds wherever `a` does. */
export function implies(a: Expr, b: Expr): boolean {
  if (a === b) return true
  if (a.kind === 'const') return !a.value || (b.kind === 'const' && b.value)
  if (b.kind === 'const') return b.value
  if (a.kind === 'or') return a.args.every((arg) => implies(arg, b))
  if (b.kind === 'and') return b.args.every((arg) => implies(a, arg))
  if (a.kind === 'and' && a.args.some((arg) => implies(arg, b))) return true
  if (b.kind === 'or' && b.args.some((arg) => implies(a, arg))) return true
  if (a.kind === 'not' && b.kind === 'not') return implies(b.arg, a.arg)
  return a.kind === 'match' && b.kind === 'match' && matchImplies(a, b)
}

function matchImplies(a: Match, b: Match): boolean {
  if (targetKey(a) !== targetKey(b)) return false
  if (b.test.kind === 'any' || (b.test.kind === 'exists' && b.test.value)) {
    return a.test.kind !== 'null' && a.test.kind !== 'exists'
  }
  if (isText(a.test) && isText(b.test)) return textImplies(a.test, b.test)
  return exprKey(a) === exprKey(b)
}

const folded = new WeakMap<Test, string>()
function foldedValue(test: Text): string {
  let text = folded.get(test)
  if (text === undefined) {
    text = fold(test.value)
    folded.set(test, text)
  }
  return text
}

function textImplies(a: Text, b: Text): boolean {
  if (b.cased && !a.cased) return false
  const [has, wants] = b.cased ? [a.value, b.value] : [foldedValue(a), foldedValue(b)]
  switch (b.kind) {
    case 'contains':
      return has.includes(wants)
    case 'startswith':
      return (a.kind === 'equals' || a.kind === 'startswith') && has.startsWith(wants)
    case 'endswith':
      return (a.kind === 'equals' || a.kind === 'endswith') && has.endsWith(wants)
    case 'equals':
      return a.kind === 'equals' && has === wants
  }
}

interface Outline {
  /** One way to satisfy the expression, of every or its first argument: tests by target, and negations. */
  readonly branch: ReadonlyMap<string, readonly Match[]>
  readonly negations: readonly Expr[]
  /** Targets that the expression looks at. */
  readonly reads: ReadonlySet<string>
  /** Targets that whatever implies it must look at. */
  readonly needs: readonly string[]
  /** All texts of `branch`, folded, on lines. */
  readonly texts: string
  /** Folded texts of which whatever implies the expression holds one; undefined when that is not known. */
  readonly oneOf: readonly string[] | undefined
}

const outlines = new WeakMap<Expr, Outline>()
function outlineOf(expr: Expr): Outline {
  let outline = outlines.get(expr)
  if (outline === undefined) {
    const reads = new Set<string>()
    collectTargets(expr, reads)
    const leaves = branchOf(expr)
    outline = {
      branch: groupBy(
        leaves.filter((leaf) => leaf.kind === 'match'),
        targetKey,
      ),
      negations: leaves.filter((leaf) => leaf.kind === 'not'),
      reads,
      needs: [...new Set(needsOf(expr))],
      texts: leaves.flatMap((leaf) => textsOf(leaf) ?? []).join('\n'),
      oneOf: oneOf(expr),
    }
    outlines.set(expr, outline)
  }
  return outline
}

function branchOf(expr: Expr): Expr[] {
  if (expr.kind === 'or') return expr.args.slice(0, 1).flatMap(branchOf)
  return expr.kind === 'and' ? expr.args.flatMap(branchOf) : [expr]
}

function textsOf(expr: Expr): readonly string[] | undefined {
  return expr.kind === 'match' && isText(expr.test) ? [foldedValue(expr.test)] : undefined
}

/** The fewest texts of which one must be in whatever implies the expression. */
function oneOf(expr: Expr): readonly string[] | undefined {
  if (expr.kind === 'and') {
    const groups = expr.args.flatMap((arg) => [oneOf(arg) ?? []]).filter(({ length }) => length > 0)
    return groups.sort((a, b) => a.length - b.length)[0]
  }
  if (expr.kind !== 'or') return textsOf(expr)
  const groups = expr.args.map(oneOf)
  return groups.every((group) => group !== undefined) ? groups.flat() : undefined
}

/** Whether an expression follows from one way to satisfy another. */
function branchImplies(outline: Outline, expr: Expr): boolean {
  switch (expr.kind) {
    case 'const':
      return expr.value
    case 'and':
      return expr.args.every((arg) => branchImplies(outline, arg))
    case 'or':
      return expr.args.some((arg) => branchImplies(outline, arg))
    case 'not':
      return outline.negations.some((negation) => implies(negation, expr))
    case 'match':
      return (outline.branch.get(targetKey(expr)) ?? []).some((leaf) => matchImplies(leaf, expr))
  }
}

function collectTargets(expr: Expr, out: Set<string>): void {
  if (expr.kind === 'match') out.add(targetKey(expr))
  else if (expr.kind === 'not') collectTargets(expr.arg, out)
  else if (expr.kind !== 'const') for (const arg of expr.args) collectTargets(arg, out)
}

function needsOf(expr: Expr): readonly string[] {
  if (expr.kind === 'match') return [targetKey(expr)]
  if (expr.kind === 'and') return expr.args.flatMap(needsOf)
  if (expr.kind !== 'or') return []
  const [first, ...rest] = expr.args.map((arg) => new Set(needsOf(arg)))
  return [...(first ?? [])].filter((target) => rest.every((other) => other.has(target)))
}

/** What `implies` says, with two cheap looks before it: for comparing each rule with each. */
export function impliesAfterALook(a: Expr, b: Expr): boolean {
  const [one, other] = [outlineOf(a), outlineOf(b)]
  if (other.oneOf?.every((text) => !one.texts.includes(text))) return false
  if (!other.needs.every((target) => one.reads.has(target))) return false
  return branchImplies(one, b) && implies(a, b)
}

/** Whether no event with single values can satisfy both: different texts at the same end of one field. */
export function excludes(a: Expr, b: Expr): boolean {
  if (a.kind === 'or') return a.args.length > 0 && a.args.every((arg) => excludes(arg, b))
  if (b.kind === 'or') return b.args.length > 0 && b.args.every((arg) => excludes(a, arg))
  if (a.kind === 'and') return a.args.some((arg) => excludes(arg, b))
  if (b.kind === 'and') return b.args.some((arg) => excludes(a, arg))
  if (a.kind === 'not') return implies(b, a.arg)
  if (b.kind === 'not') return implies(a, b.arg)
  if (a.kind !== 'match' || b.kind !== 'match' || targetKey(a) !== targetKey(b)) return false
  if (!('name' in a.target)) return false
  return testsExclude(a.test, b.test)
}

function testsExclude(a: Test, b: Test): boolean {
  if (a.kind === 'number' && b.kind === 'number') return a.value !== b.value
  if (a.kind === 'null')
    return ['equals', 'contains', 'startswith', 'endswith', 'number', 'any'].includes(b.kind)
  if (b.kind === 'null') return testsExclude(b, a)
  if (!isText(a) || !isText(b)) return false
  const [x, y] = [foldedValue(a), foldedValue(b)]
  if (a.kind === 'equals') return !holdsFor(b, x, y)
  if (b.kind === 'equals') return !holdsFor(a, y, x)
  if (a.kind === 'startswith' && b.kind === 'startswith')
    return !x.startsWith(y) && !y.startsWith(x)
  if (a.kind === 'endswith' && b.kind === 'endswith') return !x.endsWith(y) && !y.endsWith(x)
  return false
}

function holdsFor(test: Text, value: string, wants: string): boolean {
  if (test.kind === 'equals') return value === wants
  if (test.kind === 'contains') return value.includes(wants)
  return test.kind === 'startswith' ? value.startsWith(wants) : value.endsWith(wants)
}
