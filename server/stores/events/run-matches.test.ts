import { Database } from 'bun:sqlite'
import { afterEach, expect, test } from 'bun:test'
import { formatId } from './id.ts'
import { RULES_SCHEMA } from './rule-refs.ts'
import {
  dropRunMatches,
  insertRunMatches,
  openRunMatches,
  RUN_MATCHES_SCHEMA,
} from './run-matches.ts'

const DAY = '20261121'
const db = new Database(':memory:')
afterEach(() => {
  db.run('DROP TABLE IF EXISTS run_matches')
})
const ids = (...numbers: number[]) => numbers.map((number) => formatId(DAY, number))

test('matches of a run are kept once, by number, and leave with their day', () => {
  expect(openRunMatches(db)(DAY, 0, 10)).toEqual([])
  db.run(RULES_SCHEMA)
  db.run(RUN_MATCHES_SCHEMA)
  const rule = { ruleId: 'r1', ruleHash: 'h' }
  insertRunMatches(db, rule, ids(7, 3))
  insertRunMatches(db, rule, ids(3, 9))
  insertRunMatches(db, { ...rule, ruleId: 'r2' }, ids(3))
  const read = openRunMatches(db)
  expect(read(DAY, 3, 9)).toEqual([
    { number: 3, ruleId: 'r1' },
    { number: 3, ruleId: 'r2' },
    { number: 7, ruleId: 'r1' },
  ])
  expect(read('20261122', 0, 100)).toEqual([])
  dropRunMatches(db, DAY)
  expect(openRunMatches(db)(DAY, 0, 100)).toEqual([])
})
