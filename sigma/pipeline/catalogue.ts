// What pipelines consist of, by name: keys of a step, transformations and conditions with their settings. Reading,
// completion and hover all go by these tables.
import type { FieldConditionName, ItemConditionName, RuleConditionName } from './condition-names.ts'
import type { TransformationName } from './names.ts'

/** A key: what it says; the values it can have, where they are few. */
export interface Setting {
  readonly help: string
  readonly required?: boolean
  readonly values?: readonly string[]
  /** Whether it is a regular expression. */
  readonly isRegex?: boolean
}

/** A transformation or condition. */
export interface CatalogueEntry {
  readonly help: string
  readonly settings: Readonly<Record<string, Setting>>
  /** Why it is refused. */
  readonly refused?: string
}

const must = (help: string, values?: readonly string[]): Setting => ({
  ...{ help, required: true },
  ...(values === undefined ? {} : { values }),
})
const may = (help: string, values?: readonly string[]): Setting => ({
  help,
  ...(values === undefined ? {} : { values }),
})

const regex = (help: string): Setting => ({ help, required: true, isRegex: true })

const QUERY = 'makes query text, or runs code; Trapline runs rules itself'
const OUTSIDE = 'reads from outside of the rules; put the values into lists/NAME.txt'

const PLACEHOLDERS = {
  include: may('Only these placeholders, by name.'),
  exclude: may('All placeholders but these.'),
}

/** Every transformation of pySigma. */
export const TRANSFORMATION_CATALOGUE: Readonly<Record<TransformationName, CatalogueEntry>> = {
  field_name_mapping: {
    help: 'Fields get other names; a list of names stands for any of them.',
    settings: { mapping: must('Old name: new name, or a list of new names.') },
  },
  field_name_prefix_mapping: {
    help: 'The beginnings of field names get other texts.',
    settings: { mapping: must('Old prefix: new prefix, or a list of new prefixes.') },
  },
  field_name_transform: {
    help: 'Field names go through a function.',
    settings: { transform_func: may('A function.'), mapping: may('Names that it leaves out.') },
    refused: QUERY,
  },
  field_name_suffix: {
    help: 'Field names get a suffix.',
    settings: { suffix: must('What is put behind the name.') },
  },
  field_name_prefix: {
    help: 'Field names get a prefix.',
    settings: { prefix: must('What is put before the name.') },
  },
  drop_detection_item: { help: 'Items are taken out of the rule.', settings: {} },
  hashes_fields: {
    help: 'Hashes (SHA1=...) become a field for each algorithm.',
    settings: {
      valid_hash_algos: must('Algorithms that have a field: [MD5, SHA1, SHA256].'),
      field_prefix: may('What is put before the algorithm: File gives FileSHA1.'),
      drop_algo_prefix: may('Whether the field is the prefix alone.', ['true', 'false']),
      field_to_parse: may('Fields that hold hashes; default [Hashes, Hash].'),
    },
  },
  extract_fields: {
    help: 'Named groups of a regular expression become fields.',
    settings: {
      regex: regex('A regular expression with named groups.'),
      field_prefix: may('What is put before the name of a group, with a dot.'),
      preserve_unmatched: may('Whether values that do not match stay.', ['true', 'false']),
    },
  },
  wildcard_placeholders: { help: 'Placeholders become *.', settings: PLACEHOLDERS },
  value_placeholders: {
    help: 'Placeholders become the values of the variables of their name.',
    settings: PLACEHOLDERS,
  },
  query_expression_placeholders: {
    help: 'Placeholders become parts of a query.',
    settings: { ...PLACEHOLDERS, expression: may('The query.'), mapping: may('Names in it.') },
    refused: QUERY,
  },
  file_placeholders: {
    help: 'Placeholders become the lines of a file.',
    settings: { ...PLACEHOLDERS, path: may('The file.') },
    refused: OUTSIDE,
  },
  http_placeholders: {
    help: 'Placeholders become what a server answers.',
    settings: { ...PLACEHOLDERS, url: may('Its address.') },
    refused: OUTSIDE,
  },
  command_placeholders: {
    help: 'Placeholders become what a program prints.',
    settings: { ...PLACEHOLDERS, command: may('The program.') },
    refused: OUTSIDE,
  },
  add_condition: {
    help: 'The rule asks for more: its condition and this.',
    settings: {
      conditions: must('Field (with modifiers): value or values.'),
      name: may('What the selection is called.'),
      template: may('Whether $category, $product and $service are filled in.', ['true', 'false']),
      negated: may('Whether it must not hold.', ['true', 'false']),
    },
  },
  change_logsource: {
    help: 'The rule gets another log source.',
    settings: {
      category: may('Its category.'),
      product: may('Its product.'),
      service: may('Its service.'),
    },
  },
  add_field: {
    help: 'Adds to the list of fields of interest.',
    settings: { field: must('A field, or several.') },
  },
  remove_field: {
    help: 'Takes from the list of fields of interest.',
    settings: { field: must('A field, or several.') },
  },
  set_field: {
    help: 'Sets the list of fields of interest.',
    settings: { fields: must('The fields.') },
  },
  replace_string: {
    help: 'Replaces what a regular expression finds in values.',
    settings: {
      regex: regex('A regular expression of RE2 syntax.'),
      replacement: must('The new text; \\1 stands for the first group.'),
      skip_special: may('Whether wildcards are left alone.', ['true', 'false']),
      interpret_special: may('Whether * and ? of the new text are wildcards.', ['true', 'false']),
    },
  },
  map_string: {
    help: 'Values become others.',
    settings: { mapping: must('Old value: new value, or a list of new values.') },
  },
  set_state: {
    help: 'Notes something that conditions of later steps ask for.',
    settings: { key: must('The name.'), val: must('The value.') },
  },
  regex: {
    help: 'Values become regular expressions that mean the same.',
    settings: {
      method: may('Whether upper and lower case are the same.', [
        'plain',
        'ignore_case_flag',
        'ignore_case_brackets',
      ]),
    },
  },
  set_value: {
    help: 'Values become this one.',
    settings: {
      value: must('The value.'),
      force_type: may('Its type, whatever it looks like.', ['str', 'num']),
    },
  },
  convert_type: {
    help: 'Values become text, or numbers.',
    settings: { target_type: must('What they become.', ['str', 'num']) },
  },
  rule_failure: {
    help: 'The rule is refused.',
    settings: { message: must('Why.') },
  },
  detection_item_failure: {
    help: 'A rule with such an item is refused.',
    settings: { message: must('Why.') },
  },
  strict_field_mapping_failure: {
    help: 'A rule with a field that no mapping knew is refused.',
    settings: {},
  },
  set_custom_attribute: {
    help: 'The rule gets a key of its own.',
    settings: { attribute: must('The key.'), value: must('Its value.') },
  },
  nest: {
    help: 'Several steps under one condition.',
    settings: { items: must('The steps.') },
  },
  case: {
    help: 'Values are written otherwise; only exact comparisons can tell.',
    settings: { method: may('How.', ['lower', 'upper', 'snake_case']) },
  },
}

const OPERATORS = ['eq', 'ne', 'gte', 'gt', 'lte', 'lt']
const STATE = {
  key: must('The name that set_state gave.'),
  val: must('The value to compare with.'),
  op: may('How; default eq.', OPERATORS),
}
const APPLIED: CatalogueEntry = {
  help: 'An earlier step was applied.',
  settings: { processing_item_id: must('The id of that step.') },
}
const STATED: CatalogueEntry = { help: 'What set_state noted has this value.', settings: STATE }
const COND = may('Whether any or all of the values; default any.', ['any', 'all'])
const FIELDS = {
  fields: must('Names of fields.'),
  mode: may('Names as they are, or regular expressions.', ['plain', 're']),
}

/** Every condition of pySigma, by what it is asked of. */
export const CONDITION_CATALOGUE: {
  readonly rule: Readonly<Record<RuleConditionName, CatalogueEntry>>
  readonly detection_item: Readonly<Record<ItemConditionName, CatalogueEntry>>
  readonly field_name: Readonly<Record<FieldConditionName, CatalogueEntry>>
} = {
  rule: {
    logsource: {
      help: "The rule's log source has these keys.",
      settings: { category: may('Category.'), product: may('Product.'), service: may('Service.') },
    },
    contains_detection_item: {
      help: 'The rule has an item of this field and value.',
      settings: { field: must('The field.'), value: must('The value.') },
    },
    contains_field: {
      help: 'The rule has an item of this field.',
      settings: { field: must('The field.') },
    },
    processing_item_applied: APPLIED,
    processing_state: STATED,
    is_sigma_rule: { help: 'It is a rule.', settings: {} },
    is_sigma_correlation_rule: { help: 'It is a correlation.', settings: {} },
    rule_attribute: {
      help: 'A key of the rule has this value.',
      settings: {
        attribute: must('The key: level, status, tags, date, ...'),
        value: must('The value to compare with.'),
        op: may('How; default eq. in and not_in ask lists.', [...OPERATORS, 'in', 'not_in']),
      },
    },
    tag: { help: 'The rule has this tag.', settings: { tag: must('The tag.') } },
  },
  detection_item: {
    match_string: {
      help: 'A text value matches a regular expression, from its beginning.',
      settings: {
        pattern: regex('A regular expression of RE2 syntax.'),
        cond: COND,
        negate: may('Whether it must not match.', ['true', 'false']),
      },
    },
    match_value: {
      help: 'A value is this one.',
      settings: { value: must('The value.'), cond: COND },
    },
    contains_wildcard: { help: 'A value has a wildcard.', settings: { cond: COND } },
    is_null: { help: 'A value is null.', settings: { cond: COND } },
    processing_item_applied: APPLIED,
    processing_state: STATED,
  },
  field_name: {
    include_fields: { help: 'The field is one of these.', settings: FIELDS },
    exclude_fields: { help: 'The field is none of these.', settings: FIELDS },
    processing_item_applied: APPLIED,
    processing_state: STATED,
  },
}

export type ConditionKind = keyof typeof CONDITION_CATALOGUE

const OF = { rule: 'rule', detection_item: 'item', field_name: 'field' } as const

/** Keys that every step may have. */
export const STEP_SETTINGS: Readonly<Record<string, Setting>> = {
  id: may('What conditions of later steps call it.'),
  type: must('What it does.'),
  ...Object.fromEntries(
    Object.entries(OF).flatMap(([kind, what]): [string, Setting][] => [
      [`${kind}_conditions`, may(`When it applies, by the ${what}: a list, or a map of names.`)],
      [`${kind}_cond_op`, may('How the conditions are joined; default and.', ['and', 'or'])],
      [`${kind}_cond_not`, may('Whether they must not hold.', ['true', 'false'])],
      [`${kind}_cond_expr`, may('Names of the conditions joined by and, or, not.')],
      [`${kind}_cond_expression`, may(`The same as ${kind}_cond_expr.`)],
    ]),
  ),
}

/** Keys that every condition has. */
export const CONDITION_SETTINGS: Readonly<Record<string, Setting>> = {
  type: must('What is asked.'),
}

/** Keys of a pipeline. */
export const PIPELINE_SETTINGS: Readonly<Record<string, Setting>> = {
  name: may('What findings and explanations call it.'),
  priority: may('Pipelines run in this order, smallest first.'),
  vars: may('Values of placeholders, by name.'),
  transformations: must('The steps, in order.'),
  allowed_backends: may('Names of backends; they mean nothing here.'),
}
