// pySigma's transformations, in one table. Each changes the rule of a context, or says why it cannot.
import type { DetectionItem, LogSource, Yaml } from '../rule.ts'
import { TRANSFORMATION_CATALOGUE } from './catalogue.ts'
import { fieldHolds, itemHolds, ruleHolds } from './conditions.ts'
import { type Context, noteApplied } from './context.ts'
import { extractItems } from './extract.ts'
import { fieldNames } from './field-names.ts'
import { hashItems } from './hashes.ts'
import { addSelection, type Change, changeItems, itemsOf } from './items.ts'
import type { TransformationName } from './names.ts'
import type { PipelineItem } from './pipeline.ts'
import { fillPlaceholders, placeholdersOf } from './placeholder.ts'
import { VALUE_CHANGES } from './value-changes.ts'
import { isMap, type Plain, scalarOf, textScalar } from './values.ts'

type Apply = (step: PipelineItem, context: Context) => void

/** Runs the transformations whose conditions hold, in order. */
export function runItems(items: readonly PipelineItem[], context: Context): void {
  for (const step of items) {
    if (!ruleHolds(step, context)) continue
    TRANSFORMATIONS[step.type](step, context)
    if (step.id !== undefined) context.applied.add(step.id)
  }
}

/** Changes the items that the step's conditions hold for, and notes that it did. */
function changing(step: PipelineItem, context: Context, change: Change): void {
  const next = changeItems(context.rule, (item) => {
    if (!itemHolds(step, item, context)) return [item]
    const made = change(item)
    for (const one of made) noteApplied(step, item, one, context)
    return made
  })
  if (next === undefined) {
    context.fail('pipeline-empties-rule', 'leaves nothing of the condition', step.at)
  } else context.rule = next
}

const unsupported: Apply = (step, { fail }) => {
  const message = `${step.type}: ${TRANSFORMATION_CATALOGUE[step.type].refused}`
  fail('pipeline-transformation-unsupported', message, step.at)
}

const mapFields: Apply = (step, context) => {
  changing(step, context, (item) => {
    const names = fieldNames(step, item.field)
    if (names?.length === 0) {
      const message = `${step.type}: ${item.field ?? 'keywords'}: has no new name`
      context.fail('pipeline-shape', message, step.at)
      return [item]
    }
    const made = referencing(step, item, names)
    if (names !== undefined) for (const one of made) context.mapped.add(one)
    return made
  })
  const { rule } = context
  const fields = rule.fields.flatMap((field) => {
    const holds = fieldHolds(step, field, context)
    return (holds ? fieldNames(step, field) : undefined) ?? [field]
  })
  context.rule = { ...rule, fields }
}

/** The item under its new names; a reference to another field is renamed as well. */
function referencing(
  step: PipelineItem,
  item: DetectionItem,
  names: readonly string[] | undefined,
): readonly DetectionItem[] {
  const values = !item.modifiers.includes('fieldref')
    ? item.values
    : item.values.flatMap((value) =>
        (fieldNames(step, value.text) ?? [value.text]).map((name) => textScalar(name, value)),
      )
  if (names === undefined) return values === item.values ? [item] : [{ ...item, values }]
  return names.map((field) => ({ ...item, field, values }))
}

const changeValues: Apply = (step, context) => {
  const change = VALUE_CHANGES[step.type as keyof typeof VALUE_CHANGES]
  changing(step, context, (item) => [change(step.settings, item, context, step.at)])
}

const placeholders =
  (valuesOf: (name: string, context: Context) => readonly string[] | undefined): Apply =>
  (step, context) => {
    const { include, exclude } = step.settings
    const isMeant = (name: string) =>
      (include === undefined || (Array.isArray(include) && include.includes(name))) &&
      !(Array.isArray(exclude) && exclude.includes(name))
    changing(step, context, (item) => {
      if (placeholdersOf(item).length === 0) return [item]
      const filled = fillPlaceholders(item, (name) =>
        isMeant(name) ? valuesOf(name, context) : undefined,
      )
      if (filled !== undefined) return [filled]
      context.fail('placeholder-too-many', 'stands for too many values', item)
      return [item]
    })
  }

const addCondition: Apply = ({ settings, at }, context) => {
  const { conditions, name, template, negated } = settings
  if (!isMap(conditions)) {
    context.fail('pipeline-shape', 'add_condition: has no conditions', at)
    return
  }
  const { rule } = context
  const own = typeof name === 'string' ? name : `_cond_${rule.detection.selections.size}`
  const items = Object.entries(conditions).map(([key, value]): DetectionItem => {
    const [field = '', ...modifiers] = key.split('|')
    const list = Array.isArray(value) ? (value as readonly Plain[]) : [value]
    const values = list.map((one) => {
      const text = template === true && typeof one === 'string' ? fillIn(one, rule.logsource) : one
      return scalarOf(text, at)
    })
    return { ...at, field, modifiers, values }
  })
  const node = { ...at, kind: 'map' as const, items }
  const detection = addSelection(rule.detection, own, node, negated === true)
  context.rule = { ...rule, detection }
}

function fillIn(text: string, logsource: LogSource): string {
  return text.replaceAll(
    /\$\{?(category|product|service)\}?/g,
    (_, key: keyof LogSource) => logsource[key] ?? 'None',
  )
}

const texts = (value: Plain | undefined): string[] =>
  Array.isArray(value)
    ? (value as readonly Plain[]).map(String)
    : value === undefined
      ? []
      : [String(value)]

const TRANSFORMATIONS: Record<TransformationName, Apply> = {
  field_name_mapping: mapFields,
  field_name_prefix_mapping: mapFields,
  field_name_suffix: mapFields,
  field_name_prefix: mapFields,
  field_name_transform: unsupported,
  query_expression_placeholders: unsupported,
  file_placeholders: unsupported,
  http_placeholders: unsupported,
  command_placeholders: unsupported,
  drop_detection_item: (step, context) => changing(step, context, () => []),
  hashes_fields: (step, context) =>
    changing(step, context, (item) => hashItems(step.settings, item, context, step.at)),
  extract_fields: (step, context) =>
    changing(step, context, (item) => extractItems(step.settings, item, context, step.at)),
  wildcard_placeholders: placeholders(() => ['*']),
  value_placeholders: placeholders((name, { vars }) => vars.get(name)),
  add_condition: addCondition,
  change_logsource: ({ settings }, context) => {
    const logsource: { -readonly [key in keyof LogSource]: LogSource[key] } = {}
    for (const key of ['category', 'product', 'service'] as const) {
      const value = settings[key]
      if (typeof value === 'string') logsource[key] = value
    }
    context.rule = { ...context.rule, logsource }
  },
  add_field: ({ settings }, context) => {
    const { rule } = context
    context.rule = { ...rule, fields: [...rule.fields, ...texts(settings['field'])] }
  },
  remove_field: ({ settings }, context) => {
    const gone = texts(settings['field'])
    const { rule } = context
    context.rule = { ...rule, fields: rule.fields.filter((field) => !gone.includes(field)) }
  },
  set_field: ({ settings }, context) => {
    context.rule = { ...context.rule, fields: texts(settings['fields']) }
  },
  replace_string: changeValues,
  map_string: changeValues,
  regex: changeValues,
  set_value: changeValues,
  convert_type: changeValues,
  case: changeValues,
  set_state: ({ settings }, { state }) => {
    state.set(String(settings['key']), settings['val'] ?? null)
  },
  rule_failure: ({ settings, at }, { fail }) => {
    fail('pipeline-failure', String(settings['message'] ?? 'the pipeline refuses this rule'), at)
  },
  detection_item_failure: (step, context) => {
    const item = itemsOf(context.rule).find((one) => itemHolds(step, one, context))
    if (item === undefined) return
    const message = String(step.settings['message'] ?? 'the pipeline refuses this item')
    context.fail('pipeline-failure', `${item.field ?? 'keywords'}: ${message}`, item)
  },
  strict_field_mapping_failure: (step, context) => {
    const left = itemsOf(context.rule).filter(
      (item) => item.field !== undefined && !context.mapped.has(item),
    )
    if (left.length === 0) return
    const names = [...new Set(left.map((item) => item.field))].join(', ')
    context.fail('pipeline-unmapped-fields', `no mapping knows ${names}`, step.at)
  },
  set_custom_attribute: ({ settings, at }, context) => {
    const { rule } = context
    const value: Yaml = scalarOf(settings['value'] ?? null, at)
    const other = new Map([...rule.other, [String(settings['attribute']), value]])
    context.rule = { ...rule, other }
  },
  nest: (step, context) => runItems(step.items, context),
}
