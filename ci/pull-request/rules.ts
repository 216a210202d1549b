// What a comment says about each changed rule.

import type { Section } from './fit.ts'
import { code, plain, table } from './markup.ts'
import type { RuleBacktest } from './reports.ts'

/** Rules that get a sentence, hosts and users that a table names. */
const RULES_SHOWN = 20
const ENTITIES_SHOWN = 25

const WORDS: Readonly<Record<string, string>> = {
  true_positive: 'true positive',
  benign_true_positive: 'benign true positive',
  false_positive_logic: 'false positive (logic)',
  false_positive_data: 'false positive (data)',
  duplicate: 'duplicate',
  test: 'test',
  insufficient_evidence: 'not enough evidence',
  new: 'never looked at',
  acknowledged: 'acknowledged',
  investigating: 'being investigated',
  resolved: 'resolved without a verdict',
  false_positive: 'closed as false positive',
  held: 'held back by a mute',
}

/** A sentence a rule: what happens to its alerts, and how those that go were judged. */
export function ruleSentences(
  rules: readonly RuleBacktest[],
  server: string | undefined,
): string[] {
  const shown = [...rules].sort((a, b) => moved(b) - moved(a)).slice(0, RULES_SHOWN)
  const texts = shown.map(
    (rule) => `**${plain(rule.title)}** ${code(rule.path)}: ${effect(rule, server)}`,
  )
  const more = rules.length - shown.length
  return more > 0 ? [...texts, `and ${more} more rules`] : texts
}

function moved(rule: RuleBacktest): number {
  return rule.new + rule.lost
}

function effect(rule: RuleBacktest, server: string | undefined): string {
  const { alerts, quiet_alerts: quiet, lost_true_positives: lost } = rule
  if (rule.change === 'added') return `new: ${rule.new} events would fire, ${alerts.after} alerts.`
  const parts: string[] = rule.by_parser ? ['unchanged, but its events are read otherwise:'] : []
  if (rule.change === 'removed') parts.push(`removed: ${rule.lost} events no longer fire.`)
  else if (moved(rule) === 0) parts.push('fires on the same events.')
  else {
    if (rule.lost > 0)
      parts.push(`${rule.lost} of ${rule.lost + rule.same} events would no longer fire.`)
    if (rule.new > 0) parts.push(`${rule.new} more events would fire.`)
    parts.push(`Alerts ${alerts.before} → ${alerts.after}.`)
  }
  const judged = verdictList(quiet)
  if (judged !== '') parts.push(`Of the alerts that go quiet: ${judged}${link(rule, server)}.`)
  if (lost.length > 0)
    parts.push(
      `**Misses ${lost.length} judged true positive**: ${lost.slice(0, 5).map(code).join(', ')}.`,
    )
  return parts.join(' ')
}

function link({ id }: RuleBacktest, server: string | undefined): string {
  if (server === undefined) return ''
  return ` ([see them](${server}/alerts?${new URLSearchParams({ rule: id, status: 'any', group: 'none' })}))`
}

function verdictList(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${WORDS[name] ?? plain(name)}`)
    .join(', ')
}

/** Folded tables of each rule: hosts and users, events. */
export function ruleSections(rules: readonly RuleBacktest[]): Section[] {
  const several = rules.length > 1
  return rules.flatMap((rule) => {
    const of = several ? `: ${plain(rule.title)}` : ''
    return [
      ...entitySection(rule, of),
      ...exampleSection(rule.lost_examples, rule.lost, `that would no longer fire${of}`),
      ...exampleSection(rule.new_examples, rule.new, `that would newly fire${of}`),
    ]
  })
}

function entitySection({ entities }: RuleBacktest, of: string): Section[] {
  const moves = entities.some(({ before, after }) => before !== after)
  if (!moves) return []
  const quiet = entities.some(({ before, after }) => after < before)
  const rows = entities
    .slice(0, ENTITIES_SHOWN)
    .map(({ host, user, before, after, verdicts }) => [
      code(host),
      code(user),
      String(before),
      String(after),
      verdictList(verdicts),
    ])
  const more = entities.length - rows.length
  const title = `${quiet ? 'Who it goes quiet for' : 'Who it fires for'}${of}`
  const body = `${table(['host', 'user', 'events before', 'after', 'verdicts on alerts'], rows)}${more > 0 ? `\n\nand ${more} more` : ''}`
  return [{ title, body, rank: 1 }]
}

function exampleSection(
  examples: RuleBacktest['lost_examples'],
  total: number,
  what: string,
): Section[] {
  if (examples.length === 0) return []
  const body = examples
    .map(
      ({ time, host = '', user = '', message }) =>
        `- ${code([time, host, user, message].filter((text) => text !== '').join(' '))}`,
    )
    .join('\n')
  const title =
    examples.length === total
      ? `${total} event${total === 1 ? '' : 's'} ${what}`
      : `${examples.length} of ${total} events ${what}`
  return [{ title, body, rank: 2 }]
}
