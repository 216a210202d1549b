// Rules and correlations that need not be live, over what a server keeps: every match is printed.
import type { Event } from '../../parsers/event.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import type { LoadedCorrelation, LoadedRule, LoadedRules } from '../../sigma/rule.ts'
import {
  createCorrelationRun,
  gatherEvents,
  type Held,
  rulesBelow,
} from '../backtest/correlation.ts'
import { replayOnServer } from '../backtest/server-events.ts'
import type { ServerAccess } from '../send/api.ts'
import { shown } from './shown.ts'

export interface RuleHunt {
  readonly days: number
  readonly json: boolean
  readonly print: (line: string) => void
}

/** Runs what was loaded; resolves with the matches and the events of the range. Rejects `UsageError` where
 * the server stops, or a correlation's rules match too many events. */
export async function huntRules(
  access: ServerAccess,
  loaded: LoadedRules,
  { days, json, print }: RuleHunt,
): Promise<{ readonly matches: number; readonly events: number }> {
  const rules = loaded.rules.filter((rule) => !rule.feedsOnly)
  const correlations = loaded.correlations.filter((correlation) => !correlation.feedsOnly)
  const needed = new Set<LoadedRule>(rules)
  const sequences = correlations.map((correlation) => {
    const version = { correlation, loaded }
    for (const rule of rulesBelow(version)) needed.add(rule)
    const run = createCorrelationRun(version)
    return { correlation, run, gathered: gatherEvents(correlation.title, [run]) }
  })
  const matcher = compileMatcher(rules)
  let matches = 0
  const onEvent = (event: Event) => {
    for (const { gathered } of sequences) gathered.add(event)
    for (const index of matcher.match(event)) {
      matches++
      print(json ? ruleJson(rules[index]!, event) : ruleText(rules[index]!.title, event))
    }
  }
  const files = [...needed].map(({ path, text }) => ({ path, text }))
  const range = await replayOnServer(access, [files], { from: `now-${days}d` }, onEvent)
  for (const { correlation, run, gathered } of sequences) {
    for (const { event, ref } of gathered.inOrder()) {
      const held = run.add(event, ref)
      if (held === undefined) continue
      matches++
      print(json ? heldJson(correlation, event, held) : heldText(correlation, event, held))
    }
  }
  return { matches, events: range.events }
}

function eventJson({ id, time, pivots, message, fields }: Event) {
  return { id, time: new Date(time).toISOString(), ...pivots, message, fields }
}

function ruleJson({ id, title, level }: LoadedRule, event: Event): string {
  return JSON.stringify({ rule_id: id, title, level, event: eventJson(event) })
}

function ruleText(title: string, { id, time, pivots, message, raw }: Event): string {
  const text = shown(message === '' ? raw : message)
  return `${new Date(time).toISOString()}  ${id}  ${title}  ${pivots.host ?? '-'}  ${text}`
}

function heldJson({ id, title, level, type }: LoadedCorrelation, event: Event, held: Held): string {
  const { key, value, contributing } = held
  const correlation = { type, key, value, events: contributing }
  return JSON.stringify({ rule_id: id, title, level, correlation, event: eventJson(event) })
}

function heldText({ title, type }: LoadedCorrelation, event: Event, held: Held): string {
  const group = Object.entries(held.key).map(([name, text]) => `${name}=${shown(text ?? '(none)')}`)
  const what = [`${type} ${held.value}`, ...group, `${held.contributing.length} events`].join(', ')
  return `${new Date(event.time).toISOString()}  ${event.id}  ${title}  ${what}`
}
