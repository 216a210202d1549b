import { describe, expect, test } from 'bun:test'
import { normalise } from './normalise.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS = { now: NOW, received: NOW, timeZone: 'UTC' }
const STAMP = '2026-11-20T10:11:12.123Z'
const read = (json: object, source?: string) =>
  normalise(JSON.stringify(json), { ...OPTIONS, source })

const INITIATING = {
  InitiatingProcessFileName: 'p.exe',
  InitiatingProcessFolderPath: 'c:\\tools\\p.exe',
  InitiatingProcessCommandLine: 'p.exe -k',
  InitiatingProcessId: 5,
  InitiatingProcessAccountDomain: 'corp',
  InitiatingProcessAccountName: 'anna',
}
const row = (ActionType: string, more: object) => ({
  ...{ Timestamp: STAMP, DeviceId: 'x', DeviceName: 'ws1.corp.example', ActionType },
  ...INITIATING,
  ...more,
})
const PROCESS = row('ProcessCreated', {
  ...{ FileName: 'cmd.exe', FolderPath: 'C:\\Windows\\System32\\cmd.exe', ProcessId: 77 },
  ...{ ProcessCommandLine: 'cmd /c whoami', ProcessIntegrityLevel: 'High', SHA256: 'ab' },
  ...{ AccountDomain: 'corp', AccountName: 'anna' },
  ProcessVersionInfoOriginalFileName: 'Cmd.Exe',
})

describe('Defender', () => {
  test.each<[string, object]>([
    ['a row', PROCESS],
    [
      'streamed',
      {
        ...{ time: STAMP, tenantId: 't', operationName: 'Publish' },
        ...{ category: 'AdvancedHunting-DeviceProcessEvents', properties: PROCESS },
      },
    ],
    ['of Sentinel', { ...PROCESS, Timestamp: null, TimeGenerated: STAMP, Type: 'x' }],
    ['without the file in its path', { ...PROCESS, FolderPath: 'C:\\Windows\\System32' }],
  ])('a new process, %s', (_, json) => {
    expect(read(json)).toMatchObject({
      parser: 'endpoint',
      time: Date.parse(STAMP),
      logsource: { product: 'windows', category: ['process_creation'], closed: true },
      pivots: {
        ...{ host: 'ws1.corp.example', user: 'anna', action: 'ProcessCreated' },
        process: 'C:\\Windows\\System32\\cmd.exe',
      },
      message: 'ProcessCreated: cmd /c whoami',
      fields: {
        ...{ Image: 'C:\\Windows\\System32\\cmd.exe', CommandLine: 'cmd /c whoami' },
        ...{ ParentImage: 'c:\\tools\\p.exe', ParentCommandLine: 'p.exe -k', User: 'corp\\anna' },
        ...{ Hashes: 'SHA256=AB', OriginalFileName: 'Cmd.Exe', IntegrityLevel: 'High' },
        ...{ ProcessId: 77, ParentProcessId: 5, FileName: 'cmd.exe' },
      },
    })
  })

  test.each<[string, object, string[], object]>([
    [
      'RegistryValueSet',
      {
        RegistryKey: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\x',
        ...{ RegistryValueName: 'y', RegistryValueData: 'z' },
      },
      ['registry_set', 'registry_event'],
      { TargetObject: 'HKLM\\SOFTWARE\\x\\y', Details: 'z', Image: 'c:\\tools\\p.exe' },
    ],
    [
      'ConnectionSuccess',
      { RemoteIP: '192.0.2.7', RemotePort: 443, LocalIP: '10.0.0.5', LocalPort: 5, RemoteUrl: 'a' },
      ['network_connection'],
      { DestinationIp: '192.0.2.7', DestinationPort: 443, SourceIp: '10.0.0.5', Initiated: 'true' },
    ],
    [
      'InboundConnectionAccepted',
      { RemoteIP: '192.0.2.7', RemotePort: 5, LocalIP: '10.0.0.5', LocalPort: 443 },
      ['network_connection'],
      { SourceIp: '192.0.2.7', DestinationPort: 443, Initiated: 'false' },
    ],
    [
      'FileCreated',
      { FileName: 'f.dll', FolderPath: 'C:\\x\\f.dll' },
      ['file_event'],
      { TargetFilename: 'C:\\x\\f.dll' },
    ],
    ['ImageLoaded', { FolderPath: 'C:\\f.dll' }, ['image_load'], { ImageLoaded: 'C:\\f.dll' }],
    [
      'NamedPipeEvent',
      { AdditionalFields: '{"PipeName":"\\\\Device\\\\NamedPipe\\\\x"}' },
      ['pipe_created'],
      { PipeName: '\\Device\\NamedPipe\\x' },
    ],
    [
      'CreateRemoteThreadApiCall',
      { FolderPath: 'C:\\t.exe' },
      ['create_remote_thread'],
      { SourceImage: 'c:\\tools\\p.exe', TargetImage: 'C:\\t.exe' },
    ],
  ])('%s', (action, more, category, fields) => {
    expect(read(row(action, more))).toMatchObject({ logsource: { category }, fields })
  })

  test('logons, and actions that no category of Sigma is about', () => {
    const logon = row('LogonFailed', { AccountName: 'eve', RemoteIP: '192.0.2.7' })
    expect(read(logon)).toMatchObject({
      logsource: { category: [] },
      pivots: { user: 'eve', src_ip: '192.0.2.7', outcome: 'failure' },
    })
  })

  test('a host with Linux', () => {
    const got = read({ ...PROCESS, FolderPath: '/usr/bin/id', FileName: 'id' })
    expect(got.logsource).toMatchObject({ product: 'linux', category: ['process_creation'] })
  })

  test('other JSON with such a name is none', () => {
    for (const json of [
      { ActionType: 'Forward', name: 'x' },
      { ActionType: 'MailItemsAccessed', AccountObjectId: 'x' },
      { category: 'AuditLogs', properties: { ActionType: 'x', DeviceName: 'y' } },
    ])
      expect(read(json).parser).not.toBe('endpoint')
    expect(read({ a: 1 }, 'endpoint').parser).toBe('json')
  })
})

describe('Elastic Defend', () => {
  const document = (kind: string, action: string, more: object) => ({
    '@timestamp': STAMP,
    event: { dataset: `endpoint.events.${kind}`, action, outcome: 'unknown' },
    host: { hostname: 'ws1', os: { type: 'windows' } },
    user: { name: 'anna', domain: 'CORP' },
    process: {
      ...{ executable: 'C:\\a.exe', command_line: 'a -b', pid: 7 },
      ...{ hash: { sha256: 'ab' }, parent: { executable: 'C:\\p.exe', command_line: 'p' } },
    },
    ...more,
  })

  test('a new process', () => {
    expect(read(document('process', 'start', {}))).toMatchObject({
      parser: 'endpoint',
      time: Date.parse(STAMP),
      logsource: { product: 'windows', category: ['process_creation'] },
      pivots: { host: 'ws1', user: 'anna', process: 'C:\\a.exe', action: 'start' },
      fields: {
        ...{ Image: 'C:\\a.exe', CommandLine: 'a -b', ParentImage: 'C:\\p.exe' },
        ...{ User: 'CORP\\anna', Hashes: 'SHA256=AB' },
      },
    })
  })

  test.each<[string, string, object, string, object]>([
    ['file', 'creation', { file: { path: 'C:\\f' } }, 'file_event', { TargetFilename: 'C:\\f' }],
    [
      'registry',
      'modification',
      { registry: { path: 'HKLM\\x', data: { strings: ['y'] } } },
      'registry_set',
      { TargetObject: 'HKLM\\x', Details: 'y' },
    ],
    ['library', 'load', { dll: { path: 'C:\\d' } }, 'image_load', { ImageLoaded: 'C:\\d' }],
    [
      'network',
      'connection_attempted',
      { destination: { ip: '192.0.2.7', port: 443 }, network: { transport: 'tcp' } },
      'network_connection',
      { DestinationIp: '192.0.2.7', DestinationPort: 443, Initiated: 'true', Protocol: 'tcp' },
    ],
    [
      'network',
      'lookup_requested',
      { dns: { question: { name: 'a.example' } } },
      'dns_query',
      { QueryName: 'a.example' },
    ],
  ])('%s %s', (kind, action, more, category, fields) => {
    const got = read(document(kind, action, more))
    expect(got.logsource.category).toContain(category)
    expect(got.fields).toMatchObject(fields)
  })
})

describe('osquery', () => {
  const result = (columns: object, more: object = {}) => ({
    ...{ name: 'pack_hunt_any', hostIdentifier: 'web1.corp.example', action: 'added' },
    ...{ calendarTime: 'Fri Nov 20 10:11:12 2026 UTC', unixTime: 1795169472, epoch: 0 },
    ...{ decorations: { username: 'anna' }, columns },
    ...more,
  })
  const TIME = Date.parse('2026-11-20T10:11:12Z')

  test('a program that was started', () => {
    const columns = {
      ...{ pid: '77', path: '/usr/bin/curl', cmdline: 'curl http://a.example', cwd: '"/tmp"' },
      ...{ uid: '1000', parent: '5', time: '1795169470', syscall: 'execve' },
    }
    expect(read(result(columns))).toMatchObject({
      parser: 'endpoint',
      time: TIME,
      logsource: { product: 'linux', category: ['process_creation'] },
      pivots: { host: 'web1.corp.example', user: 'anna', process: '/usr/bin/curl' },
      fields: {
        ...{ Image: '/usr/bin/curl', CommandLine: 'curl http://a.example', ProcessId: '77' },
        ...{ ParentProcessId: '5', name: 'pack_hunt_any' },
      },
    })
    const gone = read(result(columns, { action: 'removed' }))
    expect(gone.logsource.category).toEqual([])
    expect(gone.fields.CommandLine).toBeUndefined()
  })

  test('a connection, the way it was opened', () => {
    const columns = {
      ...{ pid: '77', path: '/usr/bin/nc', family: '2', protocol: '6', time: '1795169470' },
      ...{ local_address: '192.0.2.9', local_port: '0', success: '1' },
      ...{ remote_address: '203.0.113.7', remote_port: '4444' },
    }
    expect(read(result({ ...columns, action: 'connect' }))).toMatchObject({
      logsource: { product: 'linux', category: ['network_connection'] },
      pivots: { src_ip: '192.0.2.9', dst_ip: '203.0.113.7', dst_port: 4444, outcome: 'success' },
      fields: { Initiated: 'true', DestinationPort: '4444' },
    })
    expect(read(result({ ...columns, action: 'accept' })).pivots).toMatchObject({
      ...{ src_ip: '203.0.113.7', src_port: 4444, dst_ip: '192.0.2.9' },
    })
  })

  test('a file, on macOS', () => {
    const columns = { target_path: '/Users/anna/Library/LaunchAgents/x.plist', action: 'CREATED' }
    expect(read(result({ ...columns, sha256: 'ab' }))).toMatchObject({
      logsource: { product: 'macos', category: ['file_event'] },
      fields: { TargetFilename: '/Users/anna/Library/LaunchAgents/x.plist', Hashes: 'SHA256=AB' },
    })
  })

  test('rows of other tables are results with time, host and user, and of no category', () => {
    const got = read(result({ device: '/dev/sda1', path: '/var' }))
    expect(got).toMatchObject({ parser: 'endpoint', time: TIME, pivots: { user: 'anna' } })
    expect(got.logsource.category).toEqual([])
    const late = result({}, { unixTime: undefined, columns: undefined, snapshot: [{ a: 'b' }] })
    expect(read(late)).toMatchObject({ parser: 'endpoint', time: TIME })
    expect(read({ columns: { a: 'b' }, name: 'x', hostname: 'h' }).parser).toBe('json')
  })
})

describe('other sensors’ process starts', () => {
  const AT = Date.UTC(2026, 10, 20, 10, 11, 12)
  const read = (json: object) =>
    normalise(JSON.stringify(json), { now: AT, received: AT, timeZone: 'UTC' })
  const expected = {
    parser: 'endpoint',
    time: AT,
    logsource: { product: 'windows', category: ['process_creation'], service: [] },
    pivots: { host: 'ws1', user: 'anna', process: 'C:\\Windows\\System32\\cmd.exe' },
    fields: { Image: 'C:\\Windows\\System32\\cmd.exe', CommandLine: 'cmd.exe /c whoami' },
  }

  test('CrowdStrike', () => {
    const got = read({
      ...{ event_simpleName: 'ProcessRollup2', aid: 'a', cid: 'c', timestamp: String(AT) },
      ...{ ComputerName: 'ws1', UserName: 'CORP\\anna', CommandLine: 'cmd.exe /c whoami' },
      ImageFileName: '\\Device\\HarddiskVolume2\\Windows\\System32\\cmd.exe',
      ...{ ParentBaseFileName: 'explorer.exe', SHA256HashData: 'ab', event_platform: 'Win' },
    })
    expect(got).toMatchObject(expected)
    expect(got.fields).toMatchObject({ ParentImage: 'explorer.exe', Hashes: 'SHA256=AB' })
    const dns = { event_simpleName: 'DnsRequest', aid: 'a', DomainName: 'bad.example' }
    expect(read({ ...dns, event_platform: 'Lin' })).toMatchObject({
      logsource: { product: 'linux', category: ['dns_query'] },
      pivots: { domain: 'bad.example' },
    })
  })

  test('Carbon Black: the child is what starts', () => {
    const got = read({
      ...{ type: 'endpoint.event.procstart', action: 'ACTION_CREATE_PROCESS' },
      ...{ device_name: 'CORP\\ws1', device_timestamp: '2026-11-20 10:11:12 +0000 UTC' },
      ...{ process_path: 'C:\\Windows\\explorer.exe', process_cmdline: 'explorer' },
      ...{ childproc_name: 'C:\\Windows\\System32\\cmd.exe', childproc_username: 'CORP\\anna' },
      target_cmdline: 'cmd.exe /c whoami',
    })
    expect(got).toMatchObject(expected)
    expect(got.fields.ParentImage).toBe('C:\\Windows\\explorer.exe')
  })

  test('SentinelOne', () => {
    const got = read({
      ...{ 'event.type': 'Process Creation', 'event.time': AT, 'endpoint.name': 'ws1' },
      ...{ 'endpoint.os': 'windows', 'src.process.user': 'CORP\\anna' },
      'src.process.image.path': 'C:\\Windows\\explorer.exe',
      'tgt.process.image.path': 'C:\\Windows\\System32\\cmd.exe',
      'tgt.process.cmdline': 'cmd.exe /c whoami',
    })
    expect(got).toMatchObject(expected)
    expect(got.fields.ParentImage).toBe('C:\\Windows\\explorer.exe')
  })
})
