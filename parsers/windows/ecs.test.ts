import { describe, expect, test } from 'bun:test'
import { normalise } from '../normalise.ts'

const OPTIONS = { received: Date.UTC(2026, 10, 21), now: Date.UTC(2026, 10, 21), timeZone: 'UTC' }

function event(json: object) {
  return normalise(JSON.stringify(json), OPTIONS)
}

describe('documents that the sender’s modules have rewritten', () => {
  const sent = (code: number, document: object, channel = 'Microsoft-Windows-Sysmon/Operational') =>
    event({
      '@timestamp': '2026-11-20T10:11:12.123Z',
      event: { code: String(code) },
      winlog: { channel, event_id: String(code), computer_name: 'ws1', event_data: { Own: 'x' } },
      ...document,
    })

  test('a process', () => {
    const got = sent(1, {
      process: {
        executable: 'C:\\a.exe',
        command_line: 'a -b',
        pid: 7,
        hash: { sha256: 'ab', md5: 'cd' },
        pe: { original_file_name: 'A.EXE', imphash: 'ef' },
        parent: { executable: 'C:\\p.exe', command_line: 'p' },
      },
      user: { name: 'anna', domain: 'CORP' },
    })
    expect(got.fields).toMatchObject({
      ...{ Image: 'C:\\a.exe', CommandLine: 'a -b', ProcessId: 7, OriginalFileName: 'A.EXE' },
      ...{ ParentImage: 'C:\\p.exe', ParentCommandLine: 'p', User: 'CORP\\anna', Own: 'x' },
      Hashes: 'MD5=CD,SHA256=AB,IMPHASH=EF',
    })
    expect(got.pivots).toMatchObject({ user: 'anna', process: 'C:\\a.exe' })
  })

  test('a connection, a value of the registry, a file, a look-up, a pipe', () => {
    const process = { executable: 'C:\\a.exe' }
    const destination = { ip: '192.0.2.7', port: 443 }
    expect(
      sent(3, { process, destination, network: { direction: 'egress' } }).fields,
    ).toMatchObject({
      Image: 'C:\\a.exe',
      DestinationIp: '192.0.2.7',
      DestinationPort: 443,
      Initiated: 'true',
    })
    const registry = { path: 'HKLM\\x', data: { strings: ['y'] } }
    expect(sent(13, { process, registry }).fields).toMatchObject({
      TargetObject: 'HKLM\\x',
      Details: 'y',
    })
    expect(sent(11, { process, file: { path: 'C:\\f' } }).fields.TargetFilename).toBe('C:\\f')
    const dns = { question: { name: 'a.example' }, answers: [{ data: '192.0.2.9' }] }
    expect(sent(22, { process, dns }).fields).toMatchObject({
      ...{ QueryName: 'a.example', QueryResults: '192.0.2.9;' },
    })
    expect(sent(17, { process, file: { name: '\\p' } }).fields.PipeName).toBe('\\p')
  })

  test('the Security log, PowerShell', () => {
    const process = { executable: 'C:\\a.exe', pid: 508, parent: { executable: 'C:\\p.exe' } }
    expect(sent(4688, { process }, 'Security').fields).toMatchObject({
      ...{ NewProcessName: 'C:\\a.exe', NewProcessId: '0x1fc', ParentImage: 'C:\\p.exe' },
    })
    const powershell = { file: { script_block_text: 'Get-Item' } }
    const script = sent(4104, { powershell }, 'Microsoft-Windows-PowerShell/Operational')
    expect(script.fields.ScriptBlockText).toBe('Get-Item')
    const classic = sent(
      400,
      { process: { command_line: 'powershell -nop' } },
      'Windows PowerShell',
    )
    expect(classic.fields.Data).toBe('HostApplication=powershell -nop')
  })

  test('under keys with dots', () => {
    const got = event({
      '@timestamp': '2026-11-20T10:11:12.123Z',
      'winlog.channel': 'Microsoft-Windows-Sysmon/Operational',
      'winlog.event_id': '1',
      'process.executable': 'C:\\a.exe',
      'process.parent.executable': ['C:\\p.exe'],
    })
    expect(got.fields).toMatchObject({ Image: 'C:\\a.exe', ParentImage: 'C:\\p.exe' })
    expect(got.pivots.process).toBe('C:\\a.exe')
  })

  test('what the data has is not replaced', () => {
    const got = sent(1, {
      process: { executable: 'other' },
      winlog: {
        channel: 'Microsoft-Windows-Sysmon/Operational',
        event_id: '1',
        event_data: { Image: 'C:\\own.exe' },
      },
    })
    expect(got.fields.Image).toBe('C:\\own.exe')
  })
})
