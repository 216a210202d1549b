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
