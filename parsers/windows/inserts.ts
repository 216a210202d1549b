// Names for values that a collector sends as a list: the strings that Windows puts into an event's message,
// in the order of its manifest.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { OTHER_INSERTS } from './inserts/others.ts'
import { SECURITY_INSERTS } from './inserts/security.ts'

const SHORT: Readonly<Record<string, string>> = {
  $S: 'SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId',
  $T: 'TargetUserName TargetDomainName TargetSid',
  $P: 'RuleName UtcTime ProcessGuid ProcessId',
}

type NamesOfId = ReadonlyMap<number, readonly string[]>

const NAMES: ReadonlyMap<string, NamesOfId> = new Map(
  Object.entries({ ...OTHER_INSERTS, security: SECURITY_INSERTS }).map(([service, table]) => [
    service,
    namesOf(table),
  ]),
)

function namesOf(table: string): NamesOfId {
  const lines = table.split('\n').filter((line) => line !== '')
  return new Map(
    lines.map((line) => {
      const [id, ...names] = line.split(' ')
      return [Number(id), names.flatMap((name) => (SHORT[name] ?? name).split(' '))] as const
    }),
  )
}

/** Sysmon before version 8 wrote no rule's name in front. */
const RULE_NAME = 'RuleName'

/** The names of an event's values in order; undefined where they are not known or are fewer than the values. */
export function insertNames(
  service: string | undefined,
  eventId: number,
  count: number,
): readonly string[] | undefined {
  const names = service === undefined ? undefined : NAMES.get(service)?.get(eventId)
  if (names === undefined || count > names.length) return undefined
  if (service !== 'sysmon') return names
  // Over the years Sysmon put values between others, those of the users behind.
  return count < names.length - (eventId === 1 ? 0 : 2) ? undefined : names
}

/** All names of an event's values in order. */
export function allNames(service: string, eventId: number): readonly string[] {
  return NAMES.get(service)?.get(eventId) ?? []
}

/** The values by name; undefined where the names are not known. */
export function namedInserts(
  service: string | undefined,
  eventId: number,
  values: readonly FieldValue[],
): Fields | undefined {
  let names = insertNames(service, eventId, values.length)
  if (names === undefined) return undefined
  if (names[0] === RULE_NAME && isUtcTime(values[names.indexOf('UtcTime') - 1]))
    names = names.slice(1)
  const out: { [name: string]: FieldValue } = {}
  for (const [index, value] of values.entries()) out[names[index]!] = value
  return out
}

function isUtcTime(value: FieldValue | undefined): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(value)
}
