// SigmaHQ's rules as SQL find in SQLite what the matcher finds.
import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { gunzipSync } from 'node:zlib'
import { normalise } from '../../parsers/normalise.ts'
import { sqlOfRule } from '../../sigma/backends/sql.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import { loadRules } from '../../sigma/load.ts'
import type { RuleFile } from '../../sigma/rule.ts'
import { corpusFolder } from './corpus.ts'

const lanes = await corpusFolder('lanes')
const sigmahq = await corpusFolder('sigmahq')
const EVENTS_A_LANE = 60
const LANES = [
  'structured_windows',
  'match_heavy',
  'mixed_schema',
  'sysmon_file_event',
  'cisco_syslog',
]
const FOLDERS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting']
const TIMEOUT_MS = 120_000

async function readRules() {
  const files: RuleFile[] = []
  for (const folder of FOLDERS) {
    for (const name of new Bun.Glob(`${folder}/**/*.yml`).scanSync({ cwd: sigmahq! })) {
      files.push({ path: name, text: await Bun.file(`${sigmahq}/${name}`).text() })
    }
  }
  return loadRules(files).rules
}

async function readEvents(lane: string) {
  const text = gunzipSync(await Bun.file(`${lanes}/${lane}.ndjson.gz`).bytes()).toString()
  const options = { now: 0, received: 0, timeZone: 'UTC' }
  return text
    .split('\n', EVENTS_A_LANE)
    .filter((line) => line !== '')
    .map((line) => normalise(line, options))
}

test.skipIf(lanes === undefined || sigmahq === undefined)(
  'over events of five lanes',
  async () => {
    const rules = await readRules()
    const events = (await Promise.all(LANES.map(readEvents))).flat()
    const db = new Database(':memory:')
    db.run('CREATE TABLE events (id INTEGER, time INTEGER, fields TEXT, message TEXT, raw TEXT)')
    const insert = db.query('INSERT INTO events VALUES (?, ?, ?, ?, ?)')
    for (const [id, { time, fields, message, raw }] of events.entries()) {
      insert.run(id, time, JSON.stringify(fields), message, raw)
    }
    const matcher = compileMatcher(rules, { routing: false })
    const expected: number[][] = rules.map(() => [])
    for (const [id, event] of events.entries()) {
      for (const rule of matcher.match(event)) expected[rule]!.push(id)
    }
    let said = 0
    for (const [n, rule] of rules.entries()) {
      const made = sqlOfRule(rule.expr, 'sqlite')
      if (!('sql' in made)) continue
      said++
      const found = (db.query(`${made.sql} ORDER BY id`).values() as [number][]).map(([id]) => id)
      expect({ rule: rule.title, found }).toEqual({ rule: rule.title, found: expected[n]! })
    }
    db.close()
    expect(said).toBeGreaterThan(rules.length * 0.95)
    expect(expected.flat().length).toBeGreaterThan(100)
  },
  TIMEOUT_MS,
)

test.skipIf(sigmahq === undefined)(
  'for ClickHouse, where only rules that compare fields are refused',
  async () => {
    const codes = (await readRules()).flatMap(({ expr }) => {
      const made = sqlOfRule(expr, 'clickhouse')
      return 'sql' in made ? [] : [made.code]
    })
    expect(new Set(codes)).toEqual(new Set(['sql-fieldref-unsupported']))
    expect(codes.length).toBeLessThan(10)
  },
  TIMEOUT_MS,
)
