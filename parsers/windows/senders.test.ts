// One event, Security 4688, in every form in which senders write it (`senders.ndjson`, one a line): the same
// fields, log source, time and columns come out of each.
import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { normalise } from '../normalise.ts'
import { listStart, recordsOf } from '../records.ts'
import { event, framed, OPTIONS } from './senders.support.ts'

interface Sample {
  readonly sender: string
  readonly text: string
}

const SAMPLES = (await Bun.file(join(import.meta.dir, 'senders.ndjson')).text())
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Sample)

const FIELDS = {
  EventID: 4688,
  Channel: 'Security',
  Provider_Name: 'Microsoft-Windows-Security-Auditing',
  Computer: 'ws1.corp.example',
  SubjectUserSid: 'S-1-5-18',
  SubjectUserName: 'anna',
  SubjectDomainName: 'CORP',
  NewProcessId: '0x1a4',
  NewProcessName: 'C:\\Windows\\System32\\cmd.exe',
  TokenElevationType: '%%1936',
  ProcessId: '0x10',
  CommandLine: 'cmd.exe /c "whoami"',
  TargetUserSid: 'S-1-0-0',
  TargetUserName: '-',
  ParentProcessName: 'C:\\Windows\\explorer.exe',
  MandatoryLabel: 'S-1-16-12288',
  Image: 'C:\\Windows\\System32\\cmd.exe',
  ParentImage: 'C:\\Windows\\explorer.exe',
  IntegrityLevel: 'High',
  User: 'CORP\\anna',
}

describe('the same event of', () => {
  test.each(SAMPLES.map(({ sender, text }) => [sender, text] as const))('%s', (_, text) => {
    const texts =
      listStart(text) === undefined ? framed(text).map((f) => f.text) : (recordsOf(text) ?? [])
    expect(texts).toHaveLength(1)
    const got = normalise(texts[0]!, OPTIONS)
    expect(got.logsource).toMatchObject({
      product: 'windows',
      category: ['process_creation'],
      service: ['security'],
      closed: true,
    })
    expect(got.fields).toMatchObject(FIELDS)
    expect(String(got.fields.SubjectLogonId).toLowerCase()).toBe('0x3e7')
    expect(Math.floor(got.time / 1000)).toBe(Date.UTC(2026, 10, 20, 10, 11, 12) / 1000)
    expect(got.pivots).toMatchObject({
      host: 'ws1.corp.example',
      user: 'anna',
      process: 'C:\\Windows\\System32\\cmd.exe',
      outcome: 'success',
    })
  })
})

describe('values that come without names', () => {
  const SYSMON = 'Microsoft-Windows-Sysmon/Operational'
  const sysmon5 = [...['-', '2026-11-20 10:11:12.345', '{aa-1}', '77', 'C:\\a.exe', 'CORP\\anna']]

  test('a list takes the names of its event', () => {
    const got = event({ Channel: SYSMON, EventID: 5, StringInserts: sysmon5 })
    expect(got.fields).toMatchObject({ Image: 'C:\\a.exe', User: 'CORP\\anna', ProcessId: '77' })
    expect(got.logsource.category).toEqual(['process_termination'])
  })

  test('Sysmon before its rules had names, and before it wrote users', () => {
    const got = event({ Channel: SYSMON, EventID: 5, StringInserts: sysmon5.slice(1, 5) })
    expect(got.fields).toMatchObject({ UtcTime: sysmon5[1], Image: 'C:\\a.exe' })
    expect(got.fields.RuleName).toBeUndefined()
  })

  test('a list of an event that is not known stays in order', () => {
    const got = event({ Channel: 'Application', EventID: 18456, StringInserts: ['sa', 'why'] })
    expect(got.fields.Data).toEqual(['sa', 'why'])
  })

  test('a message with a line for each value', () => {
    const Message =
      'Process terminated:\r\nRuleName: -\r\nUtcTime: 2026-11-20 10:11:12.345\r\nProcessGuid: {aa-1}\r\n' +
      'ProcessId: 77\r\nImage: C:\\a.exe\r\nUser: CORP\\anna'
    const got = event({ Channel: SYSMON, EventID: 5, Message })
    expect(got.fields).toMatchObject({ Image: 'C:\\a.exe', User: 'CORP\\anna', ProcessId: '77' })
    const oneLine = event({
      Channel: SYSMON,
      EventID: 5,
      Message: Message.replaceAll('\r\n', '  '),
    })
    expect(oneLine.fields).toMatchObject({ Image: 'C:\\a.exe', User: 'CORP\\anna' })
  })

  test('the context of classic PowerShell, out of its message', () => {
    const Message =
      'Engine state is changed from None to Available. \r\n\r\nDetails: \r\n\tNewEngineState=Available\r\n' +
      '\tHostApplication=powershell -nop\r\n\tEngineVersion=2.0'
    const got = event({ Channel: 'Windows PowerShell', EventID: 400, Message })
    expect(got.fields).toMatchObject({
      ...{ HostApplication: 'powershell -nop', EngineVersion: '2.0', Data: Message },
    })
    expect(got.logsource.category).toEqual(['ps_classic_start'])
  })

  test('data that is called as the element of data is', () => {
    const EventData = { ContextInfo: 'User = CORP\\anna', UserData: '', Payload: 'x' }
    const got = event({
      Channel: 'Microsoft-Windows-PowerShell/Operational',
      EventID: 4103,
      EventData,
    })
    expect(got.fields).toMatchObject(EventData)
    expect(got.pivots.user).toBe('anna')
  })

  test('a script, and a new service', () => {
    const script = event({
      Channel: 'Microsoft-Windows-PowerShell/Operational',
      EventID: 4104,
      Message:
        'Creating Scriptblock text (1 of 2):\r\nGet-Item\r\nPath: x\r\n\r\nScriptBlock ID: 1b79ef82-0efe\r\nPath: C:\\s.ps1',
    })
    expect(script.fields).toMatchObject({
      ScriptBlockText: 'Get-Item\r\nPath: x',
      MessageTotal: '2',
      ScriptBlockId: '1b79ef82-0efe',
      Path: 'C:\\s.ps1',
    })
    const service = event({
      Channel: 'System',
      EventID: 7045,
      SourceName: 'Service Control Manager',
      Message:
        'A service was installed in the system.\r\n\r\nService Name:  helper\r\nService File Name:  C:\\h.exe -k\r\n' +
        'Service Type:  user mode service\r\nService Start Type:  auto start\r\nService Account:  LocalSystem',
    })
    expect(service.fields).toMatchObject({
      ServiceName: 'helper',
      ImagePath: 'C:\\h.exe -k',
      StartType: 'auto start',
      AccountName: 'LocalSystem',
    })
  })
})

describe('Wazuh', () => {
  const win = (eventdata: object, channel = 'Microsoft-Windows-Bits-Client/Operational') =>
    event({
      win: { system: { eventID: '16403', channel, systemTime: '2026-11-20T10:11:12Z' }, eventdata },
    })

  test('escaped values are read once more, others stay', () => {
    expect(win({ path: 'C:\\\\a\\\\b.exe \\"x\\"' }).fields.Path).toBe('C:\\a\\b.exe "x"')
    expect(win({ path: '\\\\server\\share' }).fields.Path).toBe('\\\\server\\share')
  })

  test('names that begin small stay beside, numbered ones alone', () => {
    const { fields } = win({ processPath: 'p', remoteName: 'r', param1: '1' })
    expect(fields).toMatchObject({ processPath: 'p', RemoteName: 'r', param1: '1' })
    expect(fields.Param1).toBeUndefined()
  })

  test('an alert of its indexer, without the manager', () => {
    const got = event({
      _index: 'wazuh-alerts',
      _source: {
        agent: { id: '003', name: 'web1' },
        rule: {
          id: '550',
          level: 7,
          description: 'Integrity checksum changed.',
          groups: ['syscheck'],
        },
        syscheck: { path: '/etc/x', event: 'modified', audit: { login_user: { name: 'anna' } } },
      },
    })
    expect(got).toMatchObject({
      parser: 'wazuh',
      pivots: { host: 'web1', user: 'anna', action: 'modified', severity: 'medium' },
    })
  })

  test('user data under the name of its element', () => {
    const got = event({
      win: {
        system: {
          eventID: '1102',
          channel: 'Security',
          providerName: 'Microsoft-Windows-Eventlog',
        },
        logFileCleared: { subjectUserName: 'anna' },
      },
    })
    expect(got.fields.SubjectUserName).toBe('anna')
  })
})

test.each([
  ['Security', 4625, {}, 'failure'],
  ['Security', 4768, { Status: '0x0' }, 'success'],
  ['Security', 4771, { Status: '0x18' }, 'failure'],
  ['Security', 4776, { Status: '0xC0000064' }, 'failure'],
  ['Security', 4663, {}, undefined],
  ['Security', 4720, {}, 'success'],
  ['System', 7045, {}, undefined],
  ['Microsoft-Windows-DNSServer/Analytical', 257, { RCODE: '0' }, 'success'],
  ['Microsoft-Windows-DNSServer/Analytical', 258, { RCODE: '3' }, 'failure'],
  ['Microsoft-Windows-DNSServer/Analytical', 256, {}, undefined],
])('without keywords, %s %i with %o is a %s', (Channel, EventID, data, outcome) => {
  expect(event({ Channel, EventID, ...data }).pivots.outcome).toBe(outcome)
})

describe('whatever stands in an event', () => {
  const ODD = [null, '', -1, [], {}, ['', null], { Name: 'x' }]

  /** The same object with each of its members, at any depth, once replaced by `odd`. */
  function* replaced(value: unknown, odd: unknown): Generator<unknown> {
    if (typeof value !== 'object' || value === null) return
    for (const name of Object.keys(value)) {
      const member = (value as Record<string, unknown>)[name]
      const put = (inner: unknown) =>
        Array.isArray(value) ? value.with(Number(name), inner) : { ...value, [name]: inner }
      yield put(odd)
      for (const inner of replaced(member, odd)) yield put(inner)
    }
  }

  test('an event comes out', () => {
    let count = 0
    for (const { text } of SAMPLES) {
      if (!text.startsWith('{')) continue
      const json: unknown = JSON.parse(text)
      for (const odd of ODD) {
        for (const changed of replaced(json, odd)) {
          const got = normalise(JSON.stringify(changed), OPTIONS)
          if (got.error !== undefined)
            throw new Error(`${got.error.code}: ${JSON.stringify(changed)}`)
          count++
        }
      }
    }
    expect(count).toBeGreaterThan(4000)
  }, 30_000)

  test('a text that is cut off anywhere stays a text', () => {
    for (const { text } of SAMPLES) {
      if (text.startsWith('{')) continue
      for (let end = 1; end < text.length; end += 7) {
        expect(normalise(text.slice(0, end), OPTIONS).raw).toBe(text.slice(0, end))
      }
    }
  })
})
