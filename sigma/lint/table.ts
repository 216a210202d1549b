// Every check by its id. A new one is an entry in the file of its family; a new family is a file and a line
// here. Pages, help and pick-lists come from this table.
import { ATTACK_CHECKS } from './attack.ts'
import type { Check } from './check.ts'
import { COMBINATION_CHECKS } from './combinations.ts'
import { CONDITION_CHECKS } from './conditions.ts'
import { CORRELATION_CHECKS } from './correlations.ts'
import { DATE_CHECKS } from './dates.ts'
import { FILE_CHECKS } from './files.ts'
import { FILTER_CHECKS } from './filters.ts'
import { HASH_CHECKS } from './hashes.ts'
import { HUNT_CHECKS } from './hunts.ts'
import { IDENTITY_CHECKS } from './identity.ts'
import { LOADING_CHECKS } from './loading.ts'
import { LOGIC_CHECKS } from './logic.ts'
import { LOGSOURCE_CHECKS } from './logsources.ts'
import { MODIFIER_CHECKS } from './modifiers.ts'
import { NETWORK_CHECKS } from './networks.ts'
import { OPERATION_CHECKS } from './operations.ts'
import { PIPELINE_CHECKS } from './pipelines.ts'
import { READING_CHECKS } from './reading.ts'
import { REFERENCE_CHECKS } from './references.ts'
import { REGEX_CHECKS } from './regexes.ts'
import { STATUS_CHECKS } from './statuses.ts'
import { TAG_CHECKS } from './tags.ts'
import { TEST_CHECKS } from './tests.ts'
import { THRESHOLD_CHECKS } from './thresholds.ts'
import { TITLE_CHECKS } from './titles.ts'
import { TWIN_CHECKS } from './twins.ts'
import { VALUE_CHECKS } from './values.ts'
import { WILDCARD_CHECKS } from './wildcards.ts'
import { WINDOWS_EVENT_CHECKS } from './windows-events.ts'

/** Checks by family; the families are the headings of the docs. */
export const FAMILIES = {
  'Titles and descriptions': TITLE_CHECKS,
  'Identity and status': IDENTITY_CHECKS,
  'Status and age': STATUS_CHECKS,
  Dates: DATE_CHECKS,
  'References and false positives': REFERENCE_CHECKS,
  Tags: TAG_CHECKS,
  'ATT&CK': ATTACK_CHECKS,
  'Log sources and fields': LOGSOURCE_CHECKS,
  'Windows events': WINDOWS_EVENT_CHECKS,
  'Wildcards and backslashes': WILDCARD_CHECKS,
  Values: VALUE_CHECKS,
  Hashes: HASH_CHECKS,
  Modifiers: MODIFIER_CHECKS,
  'Modifiers that do not go together': COMBINATION_CHECKS,
  'Regular expressions': REGEX_CHECKS,
  'Addresses and networks': NETWORK_CHECKS,
  Conditions: CONDITION_CHECKS,
  Logic: LOGIC_CHECKS,
  'Rules beside one another': TWIN_CHECKS,
  Correlations: CORRELATION_CHECKS,
  'Windows and thresholds': THRESHOLD_CHECKS,
  Filters: FILTER_CHECKS,
  Pipelines: PIPELINE_CHECKS,
  Hunts: HUNT_CHECKS,
  Tests: TEST_CHECKS,
  'Operation (the `trapline` key)': OPERATION_CHECKS,
  Files: FILE_CHECKS,
  Reading: READING_CHECKS,
  Loading: LOADING_CHECKS,
} as const satisfies Record<string, Record<string, Check>>

/** All checks by id, those found while reading included. */
export const CHECKS: ReadonlyMap<string, Check> = new Map(
  Object.values(FAMILIES).flatMap((family) => Object.entries<Check>(family)),
)
