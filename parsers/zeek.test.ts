import { describe, expect, test } from 'bun:test'
import { type Columns, columnsAfter } from './columns.ts'
import { type NormaliseOptions, normalise } from './normalise.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'UTC' }
const json = (record: object) => normalise(JSON.stringify(record), OPTIONS)
const TIME = Date.parse('2026-11-20T10:11:12.345Z')
const TS = 1795169472.345678

const CONNECTION = {
  ts: TS,
  uid: 'CAcJw21BbVedgFnYH3',
  'id.orig_h': '10.0.0.8',
  'id.orig_p': 50123,
  'id.resp_h': '203.0.113.7',
  'id.resp_p': 80,
}
const HEADER = ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-']

function tsv(path: string, fields: string, types: string, line: string) {
  let columns: Columns | undefined
  const lines = [...HEADER, `#path\t${path}`, `#fields\t${fields}`, `#types\t${types}`]
  for (const text of lines) columns = columnsAfter(columns, text.replaceAll(' ', '\t'))
  return normalise(line.replaceAll(' ', '\t'), { ...OPTIONS, columns })
}

test('the hundredth line below a header is read as the first one, whichever of its values are there', () => {
  const fields =
    'ts uid id.orig_h id.orig_p id.resp_h id.resp_p trans_depth method host uri username'
  const types = 'time string addr port addr port count string string string string'
  let columns: Columns | undefined
  const head = [...HEADER, '#path\thttp', `#fields\t${fields}`, `#types\t${types}`]
  for (const text of head) columns = columnsAfter(columns, text.replaceAll(' ', '\t'))
  const start = `${TS}\tC1\t10.0.0.8\t50123\t203.0.113.7\t80`
  const lines = [
    `${start}\t1\tGET\ta.example\t/x?y\tanna`,
    `${start}\t-\t-\t(empty)\t/\\xc3\\xa9\t-`,
    `${start}\t2\tPOST\t-\t-\t-`,
  ]
  const read = (line: string) => normalise(line, { ...OPTIONS, columns })
  const first = lines.map(read)
  for (let round = 0; round < 100; round++) expect(lines.map(read)).toEqual(first)
  expect(first[0]!.pivots).toMatchObject({ user: 'anna', domain: 'a.example', url: '/x?y' })
  expect(first[1]!.fields).toMatchObject({ host: '', 'c-uri': '/é' })
})

describe('JSON', () => {
  test.each([
    ['conn', { conn_state: 'SF', proto: 'tcp', orig_pkts: 1 }, ['firewall']],
    ['dns', { query: 'a.example', qtype_name: 'A', trans_id: 7 }, ['dns']],
    [
      'http',
      { trans_depth: 1, method: 'GET', host: 'a.example', uri: '/x?y', status_code: 404 },
      ['proxy', 'webserver'],
    ],
    ['ssl', { cipher: 'TLS_X', curve: 'x', server_name: 'a.example' }, []],
    ['ssh', { auth_attempts: 2, auth_success: false }, []],
    ['smb_files', { action: 'SMB::FILE_OPEN', path: '\\\\h\\ADMIN$', name: 'PSEXESVC.exe' }, []],
    ['dce_rpc', { named_pipe: '\\PIPE\\x', endpoint: 'svcctl', operation: 'CreateServiceW' }, []],
    ['kerberos', { request_type: 'TGS', client: 'anna/EXAMPLE.COM', success: false }, []],
    ['rdp', { cookie: 'anna', result: 'encrypted', security_protocol: 'HYBRID' }, []],
    ['notice', { note: 'Scan::Port_Scan', msg: 'x', _path: 'notice' }, []],
  ])('%s is known by its columns', (service, columns, category) => {
    const got = json({ ...CONNECTION, ...columns })
    expect(got).toMatchObject({ parser: 'zeek', time: TIME })
    expect(got.logsource).toMatchObject({ product: 'zeek', service: [service], category })
    expect(got.pivots).toMatchObject({ src_ip: '10.0.0.8', dst_ip: '203.0.113.7', dst_port: 80 })
  })

  test('a refused LDAP bind', () => {
    const bind = { opcode: 'bind simple', message_id: 1, result: 'invalid credentials' }
    const got = json({ ...CONNECTION, _path: 'ldap', ...bind })
    expect(got.pivots.outcome).toBe('failure')
  })

  test('DNS and HTTP have the names of their categories too', () => {
    const http = json({
      ...CONNECTION,
      _path: 'http',
      method: 'GET',
      host: 'a',
      uri: '/x?y=1',
      user_agent: 'c',
    })
    expect(http.fields).toMatchObject({
      'cs-method': 'GET',
      'c-uri': '/x?y=1',
      'cs-uri-stem': '/x',
      'c-useragent': 'c',
    })
    const dns = json({
      ...CONNECTION,
      _path: 'dns',
      query: 'q',
      qtype_name: 'TXT',
      answers: ['a', 'b'],
    })
    expect(dns.fields).toMatchObject({ record_type: 'TXT', answer: ['a', 'b'] })
  })

  test('ends nested or under names without dots', () => {
    const { 'id.orig_h': from, 'id.resp_h': to, ...rest } = CONNECTION
    const nested = json({ ...rest, id: { orig_h: from, resp_h: to }, conn_state: 'S0' })
    expect(nested).toMatchObject({ parser: 'zeek', pivots: { src_ip: from, dst_ip: to } })
    const flat = json({ ts: TS, uid: 'C1', id_orig_h: from, id_resp_h: to, conn_state: 'S0' })
    expect(flat).toMatchObject({ parser: 'zeek', fields: { 'id.orig_h': from } })
  })

  test.each([
    [{ ts: TS, msg: 'x' }],
    [{ ts: TS, name: 'x', path: '/y', action: 'z' }],
    [{ ts: '2026-11-20T10:11:12Z', source: 'app', uid: 'u', query: 'q', trans_id: 1 }],
  ])('%j stays generic', (record) => {
    expect(json(record).parser).toBe('json')
  })
})

describe('TSV', () => {
  test('values have the types that the header names', () => {
    const got = tsv(
      'dns',
      'ts uid id.orig_h id.orig_p id.resp_h id.resp_p query AA answers TTLs note',
      'time string addr port addr port string bool vector[string] vector[interval] string',
      `${TS} C1 10.0.0.8 50123 203.0.113.7 53 a.example T b,c 1.5,2.0 -`,
    )
    expect(got).toMatchObject({ parser: 'zeek', time: TIME, logsource: { service: ['dns'] } })
    expect(got.fields).toMatchObject({
      'id.orig_p': 50123,
      AA: true,
      answers: ['b', 'c'],
      TTLs: [1.5, 2],
    })
    expect(got.fields.note).toBeUndefined()
  })

  test('bytes are UTF-8, empty is empty', () => {
    const got = tsv(
      'smb_files',
      'ts id.orig_h name path',
      'time addr string set[string]',
      `${TS} 10.0.0.8 caf\\xc3\\xa9\\x09x (empty)`,
    )
    expect(got.fields).toMatchObject({ name: 'café\tx', path: [] })
  })

  test('without a header the commonest logs are known, others say why not', () => {
    const line = `${TS} CAcJw21BbVedgFnYH3 10.0.0.8 50123 203.0.113.7 80 tcp http 0.5 1 2 SF T F 0 ShADad 1 60 1 60 -`
    const conn = normalise(line.replaceAll(' ', '\t'), OPTIONS)
    expect(conn).toMatchObject({
      parser: 'zeek',
      time: TIME,
      logsource: { service: ['conn'] },
      fields: { conn_state: 'SF', service: 'http' },
    })
    const ends = `${TS} CAcJw21BbVedgFnYH3 10.0.0.8 50123 203.0.113.7 80`
    const read = (rest: string) => normalise(`${ends} ${rest}`.replaceAll(' ', '\t'), OPTIONS)
    const flags = 'F F T F 1 - - F'
    for (const line of [
      `udp 7 a.example 1 C_INTERNET 48 DNSKEY 0 NOERROR ${flags}`,
      `udp 7 0.07 a.example 1 C_INTERNET 48 DNSKEY 0 NOERROR ${flags}`,
    ]) {
      expect(read(line)).toMatchObject({
        logsource: { service: ['dns'] },
        pivots: { domain: 'a.example' },
        fields: { query: 'a.example', qtype_name: 'DNSKEY', rejected: false },
      })
    }
    const old = 'POST a.example /x?y http://b.example/ curl/8 223 1859 200 OK - - -'
    expect(read(`4 ${old} (empty) anna - - F1 text/plain F2 text/html`)).toMatchObject({
      logsource: { service: ['http'] },
      pivots: { user: 'anna', domain: 'a.example', url: '/x?y', outcome: 'success' },
      fields: { status_code: 200, user_agent: 'curl/8', resp_mime_types: ['text/html'] },
    })
    const other = normalise('1\t2\t3', { ...OPTIONS, source: 'zeek' })
    expect(other.error?.code).toBe('zeek-no-columns')
  })

  test('a megabyte of columns is read in linear time', () => {
    const line = `${TS}\tC1\t10.0.0.8\t1\t10.0.0.9\t2${'\ta'.repeat(524_288)}`
    for (const source of [undefined, 'zeek', 'aws_vpcflow', 'docker']) {
      expect(normalise(line, { ...OPTIONS, source }).raw).toBe(line)
      const blanks = line.replaceAll('\t', ' ')
      expect(normalise(blanks, { ...OPTIONS, source }).raw).toBe(blanks)
    }
  })
})

test('cells in digits are the numbers that they stand for, others stay texts', () => {
  const head = [
    '#separator \\x09',
    '#path\tconn',
    '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\torig_bytes\tduration\tlocal_orig',
    '#types\ttime\tstring\taddr\tport\taddr\tport\tcount\tinterval\tbool',
  ]
  let columns: NormaliseOptions['columns']
  for (const line of head) columns = columnsAfter(columns, line)
  const fields = (bytes: string, duration: string) =>
    normalise(
      `1795258800.123456\tC1\t192.0.2.9\t5151\t198.51.100.7\t53\t${bytes}\t${duration}\tT`,
      { ...OPTIONS, columns },
    ).fields
  for (const text of [
    '0',
    '00',
    '7',
    '123456789012345',
    '9007199254740991',
    '0.1',
    '86400.000001',
  ]) {
    expect(fields(text, text)).toMatchObject({
      orig_bytes: Number(text),
      duration: Number(text),
      ts: 1795258800.123456,
      'id.orig_p': 5151,
      local_orig: true,
    })
  }
  for (const text of ['1e3', '-1', '+5', '.5', '5.']) {
    expect(fields(text, text).orig_bytes).toBe(Number(text))
  }
  for (const text of ['9007199254740993', '1.2.3', 'x', 'Infinity']) {
    expect(fields(text, text).orig_bytes).toBe(text)
  }
})

test('logs of no connection whose times are texts are known by columns that only they have', () => {
  const ts = '2026-11-20T10:11:12.345678Z'
  const parserOf = (record: object) => json({ ts, host: '192.0.2.9', ...record }).parser
  expect(parserOf({ software_type: 'HTTP::BROWSER', name: 'curl' })).toBe('zeek')
  expect(parserOf({ port_num: 53, port_proto: 'udp', service: ['DNS'] })).toBe('zeek')
  expect(parserOf({ port_num: 443, issuer_subject: 'CN=a', serial: '7' })).toBe('zeek')
  expect(parserOf({ note: 'x', msg: 'y' })).toBe('json')
  expect(parserOf({ level: 'info', msg: 'started' })).toBe('json')
})

test('an oddity says what analyser it is from; another source with a connection is not Zeek’s', () => {
  const ends = { orig_h: '192.0.2.9', orig_p: 5151, resp_h: '198.51.100.7', resp_p: 80 }
  const parserOf = (record: object) =>
    json({ ts: 1795169472.5, uid: 'C1', id: ends, source: 'HTTP', ...record }).parser
  expect(parserOf({ name: 'bad_HTTP_request', notice: false, peer: 'zeek' })).toBe('zeek')
  expect(parserOf({ _path: 'weird', name: 'bad_HTTP_request', peer: 'zeek' })).toBe('zeek')
  expect(parserOf({ proto: 'tcp', conn_state: 'SF' })).toBe('json')
})
