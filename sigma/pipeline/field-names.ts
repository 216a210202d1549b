// Transformations of field names.
import { fieldTarget } from '../columns.ts'
import type { PipelineItem } from './pipeline.ts'
import { isMap, type Plain } from './values.ts'

const FIELD_MAPPINGS = new Set([
  'field_name_mapping',
  'field_name_prefix_mapping',
  'field_name_suffix',
  'field_name_prefix',
])

/** Whether a step gives fields other names. */
export function isFieldMapping({ type }: PipelineItem): boolean {
  return FIELD_MAPPINGS.has(type)
}

/** What a field is called after a step, several for a mapping to a list; undefined when it is not meant. A
 * column (`@host`) has no prefix or suffix. */
export function fieldNames(
  { type, settings }: PipelineItem,
  field: string | undefined,
): readonly string[] | undefined {
  const { mapping } = settings
  const isColumn = field !== undefined && fieldTarget(field).scope !== 'field'
  if (isColumn && (type === 'field_name_suffix' || type === 'field_name_prefix')) return undefined
  switch (type) {
    case 'field_name_mapping':
      return isMap(mapping) ? namesOf(own(mapping, field)) : undefined
    case 'field_name_prefix_mapping': {
      if (field === undefined || !isMap(mapping)) return undefined
      const found = Object.entries(mapping).find(([prefix]) => field.startsWith(prefix))
      const rest = field.slice(found?.[0].length ?? 0)
      return namesOf(found?.[1])?.map((prefix) => prefix + rest)
    }
    case 'field_name_suffix':
      return field === undefined ? undefined : [field + String(settings['suffix'] ?? '')]
    case 'field_name_prefix':
      return field === undefined ? undefined : [String(settings['prefix'] ?? '') + field]
    default:
      return undefined
  }
}

/** A key `null` of a mapping gives keywords a field. */
function own(mapping: { readonly [name: string]: Plain }, field: string | undefined) {
  const key = field ?? ''
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined
}

function namesOf(value: Plain | undefined): readonly string[] | undefined {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? (value as readonly Plain[]).map(String) : undefined
}
