// Texts of files as events, for a backtest: on the thread that reads the files and on its workers.
import type { Columns } from '../../parsers/columns.ts'
import type { Event } from '../../parsers/event.ts'
import type { NormaliseOptions } from '../../parsers/normalise.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import { COST_SAMPLE_MAX } from './cost.ts'
import { createReadings, type Readings, type RuleVersions } from './moved.ts'
import { type ParserTables, parsersChanged, parserVersions } from './parser-tables.ts'
import { createPairReader, type EventPair } from './reread.ts'
import { createSample } from './sample.ts'

/** What is to be done with every text. */
export interface FileWork {
  readonly options: NormaliseOptions
  readonly tables: ParserTables
  /** Events that one of these matches are handed on. */
  readonly rules?: readonly LoadedRule[]
  /** Rules of which those are looked for that other tables reach. */
  readonly versions?: RuleVersions
}

/** Texts in a row below the same header lines. */
export interface Texts {
  readonly texts: readonly string[]
  readonly columns: Columns | undefined
}

/** What a batch of texts holds. Times in milliseconds; no matter without events. */
export interface ReadBatch {
  readonly count: number
  readonly from: number
  readonly to: number
  readonly matched: readonly EventPair[]
}

/** What is left when all is read. */
export interface ReadRest {
  readonly sample: readonly Event[]
  readonly readings: Readings | undefined
}

export interface FileReader {
  read(texts: Texts): ReadBatch
  rest(): ReadRest
}

/** Reads texts on this thread. */
export function createFileReader({ options, tables, rules, versions }: FileWork): FileReader {
  const readPair = createPairReader(parserVersions(tables), parsersChanged(tables))
  const matcher = rules === undefined ? undefined : compileMatcher(rules)
  const readings = versions === undefined ? undefined : createReadings(versions)
  const sample = createSample<Event>(COST_SAMPLE_MAX)
  const hits = (event: Event) => matcher !== undefined && matcher.match(event).length > 0
  return {
    read: ({ texts, columns }) => {
      const matched: EventPair[] = []
      const own = columns === undefined ? options : { ...options, columns }
      let from = Number.POSITIVE_INFINITY
      let to = Number.NEGATIVE_INFINITY
      for (const text of texts) {
        const pair = readPair(text, own)
        const { before, after } = pair
        sample.add(after)
        readings?.add(pair)
        if (after.time < from) from = after.time
        if (after.time > to) to = after.time
        if (hits(after) || (before !== after && hits(before))) matched.push(pair)
      }
      return { count: texts.length, from, to, matched }
    },
    rest: () => ({ sample: sample.items(), readings: readings?.result() }),
  }
}
