// Windows events as further collectors hand them on, where only a few names or the message tell what they are.
import { describe, expect, test } from 'bun:test'
import { createFramer, type Frame } from '../frames.ts'
import { normalise } from '../normalise.ts'
import { consoleTime } from './local-time.ts'

const OPTIONS = { received: Date.UTC(2026, 10, 21), now: Date.UTC(2026, 10, 21), timeZone: 'UTC' }
const PROVIDER = 'Microsoft-Windows-Security-Auditing'
const DATA = { TargetUserName: 'anna', LogonType: '3', IpAddress: '192.0.2.7', IpPort: '50123' }
const MESSAGE =
  'An account was successfully logged on.\r\n\r\nSubject:\r\n\tAccount Name:\t\t-\r\n\r\nLogon Type:\t\t3\r\n\r\n' +
  'New Logon:\r\n\tAccount Name:\t\tanna\r\n\r\nNetwork Information:\r\n\tSource Network Address:\t192.0.2.7\r\n\tSource Port:\t\t50123'
const XML = `<Event><System><Provider Name="${PROVIDER}"/><EventID>4624</EventID><TimeCreated SystemTime="2026-11-20T10:11:12Z"/><Channel>Security</Channel><Computer>dc1</Computer></System><EventData>${Object.entries(
  DATA,
)
  .map(([name, value]) => `<Data Name="${name}">${value}</Data>`)
  .join('')}</EventData></Event>`
const graylog = (prefix: string) => ({
  timestamp: '2026-11-20T10:11:12Z',
  source: 'dc1',
  message: 'An account was successfully logged on.',
  [`${prefix}channel`]: 'Security',
  [`${prefix}event_id`]: 4624,
  [`${prefix}provider_name`]: PROVIDER,
  ...Object.fromEntries(
    Object.entries(DATA).map(([name, value]) => [`${prefix}event_data_${name}`, value]),
  ),
})

describe('a logon of', () => {
  test.each<[string, object]>([
    ['Graylog', graylog('winlogbeat_winlog_')],
    ['Graylog, as GELF', graylog('_winlogbeat_winlog_')],
    [
      'Splunk’s export of fields',
      {
        preview: false,
        result: {
          _time: '2026-11-20 10:11:12.000 UTC',
          LogName: 'Security',
          EventCode: '4624',
          ComputerName: 'dc1',
          Message: MESSAGE,
        },
      },
    ],
    [
      'Azure’s portal',
      {
        'TimeGenerated [UTC]': '11/20/2026, 10:11:12.000 AM',
        EventSourceName: PROVIDER,
        Channel: 'Security',
        EventID: '4624',
        Computer: 'dc1',
        ...DATA,
      },
    ],
    [
      'a choice of what Get-WinEvent gives',
      {
        TimeCreated: '11/20/2026 10:11:12 AM',
        Id: 4624,
        ProviderName: PROVIDER,
        MachineName: 'dc1',
        Message: MESSAGE,
      },
    ],
    [
      'osquery’s windows_events',
      {
        name: 'x',
        hostIdentifier: 'dc1',
        unixTime: 1,
        columns: {
          data: JSON.stringify({ EventData: DATA }),
          datetime: '2026-11-20T10:11:12Z',
          eventid: '4624',
          provider_name: PROVIDER,
          source: 'Security',
        },
      },
    ],
    ['OpenTelemetry, as XML', { body: XML, attributes: {} }],
    [
      'OpenTelemetry',
      {
        attributes: {},
        body: {
          channel: 'Security',
          computer: 'dc1',
          event_id: { id: 4624, qualifiers: 0 },
          provider: { name: PROVIDER },
          system_time: '2026-11-20T10:11:12Z',
          event_data: DATA,
        },
      },
    ],
    [
      'LimaCharlie',
      {
        routing: { hostname: 'dc1' },
        event: {
          EVENT: {
            System: {
              Channel: 'Security',
              EventID: '4624',
              Computer: 'dc1',
              TimeCreated: { SystemTime: '2026-11-20T10:11:12Z' },
            },
            EventData: DATA,
          },
        },
      },
    ],
    [
      'Kibana’s export',
      {
        '@timestamp': 'Nov 20, 2026 @ 10:11:12.000',
        'winlog.channel': 'Security',
        'winlog.event_id': '4624',
        'host.name': 'dc1',
        'winlog.event_data.TargetUserName': 'anna',
        'winlog.event_data.LogonType': '3',
        'winlog.event_data.IpAddress': '192.0.2.7',
        'winlog.event_data.IpPort': '50123',
      },
    ],
  ])('%s', (_, json) => {
    const got = normalise(JSON.stringify(json), OPTIONS)
    expect(got).toMatchObject({
      parser: 'windows',
      time: Date.UTC(2026, 10, 20, 10, 11, 12),
      logsource: { product: 'windows', service: ['security'] },
      pivots: {
        ...{ host: 'dc1', user: 'anna', src_ip: '192.0.2.7', src_port: 50123 },
        outcome: 'success',
      },
      fields: { EventID: 4624, Channel: 'Security', ...DATA },
    })
  })

  test('the Eventlog to Syslog service', () => {
    const message = MESSAGE.replace(/\s+/g, ' ')
    for (const program of ['Security-Auditing', PROVIDER]) {
      const line = `<13>Nov 20 10:11:12 dc1 ${program}: 4624: AUDIT_SUCCESS ${message}`
      expect(normalise(line, OPTIONS)).toMatchObject({
        parser: 'windows',
        time: Date.UTC(2026, 10, 20, 10, 11, 12),
        pivots: { host: 'dc1', user: 'anna', outcome: 'success' },
        fields: { EventID: 4624, TargetUserName: 'anna', IpAddress: '192.0.2.7' },
      })
    }
  })

  test('the event viewer’s CSV, whose message has no name', () => {
    const row = {
      Level: 'Information',
      'Date and Time': '11/20/2026 10:11:12 AM',
      Source: PROVIDER,
      'Event ID': '4624',
      column_6: MESSAGE,
    }
    expect(normalise(JSON.stringify(row), OPTIONS)).toMatchObject({
      time: Date.UTC(2026, 10, 20, 10, 11, 12),
      pivots: { user: 'anna' },
      fields: DATA,
    })
  })
})

test.each([
  ['11/20/2026 1:11:12 PM', '2026-11-20T13:11:12.000Z'],
  ['Nov 20, 2026 1:11:12 PM', '2026-11-20T13:11:12.000Z'],
  ['20.11.2026 13:11:12', '2026-11-20T13:11:12.000Z'],
  ['20/11/2026 13:11:12', '2026-11-20T13:11:12.000Z'],
  ['10/11/2026 13:11:12', undefined],
  ['32.11.2026 13:11:12', undefined],
])('%s', (text, time) => {
  const got = consoleTime(text, OPTIONS)
  expect(got === undefined ? undefined : new Date(got).toISOString()).toBe(time)
})

describe('who wrote an event', () => {
  const lines = (user: string) =>
    [
      ...['11/20/2026 10:11:12 AM', 'LogName=Microsoft-Windows-Sysmon/Operational', 'EventCode=5'],
      ...[`User=${user}`, 'SourceName=Microsoft-Windows-Sysmon', 'Message=Process terminated:'],
      ...['UtcTime: 2026-11-20 10:11:12.345', 'ProcessId: 7', 'Image: C:\\a.exe'],
      'User: CORP\\anna',
    ].join('\n')
  const read = (text: string) => {
    const frames: Frame[] = []
    const framer = createFramer()
    for (const [index, line] of text.split('\n').entries()) framer.line(line, index, frames)
    framer.end(frames)
    return normalise(frames[0]!.text, OPTIONS)
  }

  test('is not whom its data is about', () => {
    const got = read(lines('SYSTEM'))
    expect(got.fields).toMatchObject({ User: 'CORP\\anna', Security_UserName: 'SYSTEM' })
    expect(got.pivots.user).toBe('anna')
  })

  test('is left out where nobody knew it', () => {
    expect(read(lines('NOT_TRANSLATED')).fields.Security_UserName).toBeUndefined()
  })
})

test('the context of a command, in the language of Windows', () => {
  const labels = [
    ...['Schweregrad = Informational', 'Hostname = ConsoleHost', 'Hostversion = 5.1'],
    ...['Host-ID = 7', 'Hostanwendung = powershell.exe -c a = b', 'Modulversion = 5.1'],
    ...['Runspace-ID = 8', 'Pipeline-ID = 1', 'Befehlsname = Get-Item', 'Befehlstyp = Cmdlet'],
    ...['Skriptname = ', 'Befehlspfad = ', 'Sequenznummer = 18', 'Benutzer = CORP\\anna'],
    ...['Verbundener Benutzer = ', 'Shell-ID = Microsoft.PowerShell'],
  ]
  const module = (context: readonly string[]) =>
    normalise(
      JSON.stringify({
        Channel: 'Microsoft-Windows-PowerShell/Operational',
        EventID: 4103,
        ContextInfo: context.map((line) => `        ${line}\r\n`).join(''),
      }),
      OPTIONS,
    )
  const got = module(labels)
  expect(got.fields).toMatchObject({
    ...{ HostName: 'ConsoleHost', HostApplication: 'powershell.exe -c a = b', User: 'CORP\\anna' },
    ...{ CommandName: 'Get-Item', CommandType: 'Cmdlet', ShellId: 'Microsoft.PowerShell' },
  })
  expect(got.pivots.user).toBe('anna')
  expect(module(labels.slice(1)).fields.HostApplication).toBeUndefined()
})

test('values without names, as NXLog numbers them', () => {
  const json = {
    ...{ Channel: 'Windows PowerShell', EventID: 400, SourceName: 'PowerShell', Hostname: 'ws1' },
    ...{ Message: 'Engine state is changed.', Data: 'Available', Data_1: 'None' },
    Data_2:
      '\tNewEngineState=Available\n\tHostApplication=powershell.exe -nop\n\tEngineVersion=2.0',
  }
  const { fields } = normalise(JSON.stringify(json), OPTIONS)
  expect(fields.Data).toEqual([json.Data, json.Data_1, json.Data_2])
  expect(fields).toMatchObject({
    ...{ HostApplication: 'powershell.exe -nop', NewEngineState: 'Available' },
    ...{ PreviousEngineState: 'None', EngineVersion: '2.0' },
  })
})

describe('in one line, where a relay lost tabs and line ends', () => {
  const message = MESSAGE.replace(/\s+/g, ' ')
  test.each([
    `<14>Nov 20 10:11:12 dc1 MSWinEventLog 1 Security 5 Fri Nov 20 10:11:12 2026 4624 ${PROVIDER} CORP\\anna N/A Success Audit dc1 Logon ${message}`,
    `<14>Nov 20 10:11:12 dc1 LogName=Security SourceName=Microsoft Windows security auditing. EventCode=4624 EventType=0 Type=Information ComputerName=dc1 TaskCategory=Logon Keywords=Audit Success Message=${message}`,
    `11/20/2026 10:11:12 AM LogName=Security EventCode=4624 EventType=0 ComputerName=dc1 Keywords=Audit Success Message=${message}`,
  ])('%s', (line) => {
    const wanted = {
      parser: 'windows',
      time: Date.UTC(2026, 10, 20, 10, 11, 12),
      pivots: { host: 'dc1', user: 'anna', src_ip: '192.0.2.7', outcome: 'success' },
      fields: { EventID: 4624, Channel: 'Security', LogonType: '3', TargetUserName: 'anna' },
    }
    expect(normalise(line, { ...OPTIONS, source: 'windows' })).toMatchObject(wanted)
    if (line.startsWith('<')) expect(normalise(line, OPTIONS)).toMatchObject(wanted)
  })
})

describe('whose channel, provider or data', () => {
  test('is a collector’s', () => {
    const json = {
      '@timestamp': '2026-11-20T10:11:12Z',
      winlog: {
        ...{ channel: 'ForwardedEvents', event_id: 4624, provider_name: PROVIDER },
        ...{ computer_name: 'dc1', event_data: DATA },
      },
    }
    expect(normalise(JSON.stringify(json), OPTIONS)).toMatchObject({
      logsource: { service: ['security'] },
      fields: { Channel: 'Security', TargetUserName: 'anna' },
    })
  })

  test('is an object, and a text', () => {
    const sumo = {
      ...{ TimeCreated: '2026-11-20T10:11:12Z', EventID: '4624', Channel: 'Security' },
      ...{ Provider: { Name: PROVIDER }, Computer: 'dc1', EventData: DATA },
    }
    const piped = {
      winlog: { channel: 'Security', event_id: 4624, event_data: JSON.stringify(DATA) },
    }
    for (const json of [sumo, piped]) {
      expect(normalise(JSON.stringify(json), OPTIONS).fields).toMatchObject(DATA)
    }
    expect(normalise(JSON.stringify(sumo), OPTIONS).fields.Provider_Name).toBe(PROVIDER)
  })

  test('stand in a line of names and values', () => {
    const line = `<13>Nov 20 10:11:13 dc1 EventTime="2026-11-20 10:11:12" Hostname="dc1" EventID="4624" SourceName="${PROVIDER}" Channel="Security" TargetUserName="anna" IpAddress="192.0.2.7"`
    for (const source of [undefined, 'windows']) {
      expect(normalise(line, { ...OPTIONS, source })).toMatchObject({
        parser: 'windows',
        pivots: { host: 'dc1', user: 'anna', src_ip: '192.0.2.7' },
        fields: { EventID: 4624, TargetUserName: 'anna' },
      })
    }
  })
})

test('classic PowerShell whose data a module has moved: the message has its lines', () => {
  const message =
    'Pipeline execution details for command line: Get-Item.\n\nContext Information:\n\tUserId=CORP\\anna\n' +
    '\tHostApplication=powershell.exe -nop\n\tEngineVersion=5.1\n\tCommandLine=Get-Item x\n\nDetails:\nCommandInvocation(Get-Item)'
  const { fields } = normalise(
    JSON.stringify({
      ...{ '@timestamp': '2026-11-20T10:11:12Z', message, event: { code: '800' } },
      process: { command_line: 'powershell.exe -nop' },
      powershell: { engine: { version: '5.1' } },
      winlog: { channel: 'Windows PowerShell', event_id: '800', computer_name: 'ws1' },
    }),
    OPTIONS,
  )
  expect(fields).toMatchObject({
    ...{ Data: message, HostApplication: 'powershell.exe -nop', CommandLine: 'Get-Item x' },
    UserId: 'CORP\\anna',
  })
})

describe('messages of the Security log', () => {
  const subject = 'Subject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n\tAccount Name:\t\tanna\r\n\r\n'
  test.each<[number, string, object]>([
    [
      4657,
      'Object:\r\n\tObject Name:\t\t\\REGISTRY\\MACHINE\\SOFTWARE\\x\r\n\tObject Value Name:\ty\r\n\tOperation Type:\t\tNew registry value created\r\n\r\nChange Information:\r\n\tOld Value:\t\t-\r\n\tNew Value:\t\tz',
      { ObjectValueName: 'y', NewValue: 'z', Details: 'z', TargetObject: 'HKLM\\SOFTWARE\\x\\y' },
    ],
    [
      4662,
      'Object:\r\n\tObject Server:\t\tDS\r\n\r\nOperation:\r\n\tAccess Mask:\t\t0x100\r\n\tProperties:\t\tControl Access\r\n\t\t{1131f6ad-9c07}\r\n\t{19195a5b-6da0}\r\n\r\nAdditional Information:\r\n\tParameter 1:\t\t-',
      {
        AccessMask: '0x100',
        ObjectServer: 'DS',
        Properties: 'Control Access\r\n\t\t{1131f6ad-9c07}\r\n\t{19195a5b-6da0}',
      },
    ],
    [
      4698,
      'Task Information:\r\n\tTask Name: \t\t\\x\r\n\tTask Content: \t\t<?xml version="1.0"?>\r\n<Task>\r\n  <Command>cmd.exe</Command>\r\n</Task>',
      {
        TaskName: '\\x',
        TaskContent: '<?xml version="1.0"?>\r\n<Task>\r\n  <Command>cmd.exe</Command>\r\n</Task>',
      },
    ],
    [
      5136,
      'Object:\r\n\tDN:\tCN=x\r\n\tClass:\tuser\r\n\r\nAttribute:\r\n\tLDAP Display Name:\tservicePrincipalName\r\n\tSyntax (OID):\t2.5\r\n\tValue:\thost/x',
      {
        ObjectDN: 'CN=x',
        ObjectClass: 'user',
        AttributeLDAPDisplayName: 'servicePrincipalName',
        AttributeValue: 'host/x',
      },
    ],
    [
      4781,
      'Target Account:\r\n\tOld Account Name:\ta$\r\n\tNew Account Name:\tdc1',
      { NewTargetUserName: 'dc1' },
    ],
  ])('%i', (EventID, text, fields) => {
    const Message = `Something happened.\r\n\r\n${subject}${text}`
    const got = normalise(JSON.stringify({ Channel: 'Security', EventID, Message }), OPTIONS)
    expect(got.fields).toMatchObject({ SubjectUserName: 'anna', ...fields })
  })
})
