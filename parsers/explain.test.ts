import { expect, test } from 'bun:test'
import { explain } from './explain.ts'
import { type NormaliseOptions, normalise } from './normalise.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'UTC' }
const explained = (text: string, options: NormaliseOptions = OPTIONS) =>
  explain(text, normalise(text, options), options)

test('a Windows event: what it held, what was renamed, what was added', () => {
  const json = {
    Event: {
      System: {
        Provider: { '#attributes': { Name: 'Microsoft-Windows-Security-Auditing' } },
        EventID: 4688,
        Channel: 'Security',
        Computer: 'ws-07',
        TimeCreated: { '#attributes': { SystemTime: '2026-11-20T10:11:12Z' } },
      },
      EventData: { NewProcessName: 'C:\\a.exe' },
    },
  }
  const got = explained(JSON.stringify(json))
  expect(got).toMatchObject({ parser: 'recognised', time: 'parser windows' })
  expect(got.fields).toMatchObject({
    NewProcessName: 'input Event.EventData.NewProcessName',
    Image: 'parser windows, as NewProcessName',
    Provider_Name: 'parser windows, input Event.System.Provider.#attributes.Name',
  })
  expect(got.pivots).toMatchObject({
    host: 'parser windows, field Computer',
    process: 'parser windows, field NewProcessName',
    action: 'parser windows',
    severity: 'default',
  })
})

test('a syslog line, named by its sender', () => {
  const line = 'Nov 20 10:11:12 gate app[7]: malware detected'
  const got = explained(line, { ...OPTIONS, source: 'syslog' })
  expect(got.parser).toBe('named by --source syslog')
  expect(got.fields.program).toBe('syslog header')
  expect(got.pivots.severity).toBe('severity patterns, message')
})

test('times that were not believed, and what could not be read', () => {
  expect(explained('{"time":"2030-01-01T00:00:00Z"}').time).toStartWith('receipt: its own time')
  expect(explained('text').time).toBe('receipt: the input has no readable time')
  expect(explained('{"a":').parser).toStartWith('none could read it')
})

test('every field and column of an event has a step', () => {
  const text = '{"user":"anna","src_ip":"192.0.2.1","a":{"b":[1]},"message":"x"}'
  const event = normalise(text, { ...OPTIONS, host: '192.0.2.9' })
  const got = explain(text, event, { ...OPTIONS, host: '192.0.2.9' })
  expect(Object.keys(got.fields)).toEqual(Object.keys(event.fields))
  expect(Object.keys(got.pivots).toSorted()).toEqual(Object.keys(event.pivots).toSorted())
  expect(got.pivots.host).toBe('sender')
})

test('a value that stands twice is of the place that decides', () => {
  const record = {
    ...{ eventVersion: '1.08', eventSource: 'iam.amazonaws.com', eventName: 'CreateUser' },
    ...{ awsRegion: 'eu-west-1', eventTime: '2026-11-20T10:11:12Z', sourceIPAddress: '192.0.2.7' },
    eventID: 'REDACTED',
    userIdentity: { type: 'IAMUser', userName: 'Alice', accountId: 'REDACTED' },
    requestParameters: { userName: 'Alice' },
  }
  const got = explained(JSON.stringify(record))
  expect(got.pivots.user).toBe('parser cloudtrail, input userIdentity.userName')
  expect(got.fields['requestParameters.userName']).toBe('input requestParameters.userName')
  expect(got.pivots.src_ip).toBe('parser cloudtrail, field sourceIPAddress')
})

test('what the raw line beside it decides is not said to be of the member', () => {
  const line = 'Nov 20 10:11:12 gate sshd[7]: Failed password for anna from 192.0.2.1 port 22 ssh2'
  const document = { '@timestamp': '2026-11-20T10:11:12Z', message: line, process: { pid: 7 } }
  const got = explained(JSON.stringify(document))
  expect(got.pivots).toMatchObject({ user: 'parser linux_auth, field user' })
  expect(got.fields.pid).toBe('parser linux_auth, input message')
})

test('a column of a line names a field only where both change together', () => {
  const line =
    '<134>Nov 20 10:11:12 gw1 sshd[7]: Failed password for gw1 from 192.0.2.1 port 22 ssh2'
  const { pivots } = explained(line)
  expect(pivots.host).not.toBe('parser linux_auth, field user')
  expect(pivots.user).not.toContain('hostname')
})
