import { describe, expect, test } from 'bun:test'
import { createFramer, type Frame } from './frames.ts'
import { normalise } from './normalise.ts'
import { recordsOf } from './records.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')

function framesOf(lines: readonly string[]): readonly Frame[] {
  const out: Frame[] = []
  const framer = createFramer()
  lines.forEach((line, index) => {
    framer.line(line, index, out)
  })
  framer.end(out)
  return out
}

const read = (text: string) => normalise(text, { now: NOW, received: NOW, timeZone: 'UTC' })

describe("the journal's export format", () => {
  const first = [
    '__CURSOR=s=1;i=2',
    '__REALTIME_TIMESTAMP=1795258800123456',
    '_HOSTNAME=web-1',
    'SYSLOG_IDENTIFIER=sshd',
    '_PID=42',
    'MESSAGE=Failed password for root from 192.0.2.9 port 51511 ssh2',
  ]

  test('an entry is an event of its program', () => {
    const frames = framesOf([
      ...first,
      '',
      '__CURSOR=s=2',
      '__REALTIME_TIMESTAMP=1795258801000000',
      '',
    ])
    expect(frames.map(({ index }) => index)).toEqual([0, 7])
    const event = read(frames[0]!.text)
    expect(event).toMatchObject({ parser: 'journald', time: 1795258800123 })
    expect(event.pivots).toMatchObject({ host: 'web-1', src_ip: '192.0.2.9', outcome: 'failure' })
  })

  test.each([
    ['two\nlines', '\u0009\0\0\0\0\0\0\0'],
    ['line\nagain', '\u000a\0\0\0\0\0\0\0'],
    ['a\n\nb', '\u0004\0\0\0\0\0\0\0'],
  ])('a value with its length in front of it: %p', (value, length) => {
    const lines = [
      ...first.slice(0, 2),
      'MESSAGE',
      ...`${length}${value}`.split('\n'),
      '_PID=7',
      '',
    ]
    const [frame, ...more] = framesOf(lines)
    expect(more).toEqual([])
    expect(JSON.parse(frame!.text)).toMatchObject({ MESSAGE: value, _PID: '7' })
  })

  test('names that repeat have a list; __proto__ is no name of a field', () => {
    const [frame] = framesOf([...first, 'TAG=a', 'TAG=b', ''])
    expect(JSON.parse(frame!.text).TAG).toEqual(['a', 'b'])
  })

  test('a line that is none of an entry ends it and is not lost', () => {
    const frames = framesOf([...first, 'Nov 20 10:11:12 web-1 sshd[1]: Accepted'])
    expect(frames.map(({ text }) => text).at(-1)).toBe('Nov 20 10:11:12 web-1 sshd[1]: Accepted')
    expect(frames.length).toBe(2)
  })
})

describe('audit records in envelopes', () => {
  const wrap = (message: string, host = 'web-1') =>
    JSON.stringify({ message, host: { name: host } })
  const call =
    'type=SYSCALL msg=audit(1795258800.123:77): arch=c000003e syscall=59 success=yes exe="/usr/bin/id" key="k"'
  const program = 'type=EXECVE msg=audit(1795258800.123:77): argc=2 a0="id" a1="-u"'

  test('those of one event are one event', () => {
    const frames = framesOf([wrap(call), '{"a":1}', wrap(program)])
    expect(frames.length).toBe(2)
    const event = read(frames.find(({ text }) => text.includes('audit('))!.text)
    expect(event.parser).toBe('auditd')
    expect(event.fields).toMatchObject({ CommandLine: 'id -u', Image: '/usr/bin/id' })
    expect(event.pivots.host).toBe('web-1')
  })

  test('those of another host are another event', () =>
    expect(framesOf([wrap(call), wrap(program, 'web-2')]).length).toBe(2))

  test('one alone stays as it came', () =>
    expect(framesOf([wrap(call)])).toEqual([{ text: wrap(call), index: 0 }]))

  test('JSON that only speaks of one is left alone', () => {
    const text = JSON.stringify({ message: call, verdict: 'seen', rule: 1 })
    expect(framesOf([text, text]).map((frame) => frame.text)).toEqual([text, text])
  })
})

test("Okta's event hook is the events in it", () => {
  const actor = { id: '1', type: 'User', alternateId: 'anna@example.com' }
  const events = ['start', 'end'].map((what) => ({
    eventType: `user.session.${what}`,
    published: '2026-11-20T10:11:12Z',
    uuid: what,
    actor,
    displayMessage: what,
    outcome: { result: 'SUCCESS' },
  }))
  const hook = {
    eventType: 'com.okta.event_hook',
    eventTypeVersion: '1.0',
    cloudEventsVersion: '0.1',
    source: 'https://example.okta.com/api/v1/eventHooks/who',
    eventId: '11',
    data: { events },
    eventTime: '2026-11-20T10:12:13Z',
    contentType: 'application/json',
  }
  const found = recordsOf(JSON.stringify(hook))
  expect(found?.map((text) => read(text).parser)).toEqual(['okta', 'okta'])
  expect(recordsOf(JSON.stringify({ ...hook, eventType: 'other' }))).toBeUndefined()
})
