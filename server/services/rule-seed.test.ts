import { describe, expect, test } from 'bun:test'
import type { Event } from '../../parsers/event.ts'
import { normalise } from '../../parsers/normalise.ts'
import { isRefusal } from '../../query/to-sigma.ts'
import { compilePredicate } from '../../sigma/eval/predicate.ts'
import { ruleAccepts } from '../../sigma/eval/routing.ts'
import { loadRules } from '../../sigma/load.ts'
import { blankRule, pathOf, seedRule } from './rule-seed.ts'

const NOW = Date.UTC(2026, 10, 20)
const read = (raw: string, source?: string): Event =>
  normalise(raw, {
    ...{ now: NOW, received: NOW, timeZone: 'UTC' },
    ...(source === undefined ? {} : { source }),
  })
const seed = (query: string, found: readonly Event[]) =>
  seedRule({ query, found, author: 'ana', now: NOW })

const SSHD = read('Nov 20 10:00:00 web01 sshd[1]: Failed password for bob from 8.8.4.4 port 5 ssh2')
const NGINX = read(
  '8.8.4.4 - - [20/Nov/2026:10:11:12 +0000] "GET /x HTTP/1.1" 404 5 "-" "sqlmap/1"',
  'nginx',
)

describe('a rule out of a search', () => {
  test.each([
    ['Failed and src_ip:8.8.4.4', SSHD, { product: 'linux', service: 'sshd' }],
    ['cs-user-agent:sqlmap*', NGINX, { category: 'webserver' }],
  ])('%s has the log source of what it found, and matches it', (query, event, logsource) => {
    const rule = seed(query, [event, event])
    if (isRefusal(rule)) throw new Error(rule.message)
    expect(rule.logsource).toMatchObject(logsource)
    expect(rule.accepted).toBe(2)
    const [loaded] = loadRules([{ path: rule.path, text: rule.text }]).rules
    expect(ruleAccepts(loaded!.logsource, event.logsource)).toBe(true)
    expect(compilePredicate(loaded!.expr)(event)).toBe(true)
  })

  test('takes the log source that most have, and says how many it is', () => {
    const rule = seed('8.8.4.4', [NGINX, SSHD, SSHD])
    expect(rule).toMatchObject({ accepted: 2, path: expect.stringMatching(/^detections\/linux\//) })
  })

  test.each([
    ['', [SSHD], 'matches-everything'],
    ['Failed', [], 'no-events'],
    ['x', [read('{"x":"x"}')], 'no-log-source'],
    ['(', [SSHD], undefined],
  ])('%p is none, by name', (query, found, code) => {
    const rule = seed(query, found)
    expect(isRefusal(rule)).toBe(true)
    if (code !== undefined) expect(rule).toMatchObject({ code })
  })

  test('says which columns it reads', () => {
    expect(seed('host:web01', [SSHD])).toMatchObject({ columns: ['@host'] })
  })

  test('has a title and a path that are plain, whatever the search holds', () => {
    const rule = seed('user:"x: - #y\'" or CommandLine:"a: b"', [SSHD])
    if (isRefusal(rule)) throw new Error(rule.message)
    const { rules, refused } = loadRules([{ path: 'x.yml', text: rule.text }])
    expect([rules.length, refused.length]).toEqual([1, 0])
    expect(rule.path).toMatch(/^detections\/[a-z0-9_]+\/[a-z0-9_]+\.yml$/)
  })
})

test('an empty rule runs as it is', () => {
  const { text, path } = blankRule('ana', NOW)
  expect(loadRules([{ path, text }]).rules).toHaveLength(1)
})

test.each([
  [
    { product: 'windows', category: 'process_creation' },
    'Certutil: Downloads!',
    'detections/windows/certutil_downloads.yml',
  ],
  [{ category: 'dns' }, 'Ünïcode Näme', 'detections/dns/unicode_name.yml'],
  [{}, '???', 'detections/other/rule.yml'],
])('the path of %p is a file name', (logsource, title, path) => {
  expect(pathOf(logsource, title)).toBe(path)
})
