// Names of pySigma's pipeline conditions.

export const RULE_CONDITIONS = [
  'logsource',
  'contains_detection_item',
  'contains_field',
  'processing_item_applied',
  'processing_state',
  'is_sigma_rule',
  'is_sigma_correlation_rule',
  'rule_attribute',
  'tag',
] as const
export const ITEM_CONDITIONS = [
  'match_string',
  'match_value',
  'contains_wildcard',
  'is_null',
  'processing_item_applied',
  'processing_state',
] as const
export const FIELD_CONDITIONS = [
  'include_fields',
  'exclude_fields',
  'processing_item_applied',
  'processing_state',
] as const

export type RuleConditionName = (typeof RULE_CONDITIONS)[number]
export type ItemConditionName = (typeof ITEM_CONDITIONS)[number]
export type FieldConditionName = (typeof FIELD_CONDITIONS)[number]
