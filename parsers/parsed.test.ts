import { describe, expect, test } from 'bun:test'
import { eventObject } from '../ci/commands/parse.ts'
import { normalise } from './normalise.ts'

const NOW = Date.UTC(2026, 10, 22)
const OPTIONS = { now: NOW, received: NOW, timeZone: 'UTC' }

/** The event of a text, and the one of what `trapline parse --json` prints of it. */
function twice(text: string, source?: string) {
  const first = normalise(text, { ...OPTIONS, source })
  const printed = JSON.stringify(eventObject(first, 7))
  return { first, again: normalise(printed, OPTIONS) }
}

const WINDOWS = {
  ...{ EventID: 1, Channel: 'Microsoft-Windows-Sysmon/Operational', Image: 'C:\\a.exe' },
  ...{ CommandLine: 'a.exe -x', UtcTime: '2026-11-21 10:00:00.123', Computer: 'w1' },
}

describe('an event that was printed and is read again', () => {
  test.each([
    [
      '<86>Nov 21 10:00:00 h sshd[1]: Failed password for root from 10.0.0.9 port 22 ssh2',
      undefined,
    ],
    [JSON.stringify({ Event: { System: { EventID: 1 } }, ...WINDOWS }), undefined],
    [JSON.stringify(WINDOWS), 'windows'],
    [
      JSON.stringify({
        product: 'p',
        service: 's',
        a: { b: [1, 'x'] },
        '@timestamp': '2026-11-01',
      }),
      undefined,
    ],
    [JSON.stringify({ a: 1, src_ip: '10.0.0.1', message: 'hello' }), undefined],
    [
      '10.0.0.9 - bob [21/Nov/2026:10:11:12 +0000] "GET /a?b=c HTTP/1.1" 200 12 "-" "curl/8"',
      undefined,
    ],
  ] as const)('is the same event: %s', (text, source) => {
    const { first, again } = twice(text, source)
    expect(again.fields).toEqual(first.fields)
    expect(again.logsource).toEqual(first.logsource)
    expect(again.pivots).toEqual(first.pivots)
    expect(again.message).toBe(first.message)
    expect(again.time).toBe(first.time)
    expect(again.source).toBe(first.source)
    expect(again.parser).toBe('parsed')
  })
})

test.each([
  { parser: 'x', fields: {}, logsources: [] },
  { parser: 'x', fields: {}, logsources: { category: 'a', service: [] } },
  { parser: 1, fields: {}, logsources: { category: [], service: [] } },
  { parser: 'x', fields: 'a', logsources: { category: [], service: [] } },
])('JSON that only looks like it is generic: %j', (json) => {
  const { parser, fields } = normalise(JSON.stringify(json), OPTIONS)
  expect([parser, fields]).toEqual(['json', json as never])
})
