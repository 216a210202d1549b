// Typed reading of a YAML map's keys, with findings for what has the wrong shape.
import type { Position, Scalar, Yaml, YamlEntry } from '../rule.ts'
import { fail, type Report, warn } from './report.ts'
import { nearest, suggestion } from './suggest.ts'

export type Entries = ReadonlyMap<string, YamlEntry>

/** What a value is called in messages. */
export function kindName(value: Yaml): string {
  return value.kind === 'map' ? 'a map' : value.kind === 'list' ? 'a list' : `"${value.text}"`
}

export function isScalar(value: Yaml): value is Scalar {
  return value.kind !== 'map' && value.kind !== 'list'
}

/** A place alone, of whatever stands there. */
export function positionOf({ line, column }: Position): Position {
  return { line, column }
}

/** Says that a value has another type than it should. */
export type TypeFinding = (report: Report, message: string, at: Position) => void

const refuseType: TypeFinding = (report, message, at) => fail(report, 'invalid-type', message, at)

/** The text of a scalar key as written; undefined when absent, null, or (with a finding) a map or list. */
export function textOf(
  report: Report,
  entries: Entries,
  key: string,
  wrongType: TypeFinding = refuseType,
): string | undefined {
  const entry = entries.get(key)
  if (entry === undefined || entry.value.kind === 'null') return undefined
  if (isScalar(entry.value)) return entry.value.text
  wrongType(report, `${key}: must be text, not ${kindName(entry.value)}`, entry.value)
  return undefined
}

/** The texts of a list key; one scalar counts as a list of one, with a warning. */
export function textsOf(
  report: Report,
  entries: Entries,
  key: string,
  wrongType: TypeFinding = refuseType,
): string[] {
  const value = entries.get(key)?.value
  if (value === undefined || value.kind === 'null') return []
  if (isScalar(value)) {
    warn(report, 'expected-list', `${key}: should be a list`, value)
    return [value.text]
  }
  if (value.kind === 'map') {
    wrongType(report, `${key}: must be a list, not a map`, value)
    return []
  }
  return value.items.flatMap((item) => {
    if (isScalar(item)) return item.kind === 'null' ? [] : [item.text]
    wrongType(report, `${key}: entries must be text, not ${kindName(item)}`, item)
    return []
  })
}

/** The entries of a map key, or undefined (with a finding when it is something else). */
export function mapOf(report: Report, entries: Entries, key: string): Entries | undefined {
  const value = entries.get(key)?.value
  if (value === undefined) return undefined
  if (value.kind === 'map') return value.entries
  fail(report, 'invalid-type', `${key}: must be a map, not ${kindName(value)}`, value)
  return undefined
}

/** A key that holds one of a set of words, in any case. `as` gives a wrong word's severity. */
export function wordOf<Word extends string>(
  report: Report,
  entries: Entries,
  key: string,
  words: readonly Word[],
  as: 'error' | 'warning',
  wrongType: TypeFinding = refuseType,
): Word | undefined {
  const text = textOf(report, entries, key, wrongType)
  if (text === undefined) return undefined
  const word = words.find((candidate) => candidate === text)
  if (word !== undefined) return word
  const at = entries.get(key)!.value
  const lower = words.find((candidate) => candidate === text.toLowerCase())
  if (lower !== undefined) {
    warn(report, 'word-case', `${key}: write ${lower}, not ${text}`, at)
    return lower
  }
  const message = `${key}: unknown value "${text}"${suggestion(text, words)}`
  const add = as === 'error' ? fail : warn
  add(
    report,
    `unknown-${key}`,
    `${message}${message.endsWith('?') ? '' : `; one of ${words.join(', ')}`}`,
    at,
  )
  return undefined
}

/** A finding for every key that is not among the known ones. `meant` has what other tools call them. */
export function refuseUnknownKeys(
  report: Report,
  entries: Entries,
  known: readonly string[],
  code: string,
  where: string,
  meant: ReadonlyMap<string, string> = new Map(),
): void {
  for (const [name, entry] of entries) {
    if (known.includes(name)) continue
    const near = suggestion(meant.get(name) ?? name, known)
    fail(report, code, `${where}: unknown key ${name}${near}`, entry.key)
  }
}

/** `; detections is called detection`, where a key that is there is near one that is missing. */
export function misnamed(entries: Entries, wanted: readonly string[]): string {
  for (const written of entries.keys()) {
    const name = nearest(written.replaceAll(/[-_ ]/g, ''), wanted)
    if (name !== undefined) return `; ${written} is called ${name}`
  }
  return ''
}

export const NOWHERE: Position = { line: 1, column: 1 }
