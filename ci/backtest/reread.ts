// Events read again from their raw text, by both versions of parsers' tables.

import type { Event, Parser } from '../../parsers/event.ts'
import { JsonError, parseJsonObject } from '../../parsers/json-text.ts'
import { type NormaliseOptions, normalise, ORIGINAL_TIME_FIELD } from '../../parsers/normalise.ts'
import { PARSERS, parsersNamed } from '../../parsers/table.ts'
import type { Pivots } from '../../sigma/event.ts'
import type { ParserVersions } from './parser-tables.ts'

/** One event under both versions; the same object where they cannot differ. */
export interface EventPair {
  readonly before: Event
  readonly after: Event
}

/** What two versions make of one event. */
export interface Difference {
  readonly parser: boolean
  readonly logsource: boolean
  readonly time: boolean
  readonly message: boolean
  /** Names of fields and columns that differ, columns as `@host`. */
  readonly fields: readonly string[]
  readonly columns: readonly string[]
}

/** A stored event that could not be read again, and why; it stands for itself. */
export interface Unread {
  readonly unread: 'no-raw-text' | 'unreadable'
}

/** Reads a text by both versions. */
export type PairReader = (text: string, options: NormaliseOptions) => EventPair

/** A reader of texts that reads twice only what the versions, which differ in tables of the parsers `changed`,
 * may read differently. */
export function createPairReader(
  { before, after }: ParserVersions,
  changed: ReadonlySet<string>,
): PairReader {
  const isConcerned = concerns(changed)
  const named = new RegExp([...changed].flatMap(namesOf).map(RegExp.escape).join('|') || '^$', 'i')
  const bySeverity = before.severityPatterns !== after.severityPatterns
  return (text, options) => {
    const is = normalise(text, { ...options, ...after })
    const same = { before: is, after: is }
    if (before === after) return same
    // Tables apply to JSON alone, wherever in a line it stands, by recognition or by name.
    const byTable = () =>
      text.includes('{') && (isConcerned(is.parser, options.source) || named.test(text))
    if (!bySeverity && !byTable()) return same
    return { before: normalise(text, { ...options, ...before }), after: is }
  }
}

/** What a sender may call a parser. */
function namesOf(parser: string): readonly string[] {
  const found = Object.values<Parser>(PARSERS).find(({ name }) => name === parser)
  return [parser, ...(found?.aliases ?? [])]
}

/**
 * Both readings of a stored event: as it came in, so far as the store can tell. A source that is a parser's
 * own name is what recognition gave where recognition gives it.
 */
export function rereadStored(stored: Event, versions: ParserVersions): EventPair | Unread {
  const { raw, ingested } = stored
  if (raw === '') return { unread: 'no-raw-text' }
  const json = parseJsonObject(raw)
  if (json instanceof JsonError) return { before: stored, after: stored }
  const base: NormaliseOptions = {
    ...{ now: ingested, received: ingested, timeZone: 'UTC' },
    oldest: ORIGINAL_TIME_FIELD in stored.fields ? ingested : undefined,
  }
  const read = (source: string | undefined, host?: string) =>
    normalise(raw, { ...base, source, host, ...versions.before }, json)
  const isName = parsersNamed(stored.source).length > 0
  const unnamed = isName ? read(undefined) : undefined
  const isOwn = unnamed !== undefined && unnamed.parser === stored.parser
  const source = isOwn ? undefined : stored.source
  const first = isOwn ? unnamed : read(source)
  if (first.error !== undefined && stored.parser !== first.parser) return { unread: 'unreadable' }
  const host = first.pivots.host === undefined ? hostOf(stored.pivots) : undefined
  const was = host === undefined ? first : read(source, host)
  const is = normalise(raw, { ...base, source, host, ...versions.after }, json)
  // Nobody says here which zone the server takes for times without one.
  const time = was.time === is.time ? { time: stored.time } : {}
  const { id } = stored
  return {
    before: { ...was, ...time, id, source: stored.source },
    after: { ...is, ...time, id, source: isOwn ? is.source : stored.source },
  }
}

function hostOf({ host }: Pivots): string | undefined {
  return host === undefined ? undefined : String(host)
}

const ANY_JSON: ReadonlySet<string> = new Set([
  ...['json', 'syslog', 'text', 'logfmt', 'unparsed'],
  ...Object.values(PARSERS).flatMap(({ name, ...parser }) => ('inner' in parser ? [name] : [])),
])
const NAMES: readonly string[] = Object.values(PARSERS).map(({ name }) => name)

/** Whether changed tables of these parsers may take or give up events that a parser made: their own, those of
 * parsers that are asked after them, whatever wraps other formats, and what its sender calls by their names. */
export function concerns(
  changed: ReadonlySet<string>,
): (parser: string, source: string | undefined) => boolean {
  const first = NAMES.findIndex((name) => changed.has(name))
  const later = new Set(first < 0 ? [] : NAMES.slice(first))
  const isNamed = (source: string) => parsersNamed(source).some(({ name }) => changed.has(name))
  return (parser, source) =>
    first >= 0 &&
    (later.has(parser) || ANY_JSON.has(parser) || (source !== undefined && isNamed(source)))
}

/** How the two readings differ; undefined where they do not. */
export function differenceOf({ before, after }: EventPair): Difference | undefined {
  if (before === after) return undefined
  const difference = {
    parser: before.parser !== after.parser,
    logsource: !Bun.deepEquals(before.logsource, after.logsource),
    time: before.time !== after.time,
    message: before.message !== after.message,
    fields: namesThatDiffer(before.fields, after.fields),
    columns: namesThatDiffer(before.pivots, after.pivots),
  }
  const { fields, columns, ...rest } = difference
  const isSame = fields.length + columns.length === 0 && !Object.values(rest).includes(true)
  return isSame ? undefined : difference
}

function namesThatDiffer(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].filter((name) => !Bun.deepEquals(a[name], b[name]))
}
