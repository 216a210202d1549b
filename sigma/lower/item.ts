// One field item of a selection to an expression.

import { fieldTarget } from '../columns.ts'
import type { Expr, Target } from '../ir/expr.ts'
import { fail, type Report } from '../parse/report.ts'
import { suggestion } from '../parse/suggest.ts'
import type { DetectionItem, Scalar } from '../rule.ts'
import { finish } from './finish.ts'
import { meantModifier } from './meant.ts'
import { isModifierName, MODIFIERS, type ModifierName } from './modifiers.ts'
import { isProblem, type ModifierOutcome, type Value } from './value.ts'

export const MODIFIERS_MAX = 16
/** Tests that one item may expand to. */
export const ITEM_TESTS_MAX = 50_000

/** The expression of an item, or undefined after findings. `selection` names it in messages. */
export function lowerItem(
  report: Report,
  selection: string,
  item: DetectionItem,
): Expr | undefined {
  const parts = item.any ?? item.all
  if (parts !== undefined) {
    const made = parts.map((one) => lowerItem(report, selection, one))
    const known = made.filter((part) => part !== undefined)
    const kind = item.any === undefined ? 'and' : 'or'
    return known.length < made.length ? undefined : join(kind, known)
  }
  const key = [item.field ?? '', ...item.modifiers].join('|')
  const where = key === '' ? selection : `${selection}: ${key}`
  const modifiers = readModifiers(report, where, item)
  if (modifiers === undefined) return undefined
  const target: Target = item.field === undefined ? { scope: 'keyword' } : fieldTarget(item.field)
  if (item.values.length === 0) return lowerEmpty(report, where, item, target, modifiers)
  const values: Expr[] = []
  let count = 0
  for (const scalar of item.values) {
    const tests = lowerValue(scalar, modifiers, item.field === undefined)
    if (isProblem(tests)) {
      fail(report, tests.code, `${where}: ${tests.message}`, scalar)
      return undefined
    }
    count += tests.length
    if (count > ITEM_TESTS_MAX) {
      fail(report, 'item-too-large', `${where}: stands for more than ${ITEM_TESTS_MAX} tests`, item)
      return undefined
    }
    values.push(
      join(
        'or',
        tests.map((test) => ({ kind: 'match', target, test })),
      ),
    )
  }
  const joined = join(modifiers.includes('all') ? 'and' : 'or', values)
  return modifiers.includes('neq') ? { kind: 'not', arg: joined } : joined
}

/** A field without values is a field without a value: null, whatever the modifiers do to values. */
function lowerEmpty(
  report: Report,
  where: string,
  item: DetectionItem,
  target: Target,
  modifiers: readonly ModifierName[],
): Expr | undefined {
  if (target.scope === 'keyword' || modifiers.includes('all')) {
    fail(report, 'list-empty', `${where}: there is no value to look for`, item)
    return undefined
  }
  const match: Expr = { kind: 'match', target, test: { kind: 'null' } }
  return modifiers.includes('neq') ? { kind: 'not', arg: match } : match
}

function readModifiers(
  report: Report,
  where: string,
  item: DetectionItem,
): readonly ModifierName[] | undefined {
  const names: ModifierName[] = []
  if (item.modifiers.length > MODIFIERS_MAX) {
    fail(report, 'modifier-too-many', `${where}: more than ${MODIFIERS_MAX} modifiers`, item)
    return undefined
  }
  for (const name of item.modifiers) {
    if (!isModifierName(name)) {
      const meant = meantModifier(name)
      const near = suggestion(name, Object.keys(MODIFIERS))
      const message =
        meant === undefined
          ? `unknown modifier "${name}"${near}`
          : `${name} is no modifier: ${meant}`
      fail(report, 'unknown-modifier', `${where}: ${message}`, item)
      return undefined
    }
    if (names.includes(name)) {
      fail(report, 'modifier-repeated', `${where}: ${name} stands there twice`, item)
      return undefined
    }
    if (item.field === undefined && !MODIFIERS[name].keywords) {
      fail(report, 'modifier-needs-field', `${where}: ${name} needs a field`, item)
      return undefined
    }
    names.push(name)
  }
  return names.includes('expand') ? ['expand', ...names.filter((name) => name !== 'expand')] : names
}

function lowerValue(
  scalar: Scalar,
  modifiers: readonly ModifierName[],
  isKeyword: boolean,
): ReturnType<typeof finish> {
  let values: readonly Value[] = [{ kind: 'scalar', scalar }]
  for (const name of modifiers) {
    const next: Value[] = []
    for (const value of values) {
      const outcome: ModifierOutcome = MODIFIERS[name].apply(value)
      if (isProblem(outcome)) return { ...outcome, message: `${name}: ${outcome.message}` }
      next.push(...outcome)
    }
    values = next
  }
  const tests = []
  for (const value of values) {
    const outcome = finish(value, isKeyword)
    if (isProblem(outcome)) return outcome
    tests.push(...outcome)
  }
  return tests
}

/** The arguments joined; one alone is itself. */
export function join(kind: 'and' | 'or', args: readonly Expr[]): Expr {
  return args.length === 1 ? args[0]! : { kind, args }
}
