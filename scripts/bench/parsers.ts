// `bun run bench parsers`: every parser against what other vendors' collectors make of the same lines.
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { UsageError } from '../../ci/command.ts'
import { CORPUS } from './corpus.ts'
import { beats } from './parsers/beats.ts'
import { type Case, SCORED, type Suite } from './parsers/case.ts'
import { confusionOf, confusionTable, pantherCases } from './parsers/confusion.ts'
import { crowdsec } from './parsers/crowdsec.ts'
import { evtxSpeeds } from './parsers/evtx.ts'
import { integrations } from './parsers/integrations.ts'
import { journal } from './parsers/journal.ts'
import { libaudit } from './parsers/libaudit.ts'
import { loghub } from './parsers/loghub.ts'
import { type Miss, type Score, scoreSource } from './parsers/score.ts'
import { winlogbeat } from './parsers/winlogbeat.ts'
import { zeek } from './parsers/zeek.ts'

export const summary = 'parsers against the outputs of other collectors: recall by field, events/s'

export const usage = `bun run bench parsers [--json] [--source NAME]... [--misses NAME] [--confusion] [--corpus DIR]
  --json         one JSON object: {sources: [{source, events, parsed, recognised, recall, events_per_s}], evtx: [..]}
  --source NAME  only this source (may be repeated)
  --misses NAME  what is missed of a source: file, line, field, expected, got, text
  --confusion    which parser takes which lines when nobody names their source, in Markdown
  --corpus DIR   default ../shared/corpus`

const SUITES: Readonly<Record<string, Suite>> = {
  beats,
  integrations,
  winlogbeat,
  crowdsec,
  journal,
  libaudit,
  loghub,
  zeek,
}
const TEXT_SHOWN_MAX = 600

/** All cases below a corpus folder, by source. */
export async function readCases(corpus: string): Promise<ReadonlyMap<string, readonly Case[]>> {
  const lists = await Promise.all(Object.values(SUITES).map((suite) => suite(corpus)))
  const bySource = Map.groupBy(lists.flat(), (item) => item.source)
  return new Map([...bySource].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Runs the scoreboard. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean' },
      source: { type: 'string', multiple: true },
      misses: { type: 'string' },
      confusion: { type: 'boolean' },
      corpus: { type: 'string', default: CORPUS },
    },
  })
  if (!existsSync(values.corpus)) throw new UsageError(`no corpus at ${values.corpus}`)
  const wanted = values.misses === undefined ? values.source : [values.misses]
  const cases = await readCases(values.corpus)
  if (values.confusion === true) {
    const labelled = [...[...cases.values()].flat(), ...(await pantherCases(values.corpus))]
    return console.log(confusionTable(confusionOf(labelled)))
  }
  const misses: Miss[] = []
  const scores: Score[] = []
  for (const [source, items] of cases) {
    if (wanted !== undefined && !wanted.includes(source)) continue
    scores.push(scoreSource(source, items, (miss) => misses.push(miss)))
  }
  if (values.misses !== undefined) printMisses(misses)
  const evtx =
    wanted === undefined || wanted.includes('evtx') ? await evtxSpeeds(values.corpus) : []
  if (values.json === true) console.log(JSON.stringify({ sources: scores, evtx }))
  else {
    printTable(scores)
    if (evtx.length > 0) console.table(evtx)
  }
}

function printTable(scores: readonly Score[]): void {
  const share = (value: number) => value.toFixed(3).padStart(10)
  const head = ['source'.padEnd(16), 'events', 'parsed', 'recognised', ...SCORED, 'events/s']
  console.log(head.map((name) => name.padStart(10)).join(' '))
  for (const score of scores) {
    const recalls = SCORED.map((name) => {
      const count = score.recall[name]
      return count === undefined ? '-'.padStart(10) : share(count.right / count.expected)
    })
    const cells = [
      score.source.padEnd(16),
      String(score.events).padStart(10),
      share(score.parsed),
      share(score.recognised),
      ...recalls,
      String(score.events_per_s).padStart(10),
    ]
    console.log(cells.join(' '))
  }
}

function printMisses(misses: readonly Miss[]): void {
  for (const { file, line, field, expected, got, text } of misses) {
    console.log(
      `${file}:${line} ${field}: expected ${expected.join(' or ')}, got ${got ?? 'nothing'}`,
    )
    console.log(`    ${text.slice(0, TEXT_SHOWN_MAX).replaceAll('\n', '\\n')}`)
  }
}
