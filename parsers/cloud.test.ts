import { describe, expect, test } from 'bun:test'
import { fieldValues } from '../sigma/eval/values.ts'
import * as cloud from './cloud.samples.ts'
import { type NormaliseOptions, normalise } from './normalise.ts'

const samples = { ...cloud }
const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'Europe/Berlin' }
const event = (json: object, source?: string) =>
  normalise(JSON.stringify(json), { ...OPTIONS, source })
const TIME = Date.parse('2026-11-20T10:11:12Z')

/** Sample, parser, log source, pivots. Times without a zone are UTC whatever the sender's zone. */
const TABLE: readonly (readonly [
  keyof typeof samples,
  string,
  { product: string; category?: readonly string[]; service: readonly string[] },
  Readonly<Record<string, string | number>>,
])[] = [
  [
    'CLOUDTRAIL',
    'cloudtrail',
    { product: 'aws', service: ['cloudtrail'] },
    { user: 'admin', src_ip: '203.0.113.7', action: 'RegisterTaskDefinition', outcome: 'failure' },
  ],
  [
    'OKTA',
    'okta',
    { product: 'okta', service: ['okta'] },
    { user: 'anna@example.com', src_ip: '203.0.113.7', outcome: 'failure', severity: 'low' },
  ],
  [
    'GCP_AUDIT',
    'gcp_audit',
    { product: 'gcp', service: ['gcp.audit'] },
    { user: 'anna@example.com', action: 'storage.buckets.delete', outcome: 'failure' },
  ],
  [
    'GWORKSPACE_ADMIN',
    'gworkspace',
    { product: 'gcp', service: ['google_workspace.admin'] },
    { user: 'anna@example.com', action: 'CHANGE_APPLICATION_SETTING' },
  ],
  [
    'GWORKSPACE_LOGIN',
    'gworkspace',
    { product: 'gcp', service: ['google_workspace.login'] },
    { user: 'anna@example.com', outcome: 'failure' },
  ],
  [
    'AZURE_ACTIVITY',
    'azure_activity',
    { product: 'azure', service: ['activitylogs'] },
    {
      user: 'anna@example.com',
      src_ip: '203.0.113.7',
      src_port: 5151,
      outcome: 'failure',
      severity: 'medium',
    },
  ],
  [
    'AZURE_AUDIT',
    'azure_audit',
    { product: 'azure', service: ['auditlogs'] },
    { user: 'anna@example.com', action: 'Add member to role', outcome: 'failure' },
  ],
  [
    'AZURE_RISK',
    'azure_audit',
    { product: 'azure', service: ['riskdetection', 'pim'] },
    { user: 'anna@example.com', action: 'impossibleTravel', severity: 'high' },
  ],
  [
    'AZURE_SIGNIN',
    'azure_signin',
    { product: 'azure', service: ['signinlogs'] },
    { user: 'anna@example.com', host: 'LAPTOP-1', outcome: 'failure', severity: 'medium' },
  ],
  [
    'M365',
    'm365',
    { product: 'm365', service: ['audit', 'exchange'] },
    { user: 'anna@example.com', src_ip: '2001:db8::5', src_port: 5151, outcome: 'success' },
  ],
  [
    'M365_ALERT',
    'm365',
    { product: 'm365', service: ['audit', 'threat_management', 'threat_detection'] },
    { action: 'AlertTriggered', severity: 'medium' },
  ],
  [
    'KUBERNETES',
    'kubernetes',
    { product: 'kubernetes', category: ['application'], service: ['audit'] },
    { user: 'system:anonymous', src_ip: '203.0.113.7', action: 'create', outcome: 'failure' },
  ],
]

describe.each(TABLE)('%s', (name, parser, logsource, pivots) => {
  test('is recognised, with its log source closed', () => {
    const got = event(samples[name])
    expect(got.parser).toBe(parser)
    expect(got.logsource).toEqual({ category: [], ...logsource, closed: true })
  })

  test('fills time, columns and message', () => {
    const got = event(samples[name])
    expect(Math.floor(got.time / 1000) * 1000).toBe(TIME)
    expect(got.pivots).toMatchObject(pivots)
    expect(got.message).not.toBe('')
  })
})

test.each([
  ['GITHUB', { parser: 'github', pivots: { user: 'anna', src_ip: '203.0.113.7' } }],
  [
    'GUARDDUTY',
    {
      parser: 'aws_guardduty',
      pivots: { src_ip: '203.0.113.7', src_port: 50123, dst_port: 22, severity: 'high' },
    },
  ],
  [
    'WAF',
    {
      parser: 'aws_waf',
      pivots: { src_ip: '203.0.113.7', url: '/items', outcome: 'blocked', domain: 'shop.example' },
      fields: { 'cs-user-agent': 'sqlmap/1.8', 'cs-uri-query': '/items?id=1%27' },
    },
  ],
  [
    'VELOCIRAPTOR',
    {
      parser: 'velociraptor',
      pivots: { host: 'pc1.example.com', dst_ip: '203.0.113.7', dst_port: 443 },
    },
  ],
] as const)('%s', (name, expected) => {
  expect(event(samples[name])).toMatchObject(expected)
})

describe('names that rules use', () => {
  const values = (name: keyof typeof samples, field: string) =>
    fieldValues(event(samples[name]).fields, field)

  test.each([
    ['CLOUDTRAIL', 'requestParameters.attribute', 'userData'],
    ['CLOUDTRAIL', 'userIdentity.sessionContext.sessionIssuer.type', 'Role'],
    ['OKTA', 'target.displayName', 'Okta Administration'],
    ['GCP_AUDIT', 'gcp.audit.method_name', 'storage.buckets.delete'],
    ['GWORKSPACE_ADMIN', 'setting_name', 'ContextAwareAccessEnablementForUser'],
    ['GWORKSPACE_LOGIN', 'protoPayload.metadata.event.eventName', 'login_failure'],
    ['AZURE_ACTIVITY', 'ResourceProviderValue', 'MICROSOFT.KEYVAULT'],
    ['AZURE_AUDIT', 'targetResources.type', 'Service Principal'],
    ['AZURE_AUDIT', 'properties.message', 'Add member to role'],
    ['AZURE_SIGNIN', 'ResultType', '50126'],
    ['AZURE_SIGNIN', 'DeviceDetail.trusttype', ''],
    ['M365', 'Parameters.ForwardTo', 'evil@example.net'],
    ['M365_ALERT', 'eventName', 'eDiscovery search started or exported'],
    ['KUBERNETES', 'hostPath', '/'],
    ['KUBERNETES', 'capabilities', 'SYS_ADMIN'],
  ] as const)('%s %s', (name, field, value) => {
    expect(values(name, field)).toEqual([value])
  })

  test('objects that rules look into are there as text too', () => {
    const [text] = values('CLOUDTRAIL', 'requestParameters')
    expect(text).toContain('"status":"Suspended"')
    expect(values('AZURE_AUDIT', 'TargetResources')[0]).toContain('Global Administrator')
    expect(values('M365', 'Parameters')[0]).toContain('ForwardTo')
  })
})

test.each(['azure_activity', 'azure_audit', 'azure_signin'])(
  'what is called %s is read as the one of Azure’s logs that it is',
  (source) => {
    const services = [samples.AZURE_ACTIVITY, samples.AZURE_AUDIT, samples.AZURE_SIGNIN].map(
      (sample) => event(sample, source).logsource.service[0],
    )
    expect(services).toEqual(['activitylogs', 'auditlogs', 'signinlogs'])
  },
)

describe('wrapped', () => {
  test('CloudTrail in an EventBridge event and from lookup-events', () => {
    const bridge = { version: '0', 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.ecs' }
    const inBridge = event({ ...bridge, detail: samples.CLOUDTRAIL })
    expect(inBridge).toMatchObject({ parser: 'cloudtrail', time: TIME, pivots: { user: 'admin' } })
    const looked = { EventId: 'e', CloudTrailEvent: JSON.stringify(samples.CLOUDTRAIL) }
    expect(event(looked)).toMatchObject({ parser: 'cloudtrail', time: TIME })
  })

  test('Okta in an EventBridge event, Microsoft 365 in an export', () => {
    const bridge = { version: '0', source: 'aws.partner/okta.com/x', detail: samples.OKTA }
    expect(event(bridge)).toMatchObject({ parser: 'okta', pivots: { user: 'anna@example.com' } })
    const row = { CreationDate: '2026-11-20T10:11:12', AuditData: JSON.stringify(samples.M365) }
    expect(event(row)).toMatchObject({ parser: 'm365', time: TIME })
  })

  test('a Wazuh alert is read as the line it is about, its own level and fields beside', () => {
    const got = event(samples.WAZUH)
    expect(got).toMatchObject({
      parser: 'wazuh',
      time: Date.parse('2026-11-20T09:11:12.345Z'),
      logsource: { product: 'linux' },
      pivots: { host: 'web1', user: 'root', src_ip: '203.0.113.7', outcome: 'failure' },
      fields: { rule: { level: 10 } },
    })
    expect(got.pivots.severity).toBe('medium')
  })

  test('a Wazuh alert about a Windows event has the names of Windows rules', () => {
    const { full_log: _log, ...alert } = samples.WAZUH
    const win = {
      system: { eventID: '1', channel: 'Microsoft-Windows-Sysmon/Operational', computer: 'PC1' },
      eventdata: { commandLine: 'whoami', image: 'C:\\Windows\\System32\\whoami.exe' },
    }
    const got = event({ ...alert, data: { win } })
    expect(got.fields.CommandLine).toBe('whoami')
    expect(got.logsource).toMatchObject({ product: 'windows', category: ['process_creation'] })
  })

  test('a container line is the message and read as what it is', () => {
    const line = '203.0.113.7 - - [20/Nov/2026:10:11:12 +0000] "GET /a HTTP/1.1" 404 5 "-" "curl/8"'
    const time = '2026-11-20T10:11:13.5Z'
    const got = event({ log: `${line}\n`, stream: 'stdout', time })
    expect(got).toMatchObject({
      parser: 'docker',
      time: Date.parse(time),
      pivots: { src_ip: '203.0.113.7' },
      fields: { stream: 'stdout', log: line },
    })
    const cri = normalise(`${time} stderr F plain text`, OPTIONS)
    expect(cri).toMatchObject({ parser: 'docker', message: 'plain text' })
  })
})

describe('VPC flow logs', () => {
  const line =
    '2 111122223333 eni-0a 203.0.113.7 10.0.0.8 50123 22 6 4 240 1795169412 1795169472 REJECT OK'

  test('version 2 is known without a header', () => {
    expect(normalise(line, OPTIONS)).toMatchObject({
      parser: 'aws_vpcflow',
      time: TIME,
      pivots: { src_ip: '203.0.113.7', dst_ip: '10.0.0.8', dst_port: 22, outcome: 'blocked' },
      fields: { blocked: 'true', proto: 'tcp', dst_port: 22 },
    })
  })

  test('other columns need their header', () => {
    const other = 'eni-0a 203.0.113.7 10.0.0.8'
    const named = normalise(other, { ...OPTIONS, source: 'aws_vpcflow' })
    expect(named.error?.code).toBe('vpcflow-no-record')
    const columns = {
      format: 'vpcflow' as const,
      names: ['interface-id', 'srcaddr', 'dstaddr'],
      separator: ' ',
      setSeparator: ',',
      unset: '-',
      empty: '',
    }
    expect(normalise(other, { ...OPTIONS, columns }).pivots.src_ip).toBe('203.0.113.7')
  })

  test('no data is an event too', () => {
    const none = '2 111122223333 eni-0a - - - - - - - 1795169412 1795169472 - NODATA'
    expect(normalise(none, OPTIONS)).toMatchObject({ parser: 'aws_vpcflow', time: TIME })
  })
})

describe('the syslog outputs of Wazuh and Suricata', () => {
  const text = (line: string) => normalise(line, { ...OPTIONS, timeZone: 'UTC' })

  test('Wazuh as text: the alert, and the line it is about', () => {
    const line =
      '<132>Nov 20 10:11:12 siem ossec: Alert Level: 10; Rule: 5712 - sshd: brute force; Location: (web1) 10.0.0.8->/var/log/auth.log; srcip: 203.0.113.7; user: root; Nov 20 10:11:11 web1 sshd[9]: Failed password for root from 203.0.113.7 port 22 ssh2'
    expect(text(line)).toMatchObject({
      parser: 'wazuh',
      time: TIME,
      logsource: { product: 'linux' },
      pivots: { host: 'web1', user: 'root', src_ip: '203.0.113.7', outcome: 'failure' },
      fields: { rule: { level: 10, id: '5712' }, agent: { name: 'web1' } },
    })
  })

  test('Wazuh as JSON', () => {
    const json =
      '{"crit":7,"id":510,"component":"web2->rootcheck","classification":"ossec,rootcheck","description":"rootkit found","message":"hidden file"}'
    expect(text(`<132>Nov 20 10:11:12 siem ossec: ${json}`)).toMatchObject({
      parser: 'wazuh',
      pivots: { host: 'web2', severity: 'medium' },
      message: 'rootkit found',
    })
  })

  test.each([
    [
      'a file',
      '11/20/2026-10:11:12.345678  [**] [1:2013028:4] TEST policy curl [**] [Classification: Bad Traffic] [Priority: 2] {TCP} 10.0.0.8:50123 -> 203.0.113.7:80',
      TIME + 345,
    ],
    [
      'syslog',
      '<137>Nov 20 10:11:12 ids suricata[9]: [1:2013028:4] TEST policy curl [Classification: Bad Traffic] [Priority: 2] {TCP} 10.0.0.8:50123 -> 203.0.113.7:80',
      TIME,
    ],
  ])('Suricata’s fast alerts in %s', (_, line, time) => {
    const got = text(line)
    expect(got).toMatchObject({
      parser: 'suricata',
      time,
      message: 'TEST policy curl',
      logsource: { product: 'suricata', category: ['ids'] },
      fields: { alert: { signature_id: 2_013_028, category: 'Bad Traffic' }, dest_port: 80 },
    })
    expect(got.pivots).toMatchObject({
      src_ip: '10.0.0.8',
      src_port: 50123,
      dst_ip: '203.0.113.7',
      severity: 'medium',
    })
  })

  test('an address of version 6 with its port', () => {
    const line =
      '11/20/2026-10:11:12.345678  [Drop] [**] [1:1:1] x [**] [Priority: 1] {UDP} 2001:0db8:0000:0000:0000:0000:0000:0005:53 -> 2001:0db8:0000:0000:0000:0000:0000:0006:1024'
    expect(text(line).pivots).toMatchObject({
      src_ip: '2001:0db8:0000:0000:0000:0000:0000:0005',
      src_port: 53,
      dst_port: 1024,
      outcome: 'blocked',
    })
  })
})
