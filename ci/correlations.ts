// Correlations on the command line: matches in file order go in, lines to print come out.
import type { Event } from '../parsers/event.ts'
import { createCorrelator } from '../sigma/correlate/engine.ts'
import { correlationText } from '../sigma/correlate/text.ts'
import type { CorrelatorStats, EventMatch, Firing, Ref } from '../sigma/correlate/types.ts'
import type { LoadedCorrelation } from '../sigma/rule.ts'
import type { RuleSet } from './rule-set.ts'

/** A correlation that held, in terms of files. */
export interface CorrelationMatch {
  readonly correlation: LoadedCorrelation
  /** Index of the event that made it hold, in its file. */
  readonly index: number
  readonly file: string
  readonly key: Readonly<Record<string, string | null>>
  readonly value: number
  /** Milliseconds of event time. */
  readonly first: number
  readonly last: number
  /** Contributing events not listed before: indices, `FILE:INDEX` where the file is another one. */
  readonly events: readonly (number | string)[]
}

export interface FileCorrelator {
  /** Another file begins: its sources have clocks of their own. */
  open(file: string): void
  /** Adds the rules' matches (indices into the loaded rules) on one event. */
  add(event: Event, index: number, rules: readonly number[]): readonly CorrelationMatch[]
  stats(): CorrelatorStats
}

/** A correlator over files; undefined when nothing correlates. `lateness_ms` may be infinite: then nothing
 * is late, and only the memory limit lets go. */
export function createFileCorrelator(
  { heads, correlations }: Pick<RuleSet, 'heads' | 'correlations'>,
  lateness_ms: number,
): FileCorrelator | undefined {
  if (correlations.length === 0) return undefined
  const engine = createCorrelator<Event>(correlations, { read: correlationText, lateness_ms })
  const inputs = heads.map(({ id }) => engine.input(id))
  const files: string[] = []
  const place = (ref: Ref) => {
    const [file = '', index = ''] = String(ref).split(':')
    return { file: files[Number(file)] ?? '', index: Number(index) }
  }
  const matchOf = (firing: Firing): CorrelationMatch => {
    const correlation = correlations[firing.correlation]!
    const { file, index } = place(firing.ref)
    const key = correlation.groupBy.map((name, at) => [name, firing.key[at] ?? null])
    return {
      ...{ correlation, file, index },
      key: Object.fromEntries(key) as CorrelationMatch['key'],
      value: firing.value,
      first: firing.first,
      last: firing.time,
      events: firing.events.map((ref) => {
        const own = place(ref)
        return own.file === file ? own.index : `${own.file}:${own.index}`
      }),
    }
  }
  return {
    open: (file) => {
      files.push(file)
    },
    add: (event, index, matched) => {
      const matches: EventMatch<Event>[] = []
      for (const rule of matched) {
        const input = inputs[rule]
        if (input !== undefined) matches.push({ input, event })
      }
      if (matches.length === 0) return NOTHING
      const at = files.length - 1
      const source = `${at} ${event.source}`
      return engine
        .pushEvent(matches, event.time, source, `${at}:${index}`)
        .filter((firing) => !correlations[firing.correlation]!.feedsOnly)
        .map(matchOf)
    },
    stats: () => engine.stats(),
  }
}

const NOTHING: readonly CorrelationMatch[] = []
