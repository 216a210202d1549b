// What is known of a rule while pipelines run over it.
import type { Condition, DetectionItem, Position, SigmaRule } from '../rule.ts'
import type { ConditionSet, PipelineItem } from './pipeline.ts'
import type { Plain, PlainMap } from './values.ts'

/** A rule on its way. Transformations replace `rule` and never change one. */
export interface Context {
  rule: SigmaRule
  /** `set_state`. */
  readonly state: Map<string, Plain>
  /** Ids of the items that were applied to the rule, to an item of it, to a field's name. */
  readonly applied: Set<string>
  readonly appliedTo: WeakMap<DetectionItem, ReadonlySet<string>>
  readonly appliedToField: Map<string, Set<string>>
  /** Items whose field name some mapping has handled. */
  readonly mapped: WeakSet<DetectionItem>
  readonly vars: ReadonlyMap<string, readonly string[]>
  readonly fail: (code: string, message: string, at?: Position) => void
}

/** Notes that a step made one item of another. */
export function noteApplied(
  { id }: PipelineItem,
  from: DetectionItem,
  to: DetectionItem,
  { appliedTo, appliedToField, mapped }: Context,
): void {
  if (from === to) return
  const before = appliedTo.get(from) ?? []
  if (mapped.has(from)) mapped.add(to)
  appliedTo.set(to, new Set(id === undefined ? before : [...before, id]))
  if (id === undefined || to.field === undefined || from.field === to.field) return
  const known = appliedToField.get(from.field ?? '') ?? []
  appliedToField.set(to.field, new Set([...known, id]))
}

/** Whether a set of conditions holds; an empty one does. */
export function setHolds(set: ConditionSet, test: (condition: PlainMap) => boolean): boolean {
  if (set.expression === undefined) return true
  const holds = (condition: Condition): boolean => {
    switch (condition.kind) {
      case 'selection':
        return test(set.conditions.get(condition.name)!)
      case 'not':
        return !holds(condition.arg)
      case 'and':
        return condition.args.every(holds)
      case 'or':
        return condition.args.some(holds)
      case 'of': {
        const { quantity, names } = condition
        const count = names.filter((name) => test(set.conditions.get(name)!)).length
        return count >= (quantity === 'all' ? names.length : quantity)
      }
    }
  }
  return holds(set.expression)
}
