// `trapline liveness`: which rules of a running server can match what arrives there.
import { parseArgs } from 'node:util'
import { EXIT, UsageError } from '../command.ts'
import { bufferedOutput } from '../output.ts'
import { accessOf, ask, SERVER_OPTIONS } from '../send/api.ts'

export const summary = 'name the rules that cannot match what arrives, with the cause'

export const usage = `trapline liveness [--server URL] [--api-key KEY] [--state STATE] [--json]
  --server URL    the server (default: TRAPLINE_SERVER, else http://127.0.0.1:8181)
  --api-key KEY   a key that may read detections (default: TRAPLINE_API_KEY)
  --state STATE   rules to list: dead, rare, silent, alive or all (default: all but alive)
  --json          one JSON object a rule
Exit code 1 when a listed rule is dead.`

interface Rule {
  readonly id: string
  readonly title: string
  readonly state: 'alive' | 'silent' | 'rare' | 'dead'
  readonly logsource: Readonly<Record<string, string>>
  readonly cause?: { readonly code: string; readonly message: string }
  readonly last_event?: string
}

interface Answer {
  readonly events: number
  readonly counts: Readonly<Record<Rule['state'], number>>
  readonly rules: readonly Rule[]
}

const STATES = ['dead', 'rare', 'silent', 'alive', 'all']

/** Runs the command; resolves with its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...SERVER_OPTIONS,
      state: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  if (positionals.length > 0) throw new UsageError(`unexpected argument ${positionals[0]}`)
  const { state } = values
  if (state !== undefined && !STATES.includes(state))
    throw new UsageError(`--state is one of ${STATES.join(', ')}`)
  const reply = await ask(accessOf(values), '/api/v1/detections/liveness')
  const answer = (await reply.json()) as Answer
  const wanted = (rule: Rule) =>
    state === undefined ? rule.state !== 'alive' : state === 'all' || rule.state === state
  const rules = answer.rules.filter(wanted)
  const output = bufferedOutput()
  if (values.json) for (const rule of rules) output.write(`${JSON.stringify(rule)}\n`)
  else for (const block of byCause(rules)) output.write(block)
  await output.flush()
  const { alive, silent, rare, dead } = answer.counts
  console.error(
    `${alive} rules alive, ${silent} silent, ${rare} rare, ${dead} dead; judged by the newest ` +
      `${answer.events.toLocaleString('en')} events`,
  )
  return rules.some((rule) => rule.state === 'dead') ? EXIT.findings : EXIT.ok
}

/** Rules under the cause they share, most rules first. */
function byCause(rules: readonly Rule[]): readonly string[] {
  const causes = Map.groupBy(
    rules,
    (rule) => `${rule.state}: ${rule.cause?.message ?? 'it can match'}`,
  )
  return [...causes]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(
      ([cause, list]) =>
        `${cause}\n${list.map((rule) => `  ${rule.title} (${rule.id})\n`).join('')}`,
    )
}
