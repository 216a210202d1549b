// Where a part of an event came from, found by trying: one member of the document is changed, or one place of the text,
// the input is read again, and what is different came from there.
import { type Fields, type FieldValue, PIVOTS, type PivotName } from '../sigma/event.ts'
import type { NormalisedEvent } from './event.ts'
import { isFields } from './json-text.ts'
import { type NormaliseOptions, normalise } from './normalise.ts'

/** Members of a document that are tried. */
const MEMBERS_MAX = 512
/** Places of a value in a text that are tried. */
const PLACES_MAX = 8

/** A member of a document. */
export interface Member {
  readonly path: string
  readonly name: string
  readonly value: FieldValue
}

/** What members of a document decide. */
export interface Influence {
  readonly members: readonly Member[]
  /** Members that decide a field, and a column, by name. */
  readonly fields: ReadonlyMap<string, ReadonlySet<Member>>
  readonly pivots: ReadonlyMap<PivotName, ReadonlySet<Member>>
}

/** Tries every member. Undefined where the document alone does not give the event. */
export function influenceOf(
  document: Fields,
  event: NormalisedEvent,
  options: NormaliseOptions,
): Influence | undefined {
  const read = (changed: Fields) =>
    normalise(JSON.stringify(changed), { ...options, source: event.parser })
  if (changesOf(event, read(document)).length > 0) return undefined
  const members = membersOf(document)
  const fields = new Map<string, Set<Member>>()
  const pivots = new Map<PivotName, Set<Member>>()
  for (const member of members) {
    for (const change of [mutated(member.value), undefined]) {
      const other = read(withMember(document, member.place, change))
      if (other.error !== undefined) continue
      for (const { kind, name } of changesOf(event, other)) {
        if (kind === 'field') added(fields, name, member)
        else added(pivots, name, member)
      }
    }
  }
  return { members, fields, pivots }
}

/** Whether a change of the same place in a text changes a field and a column. */
export function comesFromOnePlace(
  text: string,
  value: string,
  [field, pivot]: readonly [string, PivotName],
  event: NormalisedEvent,
  options: NormaliseOptions,
): boolean {
  let at = text.indexOf(value)
  for (let tries = 0; at >= 0 && value !== '' && tries < PLACES_MAX; tries++) {
    const changed = text.slice(0, at) + mutatedText(value) + text.slice(at + value.length)
    const other = normalise(changed, { ...options, source: event.parser })
    const isField = keyOf(other.fields[field]) !== keyOf(event.fields[field])
    if (isField && other.pivots[pivot] !== event.pivots[pivot]) return true
    at = text.indexOf(value, at + 1)
  }
  return false
}

/** Equal for equal values; numbers and their texts are equal. */
export function keyOf(value: FieldValue | undefined): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

type Change =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'pivot'; readonly name: PivotName }

function changesOf(event: NormalisedEvent, other: NormalisedEvent): readonly Change[] {
  const changes: Change[] = []
  for (const name in event.fields) {
    const isSame = keyOf(event.fields[name]) === keyOf(other.fields[name])
    if (!isSame) changes.push({ kind: 'field', name })
  }
  for (const name of PIVOTS) {
    if (event.pivots[name] !== other.pivots[name]) changes.push({ kind: 'pivot', name })
  }
  return changes
}

function added<K>(sets: Map<K, Set<Member>>, name: K, member: Member): void {
  const set = sets.get(name)
  if (set === undefined) sets.set(name, new Set([member]))
  else set.add(member)
}

interface Placed extends Member {
  readonly place: readonly string[]
}

/** Every member, outer ones first. */
function membersOf(document: Fields): readonly Placed[] {
  const members: Placed[] = []
  const open: [place: readonly string[], object: Fields][] = [[[], document]]
  for (let at = 0; at < open.length; at++) {
    const [outer, object] = open[at]!
    for (const [name, value] of Object.entries(object)) {
      if (members.length === MEMBERS_MAX) return members
      const place = [...outer, name]
      members.push({ path: place.join('.'), name, value, place })
      if (isFields(value)) open.push([place, value])
    }
  }
  return members
}

/** The document with another value in one place; undefined takes the member away. */
function withMember(
  object: Fields,
  [name, ...below]: readonly string[],
  value: FieldValue | undefined,
): Fields {
  if (name === undefined) return object
  const inner = object[name]
  if (below.length > 0 && isFields(inner)) {
    return { ...object, [name]: withMember(inner, below, value) }
  }
  if (value !== undefined) return { ...object, [name]: value }
  return Object.fromEntries(Object.entries(object).filter(([other]) => other !== name))
}

function mutated(value: FieldValue): FieldValue | undefined {
  if (typeof value === 'string') return mutatedText(value)
  if (typeof value === 'number') return value + 1
  return typeof value === 'boolean' ? !value : undefined
}

/** Another text of the same shape: its last letter or digit is another one. */
function mutatedText(text: string): string {
  return text.replace(/[0-9A-Za-z](?=[^0-9A-Za-z]*$)/, (last) => {
    if (/\d/.test(last)) return String((Number(last) + 1) % 10)
    return last === 'q' || last === 'Q' ? 'r' : 'q'
  })
}
