// Events in what clouds and shippers wrap around them.
import { describe, expect, test } from 'bun:test'
import { CLOUDTRAIL, GCP_AUDIT, KUBERNETES, M365, OKTA } from './cloud.samples.ts'
import { base64Text, envelopeContent, mayBeEnvelope } from './envelope.ts'
import { normalise } from './normalise.ts'
import { recordsOf } from './records.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS = { now: NOW, received: NOW, timeZone: 'UTC' }
const json = JSON.stringify
const base64 = (value: object) => Buffer.from(json(value)).toString('base64')
const eventsOf = (text: string, source?: string) =>
  (recordsOf(text) ?? [text]).map((one) => normalise(one, { ...OPTIONS, source }))

const TIME = '2026-11-20T10:11:13.000Z'
const FLOW =
  '2 111122223333 eni-0a1b 203.0.113.7 10.0.0.9 44321 22 6 20 4249 1795169400 1795169460 REJECT OK'

/** Envelope, source, text. */
const TRAIL: readonly (readonly [string, string])[] = [
  ['a line of an export to S3', `${TIME} ${json(CLOUDTRAIL)}`],
  ['a row of Logs Insights', json({ '@timestamp': TIME, '@message': json(CLOUDTRAIL) })],
  [
    'get-log-events',
    json({ events: [{ timestamp: 1, message: json(CLOUDTRAIL), ingestionTime: 2 }] }),
  ],
  [
    'filter-log-events',
    json({ logStreamName: 's', timestamp: 1, message: json(CLOUDTRAIL), eventId: '3' }),
  ],
  ['a topic', json({ Type: 'Notification', TopicArn: 'arn:x', Message: json(CLOUDTRAIL) })],
  [
    'a topic in a queue',
    json({
      Records: [
        {
          messageId: '1',
          receiptHandle: 'r',
          body: json({ Type: 'Notification', TopicArn: 'arn:x', Message: json(CLOUDTRAIL) }),
          eventSource: 'aws:sqs',
        },
      ],
    }),
  ],
  [
    'what `receive-message` prints',
    json({ Messages: [{ MessageId: '1', ReceiptHandle: 'r', Body: json(CLOUDTRAIL) }] }),
  ],
  [
    'a topic for a function',
    json({ Records: [{ EventSource: 'aws:sns', Sns: { Message: json(CLOUDTRAIL) } }] }),
  ],
  [
    'a stream',
    json({ Records: [{ kinesis: { data: base64(CLOUDTRAIL) }, eventSource: 'aws:kinesis' }] }),
  ],
  [
    'a delivery stream',
    json({ invocationId: 'i', records: [{ recordId: '1', data: base64(CLOUDTRAIL) }] }),
  ],
  [
    'a delivery stream over HTTP',
    json({ requestId: 'i', timestamp: 1, records: [{ data: base64(CLOUDTRAIL) }] }),
  ],
  ['CloudTrail Lake', json({ eventData: CLOUDTRAIL })],
  ['Splunk’s collector', json({ event: CLOUDTRAIL, sourcetype: 'aws:cloudtrail', time: 1 })],
  [
    'Filebeat from S3',
    json({
      '@timestamp': TIME,
      message: json(CLOUDTRAIL),
      aws: { s3: { bucket: { name: 'b' } } },
      log: { offset: 0 },
      agent: {},
    }),
  ],
]

describe('one CloudTrail record in', () => {
  test.each(TRAIL)('%s', (_, text) => {
    for (const source of [undefined, 'cloudtrail']) {
      const [event, ...more] = eventsOf(text, source)
      expect(more).toEqual([])
      expect(event).toMatchObject({
        parser: 'cloudtrail',
        time: Date.parse(CLOUDTRAIL.eventTime),
        pivots: { user: 'admin', src_ip: '203.0.113.7', outcome: 'failure' },
        fields: { eventName: 'RegisterTaskDefinition' },
      })
    }
  })
})

test.each<[string, string, string]>([
  [
    'Pub/Sub, pushed',
    'gcp_audit',
    json({ message: { data: base64(GCP_AUDIT) }, subscription: 's' }),
  ],
  [
    'Pub/Sub, pulled',
    'gcp_audit',
    json({ receivedMessages: [{ ackId: 'a', message: { data: base64(GCP_AUDIT) } }] }),
  ],
  ['a message of Pub/Sub', 'gcp_audit', json({ data: base64(GCP_AUDIT), messageId: '1' })],
  ['Filebeat’s `json`', 'gcp_audit', json({ '@timestamp': TIME, json: GCP_AUDIT, agent: {} })],
  [
    'BigQuery',
    'gcp_audit',
    json({ timestamp: TIME, logName: 'l', protopayload_auditlog: GCP_AUDIT.protoPayload }),
  ],
  [
    'Elastic Agent',
    'okta',
    json({ message: json(OKTA), elastic_agent: { id: '1' }, data_stream: {}, event: {} }),
  ],
  ['Filebeat’s audit', 'kubernetes', json({ kubernetes: { audit: KUBERNETES } })],
  [
    'a cluster’s log group',
    'kubernetes',
    json({
      logGroup: '/aws/eks/c/cluster',
      messageType: 'DATA_MESSAGE',
      logEvents: [{ id: '1', timestamp: 1, message: json(KUBERNETES) }],
    }),
  ],
  ['Filebeat’s o365', 'm365', json({ o365audit: M365 })],
  ['Graph', 'm365', json({ id: '1', auditLogRecordType: 'x', auditData: M365 })],
  ['Defender', 'm365', json({ ActionType: 'x', RawEventData: M365 })],
  [
    'Defender, streamed',
    'm365',
    json({ category: 'AdvancedHunting-CloudAppEvents', properties: { RawEventData: json(M365) } }),
  ],
  [
    'a log group of flows',
    'aws_vpcflow',
    json({ messageType: 'DATA_MESSAGE', logEvents: [{ id: '1', timestamp: 1, message: FLOW }] }),
  ],
  [
    'Wazuh’s module',
    'cloudtrail',
    json({ integration: 'aws', aws: { ...CLOUDTRAIL, log_info: { s3bucket: 'b' } } }),
  ],
  ['Wazuh’s module for Microsoft', 'm365', json({ integration: 'office365', office365: M365 })],
  [
    'Docker’s driver for Splunk',
    'kubernetes',
    json({ line: KUBERNETES, source: 'stdout', tag: 't' }),
  ],
  ['an export of flows', 'aws_vpcflow', `${TIME} ${FLOW}`],
])('%s', (_, parser, text) => {
  for (const source of [undefined, parser]) {
    const events = eventsOf(text, source)
    expect(events.map((event) => event.parser)).toEqual([parser])
    expect(events[0]!.pivots.src_ip).toBeString()
  }
})

const LINE = 'Nov 20 10:11:12 gate sshd[9]: Failed password for anna from 203.0.113.7 port 22 ssh2'

test.each<[string, object]>([
  ['a log entry', { insertId: 'a', logName: 'projects/p/logs/syslog', textPayload: LINE }],
  ['a log entry of the agent', { logName: 'l', timestamp: TIME, jsonPayload: { message: LINE } }],
  ['GELF', { version: '1.1', host: 'gate', short_message: LINE, timestamp: 1795169472.1 }],
  ['Docker’s driver for Splunk', { line: LINE, source: 'stdout', tag: 'c1' }],
  [
    'Docker’s driver for Fluentd',
    { container_id: 'c1', container_name: '/ssh', source: 'stdout', log: LINE },
  ],
  [
    'Vector',
    { container_id: 'c1', image: 'i', label: {}, message: LINE, source_type: 'docker_logs' },
  ],
])('a line in %s', (_, value) => {
  expect(eventsOf(json(value))[0]).toMatchObject({
    parser: 'linux_auth',
    pivots: { user: 'anna', src_ip: '203.0.113.7', outcome: 'failure' },
  })
})

describe('what is no envelope stays', () => {
  test.each<[string, object | string]>([
    ['text that is no Base64', { data: 'hello there', messageId: '1' }],
    ['bytes that are no text', { data: '/////w==', messageId: '1' }],
    ['a line that nobody knows', { TopicArn: 'a', Message: 'disk is full' }],
    ['an envelope without its tell', { Message: json(CLOUDTRAIL) }],
  ])('%s', (_, value) => {
    expect(eventsOf(json(value))[0]!.parser).toBe('json')
  })

  test('a line behind a time that nobody knows is text', () => {
    expect(eventsOf(`${TIME} disk is full`)[0]).toMatchObject({
      parser: 'text',
      time: Date.parse(TIME),
    })
  })

  test('envelopes in envelopes end somewhere', () => {
    let text = json(CLOUDTRAIL)
    for (let depth = 0; depth < 9; depth++) text = json({ TopicArn: 'a', Message: text })
    expect(eventsOf(text)[0]!.parser).toBe('json')
  })
})

test('the names tell before the values are looked at', () => {
  const has = (json: object) => mayBeEnvelope((name) => Object.hasOwn(json, name))
  expect(has({ TopicArn: 1, Message: 1 })).toBe(true)
  expect(has({ Message: 1, data: 1 })).toBe(false)
  expect(envelopeContent({ TopicArn: 1, Message: 1 })).toBeUndefined()
  expect(base64Text('eyJhIjoxfQ==')).toBe('{"a":1}')
})
