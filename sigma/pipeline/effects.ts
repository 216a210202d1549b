// What a pipeline or a list made of a rule, in words: explanations name it.
import type { DetectionItem, LogSource, RuleEffect, SigmaRule } from '../rule.ts'
import { itemsOf } from './items.ts'

/** Changes that one effect names; more are counted. */
const CHANGES_SHOWN_MAX = 12

/** What a pipeline changed; undefined where it left the rule as it was. */
export function pipelineEffect(
  name: string,
  before: SigmaRule,
  after: SigmaRule,
): RuleEffect | undefined {
  if (before === after) return undefined
  const changes = [
    ...logSourceChanges(before.logsource, after.logsource),
    ...itemChanges(before, after),
  ]
  return changes.length === 0 ? undefined : { kind: 'pipeline', name, changes: cut(changes) }
}

/** Placeholders that lists filled, each with the number of its values. */
export function listEffects(
  names: Iterable<string>,
  lists: ReadonlyMap<string, readonly string[]>,
): readonly RuleEffect[] {
  return [...new Set(names)].flatMap((name): RuleEffect[] => {
    const values = lists.get(name)?.length
    if (values === undefined) return []
    return [
      {
        kind: 'list',
        name,
        changes: [`%${name}% stands for ${values} ${values === 1 ? 'value' : 'values'}`],
      },
    ]
  })
}

function cut(changes: readonly string[]): readonly string[] {
  if (changes.length <= CHANGES_SHOWN_MAX) return changes
  const more = changes.length - CHANGES_SHOWN_MAX
  return [...changes.slice(0, CHANGES_SHOWN_MAX), `and ${more} more`]
}

function logSourceChanges(before: LogSource, after: LogSource): readonly string[] {
  return (['product', 'category', 'service'] as const)
    .filter((key) => before[key] !== after[key])
    .map((key) => `the log source's ${key} ${before[key] ?? '(none)'} is ${after[key] ?? '(none)'}`)
}

/** Items keep the place in the file that they came from. */
function itemChanges(before: SigmaRule, after: SigmaRule): readonly string[] {
  const [was, is] = [byPlace(before), byPlace(after)]
  const changes = new Set<string>()
  for (const [place, items] of was) {
    const [first] = items
    const now = is.get(place)
    if (now === undefined) changes.add(`${nameOf(first!)} is dropped`)
    else if (namesIn(items) !== namesIn(now)) changes.add(`${namesIn(items)} is ${namesIn(now)}`)
    else if (valuesIn(items) !== valuesIn(now))
      changes.add(`values of ${namesIn(items)} are others`)
  }
  for (const [place, items] of is)
    if (!was.has(place)) changes.add(`${namesIn(items)} is asked for, too`)
  return [...changes]
}

function byPlace(rule: SigmaRule): ReadonlyMap<string, readonly DetectionItem[]> {
  const found = new Map<string, DetectionItem[]>()
  for (const item of itemsOf(rule)) {
    const place = `${item.line}:${item.column}`
    const known = found.get(place)
    if (known === undefined) found.set(place, [item])
    else known.push(item)
  }
  return found
}

function nameOf({ field }: DetectionItem): string {
  return field ?? 'a keyword'
}

function namesIn(items: readonly DetectionItem[]): string {
  return [...new Set(items.map(nameOf))].join(' or ')
}

function valuesIn(items: readonly DetectionItem[]): string {
  return JSON.stringify(items.map(({ modifiers, values }) => [modifiers, values]))
}
