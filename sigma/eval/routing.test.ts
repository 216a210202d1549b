import { describe, expect, test } from 'bun:test'
import type { EventLogSource } from '../event.ts'
import { knownLogSources, type RuleLogSource, routingKey, ruleAccepts } from './routing.ts'

const event = (
  closed: boolean,
  product?: string,
  category: string[] = [],
  service: string[] = [],
): EventLogSource => ({ ...(product === undefined ? {} : { product }), category, service, closed })

const sysmon = event(true, 'windows', ['registry_set', 'registry_event'], ['sysmon'])
const open = event(false, 'windows', ['process_creation'])

describe('ruleAccepts', () => {
  test.each([
    [{}, sysmon, true],
    [{ product: 'windows', category: 'registry_set' }, sysmon, true],
    [{ product: 'Windows', category: 'Registry_Event', service: 'SYSMON' }, sysmon, true],
    [{ product: 'windows', category: 'registry_add' }, sysmon, false],
    [{ product: 'windows', service: 'security' }, sysmon, false],
    [{ product: 'linux' }, sysmon, false],
    [{ category: 'webserver' }, event(true, 'windows'), false],
    [{ product: 'windows', service: 'security' }, open, true],
    [{ product: 'windows', category: 'process_creation' }, open, true],
    [{ product: 'windows', category: 'file_event' }, open, false],
    [{ product: 'linux', category: 'process_creation' }, open, false],
    [{ product: 'linux', category: 'file_event' }, event(false), true],
  ] as [RuleLogSource, EventLogSource, boolean][])('%j on %j: %p', (rule, logsource, expected) => {
    expect(ruleAccepts(rule, logsource)).toBe(expected)
  })
})

test('log sources that let in the same rules have the same key', () => {
  const known = knownLogSources([{ product: 'windows', category: 'process_creation' }])
  const key = (logsource: EventLogSource) => routingKey(logsource, known)
  expect(key(event(false, 'made up'))).toBe(key(event(false, 'other')))
  expect(key(event(false, 'made up'))).not.toBe(key(event(false)))
  expect(key(event(false, 'WINDOWS'))).toBe(key(event(false, 'windows')))
  expect(key(event(false, 'windows'))).not.toBe(key(event(true, 'windows')))
  expect(key(event(true, 'windows', ['process_creation', 'x']))).toBe(
    key(event(true, 'windows', ['process_creation'])),
  )
})
