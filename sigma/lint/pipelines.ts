// Processing pipelines, as pySigma writes them.
import { nearest } from '../parse/suggest.ts'
import type { Position, Yaml } from '../rule.ts'
import type { Check, YamlSubject } from './check.ts'
import { placeOf } from './check.ts'

const TYPES =
  'field_name_mapping field_name_prefix_mapping field_name_suffix field_name_prefix field_name_transform drop_detection_item hashes_fields field_function case wildcard_placeholders value_placeholders query_expression_placeholders add_condition change_logsource add_field remove_field set_field replace_string map_string set_state regex set_value convert_type rule_failure detection_item_failure strict_field_mapping_failure set_custom_attribute nest'.split(
    ' ',
  )
const RULE_CONDITIONS =
  'logsource contains_detection_item contains_field processing_item_applied processing_state is_sigma_rule is_sigma_correlation_rule rule_attribute tag'.split(
    ' ',
  )
const ITEM_CONDITIONS =
  'match_string match_value contains_wildcard is_null processing_item_applied processing_state'.split(
    ' ',
  )
const FIELD_CONDITIONS =
  'include_fields exclude_fields processing_item_applied processing_state'.split(' ')
const CONDITION_KEYS: Readonly<Record<string, readonly string[]>> = {
  rule_conditions: RULE_CONDITIONS,
  detection_item_conditions: ITEM_CONDITIONS,
  field_name_conditions: FIELD_CONDITIONS,
}

type Step = Extract<Yaml, { readonly kind: 'map' }>

function steps(subject: YamlSubject): Step[] {
  const value = subject.entries.get('transformations')?.value
  return value?.kind === 'list' ? value.items.filter((item) => item.kind === 'map') : []
}

function text(step: Step, key: string): (Position & { readonly text: string }) | undefined {
  const value = step.entries.get(key)?.value
  return value !== undefined && 'text' in value && value.kind !== 'null' ? value : undefined
}

const HEAD = 'name: Map Fields\npriority: 20\ntransformations:\n'

export const PIPELINE_CHECKS = {
  'pipeline-empty': {
    on: 'pipeline',
    severity: 'warning',
    summary: 'a pipeline without transformations',
    why: 'It changes nothing.',
    bad: 'name: Map Fields\npriority: 20\ntransformations: []',
    good: `${HEAD}    - id: names\n      type: field_name_prefix\n      prefix: win.`,
    run(subject, add) {
      if (steps(subject).length === 0)
        add(placeOf(subject, 'transformations'), 'there is no transformation')
    },
  },
  'pipeline-priority-missing': {
    on: 'pipeline',
    severity: 'info',
    summary: 'a pipeline without a priority',
    why: 'Pipelines run in order of priority, smallest first; those without one run first.',
    bad: 'name: Map Fields\ntransformations:\n    - id: names\n      type: field_name_prefix\n      prefix: win.',
    good: `${HEAD}    - id: names\n      type: field_name_prefix\n      prefix: win.`,
    run(subject, add) {
      if (!subject.entries.has('priority')) add(subject.root, 'say with priority: when it runs')
    },
  },
  'pipeline-name-missing': {
    on: 'pipeline',
    severity: 'info',
    summary: 'a pipeline without a name',
    why: 'Findings and alerts say which pipelines a rule went through, by name.',
    bad: 'priority: 20\ntransformations:\n    - id: names\n      type: field_name_prefix\n      prefix: win.',
    good: `${HEAD}    - id: names\n      type: field_name_prefix\n      prefix: win.`,
    run(subject, add) {
      if (!subject.entries.has('name')) add(subject.root, 'give it a name')
    },
  },
  'pipeline-type-unknown': {
    on: 'pipeline',
    severity: 'error',
    summary: 'a transformation of an unknown type',
    why: 'A step that cannot run would leave rules as they are without a word; the pipeline is refused.',
    bad: `${HEAD}    - id: names\n      type: field_name_maping\n      mapping:\n          a: b`,
    good: `${HEAD}    - id: names\n      type: field_name_mapping\n      mapping:\n          a: b`,
    run(subject, add) {
      for (const step of steps(subject)) {
        const type = text(step, 'type')
        if (type === undefined) add(step, 'a transformation needs a type')
        else if (!TYPES.includes(type.text)) {
          const near = nearest(type.text, TYPES)
          add(
            type,
            `unknown transformation ${type.text}${near === undefined ? '' : `, did you mean ${near}?`}`,
          )
        }
      }
    },
  },
  'pipeline-condition-unknown': {
    on: 'pipeline',
    severity: 'error',
    summary: 'a condition of an unknown type',
    why: 'The step would apply where it should not, or nowhere.',
    bad: `${HEAD}    - id: names\n      type: field_name_prefix\n      prefix: win.\n      rule_conditions:\n          - type: log_source\n            product: windows`,
    good: `${HEAD}    - id: names\n      type: field_name_prefix\n      prefix: win.\n      rule_conditions:\n          - type: logsource\n            product: windows`,
    run(subject, add) {
      for (const step of steps(subject)) {
        for (const [key, known] of Object.entries(CONDITION_KEYS)) {
          const value = step.entries.get(key)?.value
          for (const condition of value?.kind === 'list' ? value.items : []) {
            const type = condition.kind === 'map' ? text(condition, 'type') : undefined
            if (type === undefined || known.includes(type.text)) continue
            const near = nearest(type.text, known)
            add(
              type,
              `${key}: unknown type ${type.text}${near === undefined ? '' : `, did you mean ${near}?`}`,
            )
          }
        }
      }
    },
  },
  'pipeline-id-duplicate': {
    on: 'pipeline',
    severity: 'error',
    summary: 'two transformations of one id',
    why: '`processing_item_applied` asks for a step by id; with two of them the answer is a guess.',
    bad: `${HEAD}    - id: names\n      type: field_name_prefix\n      prefix: a.\n    - id: names\n      type: field_name_suffix\n      suffix: .b`,
    good: `${HEAD}    - id: first\n      type: field_name_prefix\n      prefix: a.\n    - id: second\n      type: field_name_suffix\n      suffix: .b`,
    run(subject, add) {
      const seen = new Set<string>()
      for (const step of steps(subject)) {
        const id = text(step, 'id')
        if (id !== undefined && seen.has(id.text)) add(id, `${id.text} is taken`)
        if (id !== undefined) seen.add(id.text)
      }
    },
  },
  'pipeline-mapping-to-itself': {
    on: 'pipeline',
    severity: 'info',
    summary: 'a field mapped to its own name',
    why: 'The line does nothing.',
    bad: `${HEAD}    - id: names\n      type: field_name_mapping\n      mapping:\n          User: User`,
    good: `${HEAD}    - id: names\n      type: field_name_mapping\n      mapping:\n          User: user.name`,
    run(subject, add) {
      for (const step of steps(subject)) {
        const mapping = step.entries.get('mapping')?.value
        for (const [name, entry] of mapping?.kind === 'map' ? mapping.entries : []) {
          if ('text' in entry.value && entry.value.text === name)
            add(entry.key, `${name} stays ${name}`)
        }
      }
    },
  },
  'pipeline-finalizer': {
    on: 'pipeline',
    severity: 'error',
    summary: 'finalizers or query post-processing',
    why: 'They change the text of queries of another product. Rules here run as they are: what a finalizer would do cannot be done, so the pipeline is refused.',
    bad: `name: Queries\npriority: 20\ntransformations:\n    - id: names\n      type: field_name_prefix\n      prefix: a.\nfinalizers:\n    - type: concat`,
    good: `${HEAD}    - id: names\n      type: field_name_prefix\n      prefix: a.`,
    run(subject, add) {
      for (const key of ['finalizers', 'postprocessing']) {
        const entry = subject.entries.get(key)
        if (entry !== undefined)
          add(entry.key, `${key}: change texts of queries, which there are none of here`)
      }
    },
  },
} as const satisfies Record<string, Check>
