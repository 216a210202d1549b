// `trapline hunt`: rules that need not be live, over what a server keeps.
import { parseArgs } from 'node:util'
import type { Event } from '../../parsers/event.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import type { LoadedRules } from '../../sigma/rule.ts'
import { spreadLists } from '../args.ts'
import { replayOnServer } from '../backtest/server-events.ts'
import { EXIT, UsageError } from '../command.ts'
import { readRuleFolder } from '../rule-files.ts'
import { accessOf, SERVER_OPTIONS } from '../send/api.ts'

export const summary = 'look for what rules match among the events that a server keeps'
export const usage = `trapline hunt --rule PATH... [--days N] [--server URL] [--api-key KEY] [--json]
  --rule     rule files or folders; they need not be live
  --days     how far back (default: 7)
  --server   the server (default: TRAPLINE_SERVER, else http://127.0.0.1:8181)
  --api-key  a key that may read (default: TRAPLINE_API_KEY)
  --json     one JSON object a match: rule_id, title, level, event
The server's index proposes events and its matcher decides; nothing is raised. Exit code 2: no rule can run.`

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: spreadLists(args, ['rule']),
    options: {
      ...SERVER_OPTIONS,
      rule: { type: 'string', multiple: true, default: [] },
      days: { type: 'string', default: '7' },
      json: { type: 'boolean', default: false },
    },
  })
  if (values.rule.length === 0) throw new UsageError('say which rules: --rule PATH...')
  const days = Number(values.days)
  if (!Number.isInteger(days) || days < 1) throw new UsageError('--days takes a whole number')
  const access = accessOf(values)
  const loaded = await readRuleFolder(values.rule)
  for (const { path, line, message } of loaded.refused) console.error(`${path}:${line}: ${message}`)
  for (const { path, title } of loaded.correlations)
    console.error(`${path}: ${title}: a correlation is not hunted; its rules are`)
  if (loaded.rules.length === 0) return EXIT.badRule
  const print = printer(loaded, values.json)
  const files = loaded.rules.map(({ path, text }) => ({ path, text }))
  const range = await replayOnServer(access, [files], days, print.event)
  console.error(`${print.matches()} matches among ${range.events} events of ${days} days`)
  return EXIT.ok
}

/** The server answers with the events that any of the rules matches; which ones is found here. */
function printer({ rules }: LoadedRules, json: boolean) {
  const matcher = compileMatcher(rules)
  let matches = 0
  return {
    matches: () => matches,
    event: (event: Event) => {
      for (const index of matcher.match(event)) {
        matches++
        const { id, title, level } = rules[index]!
        console.log(json ? jsonLine({ id, title, level }, event) : textLine(title, event))
      }
    },
  }
}

interface Named {
  readonly id: string
  readonly title: string
  readonly level: string
}

function jsonLine({ id, title, level }: Named, event: Event): string {
  const { time, pivots, message, fields } = event
  const found = { id: event.id, time: new Date(time).toISOString(), ...pivots, message, fields }
  return JSON.stringify({ rule_id: id, title, level, event: found })
}

/** Control characters of a log never reach the terminal. */
function textLine(title: string, { id, time, pivots, message, raw }: Event): string {
  const text = (message === '' ? raw : message).slice(0, 200).replace(/\p{Cc}+/gu, ' ')
  return `${new Date(time).toISOString()}  ${id}  ${title}  ${pivots.host ?? '-'}  ${text}`
}
