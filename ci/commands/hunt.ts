// `trapline hunt`: hunts, and rules that need not be live, over what a server keeps or files hold.
import { parseArgs } from 'node:util'
import { spreadLists } from '../args.ts'
import { EXIT, UsageError } from '../command.ts'
import { type RunnableHunt, readHuntFiles } from '../hunt/hunt-files.ts'
import { huntRules } from '../hunt/rules.ts'
import { type FoundEvent, huntInFiles, huntOnServer, type OnFound } from '../hunt/run.ts'
import { shown } from '../hunt/shown.ts'
import { readRuleFolder } from '../rule-files.ts'
import { accessOf, SERVER_OPTIONS } from '../send/api.ts'

export const summary =
  'Runs hunts, or rules that are not live, over what a server keeps or files hold'
export const usage = `trapline hunt FILE... [--from TIME] [--to TIME] [--server URL] [--api-key KEY] [--json]
trapline hunt FILE... --events PATH... [--source NAME] [--json]
trapline hunt --rule PATH... [--days N] [--server URL] [--api-key KEY] [--json]
  FILE       hunt files or folders of them
  --from     in place of the hunt's own range: now-7d, 2026-11-21, ... (--to: default now)
  --events   files of events instead of a server; the hunt's range is not asked there
  --source   parser for events that do not say what they are
  --rule     rule files or folders, correlations too; they need not be live
  --days     how far back rules look (default: 7)
  --server   the server (default: TRAPLINE_SERVER, else http://127.0.0.1:8181)
  --api-key  a key that may read (default: TRAPLINE_API_KEY)
  --json     one JSON object a match: hunt_id or rule_id, title, event
The server's index proposes events and its matcher decides; nothing is raised. Exit code 2: no hunt or rule can
run, or one that was named cannot.`

const OPTIONS = {
  ...SERVER_OPTIONS,
  rule: { type: 'string', multiple: true, default: [] as string[] },
  days: { type: 'string', default: '7' },
  from: { type: 'string' },
  to: { type: 'string' },
  events: { type: 'string', multiple: true, default: [] as string[] },
  source: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

type Values = ReturnType<typeof valuesOf>['values']

function valuesOf(args: readonly string[]) {
  const spread = spreadLists(args, ['rule', 'events'])
  return parseArgs({ args: spread, options: OPTIONS, allowPositionals: true })
}

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = valuesOf(args)
  if (positionals.length > 0 && values.rule.length > 0)
    throw new UsageError('name hunt files, or rules with --rule, not both')
  if (positionals.length > 0) return runHunts(positionals, values)
  if (values.rule.length === 0)
    throw new UsageError('say which hunt: FILE..., or which rules: --rule PATH...')
  if (values.events.length > 0)
    throw new UsageError('rules over files: trapline eval --rules PATH... --events FILE...')
  return runRules(values)
}

async function runHunts(paths: readonly string[], values: Values): Promise<number> {
  const { hunts, problems } = await readHuntFiles(paths)
  for (const problem of problems) console.error(problem)
  const { events: files, source, json, from, to = 'now' } = values
  const access = files.length > 0 ? undefined : accessOf(values)
  const range = from === undefined ? undefined : { from, to }
  for (const one of hunts) {
    const { hunt } = one
    let matches = 0
    const print: OnFound = (found) => {
      matches++
      console.log(json ? huntJson(one, found) : huntText(one, found))
    }
    if (access !== undefined) {
      const complete = await huntOnServer(access, one, range, print)
      console.error(`${hunt.title}: ${complete ? '' : 'at least '}${matches} matches`)
    } else if (hunt.filters.rule === undefined) {
      const events = await huntInFiles(files, one, source, print)
      console.error(`${hunt.title}: ${matches} matches among ${events} events`)
    } else {
      console.error(`${one.path}: filters: rule: only a server knows which rule matched an event`)
      return EXIT.badRule
    }
  }
  return problems.length > 0 || hunts.length === 0 ? EXIT.badRule : EXIT.ok
}

function huntJson({ hunt }: RunnableHunt, { event }: FoundEvent): string {
  return JSON.stringify({ hunt_id: hunt.id, title: hunt.title, event })
}

function huntText({ hunt }: RunnableHunt, { id, time, host, message, raw }: FoundEvent): string {
  return [time, id, hunt.title, host ?? '-', shown(message === '' ? raw : message)].join('  ')
}

async function runRules(values: Values): Promise<number> {
  const days = Number(values.days)
  if (!Number.isInteger(days) || days < 1) throw new UsageError('--days takes a whole number')
  const access = accessOf(values)
  const loaded = await readRuleFolder(values.rule)
  for (const { path, line, message } of loaded.refused) console.error(`${path}:${line}: ${message}`)
  if (loaded.rules.length === 0) return EXIT.badRule
  const { json } = values
  const found = await huntRules(access, loaded, { days, json, print: (line) => console.log(line) })
  console.error(`${found.matches} matches among ${found.events} events of ${days} days`)
  return EXIT.ok
}
