import { describe, expect, test } from 'bun:test'
import { isIP } from 'node:net'
import { parseTestFile } from '../../ci/checks/test-file.ts'
import { testFilter } from '../../ci/filter-tests.ts'
import type { Event } from '../../parsers/event.ts'
import { normalise } from '../../parsers/normalise.ts'
import { loadRules } from '../../sigma/load.ts'
import type { Criteria } from '../stores/state/suppressions.ts'
import { filterText } from './mute-filter.ts'
import { makeFilterTests } from './suppression-tests.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const RULE_ID = '6cfe5d00-ce9f-497d-ad6c-d62fbde40b4b'
const FILTER_ID = '0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111'

const ruleText = (detection: string, logsource: string) =>
  `title: T\nid: ${RULE_ID}\nlogsource: ${logsource}\ndetection: {s: ${detection}, condition: s}\n`
const SUDO = ruleText("{'|re': 'COMMAND=/bin/bash$'}", '{product: linux, service: sudo}')
const PROCESS = ruleText('{Image: sh}', '{product: linux}')

const read = (raw: string, id: string, source?: string): Event => ({
  ...normalise(raw, {
    ...{ now: NOW, received: NOW, timeZone: 'UTC' },
    ...(source === undefined ? {} : { source }),
  }),
  id,
})
const sudo = (user: string, id = 'e1') =>
  read(
    `<86>1 2026-11-21T11:00:00Z web-3 sudo 88 - - ${user} : TTY=pts/0 ; PWD=/home/${user} ; USER=root ; COMMAND=/bin/bash`,
    id,
    'linux_auth',
  )
const process = (fields: Record<string, unknown>, id = 'e1') =>
  read(JSON.stringify({ product: 'linux', Image: 'sh', ...fields }), id)

function make(rule: string, criteria: Criteria, silenced: Event, others: readonly Event[] = []) {
  const filter = filterText({
    ...{ id: FILTER_ID, title: 'F', description: 'x', author: 'ana', date: '2026-11-21' },
    ...{ ruleId: RULE_ID, logsource: { product: 'linux' }, criteria },
    exception: { id: 'S', owner: 'ana', reason: 'x', expires: '2027-01-01' },
  })
  const plain = loadRules([{ path: 'r.yml', text: rule }]).rules[0]!
  const loaded = loadRules([
    { path: 'r.yml', text: rule },
    { path: 'f.yml', text: filter },
  ])
  const filtered = loaded.rules[0]!
  const common = { ruleId: RULE_ID, namesRule: false, plain, filtered, criteria }
  const made = makeFilterTests({ ...common, silenced, others })
  const { tests } = parseTestFile(made.text, 'f.test.yml')
  const results = tests.map((one) =>
    testFilter(loaded.filters[0]!, filtered, one, one.events ?? [], loaded),
  )
  return { ...made, results: results.map(({ passed, message }) => message || passed) }
}

describe('tests of a filter', () => {
  test('pass, and name nobody that the filter does not', () => {
    const made = make(SUDO, { '@user': 'backup' }, sudo('backup'), [sudo('zelda', 'e2')])
    expect(made.results).toEqual([true, true])
    expect(made.isMade).toBe(false)
    expect(made.text).toContain('backup')
    expect(made.text).not.toContain('zelda')
    expect(made.text).not.toContain('web-3')
    expect(made.replaced.map(({ to }) => to).toSorted()).toEqual(['host-1', 'user-1'])
  })

  test('take the nearest of what stays', () => {
    const criteria = { User: 'backup', Parent: 'cron' }
    const near = process({ User: 'backup', Parent: 'sshd', Mark: 'near' }, 'e2')
    const far = process({ User: 'eve', Parent: 'sshd', Mark: 'far' }, 'e3')
    const made = make(PROCESS, criteria, process({ User: 'backup', Parent: 'cron' }), [far, near])
    expect(made.results).toEqual([true, true])
    expect(made.text).toContain('near')
  })

  test.each([
    ['a line', SUDO, { '@user': 'backup' }, sudo('backup')],
    ['a field', PROCESS, { User: 'backup' }, process({ User: 'backup' })],
    ['a number', PROCESS, { Session: 4 }, process({ Session: 4 })],
    ['a nested field', PROCESS, { 'a.b': 'x' }, process({ a: { b: 'x' } })],
  ] as const)('change %s where nothing else is stored', (_, rule, criteria, event) => {
    const made = make(rule, criteria, event)
    expect(made.results).toEqual([true, true])
    expect(made.isMade).toBe(true)
  })

  test('change an address to an address, in the line too', () => {
    const rule = ruleText('{Image: sh}', '{product: linux}')
    const criteria = { src_ip: '10.20.30.40' }
    const event = process({ src_ip: '10.20.30.40', peer: '10.20.30.401', port: 4 })
    const made = make(rule, criteria, event)
    expect(made.results).toEqual([true, true])
    const { tests } = parseTestFile(made.text, 'f.test.yml')
    const [input] = tests[1]!.events ?? []
    const { raw = '', fields = {} } = input as { raw?: string; fields?: Record<string, unknown> }
    const found = raw === '' ? fields : JSON.parse(raw)
    expect(isIP(String(found.src_ip))).toBe(4)
    expect(found.src_ip).not.toBe('10.20.30.40')
    expect(found.port).toBe(4)
  })

  test.each([
    ['what the rule itself asks for', PROCESS, { Image: 'sh' }, process({})],
    ['everything of the program', SUDO, { '@process': 'sudo' }, sudo('backup')],
  ] as const)('refuse criteria that hide %s', (_, rule, criteria, event) => {
    expect(() => make(rule, criteria, event)).toThrow('hide everything')
  })
})
