// What checks say and ask of detection items.
import type { DetectionItem } from '../rule.ts'

/** The key of an item as rules write it: `CommandLine|contains|all`. */
export function keyOf(item: DetectionItem): string {
  return [item.field ?? '', ...item.modifiers].join('|')
}

/** Whether an item has a modifier. */
export function hasModifier(item: DetectionItem, modifier: string): boolean {
  return item.modifiers.includes(modifier)
}
