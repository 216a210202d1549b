// What changed tables of parsers make of events, in a backtest's reports.
import type { Event } from '../../parsers/event.ts'
import type { Changes } from './changes.ts'
import type { Outcome } from './conclude.ts'
import type { ReadingExample } from './moved.ts'

/** Names of fields that an example lists. */
const NAMES_SHOWN = 20

type Reread = Pick<Outcome, 'readings' | 'unread'> & { readonly changes: Pick<Changes, 'tables'> }

/** What machines read; absent where no table changed. */
export function readingsJson({ readings, unread, changes }: Reread) {
  if (readings === undefined) return {}
  const { read, changed, parser, logsource, fields, columns, message, time, examples } = readings
  return {
    parsers: {
      tables: changes.tables.changed,
      events: read,
      changed,
      by: { parser, logsource, fields, columns, message, time },
      examples: examples.map(exampleJson),
      not_read_again: Object.fromEntries(unread ?? []),
    },
  }
}

function exampleJson({ after, parserBefore, difference }: ReadingExample) {
  const { id, time, pivots, message, raw } = after
  return {
    ...(id === '' ? {} : { id }),
    time: new Date(time).toISOString(),
    ...pivots,
    message: message === '' ? raw.slice(0, 500) : message,
    parser: { before: parserBefore, after: after.parser },
    differs: differing(difference),
  }
}

/** Names of what differs: `log source`, `@host`, `eventType`. */
function differing(difference: ReadingExample['difference']): string[] {
  const { parser, logsource, time, message, fields, columns } = difference
  const names = [
    ...(parser ? ['parser'] : []),
    ...(logsource ? ['log source'] : []),
    ...(time ? ['time'] : []),
    ...(message ? ['message'] : []),
    ...columns.map((name) => `@${name}`),
    ...fields,
  ]
  const more = names.length - NAMES_SHOWN
  return more > 0 ? [...names.slice(0, NAMES_SHOWN), `and ${more} more`] : names
}

/** A line on the events, and one for each kind that stands as it was stored. */
export function readingLines({ readings, unread, changes }: Reread): string[] {
  if (readings === undefined) return []
  const { read, changed, logsource, fields, columns } = readings
  const what = `${changed} read otherwise (log source of ${logsource}, fields of ${fields}, columns of ${columns})`
  return [
    `${changes.tables.changed.join(', ')}: of ${read} events ${what}`,
    ...[...(unread ?? [])].map(([why, count]) => `not read again: ${count} events of ${why}`),
  ]
}

/** Lines of a Markdown list, as `show` makes log text safe. */
export function readingExamples(
  { readings }: Reread,
  show: (text: string) => string,
): readonly string[] {
  return (readings?.examples ?? []).map(
    ({ after, difference }) =>
      `- ${new Date(after.time).toISOString()} ${show(textOf(after))}: ${differing(difference).map(show).join(', ')}`,
  )
}

function textOf({ message, raw }: Event): string {
  return (message === '' ? raw : message).slice(0, 300)
}
