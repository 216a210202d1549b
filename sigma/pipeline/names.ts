// Names of pySigma's transformations.

export const TRANSFORMATION_NAMES = [
  'field_name_mapping',
  'field_name_prefix_mapping',
  'field_name_transform',
  'field_name_suffix',
  'field_name_prefix',
  'drop_detection_item',
  'hashes_fields',
  'extract_fields',
  'wildcard_placeholders',
  'value_placeholders',
  'query_expression_placeholders',
  'file_placeholders',
  'http_placeholders',
  'command_placeholders',
  'add_condition',
  'change_logsource',
  'add_field',
  'remove_field',
  'set_field',
  'replace_string',
  'map_string',
  'set_state',
  'regex',
  'set_value',
  'convert_type',
  'rule_failure',
  'detection_item_failure',
  'strict_field_mapping_failure',
  'set_custom_attribute',
  'nest',
  'case',
] as const
export type TransformationName = (typeof TRANSFORMATION_NAMES)[number]

export function isTransformation(name: string): name is TransformationName {
  return (TRANSFORMATION_NAMES as readonly string[]).includes(name)
}
