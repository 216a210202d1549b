// Security 4688 as tools and agents write it that keep only a part of the event.
import { describe, expect, test } from 'bun:test'
import { normalise } from '../normalise.ts'
import { event, framed, OPTIONS } from './senders.support.ts'

describe('tools', () => {
  test('Hayabusa: short names, as text and as objects', () => {
    const line = {
      Timestamp: '2026-11-20 10:11:12.123 +00:00',
      RuleTitle: 'Failed logon',
      Channel: 'Sec',
      EventID: '4625',
      Computer: 'ws1',
      Details: 'Type: 3 - NETWORK ¦ TgtUser: anna ¦ SrcIP: 192.0.2.7 ¦ Proc: -',
      ExtraFieldInfo: 'SubStatus: 0xc000006a',
    }
    const fields = { LogonType: '3', TargetUserName: 'anna', IpAddress: '192.0.2.7' }
    expect(event(line)).toMatchObject({
      time: Date.UTC(2026, 10, 20, 10, 11, 12, 123),
      fields: { ...fields, SubStatus: '0xc000006a', Channel: 'Security' },
      pivots: { user: 'anna', src_ip: '192.0.2.7', outcome: 'failure' },
    })
    const sysmon = event({
      ...line,
      Channel: 'Sysmon',
      EventID: 1,
      Details: { Proc: 'C:\\a.exe', Cmdline: 'a -b', PID: 7 },
      ExtraFieldInfo: { ParentImage: 'C:\\p.exe' },
    })
    expect(sysmon.fields).toMatchObject({
      ...{ Image: 'C:\\a.exe', CommandLine: 'a -b', ProcessId: 7, ParentImage: 'C:\\p.exe' },
    })
    expect(sysmon.logsource.category).toEqual(['process_creation'])
  })

  test('ArcSight’s CEF: the data under its own names', () => {
    const got = normalise(
      'CEF:0|Microsoft|Microsoft Windows||Microsoft-Windows-Security-Auditing:4624|An account was logged on.|Low| externalId=4624 ' +
        'cat=Security deviceSeverity=Audit_success rt=1795169472123 src=192.0.2.7 spt=50123 dvchost=dc1 dntdom=CORP duser=anna ' +
        'cn1=3 cn1Label=Logon Type cs1=Kerberos cs1Label=Authentication Package Name ad.KeyLength=0 ad.SubjectUserName=-',
      OPTIONS,
    )
    expect(got).toMatchObject({
      parser: 'cef',
      time: 1795169472123,
      logsource: { product: 'windows', service: ['security'] },
      fields: {
        ...{ EventID: 4624, LogonType: '3', AuthenticationPackageName: 'Kerberos' },
        ...{ TargetUserName: 'anna', TargetDomainName: 'CORP', IpAddress: '192.0.2.7' },
        ...{ SubjectUserName: '-', Computer: 'dc1', Channel: 'Security' },
      },
      pivots: { host: 'dc1', user: 'anna', src_ip: '192.0.2.7', outcome: 'success' },
    })
  })

  test('Velociraptor’s Sigma artifacts, also where the sender names it', () => {
    const row = {
      ClientId: 'C.1234567890abcdef',
      Title: 'x',
      _Event: {
        System: {
          Provider: { Name: 'Microsoft-Windows-Sysmon' },
          EventID: { Value: 1 },
          Channel: 'Microsoft-Windows-Sysmon/Operational',
          Computer: 'ws1',
        },
        EventData: { Image: 'C:\\a.exe' },
      },
    }
    for (const source of [undefined, 'velociraptor']) {
      const got = normalise(JSON.stringify(row), { ...OPTIONS, source })
      expect(got.fields.Image).toBe('C:\\a.exe')
      expect(got.logsource.category).toEqual(['process_creation'])
    }
  })
})

describe('text that agents write', () => {
  test('CloudWatch, OSSEC', () => {
    const cloud = normalise(
      '[Security] [INFORMATION] [4624] [Microsoft-Windows-Security-Auditing] [ws1] [An account was successfully logged on.]',
      OPTIONS,
    )
    expect(cloud).toMatchObject({ parser: 'windows', pivots: { host: 'ws1', outcome: 'success' } })
    const ossec = normalise(
      '2026 Nov 20 10:11:12 WinEvtLog: Security: AUDIT_FAILURE(4776): Microsoft-Windows-Security-Auditing: (no user): no domain: ws1: The computer attempted to validate the credentials for an account.',
      OPTIONS,
    )
    expect(ossec).toMatchObject({
      parser: 'windows',
      time: Date.UTC(2026, 10, 20, 10, 11, 12),
      pivots: { host: 'ws1', outcome: 'failure' },
      logsource: { service: ['security'] },
    })
  })

  test('WinCollect, where a relay made blanks of tabs and lines', () => {
    const got = normalise(
      '<13>Nov 20 10:11:13 10.0.0.9 AgentDevice=WindowsLog AgentLogFile=Security Source=Microsoft-Windows-Security-Auditing ' +
        'Computer=dc1 User= Domain= EventID=4625 EventType=16 TimeGenerated=1795169472123 Message=An account failed to log on. ' +
        'Subject: Security ID: NULL SID Account Name: - Account Domain: - Logon ID: 0x0 Logon Type: 3 ' +
        'Account For Which Logon Failed: Security ID: NULL SID Account Name: anna Account Domain: CORP ' +
        'Process Information: Caller Process ID: 0x0 Network Information: Workstation Name: Source Network Address: 192.0.2.7 Source Port: 50123 ',
      OPTIONS,
    )
    expect(got).toMatchObject({
      time: 1795169472123,
      pivots: {
        host: 'dc1',
        user: 'anna',
        src_ip: '192.0.2.7',
        src_port: 50123,
        outcome: 'failure',
      },
      fields: { LogonType: '3', SubjectUserName: '-', TargetUserName: 'anna', IpPort: '50123' },
    })
    expect(got.fields.WorkstationName).toBeUndefined()
  })

  test('what QRadar forwards, and what Splunk’s WMI input writes', () => {
    const line = 'AgentDevice=WindowsLog\tAgentLogFile=System\tSource=x\tEventID=7036\tMessage=m'
    const forwarded = event({ name: 'DefaultProfile', category: '7036', payload: line })
    expect(forwarded).toMatchObject({ parser: 'windows', fields: { EventID: 7036 } })
    const wmi = normalise(
      '20261120101112.784882\nEventCode=4776\nLogfile=Security\nSourceName=Microsoft-Windows-Security-Auditing\n' +
        'ComputerName=dc1\nMessage=The computer attempted it.\r\n\r\nLogon Account:\tanna\r\nError Code:\t0xC000006A',
      OPTIONS,
    )
    expect(wmi).toMatchObject({
      time: Date.UTC(2026, 10, 20, 10, 11, 12, 784),
      pivots: { host: 'dc1', user: 'anna', outcome: 'failure' },
    })
  })

  test('Splunk’s events end where the next begins; a time alone is no event', () => {
    const lines = [
      ...['11/20/2026 01:02:03 PM', 'LogName=Security', 'EventCode=4634', 'Message=bye', '', ' x'],
      ...['11/20/2026 01:02:04 PM', 'LogName=System', 'EventCode=7036', 'Message=y'],
      ...['11/20/2026 01:02:05 PM', 'something else'],
    ]
    const texts = framed(lines.join('\n')).map((frame) => frame.text)
    expect(texts).toHaveLength(4)
    const [first, second] = texts.map((text) => normalise(text, OPTIONS))
    expect(first).toMatchObject({ time: Date.UTC(2026, 10, 20, 13, 2, 3), message: 'bye\n\n x' })
    expect(second?.logsource.service).toEqual(['system'])
  })
})
