// Modifiers that other tools have and Sigma has not, and what is written for them.
import { fold } from '../text/fold.ts'

const WHOLE = 'leave it out: a value is compared as a whole, and any of a list may match'
const ANY_CASE = 'leave it out: case does not matter, unless cased says so'
const REGEX = 'write re'

const ADVICE: ReadonlyMap<string, string> = new Map([
  ...['eq', 'equals', 'exact', 'is', 'in', 'any', 'oneof'].map((name) => [name, WHOLE] as const),
  ...['lower', 'nocase', 'caseinsensitive', 'iequals'].map((name) => [name, ANY_CASE] as const),
  ...['regex', 'regexp', 'matches', 'rx'].map((name) => [name, REGEX] as const),
  ['like', 'leave it out: * and ? are wildcards in any value'],
  ['wildcard', 'leave it out: * and ? are wildcards in any value'],
  ['not', 'use neq, or not in the condition'],
  ['ne', 'use neq, or not in the condition'],
  ['equalsfield', 'write fieldref'],
  ['endswithfield', 'write fieldref|endswith'],
])

/** What to write in place of a modifier that there is none of; undefined where nothing is known. */
export function meantModifier(name: string): string | undefined {
  return ADVICE.get(fold(name))
}
