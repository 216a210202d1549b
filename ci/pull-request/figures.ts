// The figures at the head of a comment, each a row or none.
import { plural } from '../report/report.ts'
import { plain } from './markup.ts'
import type { Reports, RuleBacktest } from './reports.ts'

/** With fewer events a cost says nothing. */
const COST_EVENTS_MIN = 1_000
/** Techniques that the coverage row names. */
const TECHNIQUES_SHOWN = 5

type Row = readonly [string, string]

export function alertLine({ backtest }: Reports): string[][] {
  if (backtest === undefined) return []
  const { rules } = backtest
  const sum = (of: (rule: RuleBacktest) => number) =>
    rules.reduce((total, rule) => total + of(rule), 0)
  const days = Math.round(backtest.days)
  const before = sum(({ alerts }) => alerts.before)
  const after = sum(({ alerts }) => alerts.after)
  const lost = sum((rule) => rule.lost)
  const gone = lost > 0 ? `**${plural(lost, 'event')} gone**` : '0 events gone'
  const name = `Alerts over ${days === 1 ? 'one day' : `${days} days`}`
  const text = `**${before} → ${after}** · ${plural(
    sum((rule) => rule.new),
    'event',
  )} new · ${gone}`
  return rules.length === 0 ? [[name, 'no rule means anything else']] : [[name, text]]
}

export function truthLine({ backtest }: Reports): string[][] {
  const rules = backtest?.rules ?? []
  const kept = rules.reduce((total, rule) => total + rule.kept_true_positives, 0)
  const lost = rules.reduce((total, rule) => total + rule.lost_true_positives.length, 0)
  return kept + lost === 0 ? [] : [['True positives kept', `${kept} of ${kept + lost}`]]
}

export function costLine({ backtest }: Reports): string[][] {
  const rules = backtest?.rules ?? []
  if (rules.length === 0 || (backtest?.events ?? 0) < COST_EVENTS_MIN) return []
  const sum = (of: 'before_ms' | 'after_ms') =>
    rules.reduce((total, rule) => total + rule.cost_ms_per_100k_events[of], 0)
  const row: Row = [
    'Cost',
    `${ms(sum('before_ms'))} → ${ms(sum('after_ms'))} ms per 100,000 events`,
  ]
  return [[...row]]
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value))
}

/** Techniques of the changed rules: what is lost first, then what is new, then what stays. */
export function coverageLine({ coverage }: Reports): string[][] {
  const touched = coverage?.touched ?? []
  if (touched.length === 0) return []
  const rank = ({ before, after }: (typeof touched)[number]) =>
    after === 0 && before > 0 ? 0 : before === 0 ? 1 : 2
  const texts = [...touched]
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, TECHNIQUES_SHOWN)
    .map(({ id, before, after }) => {
      if (after === 0)
        return before === 0 ? `${id} is not covered` : `**${id} is no longer covered**`
      const by = `by ${after} live rule${after === 1 ? '' : 's'}`
      return before === 0 ? `${id} is newly covered ${by}` : `${id} stays covered ${by}`
    })
  const more = touched.length - texts.length
  const rest = more > 0 ? ` · and ${more} more` : ''
  return [
    [
      'Coverage',
      `${texts.map((text) => (text.startsWith('**') ? text : plain(text))).join(' · ')}${rest}`,
    ],
  ]
}
