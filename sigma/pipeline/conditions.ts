// pySigma's conditions on rules, detection items and field names.
import { compileRegex, isCompiledRegex } from '../regex.ts'
import { type DetectionItem, LEVELS, type Scalar, type SigmaRule, STATUSES } from '../rule.ts'
import { parseWildcards } from '../text/wildcard.ts'
import type { FieldConditionName, ItemConditionName, RuleConditionName } from './condition-names.ts'
import { type Context, setHolds } from './context.ts'
import { itemsOf } from './items.ts'
import type { PipelineItem } from './pipeline.ts'
import {
  type Plain,
  type PlainMap,
  plainOf,
  plainText,
  stringAccess,
  withWildcards,
} from './values.ts'

/** Whether a step's conditions on rules hold for the rule in hand. */
export function ruleHolds(item: PipelineItem, context: Context): boolean {
  return setHolds(item.rule, (condition) =>
    RULE[condition['type'] as RuleConditionName](condition, context),
  )
}

/** Whether a step's conditions on detection items, and on their fields, hold. */
export function itemHolds(step: PipelineItem, item: DetectionItem, context: Context): boolean {
  const byItem = setHolds(step.item, (condition) =>
    ITEM[condition['type'] as ItemConditionName](condition, item, context),
  )
  return byItem && fieldHolds(step, item.field, context)
}

/** Whether a step's conditions on field names hold; `undefined` is a keyword's. */
export function fieldHolds(step: PipelineItem, field: string | undefined, context: Context) {
  return setHolds(step.field, (condition) =>
    FIELD[condition['type'] as FieldConditionName](condition, field, context),
  )
}

const text = (value: Plain | undefined) => (typeof value === 'string' ? value : undefined)

const RULE: Record<RuleConditionName, (condition: PlainMap, context: Context) => boolean> = {
  logsource: (condition, { rule }) =>
    (['category', 'product', 'service'] as const).every((key) => {
      const wanted = text(condition[key])
      return wanted === undefined || wanted === rule.logsource[key]
    }),
  contains_field: ({ field }, { rule }) => itemsOf(rule).some((item) => item.field === field),
  contains_detection_item: ({ field, value }, { rule }) =>
    itemsOf(rule).some(
      (item) => item.field === field && valuesOf(item).some((scalar) => equals(scalar, value)),
    ),
  processing_item_applied: (condition, { applied }) =>
    applied.has(text(condition['processing_item_id']) ?? ''),
  processing_state: stateHolds,
  is_sigma_rule: () => true,
  is_sigma_correlation_rule: () => false,
  rule_attribute: attributeHolds,
  tag: ({ tag }, { rule }) => rule.tags.includes(text(tag) ?? ''),
}

/** An item's values as comparisons with plain ones see them: none where modifiers made them something else. */
function valuesOf(item: DetectionItem): readonly Scalar[] {
  return stringAccess(item) === 'strings' ? withWildcards(item).values : []
}

function equals(scalar: Scalar, value: Plain | undefined): boolean {
  if (scalar.kind === 'null') return false
  if (scalar.kind !== 'string' || typeof value !== 'string') return plainOf(scalar) === value
  return plainText(scalar.text) === plainText(value)
}

function stateHolds({ key, val, op }: PlainMap, { state }: Context): boolean {
  return compare(state.get(text(key) ?? ''), val, text(op) ?? 'eq')
}

function compare(have: Plain | undefined, want: Plain | undefined, op: string): boolean {
  switch (op) {
    case 'eq':
      return have === want
    case 'ne':
      return have !== want
    case 'gte':
      return have !== undefined && want !== undefined && have! >= want!
    case 'gt':
      return have !== undefined && want !== undefined && have! > want!
    case 'lte':
      return have !== undefined && want !== undefined && have! <= want!
    case 'lt':
      return have !== undefined && want !== undefined && have! < want!
    default:
      return false
  }
}

/** Levels and statuses compare by rank, lists by membership, text by equality. */
function attributeHolds({ attribute, value, op }: PlainMap, { rule, fail }: Context): boolean {
  const name = text(attribute) ?? ''
  const how = text(op) ?? 'eq'
  const have = attributeOf(rule, name)
  if (have === undefined) return false
  if (Array.isArray(have)) {
    if (how === 'in') return have.includes(value as Plain)
    if (how === 'not_in') return !have.includes(value as Plain)
    return how === 'ne'
  }
  const ranks: readonly string[] =
    name === 'level' ? LEVELS : name === 'status' ? [...STATUSES].reverse() : []
  if (ranks.length > 0) {
    const wanted = ranks.indexOf((text(value) ?? '').toLowerCase())
    if (wanted < 0)
      fail('pipeline-condition', `rule_attribute: ${name} cannot be "${String(value)}"`)
    return wanted >= 0 && compare(ranks.indexOf(String(have)), wanted, how)
  }
  if (
    how !== 'eq' &&
    how !== 'ne' &&
    !/^\d{4}-\d\d-\d\d$/.test(String(have)) &&
    typeof have === 'string'
  ) {
    fail('pipeline-condition', `rule_attribute: ${how} does not compare text`)
    return false
  }
  return compare(have, value, how)
}

function attributeOf(rule: SigmaRule, name: string): Plain | undefined {
  const own: Readonly<Record<string, Plain | undefined>> = {
    ...{ title: rule.title, id: rule.id, name: rule.name, status: rule.status, level: rule.level },
    ...{ description: rule.description, author: rule.author, date: rule.date },
    ...{ modified: rule.modified, license: rule.license, taxonomy: rule.taxonomy },
    ...{ references: rule.references, tags: rule.tags, fields: rule.fields },
    ...{ falsepositives: rule.falsepositives, scope: rule.scope },
  }
  if (Object.hasOwn(own, name)) return own[name]
  const other = rule.other.get(name)
  return other === undefined ? undefined : plainOf(other)
}

type OnItem = (condition: PlainMap, item: DetectionItem, context: Context) => boolean

const ITEM: Record<ItemConditionName, OnItem> = {
  match_string: (condition, item, { fail }) => {
    const compiled = compileRegex(`^(?:${text(condition['pattern']) ?? ''})`)
    if (!isCompiledRegex(compiled)) {
      fail('pipeline-regex', `match_string: ${compiled.message}`)
      return false
    }
    const isString = stringAccess(item) === 'strings'
    return anyOrAll(condition, withWildcards(item), (scalar) => {
      const matches = isString && scalar.kind === 'string' && compiled.test(plainText(scalar.text))
      return matches !== (condition['negate'] === true)
    })
  },
  match_value: (condition, item) =>
    anyOrAll(condition, item, (scalar) => equals(scalar, condition['value']), valuesOf(item)),
  contains_wildcard: (condition, item) =>
    anyOrAll(condition, withWildcards(item), (scalar) => {
      if (scalar.kind !== 'string' || stringAccess(item) === 'none') return false
      return parseWildcards(scalar.text).some((part) => typeof part === 'string')
    }),
  is_null: (condition, item) => anyOrAll(condition, item, ({ kind }) => kind === 'null'),
  processing_item_applied: (condition, item, { appliedTo }) =>
    appliedTo.get(item)?.has(text(condition['processing_item_id']) ?? '') ?? false,
  processing_state: (condition, _, context) => stateHolds(condition, context),
}

function anyOrAll(
  { cond }: PlainMap,
  item: DetectionItem,
  test: (scalar: Scalar) => boolean,
  values = item.values,
) {
  return cond === 'all' ? values.every(test) : values.some(test)
}

type OnField = (condition: PlainMap, field: string | undefined, context: Context) => boolean

const FIELD: Record<FieldConditionName, OnField> = {
  include_fields: (condition, field, { fail }) => isNamed(condition, field, fail),
  exclude_fields: (condition, field, { fail }) => !isNamed(condition, field, fail),
  processing_item_applied: (condition, field, { appliedToField }) =>
    appliedToField.get(field ?? '')?.has(text(condition['processing_item_id']) ?? '') ?? false,
  processing_state: (condition, _, context) => stateHolds(condition, context),
}

function isNamed(condition: PlainMap, field: string | undefined, fail: Context['fail']): boolean {
  const { fields, type, mode } = condition
  if (field === undefined || !Array.isArray(fields)) return false
  const names = (fields as readonly Plain[]).map(String)
  if ((mode ?? 'plain') !== 're' && type !== 're') return names.includes(field)
  return names.some((pattern) => {
    const compiled = compileRegex(`^(?:${pattern})`)
    if (isCompiledRegex(compiled)) return compiled.test(field)
    fail('pipeline-regex', `include_fields: ${compiled.message}`)
    return false
  })
}
