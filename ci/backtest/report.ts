// A backtest's outcome as JSON, as text for a terminal and as Markdown for a pull request.
import type { Event } from '../../parsers/event.ts'
import { oneLine } from '../report/plain.ts'
import { plural, type Report } from '../report/report.ts'
import type { Changes } from './changes.ts'
import type { Outcome } from './conclude.ts'
import { countVerdicts, type Judged } from './judge.ts'
import { readingExamples, readingLines, readingsJson } from './report-readings.ts'
import type { EntityCount } from './tally.ts'

/** Hosts and users that text reports name. */
const ENTITIES_SHOWN = 10

export interface Backtest extends Outcome {
  readonly changes: Changes
}

/** What machines read; times ISO 8601. */
export function jsonReport(backtest: Backtest) {
  const { changes, judged, events, days, from, to } = backtest
  return {
    events,
    days,
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    ...(to === undefined ? {} : { to: new Date(to).toISOString() }),
    same_meaning: changes.sameMeaning.map(({ id }) => id),
    not_replayed: changes.notReplayed,
    ...readingsJson(backtest),
    rules: judged.map((one) => ruleReport(one, days)),
  }
}

function ruleReport({ tally, verdicts, cost, findings }: Judged, days: number) {
  const { change } = tally
  return {
    id: change.id,
    title: change.title,
    path: change.path,
    change: kindOf(change),
    by_parser: change.byParser === true,
    new: tally.added,
    lost: tally.lost,
    same: tally.same,
    alerts: { before: tally.alertsBefore, after: tally.alertsAfter },
    alerts_per_day: { before: tally.alertsBefore / days, after: tally.alertsAfter / days },
    cardinality: tally.cardinality,
    entities: shownEntities(tally.entities).map((entity) => ({
      ...entity,
      verdicts: countVerdicts(
        verdicts.replayed.filter(({ host, user }) => host === entity.host && user === entity.user),
      ),
    })),
    new_examples: tally.addedExamples.map(exampleOf),
    lost_examples: tally.lostExamples.map(exampleOf),
    kept_true_positives: verdicts.keptTruePositives,
    lost_true_positives: verdicts.lostTruePositives.map(({ alertId }) => alertId),
    refired_false_positives: verdicts.refiredFalsePositives.map(({ alertId }) => alertId),
    quiet_alerts: countVerdicts(verdicts.quiet),
    cost_ms_per_100k_events: cost,
    findings,
  }
}

/** Hosts and users that a change reaches. Those it leaves alone stand after them, for comparison. */
function shownEntities(entities: readonly EntityCount[]): readonly EntityCount[] {
  const rest = entities.filter((entity) => !isShifted(entity)).slice(0, ENTITIES_SHOWN)
  return [...entities.filter(isShifted), ...rest]
}

/** The report in any of the formats: what breaks a budget stands at the rule that does. */
export function backtestReport(backtest: Backtest): Report {
  const { judged } = backtest
  return {
    command: 'backtest',
    findings: judged.flatMap(({ tally: { change }, findings }) =>
      findings.map((finding) => ({
        ...finding,
        path: change.path,
        line: change.after?.line ?? 1,
        column: 1,
      })),
    ),
    tests: judged
      .filter(({ findings }) => findings.length === 0)
      .map(({ tally: { change } }) => ({
        path: change.path,
        rule: change.id,
        name: 'backtest',
        passed: true,
        message: '',
      })),
    summary: summaryOf(backtest),
    data: jsonReport(backtest),
  }
}

function summaryOf({ judged, changes, events }: Backtest): string {
  return `${plural(judged.length, 'rule')} changed, ${changes.sameMeaning.length} with the same meaning, ${plural(events, 'event')}`
}

function kindOf({ before, after }: Judged['tally']['change']): 'added' | 'removed' | 'changed' {
  return before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
}

/** The kind in words of a report. */
function wordOf(change: Judged['tally']['change']): string {
  return change.byParser === true ? 'through parsers' : kindOf(change)
}

function isShifted(entity: EntityCount): boolean {
  return entity.before !== entity.after
}

function exampleOf({ id, time, pivots, message, fields, raw }: Event) {
  return {
    ...(id === '' ? {} : { id }),
    time: new Date(time).toISOString(),
    ...pivots,
    message: message === '' ? raw.slice(0, 500) : message,
    fields,
  }
}

/** For a terminal. */
export function textReport(backtest: Backtest): string {
  const { changes, judged, days } = backtest
  const lines = judged.flatMap(({ tally, findings, cost }) => [
    `${tally.change.path}: ${tally.change.title} (${wordOf(tally.change)})`,
    `  events: ${tally.same} same, ${tally.added} new, ${tally.lost} lost`,
    `  alerts: ${tally.alertsBefore} -> ${tally.alertsAfter} over ${plural(round(days), 'day')}`,
    `  hosts and users: ${tally.cardinality.before} -> ${tally.cardinality.after}`,
    `  cost:   ${round(cost.before_ms)} -> ${round(cost.after_ms)} ms per 100,000 events`,
    ...tally.entities
      .filter(isShifted)
      .slice(0, ENTITIES_SHOWN)
      .map(
        ({ host, user, before, after }) => `  ${host || '-'} ${user || '-'}: ${before} -> ${after}`,
      ),
    ...findings.map(({ severity, code, message }) => `  ${severity}: ${code}: ${message}`),
  ])
  const notReplayed = changes.notReplayed.map((reason) => `not replayed: ${reason}`)
  return `${[...readingLines(backtest), ...lines, ...notReplayed, summaryOf(backtest)].map(oneLine).join('\n')}\n`
}

/** For the comment of a pull request: verdict first, tables folded. */
export function markdownReport(backtest: Backtest): string {
  const { changes, judged, events, from, to, days } = backtest
  const sections = judged.map((one) => ruleSection(one, days))
  const range =
    from === undefined || to === undefined ? '' : ` kept from ${dayOf(from)} to ${dayOf(to)}`
  return [
    `### Trapline: ${plural(judged.length, 'rule')} changed · **${verdictOf(backtest)}**`,
    ...readingLines(backtest).map(cell),
    ...folded('Events that are read otherwise', readingExamples(backtest, code).join('\n')),
    ...sections,
    ...changes.notReplayed.map((reason) => `Not replayed: ${cell(reason)}`),
    `Run against ${plural(events, 'event')}${range}.`,
    '',
  ].join('\n\n')
}

function verdictOf({ judged, readings }: Backtest): string {
  const severities = judged.flatMap(({ findings }) => findings.map(({ severity }) => severity))
  if (severities.includes('error')) return 'not as it is'
  const isReadOtherwise = (readings?.changed ?? 0) > 0
  const moves = judged.some(({ tally }) => tally.added + tally.lost > 0)
  return severities.length > 0 || moves || isReadOtherwise ? 'needs a look' : 'changes no alert'
}

function ruleSection({ tally, verdicts, cost, findings }: Judged, days: number): string {
  const { change } = tally
  const truths = verdicts.keptTruePositives + verdicts.lostTruePositives.length
  const table = [
    '| | |',
    '|---|---|',
    `| Alerts over ${plural(round(days), 'day')} | **${tally.alertsBefore} → ${tally.alertsAfter}** |`,
    `| Events | ${tally.same} same · ${tally.added} new · ${tally.lost} gone |`,
    `| True positives kept | ${verdicts.keptTruePositives} of ${truths} |`,
    `| Hosts and users | ${tally.cardinality.before} → ${tally.cardinality.after} |`,
    `| Cost | ${round(cost.before_ms)} → ${round(cost.after_ms)} ms per 100,000 events |`,
  ].join('\n')
  return [
    `**${cell(change.title)}** \`${change.path}\` (${wordOf(change)})`,
    ...findings.map(({ code, message }) => `\`${code}\`: ${cell(message)}`),
    table,
    ...folded('By host and user', entityTable(tally.entities.filter(isShifted))),
    ...folded('Events that would no longer fire', exampleList(tally.lostExamples)),
    ...folded('Events that would newly fire', exampleList(tally.addedExamples)),
  ].join('\n\n')
}

function folded(title: string, body: string): string[] {
  return body === '' ? [] : [`<details><summary>${title}</summary>\n\n${body}\n\n</details>`]
}

function entityTable(entities: readonly EntityCount[]): string {
  if (entities.length === 0) return ''
  const rows = entities
    .slice(0, ENTITIES_SHOWN)
    .map(
      ({ host, user, before, after }) => `| ${cell(host)} | ${cell(user)} | ${before} | ${after} |`,
    )
  return ['| host | user | before | after |', '|---|---|---|---|', ...rows].join('\n')
}

function exampleList(events: readonly Event[]): string {
  return events
    .map(({ time, pivots, message, raw }) => {
      const text = (message === '' ? raw : message).slice(0, 300)
      return `- ${new Date(time).toISOString()} ${cell(String(pivots.host ?? ''))} ${code(text)}`
    })
    .join('\n')
}

const MARKUP = /[\\`*_{}[\]<>()#+!|~&-]/g

/** Log text never becomes markup. */
function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(MARKUP, (char) => `&#${char.charCodeAt(0)};`)
}

function code(text: string): string {
  const flat = text.replace(/\s+/g, ' ')
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence} ${flat} ${fence}`
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

function round(value: number): number {
  return Math.round(value * 10) / 10
}
