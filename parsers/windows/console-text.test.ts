// Windows events as text of its own tools, and Splunk's without times.
import { describe, expect, test } from 'bun:test'
import { normalise } from '../normalise.ts'
import { framed, OPTIONS } from './senders.support.ts'

const MESSAGE = [
  'A new process has been created.',
  '',
  'Creator Subject:',
  '\tSecurity ID:\t\tS-1-5-18',
  '\tAccount Name:\t\tanna',
  '\tAccount Domain:\t\tCORP',
  '\tLogon ID:\t\t0x3E7',
  '',
  'Process Information:',
  '\tNew Process ID:\t\t0x1a4',
  '\tNew Process Name:\tC:\\Windows\\System32\\cmd.exe',
  '\tMandatory Label:\t\tS-1-16-12288',
  '\tCreator Process ID:\t0x10',
  '\tCreator Process Name:\tC:\\Windows\\explorer.exe',
  '\tProcess Command Line:\tcmd.exe /c "whoami"',
]
const DATA = {
  ...{ EventID: 4688, Channel: 'Security', CommandLine: 'cmd.exe /c "whoami"' },
  ...{ Image: 'C:\\Windows\\System32\\cmd.exe', ParentImage: 'C:\\Windows\\explorer.exe' },
  ...{ User: 'CORP\\anna', IntegrityLevel: 'High', SubjectLogonId: '0x3E7' },
}
const AT = Date.UTC(2026, 10, 20, 10, 11, 12)

/** `wevtutil qe /f:text`. */
const wevtutil = (head: string, date: string, message: readonly string[]) => [
  head,
  '  Log Name: Security',
  '  Source: Microsoft-Windows-Security-Auditing',
  `  Date: ${date}`,
  '  Event ID: 4688',
  '  Task: Process Creation',
  '  Level: Information',
  '  Keyword: Audit Success',
  '  User: N/A',
  '  User Name: N/A',
  '  Computer: ws1',
  '  Description: ',
  ...message,
]

/** What the event viewer copies. */
const viewer = [
  'Log Name:      Security',
  'Source:        Microsoft-Windows-Security-Auditing',
  'Date:          11/20/2026 10:11:12 AM',
  'Event ID:      4688',
  'Task Category: Process Creation',
  'Keywords:      Audit Success',
  'User:          N/A',
  'Computer:      ws1',
  'Description:',
  ...MESSAGE,
]

const pad = ' '.repeat(15)
const list = [
  'TimeCreated  : 11/20/2026 10:11:12 AM',
  'ProviderName : Microsoft-Windows-Security-Auditing',
  'Id           : 4688',
  `Message      : ${MESSAGE[0]}`,
  ...MESSAGE.slice(1).map((line) => (line === '' ? '' : pad + line)),
]
const wide = ' '.repeat(23)
const fullList = [
  `Message              : ${MESSAGE[0]}`,
  ...MESSAGE.slice(1).map((line) => wide + line),
  'Id                   : 4688',
  'Level                : 0',
  'RecordId             : 77',
  'ProviderName         : Microsoft-Windows-Security-Auditing',
  'LogName              : Security',
  'ProcessId            : 4',
  'ThreadId             : 8',
  'MachineName          : ws1',
  'UserId               : ',
  'TimeCreated          : 11/20/2026 10:11:12 AM',
  'KeywordsDisplayNames : {Audit Success}',
  'Properties           : {System.Diagnostics.Eventing.Reader.EventProperty}',
]
const bare = [
  'LogName=Security',
  'SourceName=Microsoft Windows security auditing.',
  'EventCode=4688',
  'ComputerName=ws1',
  'Keywords=Audit Success',
  `Message=${MESSAGE.join('\n')}`,
]

const events = (lines: readonly string[]) =>
  framed(lines.join('\n')).map(({ text }) => normalise(text, OPTIONS))

describe('the same event, twice', () => {
  test.each([
    ['wevtutil', wevtutil('Event[0]:', '2026-11-20T10:11:12.000', MESSAGE)],
    ['wevtutil of Windows 11', wevtutil('Event[0]', '2026-11-20T10:11:12.0000000Z', MESSAGE)],
    ['wevtutil, lines ended by CR LF', wevtutil('Event[0]:\r', '2026-11-20T10:11:12Z\r', MESSAGE)],
    ['event viewer', viewer],
    ['Get-WinEvent | Format-List', [...list, '', '']],
    ['Get-WinEvent | Format-List *', [...fullList, '']],
  ])('%s', (_, lines) => {
    const got = events([...lines, '', ...lines])
    expect(got).toHaveLength(2)
    for (const { time, logsource, fields, pivots } of got) {
      expect(time).toBe(AT)
      expect(logsource).toMatchObject({ product: 'windows', category: ['process_creation'] })
      expect(fields).toMatchObject(DATA)
      expect(pivots).toMatchObject({ user: 'anna', outcome: 'success', action: 'process created' })
    }
  })

  test('Splunk’s lines without a time take the time of receipt', () => {
    const got = events([...bare, '', ...bare])
    expect(got).toHaveLength(2)
    for (const { fields } of got) expect(fields).toMatchObject(DATA)
    expect(got[0]).toMatchObject({ time: OPTIONS.received, pivots: { host: 'ws1', user: 'anna' } })
  })
})

test('the XML that the event viewer adds says more than its text', () => {
  const xml = [
    'Event Xml:',
    '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">',
    '  <System><Provider Name="Microsoft-Windows-Security-Auditing" /><EventID>4688</EventID>',
    '  <TimeCreated SystemTime="2026-11-20T08:11:12.5Z" /><Channel>Security</Channel></System>',
    '  <EventData><Data Name="NewProcessName">C:\\a.exe</Data></EventData>',
    '</Event>',
  ]
  const got = events([...viewer, ...xml, ...viewer])
  expect(got).toHaveLength(2)
  expect(got[0]).toMatchObject({
    time: Date.UTC(2026, 10, 20, 8, 11, 12, 500),
    message: MESSAGE.join('\n'),
    fields: { Image: 'C:\\a.exe', Message: MESSAGE.join('\n') },
  })
})

test('Sysmon’s own time counts, in its rendered message too', () => {
  const [got] = events([
    'TimeCreated  : 11/20/2026 12:11:13 PM',
    'ProviderName : Microsoft-Windows-Sysmon',
    'Id           : 11',
    'Message      : File created:',
    `${pad}RuleName: -`,
    `${pad}UtcTime: 2026-11-20 10:11:12.001`,
    `${pad}Image: C:\\a.exe`,
    `${pad}TargetFilename: C:\\b.exe`,
  ])
  expect(got).toMatchObject({ time: AT + 1, fields: { TargetFilename: 'C:\\b.exe' } })
  expect(got?.logsource.category).toEqual(['file_event'])
})

describe('lines that only look like one stay lines', () => {
  test.each([
    ['Event[0]:', 'something else'],
    ['Log Name: Security', 'and so on'],
    ['TimeCreated : now', 'x'],
    ['Message      : hello', 'Name : x'],
  ])('%s', (first, second) => {
    expect(framed(`${first}\n\n${second}`)).toEqual([
      { text: first, index: 0 },
      { text: second, index: 2 },
    ])
  })

  test('a line behind a list of properties', () => {
    expect(framed([...list, '', '{"a":1}'].join('\n')).map((f) => f.text.slice(0, 12))).toEqual([
      'TimeCreated ',
      '{"a":1}',
    ])
  })
})
