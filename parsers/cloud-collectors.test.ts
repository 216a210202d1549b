// Values as other collectors take them from the same records, decided by what the vendors document.
import { describe, expect, test } from 'bun:test'
import { GITHUB, GUARDDUTY, GWORKSPACE_LOGIN, KUBERNETES, M365 } from './cloud.samples.ts'
import { normalise } from './normalise.ts'
import { usTime } from './time/us.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const event = (value: object | string, source?: string) =>
  normalise(typeof value === 'string' ? value : JSON.stringify(value), {
    now: NOW,
    received: NOW,
    timeZone: 'Asia/Tokyo',
    source,
  })

describe('Microsoft 365', () => {
  const blocked = [{ Rules: [{ Severity: 'High', Actions: ['BlockAccess'] }] }]
  test.each<[string, object, string]>([
    ['a rule that blocks', { Operation: 'DlpRuleMatch', PolicyDetails: blocked }, 'failure'],
    [
      'a rule that only tells',
      { Operation: 'DlpRuleMatch', PolicyDetails: [{ Rules: [{ Actions: ['NotifyUser'] }] }] },
      'success',
    ],
    ['a match undone', { Operation: 'DlpRuleUndo', PolicyDetails: blocked }, 'success'],
    [
      'a block that was overridden',
      {
        Operation: 'DlpRuleMatch',
        PolicyDetails: blocked,
        ExceptionInfo: { Justification: 'needed' },
      },
      'success',
    ],
    [
      'a mere note of it',
      { Operation: 'DlpInfo', PolicyDetails: blocked, ExceptionInfo: { FalsePositive: true } },
      'failure',
    ],
  ])('%s', (_, more, outcome) => {
    expect(event({ ...M365, ResultStatus: undefined, ...more }).pivots.outcome).toBe(outcome)
  })

  test('who an alert is about, whose mailbox the system opens, from which server and program', () => {
    const alert = {
      ...M365,
      Workload: 'SecurityComplianceCenter',
      Operation: 'AlertEntityGenerated',
      UserId: 'SecurityComplianceAlerts',
      EntityType: 'User',
      AlertEntityId: 'anna@example.com',
    }
    expect(event(alert).pivots).toMatchObject({ user: 'anna@example.com', host: 'example.com' })
    const mailbox = {
      ...M365,
      Workload: 'Exchange',
      Operation: 'Create',
      UserId: 'S-1-5-18',
      MailboxOwnerUPN: 'ben@example.com',
      OriginatingServer: 'EXCH01 (192.0.2.20)\r\n',
      ClientProcessName: 'OUTLOOK.EXE',
    }
    expect(event(mailbox).pivots).toMatchObject({
      user: 'ben@example.com',
      dst_ip: '192.0.2.20',
      process: 'OUTLOOK.EXE',
    })
    const version = { ...mailbox, OriginatingServer: 'CY4PR04 (15.20.0077.011)\r\n' }
    expect(event(version).pivots.dst_ip).toBeUndefined()
  })

  test('Sentinel’s OfficeActivity under the names of the API', () => {
    const row = {
      TimeGenerated: '2026-11-20T10:11:12Z',
      Type: 'OfficeActivity',
      OfficeWorkload: 'Exchange',
      Operation: 'New-InboxRule',
      UserId: 'anna@example.com',
      Client_IPAddress: '203.0.113.7:4433',
      OfficeObjectId: 'rule1',
      ResultStatus: 'True',
    }
    expect(event(row)).toMatchObject({
      parser: 'm365',
      time: Date.parse(row.TimeGenerated),
      logsource: { product: 'm365', service: ['audit', 'exchange'] },
      pivots: { user: 'anna@example.com', src_ip: '203.0.113.7', src_port: 4433 },
      fields: { Workload: 'Exchange', ObjectId: 'rule1', eventSource: 'Exchange' },
    })
  })
})

test('a managed cluster’s event that came decoded', () => {
  const log = { ...KUBERNETES }
  const record = { category: 'kube-audit-admin', properties: { log, stream: 'stdout' } }
  expect(event(record)).toMatchObject({ parser: 'kubernetes', fields: { verb: KUBERNETES.verb } })
})

test.each([
  ['passed', 'success'],
  ['Challenge Passed.', 'success'],
  ['Challenge Failed.', 'failure'],
  ['', undefined],
])('Google Workspace: a challenge %p', (value, outcome) => {
  const parameters = [{ name: 'login_challenge_status', value }]
  const events = [{ type: 'login', name: 'login_verification', parameters }]
  expect(event({ ...GWORKSPACE_LOGIN, events }).pivots.outcome).toBe(outcome as string)
})

test.each([
  [200, 'success'],
  [404, 'failure'],
  [undefined, undefined],
])('GitHub: a request answered with %p', (status_code, outcome) => {
  const request = { ...GITHUB, action: 'api.request', status_code }
  expect(event(request).pivots.outcome).toBe(outcome as string)
})

test.each([
  ['INBOUND', { src_ip: '203.0.113.7', src_port: 4433, dst_ip: '10.0.0.8', dst_port: 22 }],
  ['OUTBOUND', { src_ip: '10.0.0.8', src_port: 22, dst_ip: '203.0.113.7', dst_port: 4433 }],
  ['UNKNOWN', { src_ip: '203.0.113.7', src_port: 4433, dst_ip: '10.0.0.8', dst_port: 22 }],
])('GuardDuty: of an %s connection', (connectionDirection, pivots) => {
  const networkConnectionAction = {
    connectionDirection,
    blocked: false,
    localIpDetails: { ipAddressV4: '10.0.0.8' },
    localPortDetails: { port: 22 },
    remoteIpDetails: { ipAddressV4: '203.0.113.7' },
    remotePortDetails: { port: 4433 },
  }
  const action = { actionType: 'NETWORK_CONNECTION', networkConnectionAction }
  const finding = { ...GUARDDUTY, service: { ...GUARDDUTY.service, action } }
  expect(event(finding).pivots).toMatchObject(pivots)
})

describe('Azure', () => {
  test.each([
    '11/4/2026 1:48:53 AM',
    '11/04/2026 01:48:53',
    '11/4/2026 10:48:53 AM +09:00',
    '2026-11-04T01:48:53Z',
  ])('%s is a time, month first', (time) => {
    for (const category of ['SignInLogs', 'ADFSSignInLogs', 'Administrative', 'AuditLogs']) {
      const source = category.endsWith('SignInLogs') ? undefined : 'azure_activity'
      expect(event({ time, category }, source).time).toBe(Date.parse('2026-11-04T01:48:53Z'))
    }
  })

  test('the result of an activity, where only its properties have one', () => {
    const record = {
      time: '2026-11-04T01:48:53Z',
      category: 'Administrative',
      operationName: 'Microsoft.Support/supportTickets/write',
      resourceId: '/SUBSCRIPTIONS/1',
      properties: { result: 'failure' },
    }
    expect(event(record)).toMatchObject({
      parser: 'azure_activity',
      pivots: { outcome: 'failure' },
    })
  })

  test('a sign-in without a status was no failure', () => {
    const row = { Category: 'ServicePrincipalSignInLogs', CreatedDateTime: '2026-11-04T01:48:53Z' }
    expect(event(row)).toMatchObject({
      parser: 'azure_signin',
      pivots: { outcome: 'success' },
      fields: { Status: 'Success' },
    })
    const late = { ...row, time: '2026-11-04T02:03:04Z' }
    const times = { ...late, properties: { createdDateTime: '2026-11-04T01:48:53.5Z' } }
    // It is written down later than it happened.
    expect(event(times).time).toBe(Date.parse('2026-11-04T01:48:53.5Z'))
    const failed = { ...row, ResultType: '50126' }
    expect(event(failed)).toMatchObject({
      pivots: { outcome: 'failure' },
      fields: { Status: 'Failure' },
    })
  })
})

test.each(['13/4/2026 1:48:53 AM', '1/4/2026 13:48:53 AM', '1/4/26 1:48', '1/4/2026 0:48 PM', ''])(
  '%p is no time of theirs',
  (text) => {
    expect(usTime(text, { now: NOW, timeZone: 'UTC' })).toBeUndefined()
  },
)

describe('flow logs without a header', () => {
  const head =
    '5 111122223333 eni-0a1b 203.0.113.7 10.0.0.9 44321 22 6 20 4249 1795169400 1795169460'
  const more = 'vpc-1 subnet-1 i-1 19 IPv4 203.0.113.7 10.0.0.9 eu-central-1 euc1-az1 - - - AMAZON'
  const ecs = 'arn:c c arn:i i cid - svc arn:td arn:t t'
  const gateway =
    '6 TransitGateway 111122223333 tgw-1 tgw-attach-1 111122223333 444455556666 vpc-1 vpc-2 subnet-1 subnet-2 eni-1 eni-2 euc1-az1 euc1-az2 tgw-attach-2'
  const base = { src_ip: '203.0.113.7', src_port: 44321, dst_ip: '10.0.0.9', dst_port: 22 }
  test.each<[string, string, object, object]>([
    ['version 2', `${head} REJECT OK`, { ...base, outcome: 'blocked' }, {}],
    [
      'every field of version 5',
      `${head} ACCEPT OK ${more} ingress 1`,
      { ...base, outcome: 'allowed', host: 'i-1' },
      { 'flow-direction': 'ingress', 'pkt-dst-aws-service': 'AMAZON' },
    ],
    [
      'every field of version 8',
      `${head} REJECT OK ${more} ingress - ${ecs} BPA`,
      { ...base, outcome: 'blocked' },
      { 'ecs-service-name': 'svc', 'reject-reason': 'BPA' },
    ],
    [
      'a transit gateway',
      `${gateway} 203.0.113.7 10.0.0.9 44321 22 6 20 4249 1795169400 1795169460 OK IPv4 0 0 0 0 19 eu-central-1 ingress - -`,
      base,
      { 'tgw-id': 'tgw-1', 'log-status': 'OK' },
    ],
    [
      'a NAT gateway',
      '- eni-0a1b 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5',
      { src_ip: '10.0.1.5', dst_ip: '10.0.0.220' },
      { 'pkt-dstaddr': '203.0.113.5' },
    ],
  ])('%s', (_, line, pivots, fields) => {
    expect(event(line)).toMatchObject({ parser: 'aws_vpcflow', pivots, fields })
  })

  test.each([
    '2 apples - - - - - - - - - - - -',
    `${head} MAYBE OK`,
    `${head.replace('203.0.113.7', 'gate')} REJECT OK`,
  ])('%s is none', (line) => {
    expect(event(line).parser).toBe('text')
  })
})
