// What loading finds: correlations, filters, pipelines and lists that cannot do what they say.
import type { Check } from './check.ts'
import { found, LIMIT } from './reading.ts'

export const LOADING_CHECKS = {
  'correlation-condition-unsupported': found(
    'a condition that a correlation of this type cannot have',
    'The message says what is missing or too much; nothing is approximated.',
  ),
  'correlation-rule-ambiguous': found(
    'a correlation reads a name that several rules have',
    'Refer to the rule by its id.',
  ),
  'correlation-rule-refused': found(
    'a correlation reads a rule that cannot run',
    'Mend that rule first: the correlation waits for its matches.',
  ),
  'correlation-rule-scheduled': found(
    'a correlation reads a rule that runs on a schedule',
    'Correlations see matches as events arrive; a rule with `trapline.schedule` has none then. Take the schedule away.',
  ),
  'correlation-scheduled': found(
    'a correlation with a schedule',
    'Correlations run as events arrive, so `trapline.schedule` means nothing for them.',
  ),
  'correlation-silences-rule': found(
    'a correlation that takes the own alerts of a rule in another file away',
    'What a correlation reads raises nothing itself, unless one that reads it says `generate: true`.',
    'info',
  ),
  'correlation-too-large': found('a correlation of too many rules', LIMIT),
  'filter-unused': found(
    'a filter that applies to no rule',
    'Either the rules it names are not there, or their log source is another.',
    'warning',
  ),
  'correlation-invalid': found(
    'a correlation that cannot be read',
    'The message says which key is wrong; section Correlations of the specification has them all.',
  ),
  'placeholder-unsupported': found(
    'a placeholder without values',
    '`%name%` with `expand` needs a list of values.',
  ),
  'correlation-field-ambiguous': found(
    'a correlation groups by a field that pipelines give several names',
    'Group by one of the new names, or take the second name out of the mapping.',
  ),
  'list-too-long': found('a list of placeholder values that is too long', LIMIT),
  'pipeline-condition': found(
    'a condition of a pipeline that cannot be used',
    'The message says what it needs.',
  ),
  'pipeline-empties-rule': found(
    'a pipeline takes everything out of a rule',
    'What is left would match nothing or everything. Narrow the step, or keep the rule out by `rule_conditions`.',
  ),
  'pipeline-expression': found(
    'an expression over conditions of a pipeline that cannot be read',
    'It joins the names of the conditions with `and`, `or`, `not`.',
  ),
  'pipeline-failure': found(
    'a pipeline refuses the rule',
    'A `rule_failure` or `detection_item_failure` step applies: the rule is not for this pipeline.',
  ),
  'pipeline-finalizers-unsupported': found(
    'a pipeline with finalizers',
    'They change the text of queries of another product. Rules run here as they are.',
  ),
  'pipeline-postprocessing-unsupported': found(
    'a pipeline with query post-processing',
    'It changes the text of queries of another product. Rules run here as they are.',
  ),
  'pipeline-hash-unknown': found(
    'a value of Hashes that names no known algorithm',
    'Write `SHA256=...`, or leave the value out of `hashes_fields`.',
  ),
  'pipeline-regex': found(
    'a regular expression of a pipeline that cannot be used',
    'The syntax is that of RE2.',
  ),
  'pipeline-shape': found(
    'a pipeline that is not of the shape it should have',
    'The message says which key is wrong.',
  ),
  'pipeline-too-large': found('a pipeline with too many transformations', LIMIT),
  'pipeline-transformation-unsupported': found(
    'a transformation that cannot be done here',
    'It shapes query text or runs code of another language; it is refused by name.',
  ),
  'pipeline-unknown-condition': found(
    'a condition of an unknown type',
    'The step would apply where it should not, or nowhere.',
  ),
  'pipeline-unknown-transformation': found(
    'a transformation of an unknown type',
    'A step that cannot run would leave rules as they are without a word.',
  ),
  'pipeline-unmapped-fields': found(
    'a rule reads fields that the mapping does not know',
    'A `strict_field_mapping_failure` step asks that all are mapped. Add them to the mapping.',
  ),
  'pipeline-value-unsupported': found(
    'a value that a transformation cannot change',
    'Values with encodings or regular expressions cannot be changed as text.',
  ),
  'placeholder-empty': found(
    'a placeholder whose list is empty',
    'A rule of no values would match nothing.',
  ),
  'placeholder-too-many': found('a placeholder with too many values', LIMIT),
} as const satisfies Record<string, Check>
