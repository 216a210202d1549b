// What reading and lowering find, by the same names: these stop a document from running.
import type { Severity } from '../diagnostic.ts'
import type { Check } from './check.ts'

export function found(summary: string, why: string, severity: Severity = 'error'): Check {
  return { on: 'reading', severity, summary, why }
}

export const LIMIT =
  'Limits keep one file from holding up everything else. Split it, or generate less.'
const YAML = 'Without knowing what the file says, no rule of it can run.'

export const READING_CHECKS = {
  'action-invalid': found(
    'an unknown `action`, or a repeat of nothing',
    'Old files share keys by `action: global`, `reset` and `repeat`; nothing else is understood.',
  ),
  'aggregation-unsupported': found(
    'an aggregation after `|` in the condition',
    'Sigma 2 has correlations for that: a document with `correlation:` that names this rule.',
  ),
  'base64-empty': found(
    'Base64 of nothing',
    'The empty text encodes to the empty text, which every value contains.',
  ),
  'base64-too-short': found(
    'too little text for `base64offset`',
    'What is certain of so short a text at some offset is nothing at all.',
  ),
  'base64-wildcard': found(
    'a wildcard inside text to be encoded',
    'What `*` stands for would have to be encoded too, and nobody knows it.',
  ),
  'cidr-invalid': found('a network that is none', 'Write `10.0.0.0/8` or `fe80::/10`.'),
  'condition-empty': found('an empty condition', 'Say which selections must hold.'),
  'condition-missing': found(
    'a detection without a condition',
    'Say which selections must hold: `condition: selection`.',
  ),
  'condition-syntax': found(
    'a condition that cannot be read',
    'The message says what was expected where.',
  ),
  'condition-too-deep': found('a condition with too many levels', LIMIT),
  'condition-too-long': found('a condition that is too long', LIMIT),
  'detection-missing': found(
    'a document without detection, correlation or filter',
    'A rule needs `detection:` with selections and a condition.',
  ),
  'document-not-map': found(
    'a document that is no map',
    'A rule is a map of keys: `title:`, `logsource:`, `detection:`.',
  ),
  'duplicate-key': found(
    'a key stands there twice',
    'Readers that keep the last one silently drop the first: half of a selection could be gone.',
  ),
  'empty-list': found(
    'an empty list of values',
    'Sigma reads it as `null`: the field is absent or null. Write `null` if that is meant.',
    'warning',
  ),
  'encoding-needs-base64': found(
    'UTF-16 of text beyond ASCII without Base64',
    'Put `base64offset` after it.',
  ),
  'expected-list': found(
    'one value where a list belongs',
    'It is read as a list of one; the specification wants a list.',
    'warning',
  ),
  'fieldref-invalid': found(
    'a field reference that names no field',
    'The value of `fieldref` is the name of another field.',
  ),
  'file-empty': found('a file without documents', 'There is nothing in it.'),
  'id-duplicate': found(
    'an id that another rule has',
    'Alerts, tests, filters and history go by id. The second rule is refused.',
  ),
  'id-missing': found(
    'a rule without an id',
    'It goes by its path, and loses its history when the file moves. `uuidgen` makes an id.',
    'warning',
  ),
  'invalid-type': found(
    'a value of the wrong kind',
    'Text where a list belongs, a map where text belongs: the message says which.',
  ),
  'invalid-value': found(
    'a value that a field cannot have',
    'Text, a number, true, false, null, or a list of these.',
  ),
  'item-too-large': found('a field item that stands for too many tests', LIMIT),
  'keyword-empty': found('an empty keyword', 'It would be found in every event.'),
  'keyword-null': found('a keyword that is null', 'Keywords are looked for as text.'),
  'list-empty': found(
    'an empty list of keywords, or of values of which all must match',
    'There is nothing to look for: every event would match, or none.',
  ),
  'logsource-empty': found(
    'a log source that names nothing',
    'Name a product, category or service.',
  ),
  'logsource-missing': found(
    'a rule without a log source',
    'Without one it would run on everything, or on nothing.',
  ),
  'logsource-unknown-key': found(
    'a key of the log source that means nothing',
    'Sigma knows product, category, service and definition.',
    'warning',
  ),
  'metadata-type': found(
    'a key beside the detection has another type than it should',
    'The rule runs and finds what it should; what stands there is left out, and other tools may refuse the rule.',
    'warning',
  ),
  'modifier-combination': found(
    'modifiers that cannot follow one another',
    'They apply from left to right; the message says what each needs.',
  ),
  'modifier-needs-field': found('a modifier that needs a field', 'Keywords have none.'),
  'modifier-repeated': found('a modifier twice', 'Once is enough.'),
  'modifier-too-many': found('too many modifiers', LIMIT),
  'number-too-large': found(
    'a comparison with a number beyond 2^53',
    'Numbers are doubles: beyond 2^53 neighbours are the same, and the comparison would be a guess.',
  ),
  'pattern-matches-nothing': found(
    'a pattern that stands for no selection, or fewer than asked',
    'Look at the names of the selections. Those that begin with `_` are only meant by patterns that do.',
  ),
  'quantifier-too-large': found('`N of` that stands for too many combinations', LIMIT),
  'word-case': found(
    'a word in upper case',
    'Levels, statuses and types are written in lower case; other tools may refuse this.',
    'warning',
  ),
  'regex-backreference-unsupported': found(
    'a back-reference in a regular expression',
    'Patterns run in linear time, which back-references cannot. Write the alternatives out.',
  ),
  'regex-flag-unknown': found(
    'a flag of regular expressions that does not exist',
    'There are `i`, `m` and `s`.',
  ),
  'regex-lookaround-unsupported': found(
    'look-around in a regular expression',
    'Patterns run in linear time, which look-around cannot. Use a second selection with `not`.',
  ),
  'regex-syntax': found('a regular expression that cannot be read', 'The syntax is that of RE2.'),
  'regex-too-long': found('a regular expression that is too long', LIMIT),
  'regex-unsupported': found('a regular expression beyond RE2', 'The message names the construct.'),
  'related-invalid': found(
    'a relation without id or type',
    'Each entry of `related` needs both.',
    'warning',
  ),
  schema: found(
    'a document that is not of its JSON Schema',
    'The schemas in `sigma/schema` say which keys a document has and what may stand in them; editors read them too.',
  ),
  'selection-empty': found(
    'an empty selection',
    'It asks for nothing; is something missing below it?',
  ),
  'selection-missing': found('a detection without selections', 'Say what to look for.'),
  'time-part-range': found(
    'a part of a time that no clock shows',
    'Minutes go to 59, hours to 23, weeks to 53.',
  ),
  'timeframe-ignored': found(
    '`timeframe` outside of a correlation',
    'It belonged to aggregations. A correlation has `timespan`.',
    'warning',
  ),
  'title-missing': found('a document without a title', 'Alerts are called by it.'),
  'trapline-invalid': found(
    'a setting under `trapline:` that cannot be',
    'The message says what is allowed.',
  ),
  'trapline-unknown-key': found(
    'an unknown key under `trapline:`',
    'A misspelt setting would silently not be set, so it is refused.',
  ),
  'unknown-level': found(
    'a level that does not exist',
    'informational, low, medium, high, critical.',
  ),
  'unknown-modifier': found(
    'a modifier that does not exist',
    'A misspelt one is refused, not read as part of the field name.',
  ),
  'unknown-selection': found(
    'the condition names a selection that is not there',
    'Mostly a misspelling, or a selection that was renamed.',
  ),
  'unknown-severity': found(
    'a severity that does not exist',
    'informational, low, medium, high, critical.',
  ),
  'unknown-stage': found('a rollout stage that does not exist', 'shadow, canary, live.'),
  'unknown-status': found(
    'a status that does not exist',
    'stable, test, experimental, deprecated, unsupported.',
    'warning',
  ),
  'unknown-type': found(
    'a correlation type that does not exist',
    'event_count, value_count, temporal, temporal_ordered, value_sum, value_avg, value_percentile, value_median.',
  ),
  'unused-selection': found(
    'a selection that the condition does not use',
    'Is it forgotten in the condition, or left over?',
    'warning',
  ),
  'windash-too-many': found('too many flags for `windash` with an encoding', LIMIT),
  'yaml-alias': found('a YAML alias without its anchor', YAML),
  'yaml-key': found('a YAML key that is no plain text', YAML),
  'yaml-merge-invalid': found(
    'a YAML merge key (`<<`) with something other than maps',
    'It takes a map, or a list of maps, whose keys are added to those written out.',
  ),
  'yaml-syntax': found('text that is no YAML', YAML),
  'yaml-tag-unsupported': found(
    'a YAML tag',
    'Tags turn values into objects of some language; rules have none.',
  ),
  'yaml-too-deep': found('YAML with too many levels', LIMIT),
  'yaml-too-large': found('YAML with too many values', LIMIT),
  'yaml-too-long': found('a file that is too long', LIMIT),
  'yaml-too-many-documents': found('a file of too many documents', LIMIT),
} as const satisfies Record<string, Check>
