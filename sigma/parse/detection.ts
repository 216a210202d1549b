// The `detection` map (and a filter's): selections as trees of field items, and the condition over them.
import type {
  Condition,
  Detection,
  DetectionItem,
  DetectionNode,
  Position,
  Scalar,
  Yaml,
} from '../rule.ts'
import { conditionPosition, parseCondition, selectionsOf } from './condition.ts'
import { type Entries, isScalar, kindName, positionOf } from './reader.ts'
import { fail, type Report, warn } from './report.ts'

/**
 * Reads selections and condition. Keys in `reserved` are neither (a filter's `rules`); `outside` is a
 * condition that stands beside the detection. Undefined when there is no selection to speak of; the report says why.
 */
export function readDetection(
  report: Report,
  entries: Entries,
  at: Position,
  reserved: readonly string[] = [],
  outside?: Position,
): Detection | undefined {
  const selections = new Map<string, DetectionNode>()
  const keys = ['condition', 'timeframe', ...reserved]
  const names = [...entries.keys()].filter((name) => !keys.includes(name))
  for (const name of names) {
    const node = readNode(report, name, entries.get(name)!.value)
    if (node !== undefined) selections.set(name, node)
  }
  const timeframe = entries.get('timeframe')?.value
  const conditionValue = entries.get('condition')?.value
  if (conditionValue === undefined) {
    const where =
      outside === undefined ? '' : `; the one in line ${outside.line} stands outside: indent it`
    fail(report, 'condition-missing', `detection: has no condition${where}`, at)
    return undefined
  }
  if (names.length === 0) {
    fail(report, 'selection-missing', 'detection: has no selection', at)
    return undefined
  }
  const { condition: whole, text } = readConditions(report, conditionValue, names)
  const isRead = whole !== undefined && selectionsOf(whole).every((name) => selections.has(name))
  const condition = isRead ? whole : undefined
  if (condition !== undefined) {
    warnUnused(report, entries, names, condition)
    if (timeframe !== undefined) {
      warn(
        report,
        'timeframe-ignored',
        'timeframe: has no meaning without a correlation',
        timeframe,
      )
    }
  }
  const base = {
    ...at,
    line: at.line,
    column: at.column,
    selections,
    condition,
    conditionText: text,
  }
  return timeframe !== undefined && isScalar(timeframe)
    ? { ...base, timeframe: timeframe.text }
    : base
}

function warnUnused(
  report: Report,
  entries: Entries,
  names: readonly string[],
  condition: Condition,
): void {
  const used = new Set(selectionsOf(condition))
  for (const name of names) {
    if (used.has(name) || name.startsWith('_')) continue
    warn(
      report,
      'unused-selection',
      `${name}: the condition does not use it`,
      entries.get(name)!.key,
    )
  }
}

function readConditions(
  report: Report,
  value: Yaml,
  names: readonly string[],
): { condition: Condition | undefined; text: string } {
  const items = value.kind === 'list' ? value.items : [value]
  const conditions: Condition[] = []
  const texts: string[] = []
  for (const item of items) {
    if (!isScalar(item)) {
      fail(report, 'invalid-type', `condition: must be text, not ${kindName(item)}`, item)
      continue
    }
    texts.push(item.text)
    const outcome = parseCondition(item.text, names)
    if ('condition' in outcome) conditions.push(outcome.condition)
    else {
      const { code, message, offset } = outcome.problem
      fail(report, code, `condition: ${message}`, conditionPosition(item, offset))
    }
  }
  if (items.length === 0) fail(report, 'condition-empty', 'condition: is an empty list', value)
  const text = texts.join('\n')
  if (conditions.length < items.length || conditions.length === 0)
    return { condition: undefined, text }
  const condition: Condition =
    conditions.length === 1 ? conditions[0]! : { kind: 'or', args: conditions }
  return { condition, text }
}

/** A selection or an entry of one, or undefined after a finding. */
function readNode(report: Report, name: string, value: Yaml): DetectionNode | undefined {
  if (value.kind === 'map') return readMap(report, name, value.entries, value)
  if (value.kind === 'list') return readList(report, name, value.items, value)
  if (value.kind === 'null') {
    fail(report, 'selection-empty', `${name}: is empty`, value)
    return undefined
  }
  const item = { ...positionOf(value), field: undefined, modifiers: [], values: [value] }
  return { ...positionOf(value), kind: 'keywords', item }
}

function readList(
  report: Report,
  name: string,
  items: readonly Yaml[],
  at: Position,
): DetectionNode | undefined {
  if (items.length === 0) {
    fail(report, 'selection-empty', `${name}: is an empty list`, at)
    return undefined
  }
  if (items.every(isScalar)) {
    const item = { ...positionOf(at), field: undefined, modifiers: [], values: items }
    return { ...positionOf(at), kind: 'keywords', item }
  }
  const nodes: DetectionNode[] = []
  for (const item of items) {
    const node = readNode(report, name, item)
    if (node === undefined) return undefined
    nodes.push(node)
  }
  return { ...positionOf(at), kind: 'list', nodes }
}

function readMap(
  report: Report,
  name: string,
  entries: Entries,
  at: Position,
): DetectionNode | undefined {
  if (entries.size === 0) {
    fail(report, 'selection-empty', `${name}: is an empty map`, at)
    return undefined
  }
  const items: DetectionItem[] = []
  for (const [key, entry] of entries) {
    const values = readValues(report, `${name}: ${key}`, entry.value)
    if (values === undefined) return undefined
    const [field = '', ...modifiers] = key.split('|')
    const target = field === '' ? undefined : field
    items.push({ ...entry.key, field: target, modifiers, values })
  }
  return { ...positionOf(at), kind: 'map', items }
}

function readValues(report: Report, where: string, value: Yaml): readonly Scalar[] | undefined {
  if (isScalar(value)) return [value]
  if (value.kind === 'map') {
    const field = where.slice(where.lastIndexOf(' ') + 1)
    const [first = 'contains'] = value.entries.keys()
    const message = `${where}: a field's value must be text, a number or a list of these, not a map; modifiers stand behind the field: ${field}|${first}`
    fail(report, 'invalid-value', message, value)
    return undefined
  }
  if (value.items.length === 0) {
    warn(
      report,
      'empty-list',
      `${where}: an empty list is read as null: the field has no value`,
      value,
    )
    return []
  }
  const scalars = value.items.filter(isScalar)
  if (scalars.length === value.items.length) return scalars
  const odd = value.items.find((item) => !isScalar(item))!
  fail(report, 'invalid-value', `${where}: a list of values cannot hold ${kindName(odd)}`, odd)
  return undefined
}
