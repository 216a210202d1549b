// What rules, correlations and filters have in common.
import {
  LEVELS,
  type LogSource,
  type Metadata,
  type Position,
  type Related,
  STATUSES,
  type Yaml,
} from '../rule.ts'
import {
  type Entries,
  isScalar,
  kindName,
  mapOf,
  misnamed,
  type TypeFinding,
  textOf,
  textsOf,
  wordOf,
} from './reader.ts'
import { fail, type Report, warn } from './report.ts'
import { suggestion } from './suggest.ts'
import { readTrapline } from './trapline.ts'

const OWN_KEYS = new Set([
  'title',
  'id',
  'name',
  'status',
  'level',
  'description',
  'author',
  'date',
  'modified',
  'license',
  'taxonomy',
  'references',
  'tags',
  'fields',
  'falsepositives',
  'scope',
  'related',
  'trapline',
  'logsource',
  'detection',
  'correlation',
  'filter',
  'action',
])

const LOG_SOURCE_KEYS = ['product', 'category', 'service', 'definition']

/** Reads the keys around a document's heart; unknown ones are kept in `other`. */
export function readMetadata(report: Report, entries: Entries, at: Position): Metadata {
  const title = textOf(report, entries, 'title')
  if (title === undefined || title.trim() === '') fail(report, 'title-missing', 'has no title', at)
  const text = (key: string) => textOf(report, entries, key)
  const note = (key: string) => noteOf(report, entries, key)
  const notes = (key: string) => textsOf(report, entries, key, leftOut)
  const other = new Map<string, Yaml>()
  for (const [key, entry] of entries) if (!OWN_KEYS.has(key)) other.set(key, entry.value)
  return {
    title: title ?? '',
    id: text('id'),
    name: text('name'),
    status: wordOf(report, entries, 'status', STATUSES, 'warning', leftOut),
    level: wordOf(report, entries, 'level', LEVELS, 'error'),
    description: note('description'),
    author: note('author'),
    date: note('date'),
    modified: note('modified'),
    license: note('license'),
    taxonomy: note('taxonomy'),
    references: notes('references'),
    tags: notes('tags'),
    fields: notes('fields'),
    falsepositives: notes('falsepositives'),
    scope: notes('scope'),
    related: readRelated(report, entries),
    trapline: readTrapline(report, entries),
    other,
  }
}

/** What is no part of what a rule finds is left out where it cannot be read: the rule runs. */
const leftOut: TypeFinding = (report, message, at) =>
  warn(report, 'metadata-type', `${message}; it is left out`, at)

/** A text; of a list its texts, joined. */
function noteOf(report: Report, entries: Entries, key: string): string | undefined {
  const value = entries.get(key)?.value
  if (value?.kind !== 'list' || !value.items.every(isScalar))
    return textOf(report, entries, key, leftOut)
  warn(report, 'metadata-type', `${key}: should be text, not a list`, value)
  return value.items.map(({ text }) => text).join(', ')
}

function readRelated(report: Report, entries: Entries): Related[] {
  const value = entries.get('related')?.value
  if (value === undefined || value.kind === 'null') return []
  if (value.kind !== 'list') {
    leftOut(report, `related: must be a list, not ${kindName(value)}`, value)
    return []
  }
  return value.items.flatMap((item) => {
    const id = item.kind === 'map' ? textOf(report, item.entries, 'id') : undefined
    const type = item.kind === 'map' ? textOf(report, item.entries, 'type') : undefined
    if (id !== undefined && type !== undefined) return [{ id, type }]
    warn(report, 'related-invalid', 'related: an entry needs id and type', item)
    return []
  })
}

/** The log source of a rule or filter; undefined with a finding when it names nothing. */
export function readLogSource(
  report: Report,
  entries: Entries,
  at: Position,
): LogSource | undefined {
  const own = mapOf(report, entries, 'logsource')
  if (own === undefined) {
    if (!entries.has('logsource'))
      fail(report, 'logsource-missing', `has no logsource${misnamed(entries, ['logsource'])}`, at)
    return undefined
  }
  for (const [name, entry] of own) {
    if (LOG_SOURCE_KEYS.includes(name)) continue
    const near = suggestion(name, LOG_SOURCE_KEYS)
    warn(report, 'logsource-unknown-key', `logsource: key ${name} has no effect${near}`, entry.key)
  }
  const source: Record<string, string> = {}
  for (const key of LOG_SOURCE_KEYS) {
    const value = own.get(key)?.value
    if (value === undefined || value.kind === 'null') continue
    if (isScalar(value)) source[key] = value.text
    else fail(report, 'invalid-type', `logsource: ${key}: must be text`, value)
  }
  if (!source.product && !source.category && !source.service) {
    const message = 'logsource: names no product, category or service'
    fail(report, 'logsource-empty', message, entries.get('logsource')!.value)
    return undefined
  }
  return source
}
