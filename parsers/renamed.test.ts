// Events whose members a warehouse, a table or an export has renamed: the same fields as from the product itself.
import { describe, expect, test } from 'bun:test'
import { normalise } from './normalise.ts'
import { recordsOf } from './records.ts'
import { OPTIONS } from './windows/senders.support.ts'

const AT = Date.UTC(2026, 10, 20, 10, 11, 12, 123)
const TIME = '2026-11-20T10:11:12.123Z'

const read = (json: object, source?: string) =>
  normalise(JSON.stringify(json), source === undefined ? OPTIONS : { ...OPTIONS, source })

describe('Okta', () => {
  const expected = {
    parser: 'okta',
    time: AT,
    pivots: { user: 'anna@corp.example', src_ip: '192.0.2.4', outcome: 'failure' },
    logsource: { product: 'okta', service: ['okta'] },
  }
  const fields = { eventType: 'user.session.start', 'outcome.reason': 'INVALID_CREDENTIALS' }

  test('a custom table of Sentinel', () => {
    const row = {
      TimeGenerated: TIME,
      uuid_g: 'u',
      published_t: TIME,
      eventType_s: 'user.session.start',
      displayMessage_s: 'User login to Okta',
      actor_alternateId_s: 'anna@corp.example',
      client_ipAddress_s: '192.0.2.4',
      outcome_result_s: 'FAILURE',
      outcome_reason_s: 'INVALID_CREDENTIALS',
      target_s: '[{"type":"AppInstance"}]',
      Type: 'Okta_CL',
    }
    for (const source of [undefined, 'okta']) {
      expect(read(row, source)).toMatchObject({ ...expected, fields: {} })
      expect(read(row, source).fields).toMatchObject({
        ...fields,
        target: [{ type: 'AppInstance' }],
      })
    }
  })

  test('the console’s export', () => {
    const got = read({
      timestamp: TIME,
      'actor.alternate_id': 'anna@corp.example',
      'client.ip_address': '192.0.2.4',
      display_message: 'User login to Okta',
      event_type: 'user.session.start',
      'outcome.reason': 'INVALID_CREDENTIALS',
      'outcome.result': 'FAILURE',
    })
    expect(got).toMatchObject(expected)
    expect(got.fields).toMatchObject(fields)
  })
})

test.each([
  [
    'GitHubAuditData',
    { Action: 'repo.create', Actor: 'octo', Repository: 'o/r', TimeGenerated: TIME },
  ],
  [
    'GitHubAuditLogPolling_CL',
    { action_s: 'repo.create', actor_s: 'octo', repo_s: 'o/r', TimeGenerated: TIME },
  ],
])('GitHub’s audit log in the table %s', (Type, row) => {
  expect(read({ ...row, Type })).toMatchObject({
    parser: 'github',
    time: AT,
    pivots: { user: 'octo', action: 'repo.create' },
    fields: { action: 'repo.create', repo: 'o/r' },
  })
})

test('Google Workspace’s export to BigQuery', () => {
  const got = read({
    time_usec: String(AT * 1000),
    email: 'anna@corp.example',
    event_type: 'login',
    event_name: 'login_failure',
    unique_identifier: '1',
    record_type: 'login',
    ip_address: '192.0.2.4',
    login: { login_type: 'google_password', is_suspicious: false },
  })
  expect(got).toMatchObject({
    parser: 'gworkspace',
    time: AT,
    logsource: { product: 'gcp', service: ['google_workspace.login'] },
    pivots: { user: 'anna@corp.example', src_ip: '192.0.2.4', outcome: 'failure' },
    fields: { eventName: 'login_failure', login_type: 'google_password' },
  })
})

describe('CloudTrail', () => {
  const expected = {
    parser: 'cloudtrail',
    time: AT,
    pivots: { user: 'anna', src_ip: '192.0.2.3', outcome: 'failure', action: 'CreateUser' },
    fields: {
      eventName: 'CreateUser',
      eventSource: 'iam.amazonaws.com',
      errorCode: 'AccessDenied',
      userIdentity: { type: 'IAMUser', userName: 'anna' },
    },
  }

  test('Sentinel’s table', () => {
    const got = read({
      TimeGenerated: TIME,
      EventSource: 'iam.amazonaws.com',
      EventTypeName: 'AwsApiCall',
      EventName: 'CreateUser',
      UserIdentityType: 'IAMUser',
      UserIdentityUserName: 'anna',
      SourceIpAddress: '192.0.2.3',
      AWSRegion: 'us-east-1',
      RequestParameters: '{"userName":"eve"}',
      ResponseElements: '',
      ErrorCode: 'AccessDenied',
      Type: 'AWSCloudTrail',
    })
    expect(got).toMatchObject(expected)
    expect(JSON.stringify(got.fields.requestParameters)).toContain('eve')
  })

  test('the console’s export', () => {
    const got = read({
      'Event name': 'CreateUser',
      'Event time': 'November 20, 2026, 11:11:12 (UTC+01:00)',
      'User name': 'anna',
      'Event source': 'iam.amazonaws.com',
      'AWS region': 'us-east-1',
      'Error code': 'AccessDenied',
      'Source IP address': '192.0.2.3',
    })
    expect(got).toMatchObject({ parser: 'cloudtrail', time: AT - 123, pivots: expected.pivots })
  })

  test('Security Lake’s schema', () => {
    const got = read({
      metadata: { product: { name: 'CloudTrail', vendor_name: 'AWS' }, version: '1.1.0' },
      time: AT,
      class_uid: 6003,
      cloud: { region: 'us-east-1', provider: 'AWS' },
      api: {
        operation: 'CreateUser',
        service: { name: 'iam.amazonaws.com' },
        response: { error: 'AccessDenied', message: null },
      },
      src_endpoint: { ip: '192.0.2.3', domain: null },
      actor: { user: { type: 'IAMUser', name: 'anna', uid: 'A' } },
    })
    expect(got).toMatchObject(expected)
  })
})

test('Google’s audit log in Sentinel’s table', () => {
  const got = read({
    TimeGenerated: TIME,
    PrincipalEmail: 'anna@corp.example',
    MethodName: 'SetIamPolicy',
    ServiceName: 'cloudresourcemanager.googleapis.com',
    RequestMetadata: '{"callerIp":"192.0.2.4"}',
    Severity: 'NOTICE',
    Type: 'GCPAuditLogs',
  })
  expect(got).toMatchObject({
    parser: 'gcp_audit',
    time: AT,
    pivots: { user: 'anna@corp.example', src_ip: '192.0.2.4', action: 'SetIamPolicy' },
    fields: { 'gcp.audit.method_name': 'SetIamPolicy' },
  })
})

test('flow records in Sentinel’s table', () => {
  const got = read({
    ...{ TimeGenerated: TIME, Action: 'REJECT', InterfaceId: 'eni-1', LogStatus: 'OK' },
    ...{ SrcAddr: '10.0.0.1', SrcPort: 20641, DstAddr: '203.0.113.12', DstPort: 443, Protocol: 6 },
  })
  expect(got).toMatchObject({
    parser: 'aws_vpcflow',
    time: AT,
    pivots: { src_ip: '10.0.0.1', dst_ip: '203.0.113.12', dst_port: 443, outcome: 'blocked' },
  })
})

test('a query’s answer: rows under the names of its columns', () => {
  const columns = ['TimeGenerated', 'Category', 'ResultType', 'UserPrincipalName']
  const rows = [
    [TIME, 'SignInLogs', '0', 'a@b.c'],
    [TIME, 'SignInLogs', '50126', 'a@b.c'],
  ]
  const table = { name: 'PrimaryResult', columns: columns.map((name) => ({ name })), rows }
  const texts = recordsOf(JSON.stringify({ tables: [table] })) ?? []
  expect(texts.map((text) => normalise(text, OPTIONS))).toMatchObject([
    { parser: 'azure_signin', time: AT, pivots: { outcome: 'success', user: 'a@b.c' } },
    { parser: 'azure_signin', pivots: { outcome: 'failure' } },
  ])
})

test('outcomes of unknown JSON have one writing; a number is none', () => {
  for (const [status, outcome] of [
    ['Success', 'success'],
    ['FAILED', 'failure'],
    ['Blocked', 'Blocked'],
    ['200', undefined],
  ]) {
    expect(read({ who: 1, status }).pivots.outcome).toBe(outcome as string)
  }
})

describe('in envelopes', () => {
  test('a firewall of AWS: Suricata’s event', () => {
    const event = {
      ...{ timestamp: '2026-11-20T10:11:12.123+0000', flow_id: 1, event_type: 'alert' },
      ...{
        src_ip: '10.0.0.1',
        src_port: 55,
        dest_ip: '203.0.113.12',
        dest_port: 443,
        proto: 'TCP',
      },
      alert: { action: 'blocked', signature_id: 2, signature: 'x', severity: 1 },
    }
    const got = read({ firewall_name: 'fw', event_timestamp: '1', event })
    expect(got).toMatchObject({
      parser: 'suricata',
      time: AT,
      pivots: { src_ip: '10.0.0.1', dst_port: 443 },
    })
  })

  test('an event hub’s: Azure’s record', () => {
    const record = {
      ...{ time: TIME, resourceId: '/SUBSCRIPTIONS/1', operationName: 'X/Y/WRITE' },
      ...{ category: 'Administrative', resultType: 'Success', callerIpAddress: '192.0.2.4' },
    }
    for (const outer of [
      { ContentData: record, SequenceNumber: '12', EnqueuedTimeUtc: TIME },
      { body: record, enqueuedTimeUtc: TIME, sequenceNumber: 12 },
    ]) {
      expect(read(outer)).toMatchObject({
        parser: 'azure_activity',
        time: AT,
        pivots: { src_ip: '192.0.2.4', outcome: 'success' },
      })
    }
  })

  test('a list of Kubernetes’ audit events with metadata in front', () => {
    const item = { auditID: 'a', stage: 'ResponseComplete', verb: 'get', requestURI: '/api' }
    const list = {
      kind: 'EventList',
      apiVersion: 'audit.k8s.io/v1',
      metadata: {},
      items: [item, item],
    }
    const texts = recordsOf(JSON.stringify(list))
    expect(texts).toHaveLength(2)
    expect(normalise(texts![0]!, OPTIONS).parser).toBe('kubernetes')
  })
})

describe('what only carries an event', () => {
  const event = {
    ...{ eventVersion: '1.08', eventTime: TIME, eventSource: 'iam.amazonaws.com' },
    ...{ eventName: 'CreateUser', awsRegion: 'us-east-1', sourceIPAddress: '192.0.2.3' },
    userIdentity: { type: 'IAMUser', userName: 'anna' },
  }
  const text = JSON.stringify(event)
  test.each([
    ['Kafka', { topic: 't', partition: 0, offset: 1, key: null, value: text }],
    ['Kafka, read', { topic: 't', partition: 0, offset: 1, value: event }],
    ['Loki', { line: text, ts: TIME, labels: { job: 'x' } }],
    ['Datadog’s search', { id: 'x', content: { message: text, host: 'h', attributes: {} } }],
    ['Datadog’s archive', { _id: 'x', date: TIME, status: 'info', message: text, attributes: {} }],
    ['New Relic', { message: text, logtype: 'aws', plugin: { type: 'lambda' }, timestamp: AT }],
    ['Sumo Logic', { _raw: text, _messagetime: String(AT) }],
    ['Vector', { message: text, source_type: 'aws_s3', bucket: 'b', object: 'o', region: 'r' }],
    ['EventBridge', { 'detail-type': 'x', account: '1', source: 'aws.x', detail: event }],
    ['Firehose', { data: Buffer.from(text).toString('base64') }],
  ])('%s', (_, carrier) => {
    const got = read(carrier)
    expect(got).toMatchObject({
      parser: 'cloudtrail',
      time: AT,
      pivots: { user: 'anna', src_ip: '192.0.2.3', outcome: 'success' },
    })
  })

  test('a carrier’s account, status and action are not the event’s', () => {
    const finding = {
      ...{ schemaVersion: '2.0', accountId: '1', type: 'Recon:EC2/Portscan', severity: 2 },
      ...{ service: { serviceName: 'guardduty', detectorId: 'd' }, updatedAt: TIME },
    }
    const got = read({
      ...{ 'detail-type': 'x', account: '1', status: 'info', action: 'sent' },
      detail: finding,
    })
    expect(got.parser).toBe('aws_guardduty')
    expect(got.pivots.user).toBeUndefined()
    expect(got.pivots.outcome).toBeUndefined()
    expect(got.pivots.action).toBe('Recon:EC2/Portscan')
  })
})
