// What a comment says about events that changed tables of parsers read otherwise.
import type { Section } from './fit.ts'
import { code, plain } from './markup.ts'
import type { Reports } from './reports.ts'

type Parsers = NonNullable<NonNullable<Reports['backtest']>['parsers']>

/** Tables that the sentence names. */
const TABLES_SHOWN = 5

/** One sentence; none where no table changed. */
export function parserSentence({ backtest }: Reports): string[] {
  const parsers = backtest?.parsers
  if (parsers === undefined) return []
  const { events, changed, by } = parsers
  const more = parsers.tables.length - TABLES_SHOWN
  const names = parsers.tables.slice(0, TABLES_SHOWN).map(code).join(', ')
  const tables = more > 0 ? `${names} and ${more} more` : names
  if (changed === 0) return [`${tables}: all of ${events} events are read as before.`]
  const parts = [
    ...(by.logsource > 0 ? [`the log source of ${by.logsource}`] : []),
    ...(by.fields > 0 ? [`fields of ${by.fields}`] : []),
    ...(by.columns > 0 ? [`columns of ${by.columns}`] : []),
    ...(by.time > 0 ? [`the time of ${by.time}`] : []),
  ]
  const what = parts.length === 0 ? '' : `: ${parts.join(', ')}`
  return [`${tables}: **${changed} of ${events} events are read otherwise**${what}.`]
}

/** Folded: some of the events, and what could not be read again. */
export function parserSections({ backtest }: Reports): Section[] {
  const parsers = backtest?.parsers
  if (parsers === undefined) return []
  return [...exampleSection(parsers), ...unreadSection(parsers)]
}

function exampleSection({ examples, changed }: Parsers): Section[] {
  if (examples.length === 0) return []
  const body = examples
    .map(({ time, host = '', user = '', message, differs }) => {
      const text = code([time, host, user, message].filter((part) => part !== '').join(' '))
      return `- ${text}: ${differs.map(code).join(', ')}`
    })
    .join('\n')
  return [{ title: `${examples.length} of ${changed} events read otherwise`, body, rank: 2 }]
}

function unreadSection({ not_read_again: unread }: Parsers): Section[] {
  const kinds = Object.entries(unread)
  if (kinds.length === 0) return []
  const total = kinds.reduce((sum, [, count]) => sum + count, 0)
  const body = kinds.map(([why, count]) => `- ${count} events of ${plain(why)}`).join('\n')
  return [{ title: `${total} events stand as they were stored`, body, rank: 4 }]
}
