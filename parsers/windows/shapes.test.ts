// The shapes in which shippers, collectors and exports write Windows events.
import { describe, expect, test } from 'bun:test'
import { type NormaliseOptions, normalise } from '../normalise.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'UTC' }
const event = (value: unknown) => normalise(JSON.stringify(value), OPTIONS)

const SYSMON = 'Microsoft-Windows-Sysmon/Operational'

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
