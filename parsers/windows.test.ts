import { describe, expect, test } from 'bun:test'
import { type NormaliseOptions, normalise } from './normalise.ts'
import { titleCount } from './windows/titles.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'UTC' }
const event = (value: unknown) => normalise(JSON.stringify(value), OPTIONS)

/** An event as evtx_dump writes it. */
const evtx = (channel: string, id: unknown, data: unknown, system: object = {}) => ({
  Event: {
    System: {
      Provider: { '#attributes': { Name: 'Provider-Of-Test', Guid: 'AB12' } },
      EventID: id,
      Level: 4,
      Keywords: '0x8020000000000000',
      TimeCreated: { '#attributes': { SystemTime: '2026-11-20T10:11:12.345678Z' } },
      Channel: channel,
      Computer: 'ws-07.lab.example',
      Security: { '#attributes': { UserID: 'S-1-5-18' } },
      ...system,
    },
    EventData: data,
  },
})
const SYSMON = 'Microsoft-Windows-Sysmon/Operational'

describe('log source by channel and id', () => {
  test.each([
    [SYSMON, 1, {}, ['process_creation'], ['sysmon']],
    [SYSMON, 12, { EventType: 'CreateKey' }, ['registry_add', 'registry_event'], ['sysmon']],
    [SYSMON, 12, { EventType: 'DeleteValue' }, ['registry_delete', 'registry_event'], ['sysmon']],
    [SYSMON, 13, { EventType: 'SetValue' }, ['registry_set', 'registry_event'], ['sysmon']],
    [SYSMON, 14, {}, ['registry_rename', 'registry_event'], ['sysmon']],
    [SYSMON, 18, {}, ['pipe_created'], ['sysmon']],
    [SYSMON, 22, {}, ['dns_query'], ['sysmon']],
    [SYSMON, 29, {}, ['file_executable_detected'], ['sysmon']],
    ['Security', 4624, {}, [], ['security']],
    ['Security', 4688, {}, ['process_creation'], ['security']],
    [
      'Security',
      4657,
      { OperationType: '%%1905' },
      ['registry_set', 'registry_event'],
      ['security'],
    ],
    ['Microsoft-Windows-PowerShell/Operational', 4104, {}, ['ps_script'], ['powershell']],
    ['PowerShellCore/Operational', 4103, {}, ['ps_module'], ['powershell']],
    ['Windows PowerShell', 400, {}, ['ps_classic_start'], ['powershell-classic']],
    ['System', 7045, {}, [], ['system']],
    ['Microsoft-Windows-Windows Defender/Operational', 1116, {}, ['antivirus'], ['windefend']],
    ['Microsoft-Windows-TaskScheduler/Operational', 106, {}, [], ['taskscheduler']],
    ['Some-Vendor/Channel', 1, {}, [], []],
  ])('%s %d %j', (channel, id, data, category, service) => {
    expect(event(evtx(channel, id, data)).logsource).toEqual({
      product: 'windows',
      category,
      service,
      closed: true,
    })
  })
})

describe('evtx_dump', () => {
  test('fields are flat, under Sigma’s names', () => {
    const got = event(
      evtx(SYSMON, 1, {
        Image: 'C:\\Tools\\probe.exe',
        CommandLine: 'probe.exe --scan',
        User: 'LAB\\anna',
        Hashes: 'MD5=00,SHA256=11',
        ProcessId: 4711,
      }),
    )
    expect(got.fields).toMatchObject({
      EventID: 1,
      Channel: SYSMON,
      Provider_Name: 'Provider-Of-Test',
      Computer: 'ws-07.lab.example',
      Security_UserID: 'S-1-5-18',
      Image: 'C:\\Tools\\probe.exe',
      ProcessId: 4711,
    })
    expect(got.pivots).toEqual({
      host: 'ws-07.lab.example',
      user: 'anna',
      process: 'C:\\Tools\\probe.exe',
      hash: '11',
      action: 'process created',
      outcome: 'success',
      severity: 'informational',
    })
    expect(got.time).toBe(Date.parse('2026-11-20T10:11:12.345Z'))
    expect(got.message).toBe('Process created: probe.exe --scan')
    expect(got).toMatchObject({ parser: 'windows', source: 'windows', fieldsAreRaw: false })
  })

  test('an id with qualifiers, separate attributes and unnamed data are read', () => {
    const json = {
      Event: {
        System: {
          Provider_attributes: { Name: 'PowerShell' },
          EventID: { '#attributes': { Qualifiers: 0 }, '#text': 400 },
          Channel: 'Windows PowerShell',
          TimeCreated_attributes: { SystemTime: '2026-11-20T10:11:12Z' },
        },
        EventData: { Data: { '#text': ['Available', 'None', 'HostName=ConsoleHost'] } },
      },
    }
    expect(event(json).fields).toMatchObject({
      EventID: 400,
      Provider_Name: 'PowerShell',
      Data: ['Available', 'None', 'HostName=ConsoleHost'],
    })
  })

  test('user data is lifted; a second Channel is another value, not a replacement', () => {
    const json = evtx('System', 104, null)
    const withUserData = {
      Event: {
        ...json.Event,
        UserData: {
          LogFileCleared: { '#attributes': {}, Channel: 'Setup', SubjectUserName: 'mallory' },
        },
      },
    }
    const got = event(withUserData)
    expect(got.fields.Channel).toEqual(['System', 'Setup'])
    expect(got.pivots).toMatchObject({ user: 'mallory', action: 'event log cleared' })
  })

  test('data named __proto__ stays data', () => {
    const text = JSON.stringify(evtx(SYSMON, 1, { X: 1 })).replace(
      '"X":1',
      '"__proto__":{"User":"x"}',
    )
    const got = normalise(text, OPTIONS)
    expect(Object.keys(got.fields)).toContain('__proto__')
    expect(Object.getPrototypeOf(got.fields)).toBe(Object.prototype)
    expect(got.pivots.user).toBeUndefined()
  })
})

test('Security 4688 also carries the names of process_creation', () => {
  const got = event(
    evtx('Security', 4688, {
      SubjectUserName: 'anna',
      SubjectDomainName: 'LAB',
      SubjectLogonId: '0x3e7',
      NewProcessName: 'C:\\Windows\\System32\\whoami.exe',
      NewProcessId: '0x1f4',
      ProcessId: '0x4',
      CommandLine: 'whoami /all',
      ParentProcessName: 'C:\\Windows\\System32\\cmd.exe',
      MandatoryLabel: 'S-1-16-12288',
      TargetUserName: '-',
    }),
  )
  expect(got.fields).toMatchObject({
    Image: 'C:\\Windows\\System32\\whoami.exe',
    NewProcessName: 'C:\\Windows\\System32\\whoami.exe',
    ParentImage: 'C:\\Windows\\System32\\cmd.exe',
    User: 'LAB\\anna',
    IntegrityLevel: 'High',
    LogonId: '0x3e7',
  })
})

test('Security 4657 also carries the names of the registry categories', () => {
  const { fields } = event(
    evtx('Security', 4657, {
      ObjectName: '\\REGISTRY\\MACHINE\\SOFTWARE\\Vendor',
      ObjectValueName: 'Run',
      NewValue: 'x.exe',
      OperationType: '%%1904',
      ProcessName: 'C:\\a.exe',
    }),
  )
  expect(fields).toMatchObject({
    TargetObject: 'HKLM\\SOFTWARE\\Vendor\\Run',
    Details: 'x.exe',
    Image: 'C:\\a.exe',
  })
})

test('Defender’s names with spaces are found without', () => {
  const { fields } = event(
    evtx('Microsoft-Windows-Windows Defender/Operational', 1116, {
      'Threat Name': 'Test:Sample',
      'Feature Name': 'Real-Time',
      Path: 'file:_C:\\x.exe',
    }),
  )
  expect(fields).toMatchObject({
    ThreatName: 'Test:Sample',
    Feature_Name: 'Real-Time',
    Signature: 'Test:Sample',
    Filename: 'C:\\x.exe',
  })
})

describe('other shapes', () => {
  test('winlogbeat', () => {
    const got = event({
      '@timestamp': '2026-11-20T09:00:00.000Z',
      message: 'An account failed to log on.',
      log: { level: 'information' },
      event: { code: '4625' },
      winlog: {
        channel: 'Security',
        event_id: '4625',
        provider_name: 'Microsoft-Windows-Security-Auditing',
        computer_name: 'dc-1',
        keywords: ['Audit Failure'],
        event_data: {
          TargetUserName: 'bob',
          SubjectUserName: '-',
          IpAddress: '::ffff:10.9.8.7',
          IpPort: '50123',
        },
      },
    })
    expect(got.fields).toMatchObject({ EventID: 4625, TargetUserName: 'bob', Computer: 'dc-1' })
    expect(got.pivots).toMatchObject({
      user: 'bob',
      src_ip: '10.9.8.7',
      src_port: 50123,
      outcome: 'failure',
      host: 'dc-1',
    })
    expect(got.message).toBe('An account failed to log on.')
    expect(got.logsource.service).toEqual(['security'])
  })

  test('winlogbeat with flat keys, and unnamed data by number', () => {
    const { fields, logsource } = event({
      '@timestamp': '2026-11-20T09:00:00Z',
      'winlog.channel': 'Application',
      'winlog.event_id': 1000,
      'winlog.event_data.param1': 'a.exe',
      'winlog.event_data.param2': '1.0',
    })
    expect(fields).toMatchObject({ EventID: 1000, Data: ['a.exe', '1.0'], param1: 'a.exe' })
    expect(logsource.service).toEqual(['application'])
  })

  test('NXLog and flat JSON', () => {
    const got = event({
      EventTime: '2026-11-20 08:00:00',
      Hostname: 'srv-2',
      EventID: 7045,
      Channel: 'System',
      SourceName: 'Service Control Manager',
      Severity: 'INFO',
      SeverityValue: 2,
      EventType: 'AUDIT_FAILURE',
      Message: 'A service was installed in the system.',
      ServiceName: 'helper',
      ImagePath: 'C:\\h.exe',
    })
    expect(got.fields).toMatchObject({
      Provider_Name: 'Service Control Manager',
      Computer: 'srv-2',
      ImagePath: 'C:\\h.exe',
    })
    expect(got.time).toBe(Date.parse('2026-11-20T08:00:00Z'))
    expect(got.pivots).toMatchObject({ severity: 'informational', outcome: 'failure' })
  })

  test('a provider alone names the channel; an EventID alone is no Windows event', () => {
    const sysmon = event({ EventID: '11', Provider_Name: 'Microsoft-Windows-Sysmon' })
    expect(sysmon.logsource.category).toEqual(['file_event'])
    expect(sysmon.fields.EventID).toBe(11)
    expect(event({ EventID: 11, Image: 'x' }).parser).toBe('json')
  })

  test('JSON that declares its log source itself stays generic and open', () => {
    const got = event({ EventID: 11, Channel: SYSMON, product: 'windows', category: 'file_event' })
    expect(got).toMatchObject({ parser: 'json', logsource: { closed: false } })
  })
})

describe('XML', () => {
  const XML = `<?xml version="1.0" encoding="utf-8"?>
<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>
  <System>
    <Provider Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/>
    <EventID Qualifiers='0'>4688</EventID><Level>0</Level><Keywords>0x8020000000000000</Keywords>
    <TimeCreated SystemTime='2026-11-20T10:11:12.1234567Z'/><EventRecordID>7</EventRecordID>
    <Execution ProcessID='4' ThreadID='8'/><Channel>Security</Channel><Computer>ws-07</Computer><Security/>
  </System>
  <EventData>
    <Data Name='NewProcessName'>C:\\a &amp; b\\c.exe</Data>
    <Data Name='CommandLine'><![CDATA[c.exe "<x>"]]></Data>
    <Data Name='Empty'></Data>
    <Data>one</Data><Data>two</Data>
    <!-- a comment -->
  </EventData>
</Event>`

  test('is read under the same names as JSON', () => {
    const got = normalise(XML, OPTIONS)
    expect(got).toMatchObject({
      parser: 'windows',
      time: Date.parse('2026-11-20T10:11:12.123Z'),
      logsource: { category: ['process_creation'], service: ['security'] },
      pivots: { host: 'ws-07', outcome: 'success', process: 'C:\\a & b\\c.exe' },
      fields: {
        EventID: 4688,
        Image: 'C:\\a & b\\c.exe',
        CommandLine: 'c.exe "<x>"',
        Empty: '',
        Data: ['one', 'two'],
        EventRecordID: '7',
        Execution_ProcessID: '4',
      },
    })
  })

  test.each([
    ['cut off', XML.slice(0, -30)],
    ['wrongly nested', '<Event><System></Event></System>'],
    ['an attribute without value', '<Event a><System/></Event>'],
    ['too deep', `<Event>${'<a>'.repeat(100)}`],
    ['without system part', '<Event><a/></Event>'],
  ])('%s is refused with a reason', (_, text) => {
    expect(normalise(text, OPTIONS).error?.code).toStartWith('windows-')
  })

  test('Sysmon for Linux comes in syslog', () => {
    const xml =
      '<Event><System><Provider Name="Linux-Sysmon" Guid="{x}"/><EventID>1</EventID><TimeCreated SystemTime="2026-11-20T10:11:12Z"/>' +
      '<Channel>Linux-Sysmon/Operational</Channel><Computer>web-1</Computer></System><EventData>' +
      '<Data Name="Image">/usr/bin/id</Data><Data Name="CommandLine">id -u</Data><Data Name="User">root</Data></EventData></Event>'
    for (const text of [xml, `Nov 20 10:11:12 web-1 sysmon: ${xml}`]) {
      const got = normalise(text, OPTIONS)
      expect(got.parser).toBe('sysmon_linux')
      expect(got.logsource).toMatchObject({
        product: 'linux',
        category: ['process_creation'],
        service: ['sysmon'],
      })
      expect(got.pivots).toMatchObject({ host: 'web-1', user: 'root', process: '/usr/bin/id' })
    }
  })
})

describe('names for what has none', () => {
  test('a crash', () => {
    const { fields } = event(
      evtx(
        'Application',
        1000,
        { Data: ['a.exe', '1.0', 't', 'm.dll', '2.0', 't', 'c0000005'] },
        {
          Provider: { '#attributes': { Name: 'Application Error' } },
        },
      ),
    )
    expect(fields).toMatchObject({
      AppName: 'a.exe',
      ModuleName: 'm.dll',
      ExceptionCode: 'c0000005',
    })
  })

  test('PowerShell’s context', () => {
    const classic = event(
      evtx('Windows PowerShell', 400, {
        Data: ['Available', 'None', '\tHostName=ConsoleHost\n\tHostApplication=powershell -nop'],
      }),
    )
    expect(classic.fields).toMatchObject({
      NewEngineState: 'Available',
      HostName: 'ConsoleHost',
      HostApplication: 'powershell -nop',
    })
    const logged = event(
      evtx('Microsoft-Windows-PowerShell/Operational', 4103, {
        ContextInfo: '        Host Application = powershell\n        User = LAB\\anna\n',
      }),
    )
    expect(logged.fields.HostApplication).toBe('powershell')
    expect(logged.pivots.user).toBe('anna')
  })
})

test('more than 300 event ids have a title', () => {
  expect(titleCount()).toBeGreaterThan(300)
})

describe('Snare', () => {
  const line = (tab: string) =>
    [
      '<14>Nov 20 10:11:12 ws-07 MSWinEventLog',
      ...['1', 'Security', '6863', 'Fri Nov 20 10:11:12 2026', '4688'],
      ...['Microsoft-Windows-Security-Auditing', 'N/A', 'N/A', 'Success Audit', 'ws-07'],
      ...['Process Creation', ''],
      'A new process has been created.    Creator Subject:   Security ID:  S-1-5-18   Account Name:  anna   Account Domain:  LAB   Logon ID:  0x3E7    Target Subject:   Security ID:  S-1-0-0   Account Name:  -    Process Information:   New Process Name: C:\\a.exe   Creator Process Name:  C:\\b.exe   Process Command Line:  a.exe: -x    This event is long.',
      '6863',
    ].join(tab)

  test.each([
    ['tabs', '\t'],
    ['escaped tabs', '#011'],
  ])('%s', (_, tab) => {
    const got = normalise(line(tab), OPTIONS)
    expect(got).toMatchObject({
      parser: 'windows',
      time: Date.parse('2026-11-20T10:11:12Z'),
      logsource: { category: ['process_creation'], service: ['security'] },
      pivots: { host: 'ws-07', user: 'anna', process: 'C:\\a.exe', outcome: 'success' },
    })
    expect(got.fields).toMatchObject({
      Image: 'C:\\a.exe',
      ParentImage: 'C:\\b.exe',
      CommandLine: 'a.exe: -x',
      SubjectUserName: 'anna',
      SubjectLogonId: '0x3E7',
      TargetUserSid: 'S-1-0-0',
    })
  })

  test('what only mentions it is no event', () => {
    expect(normalise('Nov 20 10:11:12 gate app: MSWinEventLog is down', OPTIONS).parser).not.toBe(
      'windows',
    )
  })
})

describe('more shapes of JSON', () => {
  const SECURITY = 'Microsoft-Windows-Security-Auditing'
  const time = '2026-11-20T10:11:12Z'
  test.each([
    [
      'Azure Monitor, data as XML',
      {
        TimeGenerated: time,
        Computer: 'ws-07',
        EventSourceName: SECURITY,
        Channel: 'Security',
        EventID: 4688,
        EventData:
          '<EventData xmlns="x">\r\n  <Data Name="NewProcessName">C:\\a.exe</Data>\r\n</EventData>',
      },
    ],
    [
      'system and data without the element around them',
      {
        System: {
          Provider: { Name: SECURITY },
          EventID: { Value: 4688 },
          TimeCreated: { SystemTime: 1_795_169_472 },
          Channel: 'Security',
          Computer: 'ws-07',
        },
        EventData: { NewProcessName: 'C:\\a.exe' },
      },
    ],
    [
      'Get-WinEvent',
      {
        Id: 4688,
        LogName: 'Security',
        ProviderName: SECURITY,
        MachineName: 'ws-07',
        TimeCreated: '/Date(1795169472000)/',
        Message:
          'A new process has been created.\r\n\r\nProcess Information:\r\n\tNew Process Name:\tC:\\a.exe',
      },
    ],
    [
      'data as a list',
      {
        Event: {
          System: {
            Provider: { '@Name': SECURITY },
            EventID: '4688',
            Channel: 'Security',
            Computer: 'ws-07',
            TimeCreated: { '@SystemTime': time },
          },
          EventData: { Data: [{ '@Name': 'NewProcessName', '#text': 'C:\\a.exe' }] },
        },
      },
    ],
  ])('%s', (_, json) => {
    const got = event(json)
    expect(got).toMatchObject({
      parser: 'windows',
      time: Date.parse(time),
      logsource: { category: ['process_creation'], service: ['security'] },
      pivots: { host: 'ws-07', process: 'C:\\a.exe' },
    })
    expect(got.fields.Image).toBe('C:\\a.exe')
  })

  test('an id beside a log of another system is no Windows event', () => {
    expect(event({ Id: 5, LogName: 'projects/x/logs/y' }).parser).toBe('json')
    expect(event({ EventID: 5, Source: 'pump' }).parser).toBe('json')
  })
})
