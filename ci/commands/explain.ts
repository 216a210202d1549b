// `trapline explain`: why a rule fires on an event, or why it does not.
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { normalise } from '../../parsers/normalise.ts'
import { createCorrelator } from '../../sigma/correlate/engine.ts'
import { correlationText } from '../../sigma/correlate/text.ts'
import type { GroupView } from '../../sigma/correlate/types.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import { explainWhy, type Why, type WhyNode } from '../../sigma/eval/why.ts'
import type { SigmaEvent } from '../../sigma/event.ts'
import type { LoadedCorrelation, LoadedRule, LoadedRules, RefusedRule } from '../../sigma/rule.ts'
import { EXIT, UsageError } from '../command.ts'
import { standingAt, standingText } from '../explain-standing.ts'
import { readEvents } from '../input/read-events.ts'
import { ownParsers } from '../own-parsers.ts'
import { type RuleFolderOptions, readRuleFolder } from '../rule-files.ts'

export const summary = 'Says why a rule fires on an event, or why it does not'
export const usage = `trapline explain --rule FILE [--id ID] --event JSON|FILE [--index N] [--source NAME] [--json]
  --rule    a rule file, or a folder with --id; filters and pipelines beside it take part
  --id      id, name or title of the rule, where there are several
  --event   the event as JSON, or a file of events (also .gz, .zst, .evtx)
  --index   which event of the file, from 0 (default: the first); a correlation takes them all, and says
            with it how it stands around that one
  --pipeline NAME|FILE   a shipped pipeline or a file, beside those that lie with the rules; several times
  --lists DIR   lists of placeholder values, beside those that lie with the rules
  --source  parser for events that do not say what they are
Prints the condition with every test, what the event has and why it passed or failed, and the smallest
change that would make the rule fire. Exit code 1: it does not fire; 2: the rule cannot run.`

const EVENTS_MAX = 100_000
const GROUPS_SHOWN = 20
const CHOICES_SHOWN = 10

type Named = Pick<LoadedRule, 'id' | 'title'>

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rule: { type: 'string' },
      id: { type: 'string' },
      event: { type: 'string' },
      index: { type: 'string' },
      source: { type: 'string' },
      pipeline: { type: 'string', multiple: true },
      lists: { type: 'string' },
      json: { type: 'boolean' },
    },
  })
  if (values.rule === undefined) throw new UsageError('say which rule: --rule FILE')
  if (values.event === undefined) throw new UsageError('say which event: --event JSON or FILE')
  if (values.index !== undefined && !/^\d{1,9}$/.test(values.index))
    throw new UsageError(`--index "${values.index}" is no number`)
  const index = values.index === undefined ? undefined : Number(values.index)
  const { loaded, rule } = await find(values.rule, values.id, {
    pipelines: values.pipeline,
    lists: values.lists,
  })
  if (rule === undefined) {
    for (const { path, line, message } of loaded.refused)
      console.error(`${path}:${line}: ${message}`)
    console.error(`no rule ${values.id ?? ''} that runs in ${values.rule}`.replace('  ', ' '))
    return EXIT.badRule
  }
  if ('expr' in rule) {
    const event = await eventAt(values.event, index ?? 0, values.source)
    const why = explainWhy(rule, event)
    console.log(
      values.json
        ? JSON.stringify({ rule_id: rule.id, title: rule.title, ...why }, null, 2)
        : textOf(rule, why),
    )
    return why.fires ? EXIT.ok : EXIT.findings
  }
  if (index !== undefined) {
    const around = await standingAt(rule, loaded, eventsOf(values.event, values.source), index)
    console.log(values.json ? JSON.stringify(around, null, 2) : standingText(around))
    return around.fires ? EXIT.ok : EXIT.findings
  }
  const outcome = await explainCorrelation(rule, loaded, values.event, values.source)
  console.log(values.json ? JSON.stringify(outcome, null, 2) : correlationTextOf(rule, outcome))
  return outcome.firings.length > 0 ? EXIT.ok : EXIT.findings
}

/** The rule, and all that is loaded with it: filters, pipelines and what correlations read lie beside it. */
async function find(
  path: string,
  id: string | undefined,
  options: RuleFolderOptions,
): Promise<{ loaded: LoadedRules; rule: LoadedRule | LoadedCorrelation | undefined }> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read ${path}: ${error.code ?? error.message}`)
  })
  const loaded = await withBeside(path, info.isDirectory(), options)
  const own = ({ path: at }: { readonly path: string }) =>
    info.isDirectory() || resolve(at) === resolve(path)
  const all = [...loaded.correlations, ...loaded.rules].filter(own)
  const isCalled = (rule: Named) =>
    rule.id === id ||
    rule.title === id ||
    loaded.correlations.some(({ inputs }) =>
      inputs.some((input) => input.name === id && input.id === rule.id),
    )
  const found = all.filter((rule) =>
    id === undefined ? !rule.feedsOnly || all.length === 1 : isCalled(rule),
  )
  if (found.length > 1)
    throw new UsageError(
      `there are ${found.length} rules: choose one with --id\n${choiceOf(found)}`,
    )
  if (found.length === 0 && all.length > 0) console.error(`there are\n${choiceOf(all)}`)
  return { loaded: { ...loaded, refused: loaded.refused.filter(own) }, rule: found[0] }
}

/** What lies in a folder, or in a file and beside it; the file alone where its ids are those of others beside it. */
async function withBeside(
  path: string,
  isFolder: boolean,
  options: RuleFolderOptions,
): Promise<LoadedRules> {
  const loaded = await readRuleFolder([isFolder ? path : dirname(path)], options)
  const isDouble = ({ path: at, reason }: RefusedRule) =>
    reason === 'id-duplicate' && resolve(at) === resolve(path)
  if (isFolder || !loaded.refused.some(isDouble)) return loaded
  console.error(`${path} is taken alone: a file beside it has the same id`)
  return readRuleFolder([path], options)
}

/** The rules there are to choose from, as lines. */
function choiceOf(rules: readonly Named[]): string {
  const shown = rules.slice(0, CHOICES_SHOWN).map(({ id, title }) => `  ${id}  ${title}`)
  const more = rules.length > shown.length ? [`  and ${rules.length - shown.length} more`] : []
  return [...shown, ...more].join('\n')
}

async function* eventsOf(given: string, source: string | undefined): AsyncGenerator<SigmaEvent> {
  const now = Date.now()
  const options = { now, received: now, timeZone: 'UTC', source, ...(await ownParsers()) }
  if (given.trimStart().startsWith('{')) {
    yield normalise(given, options)
    return
  }
  let count = 0
  for await (const { text } of readEvents(given)) {
    if (++count > EVENTS_MAX) throw new UsageError(`${given} has more than ${EVENTS_MAX} events`)
    yield normalise(text, options)
  }
}

async function eventAt(
  given: string,
  index: number,
  source: string | undefined,
): Promise<SigmaEvent> {
  let at = 0
  for await (const event of eventsOf(given, source)) if (at++ === index) return event
  throw new UsageError(`there is no event ${index}: there are ${at}`)
}

function textOf(rule: LoadedRule, why: Why): string {
  const lines = [
    `${why.fires ? 'fires' : 'does not fire'}: ${rule.title}`,
    `${mark(why.logsource.accepts)} log source: ${why.logsource.why}`,
  ]
  printNode(why.tree, '', lines)
  for (const { kind, name, number, changes, silences } of why.effects ?? []) {
    const what = silences ? ' leaves this event out' : ''
    lines.push(`  ${[kind, number, `"${name}"`].filter(Boolean).join(' ')}${what}`)
    lines.push(...changes.map((change) => `    ${change}`))
  }
  if (why.change !== undefined) lines.push('', ...changeText(why.change, why.logsource.accepts))
  return lines.join('\n')
}

function mark(holds: boolean): string {
  return holds ? '+' : '-'
}

function printNode(node: WhyNode, indent: string, lines: string[]): void {
  const why = node.test === undefined ? '' : `: ${node.test.why}`
  lines.push(`${indent}${mark(node.holds)} ${node.label}${why}`)
  for (const child of node.children) printNode(child, `${indent}  `, lines)
  if (node.omitted !== undefined)
    lines.push(`${indent}    and ${node.omitted} more that do not matter here`)
}

function changeText({ changes, isProven }: NonNullable<Why['change']>, runs: boolean): string[] {
  if (changes.length === 0) return ['No change of this event can make the rule fire.']
  const what = changes.length === 1 ? 'this were' : `these ${changes.length} values were`
  const would = runs ? 'It would fire' : 'For its log source it would fire'
  const head = `${would} if ${what} otherwise${isProven ? ' (tried)' : ''}:`
  const rows = changes.map(({ field, from, needs, example }) => {
    const is = from === undefined ? 'is not there' : `is ${JSON.stringify(from)}`
    const eg =
      example === undefined
        ? ''
        : example === null
          ? ', for example absent'
          : `, for example ${field === '' ? 'the message ' : ''}${JSON.stringify(example)}`
    return `  ${field || 'the event'} ${is}, ${needs}${eg}`
  })
  return [head, ...rows]
}

interface CorrelationOutcome {
  readonly rule_id: string
  readonly title: string
  readonly timespan_ms: number
  /** Events that each input matched. */
  readonly matches: readonly { readonly rule_id: string; readonly count: number }[]
  readonly firings: readonly {
    readonly time: number
    readonly key: readonly (string | undefined)[]
    readonly value: number
    readonly events: readonly (string | number)[]
  }[]
  readonly groups: readonly (GroupView & { readonly missing: readonly string[] })[]
}

async function explainCorrelation(
  correlation: LoadedCorrelation,
  loaded: LoadedRules,
  given: string,
  source: string | undefined,
): Promise<CorrelationOutcome> {
  const engine = createCorrelator<SigmaEvent>(loaded.correlations, {
    read: correlationText,
    lateness_ms: Number.POSITIVE_INFINITY,
  })
  const matcher = compileMatcher(loaded.rules)
  const counts = new Map<string, number>(correlation.inputs.map(({ id }) => [id, 0]))
  const firings: CorrelationOutcome['firings'][number][] = []
  let index = 0
  for await (const event of eventsOf(given, source)) {
    const matches = matcher.match(event).flatMap((at) => {
      const { id } = loaded.rules[at]!
      if (counts.has(id)) counts.set(id, counts.get(id)! + 1)
      const input = engine.input(id)
      return input === undefined ? [] : [{ input, event }]
    })
    const held = engine.pushEvent(matches, event.time, event.source, index)
    for (const { id, time, key, value, events } of held) {
      if (counts.has(id)) counts.set(id, counts.get(id)! + 1)
      if (id === correlation.id) firings.push({ time, key, value, events })
    }
    index++
  }
  const groups = engine.groups(correlation.id, GROUPS_SHOWN).map((group) => ({
    ...group,
    missing: correlation.inputs.map(({ id }) => id).filter((id) => !group.seen.includes(id)),
  }))
  const matches = [...counts].map(([rule_id, count]) => ({ rule_id, count }))
  return {
    rule_id: correlation.id,
    title: correlation.title,
    timespan_ms: correlation.timespan_ms,
    matches,
    firings,
    groups,
  }
}

function correlationTextOf(
  correlation: LoadedCorrelation,
  { matches, firings, groups }: CorrelationOutcome,
): string {
  const asks = correlation.ops.map(({ op, value }) => `${op} ${value}`).join(' and ')
  const keyText = (key: readonly (string | undefined)[]) =>
    correlation.groupBy.map((name, n) => `${name}=${key[n] ?? '(none)'}`).join(' ') ||
    'all events together'
  const lines = [
    `${firings.length > 0 ? 'fires' : 'does not fire'}: ${correlation.title}`,
    `  ${correlation.type}${asks === '' ? '' : ` ${asks}`} within ${correlation.timespan_ms / 1000} s`,
    ...matches.map(({ rule_id, count }) => `${mark(count > 0)} ${rule_id} matched ${count} events`),
    ...firings.map(
      ({ key, value, events }) => `+ ${keyText(key)}: ${value}, events ${events.join(', ')}`,
    ),
  ]
  for (const { key, entries, value, missing } of groups) {
    const lacks =
      missing.length > 0 && correlation.type.startsWith('temporal')
        ? `, missing ${missing.join(', ')}`
        : ''
    lines.push(`  open group ${keyText(key)}: ${entries} entries, value ${value}${lacks}`)
  }
  return lines.join('\n')
}
