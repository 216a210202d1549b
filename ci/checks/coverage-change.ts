// What a change does to coverage: techniques of the rules that it touches, before and after. Pure.
import type { AttackFacts } from '../../sigma/lint/facts.ts'
import type { LoadedRules } from '../../sigma/rule.ts'
import { coverageOf } from './coverage.ts'

export interface TouchedTechnique {
  readonly id: string
  readonly name: string
  /** Live rules that name it. */
  readonly before: number
  readonly after: number
  /** A rule that the change touches, for annotations. */
  readonly path: string
}

/** Techniques that rules name which were added, removed or changed, by id. */
export function coverageChange(
  before: LoadedRules,
  after: LoadedRules,
  attack: AttackFacts,
): readonly TouchedTechnique[] {
  const [old, now] = [rulesOf(before), rulesOf(after)]
  const same = (id: string) => {
    const [a, b] = [old.get(id), now.get(id)]
    return a !== undefined && b !== undefined && isSame(a, b)
  }
  const touched = [...old.values(), ...now.values()].filter(({ id }) => !same(id))
  const paths = new Map(touched.map(({ id, path }) => [id, path]))
  const [was, is] = [coverageOf([...old.values()], attack), coverageOf([...now.values()], attack)]
  const live = (techniques: typeof was.techniques, id: string) =>
    techniques.find((one) => one.id === id)?.live.length ?? 0
  return coverageOf(touched, attack).techniques.map(({ id, name, rules }) => ({
    id,
    name,
    before: live(was.techniques, id),
    after: live(is.techniques, id),
    path: paths.get(rules[0]!)!,
  }))
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
