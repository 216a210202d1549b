// What a change does to coverage: techniques of the rules that it touches, before and after. Pure.
import type { AttackFacts } from '../../sigma/lint/facts.ts'
import type { LoadedRules } from '../../sigma/rule.ts'
import { type Coverage, coverageOf } from './coverage.ts'

export interface TouchedTechnique {
  readonly id: string
  readonly name: string
  /** Live rules that name it. */
  readonly before: number
  readonly after: number
  /** A rule that the change touches, for annotations. */
  readonly path: string
}

/**
 * Techniques that rules name which were added, removed or changed, by id. `before` and `after` hold at least
 * those rules, and otherwise the same ones; `now` is the coverage of all rules after the change.
 */
export function coverageChange(
  before: LoadedRules,
  after: LoadedRules,
  now: Coverage,
  attack: AttackFacts,
): readonly TouchedTechnique[] {
  const [old, fresh] = [rulesOf(before), rulesOf(after)]
  const same = (id: string) => {
    const [a, b] = [old.get(id), fresh.get(id)]
    return a !== undefined && b !== undefined && isSame(a, b)
  }
  const touched = [...old.values(), ...fresh.values()].filter(({ id }) => !same(id))
  const paths = new Map(touched.map(({ id, path }) => [id, path]))
  const live = (of: ReadonlyMap<string, Rule>) => liveCounts(coverageOf([...of.values()], attack))
  const [was, is, all] = [live(old), live(fresh), liveCounts(now)]
  return coverageOf(touched, attack).techniques.map(({ id, name, rules }) => {
    const count = all.get(id) ?? 0
    return {
      ...{ id, name, path: paths.get(rules[0]!)! },
      before: count - (is.get(id) ?? 0) + (was.get(id) ?? 0),
      after: count,
    }
  })
}

function liveCounts({ techniques }: Coverage): ReadonlyMap<string, number> {
  return new Map(techniques.map(({ id, live }) => [id, live.length]))
}

type Rule = LoadedRules['rules'][number] | LoadedRules['correlations'][number]

function rulesOf({ rules, correlations }: LoadedRules): ReadonlyMap<string, Rule> {
  return new Map([...rules, ...correlations].map((rule) => [rule.id, rule]))
}

/** A filter changes what a rule means without its text. */
function isSame(a: Rule, b: Rule): boolean {
  if (a.text !== b.text) return false
  return !('expr' in a) || !('expr' in b) || Bun.deepEquals(a.expr, b.expr)
}
