// Walking and rebuilding a rule's detection items.
import type { Condition, Detection, DetectionItem, DetectionNode, SigmaRule } from '../rule.ts'

/** Every item of a rule, those that stand for alternatives included. */
export function itemsOf(rule: SigmaRule): DetectionItem[] {
  const out: DetectionItem[] = []
  const add = (item: DetectionItem) => {
    const parts = item.any ?? item.all
    if (parts === undefined) out.push(item)
    else parts.forEach(add)
  }
  const visit = (node: DetectionNode) => {
    if (node.kind === 'map') node.items.forEach(add)
    else if (node.kind === 'list') node.nodes.forEach(visit)
    else add(node.item)
  }
  for (const node of rule.detection.selections.values()) visit(node)
  return out
}

/** What becomes of an item: others in its place, of which any must hold; none drops it. */
export type Change = (item: DetectionItem) => readonly DetectionItem[]

/** The rule with every item changed; undefined when nothing of its condition is left. */
export function changeItems(rule: SigmaRule, change: Change): SigmaRule | undefined {
  const selections = new Map<string, DetectionNode>()
  for (const [name, node] of rule.detection.selections) {
    const next = changeNode(node, change)
    if (next !== undefined) selections.set(name, next)
  }
  if (selections.size === rule.detection.selections.size) {
    return { ...rule, detection: { ...rule.detection, selections } }
  }
  const { condition } = rule.detection
  const left = condition && without(condition, (name) => selections.has(name))
  if (left === undefined) return undefined
  return { ...rule, detection: { ...rule.detection, selections, condition: left } }
}

function changeItem(item: DetectionItem, change: Change): DetectionItem | undefined {
  if (item.all !== undefined) {
    const all = item.all.flatMap((one) => changeItem(one, change) ?? [])
    return all.length > 1 ? { ...item, all } : all[0]
  }
  const next =
    item.any === undefined ? change(item) : item.any.flatMap((one) => changeItem(one, change) ?? [])
  if (next.length === 0) return undefined
  return next.length === 1 ? next[0] : { ...item, any: next }
}

function changeNode(node: DetectionNode, change: Change): DetectionNode | undefined {
  if (node.kind === 'list') {
    const nodes = node.nodes.flatMap((one) => changeNode(one, change) ?? [])
    return nodes.length === 0 ? undefined : { ...node, nodes }
  }
  if (node.kind === 'keywords') {
    const item = changeItem(node.item, change)
    if (item === undefined) return undefined
    // A keyword that got a field is an item like any other.
    const isKeyword = item.any === undefined && item.all === undefined && item.field === undefined
    const { line, column } = node
    return isKeyword ? { ...node, item } : { line, column, kind: 'map', items: [item] }
  }
  const items = node.items.flatMap((item) => changeItem(item, change) ?? [])
  return items.length === 0 ? undefined : { ...node, items }
}

/** A condition without the selections that are gone. */
function without(condition: Condition, has: (name: string) => boolean): Condition | undefined {
  switch (condition.kind) {
    case 'selection':
      return has(condition.name) ? condition : undefined
    case 'not': {
      const arg = without(condition.arg, has)
      return arg && { kind: 'not', arg }
    }
    case 'and':
    case 'or': {
      const args = condition.args.flatMap((arg) => without(arg, has) ?? [])
      return args.length > 1 ? { ...condition, args } : args[0]
    }
    case 'of': {
      const names = condition.names.filter(has)
      if (names.length === 0) return undefined
      const { quantity } = condition
      return {
        ...condition,
        names,
        quantity: quantity === 'all' ? 'all' : Math.min(quantity, names.length),
      }
    }
  }
}

/** The detection with a selection added to its condition by AND. */
export function addSelection(
  detection: Detection,
  name: string,
  node: DetectionNode,
  negated: boolean,
): Detection {
  const { condition, selections, conditionText } = detection
  if (condition === undefined) return detection
  const added: Condition = { kind: 'selection', name }
  const arg: Condition = negated ? { kind: 'not', arg: added } : added
  return {
    ...detection,
    selections: new Map([...selections, [name, node]]),
    condition: { kind: 'and', args: [arg, condition] },
    conditionText: `${negated ? 'not ' : ''}${name} and (${conditionText})`,
  }
}
