import { describe, expect, test } from 'bun:test'
import { NOW } from '../test/support/parser-lines.ts'
import { normalise } from './normalise.ts'

const OPTIONS = { now: NOW, received: NOW, timeZone: 'UTC' }
const HEAD = '<134>Nov 20 10:11:12 probe1 sender[7]: '

test.each([
  [
    'suricata',
    '{"timestamp":"2026-11-20T10:11:11.5+0000","event_type":"alert","src_ip":"192.0.2.9","dest_ip":"198.51.100.7","flow_id":7,"alert":{"action":"allowed","signature_id":1,"signature":"s","severity":2}}',
    '192.0.2.9',
  ],
  [
    'zeek',
    '{"_path":"conn","ts":"2026-11-20T10:11:11.5Z","uid":"C1","id.orig_h":"192.0.2.9","id.orig_p":3,"id.resp_h":"198.51.100.7","id.resp_p":10,"proto":"tcp"}',
    '192.0.2.9',
  ],
  [
    'wazuh',
    '{"timestamp":"2026-11-20T10:11:11.500+0000","rule":{"level":5,"description":"d","id":"750","groups":["syscheck"]},"agent":{"id":"007","name":"w1","ip":"192.0.2.9"},"manager":{"name":"m"},"id":"1.2","full_log":"text","decoder":{"name":"x"},"location":"syscheck"}',
    undefined,
  ],
])('%s behind a syslog header is read by name and recognised', (source, json, address) => {
  const line = HEAD + json
  for (const options of [OPTIONS, { ...OPTIONS, source }]) {
    const event = normalise(line, options)
    expect(event).toMatchObject({ parser: source, time: Date.parse('2026-11-20T10:11:11.5Z') })
    expect(event.error).toBeUndefined()
    if (address !== undefined) expect(event.pivots.src_ip).toBe(address)
  }
})

test('JSON that only its name tells is read behind a header, too', () => {
  const json = '{"client_address":"192.0.2.9","response_status":200,"request_uri":"/a"}'
  const event = normalise(HEAD + json, { ...OPTIONS, source: 'nginx' })
  expect(event).toMatchObject({ parser: 'nginx', pivots: { src_ip: '192.0.2.9', url: '/a' } })
})

test('a header in front of something else stays unparsed under a name', () => {
  const event = normalise(`${HEAD}{no json`, { ...OPTIONS, source: 'suricata' })
  expect(event).toMatchObject({ parser: 'unparsed' })
})

describe('a named source that knows no syslog, behind a header', () => {
  const XML =
    "<Event><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>1</EventID><Channel>Microsoft-Windows-Sysmon/Operational</Channel></System><EventData><Data Name='Image'>C:\\a.exe</Data></EventData></Event>"
  test.each([
    [
      'aws_vpcflow',
      '2 123456789010 eni-1235b8ca 10.0.0.1 203.0.113.12 20641 443 6 20 4249 1795169472 1795169532 ACCEPT OK',
      { src_ip: '10.0.0.1', dst_port: 443 },
    ],
    [
      'iis',
      '2026-11-20 10:11:12 10.0.0.1 GET /a.aspx x=1 443 - 192.0.2.3 Mozilla/5.0 - 404 0 2 15',
      { src_ip: '192.0.2.3', outcome: 'failure' },
    ],
    ['windows', XML, { process: 'C:\\a.exe' }],
  ])('%s', (source, line, pivots) => {
    for (const header of [
      '<134>Nov 20 10:11:20 relay app: ',
      '<134>1 2026-11-20T10:11:20Z relay app - - - ',
    ]) {
      const got = normalise(header + line, { ...OPTIONS, source })
      expect(got).toMatchObject({ parser: source, pivots })
      expect(got.error).toBeUndefined()
    }
  })

  test('what is none of it stays refused', () => {
    const got = normalise('<134>Nov 20 10:11:20 relay app: hello', { ...OPTIONS, source: 'iis' })
    expect(got.error?.code).toStartWith('iis')
  })
})
