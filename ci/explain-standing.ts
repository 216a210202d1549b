// How a correlation stands around one event of a file, as text.
import {
  type CorrelationWhy,
  type NamedEvent,
  readsOf,
  whyCorrelation,
} from '../sigma/correlate/why.ts'
import { explainWhy } from '../sigma/eval/why.ts'
import type { SigmaEvent } from '../sigma/event.ts'
import type { LoadedCorrelation, LoadedRule, LoadedRules } from '../sigma/rule.ts'
import { UsageError } from './command.ts'

/** A filter that keeps a rule that a correlation reads from matching the event. */
export interface LeftOut {
  readonly rule_id: string
  readonly title: string
  readonly filter: string
}

export interface Standing extends CorrelationWhy {
  readonly leftOut: readonly LeftOut[]
}

/** Explains a correlation on the event at `index`; events are taken in order of time. */
export async function standingAt(
  correlation: LoadedCorrelation,
  loaded: LoadedRules,
  events: AsyncIterable<SigmaEvent>,
  index: number,
): Promise<Standing> {
  const named: NamedEvent[] = []
  for await (const event of events) named.push({ ref: named.length, event })
  const asked = named[index]
  if (asked === undefined)
    throw new UsageError(`there is no event ${index}: there are ${named.length}`)
  const ordered = named.toSorted((a, b) => a.event.time - b.event.time)
  const leftOut = readsOf(correlation, loaded).rules.flatMap((rule) => filtersOf(rule, asked.event))
  return { ...whyCorrelation(correlation, loaded, asked, ordered), leftOut }
}

function filtersOf(rule: LoadedRule, event: SigmaEvent): readonly LeftOut[] {
  const { effects = [] } = explainWhy(rule, event)
  return effects.flatMap(({ kind, name, silences }) =>
    kind === 'filter' && silences ? [{ rule_id: rule.id, title: rule.title, filter: name }] : [],
  )
}

/** The explanation as lines. */
export function standingText(why: Standing): string {
  const left = why.leftOut.map(
    ({ title, filter }) => `  filter "${filter}" leaves this event out of ${title}`,
  )
  const head = `${why.fires ? 'fires' : 'does not fire'}: ${why.title}`
  return [head, ...levelLines(why), ...left].join('\n')
}

function levelLines(why: CorrelationWhy): readonly string[] {
  const { asked, timespan_ms, inputs, windows, below } = why
  const mark = (holds: boolean) => (holds ? '+' : '-')
  return [
    `  asks for ${asked} within ${timespan_ms / 1000} s`,
    ...inputs.map(
      ({ title, events, matched }) =>
        `${mark(matched)} ${title}: ${events} events of its group${matched ? ', this one too' : ''}`,
    ),
    ...windows.flatMap(({ key, fires, said, missing, events }) => [
      `${mark(fires)} ${keyText(key)}: ${said}${events.length > 0 ? `, events ${events.map(({ ref }) => ref).join(', ')}` : ''}`,
      ...missing.map((text) => `    missing: ${text}`),
    ]),
    ...below.flatMap((one) => [
      `${mark(one.fires)} ${one.title}`,
      ...levelLines(one).map((line) => `  ${line}`),
    ]),
  ]
}

function keyText(key: CorrelationWhy['windows'][number]['key']): string {
  if (key.length === 0) return 'all events together'
  return key.map(({ name, value }) => `${name}=${value ?? '(none)'}`).join(' ')
}
