// AWS CloudTrail, as written to S3 or taken from EventBridge and `lookup-events`, as Sentinel's table and in the schema of
// Security Lake (OCSF).
import type { Fields, FieldValue } from '../sigma/event.ts'
import { isFields, JsonError, parseJsonObject } from './json-text.ts'
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/cloudtrail.yml' with { type: 'yaml' }
import { decoded, renamed } from './renamed.ts'

/** The record inside an EventBridge event, a row of CloudTrail Lake or an item of `lookup-events`. */
function record(json: Fields): Fields {
  const { detail, eventData, CloudTrailEvent: text } = json
  if (isFields(eventData) && eventData.eventName !== undefined) return { ...json, ...eventData }
  if (isFields(detail) && detail.eventName !== undefined) return { ...json, ...detail }
  if (typeof text !== 'string') return renamedRecord(json)
  const inner = parseJsonObject(text)
  return inner === undefined || inner instanceof JsonError ? json : inner
}

function renamedRecord(json: Fields): Fields {
  if (json['Event name'] !== undefined && json['AWS region'] !== undefined) return exported(json)
  if (json.UserIdentityType !== undefined && json.EventName !== undefined) return tableRow(json)
  const { api, metadata } = json
  const isOcsf = isFields(api) && isFields(metadata) && isFields(metadata.product)
  return isOcsf && (metadata.product as Fields).name === 'CloudTrail' ? ocsfEvent(json, api) : json
}

/** Columns of what the console's event history exports. */
const EXPORTED: Readonly<Record<string, string>> = {
  'AWS region': 'awsRegion',
  'Error code': 'errorCode',
  'Event ID': 'eventID',
  'Event category': 'eventCategory',
  'Event name': 'eventName',
  'Event source': 'eventSource',
  'Event type': 'eventType',
  'Read-only': 'readOnly',
  'Recipient Account Id': 'recipientAccountId',
  'Request ID': 'requestID',
  'Source IP address': 'sourceIPAddress',
}

/** A row of that export: `November 01, 2026, 10:11:12 (UTC+00:00)` is its time. */
function exported(json: Fields): Fields {
  const { 'Event time': written, 'User name': userName, 'AWS access key': accessKeyId } = json
  const found =
    typeof written === 'string'
      ? /^([A-Z][a-z]{2})[a-z]* (\d\d), (\d{4}), (\d\d:\d\d:\d\d) \(UTC([+-]\d\d:\d\d)\)$/.exec(
          written,
        )
      : null
  const time = found === null ? NaN : Date.parse(`${found.slice(1, 5).join(' ')} ${found[5]}`)
  return {
    ...renamed(json, EXPORTED),
    eventTime: Number.isNaN(time) ? (written ?? null) : time,
    userIdentity: { userName: userName ?? null, accessKeyId: accessKeyId ?? null },
  }
}

/** Columns of Sentinel's table `AWSCloudTrail`. */
const COLUMNS: Readonly<Record<string, string>> = {
  AwsEventId: 'eventID',
  AwsRequestId: 'requestID',
  AWSRegion: 'awsRegion',
  ErrorCode: 'errorCode',
  ErrorMessage: 'errorMessage',
  EventName: 'eventName',
  EventSource: 'eventSource',
  EventTypeName: 'eventType',
  EventVersion: 'eventVersion',
  ReadOnly: 'readOnly',
  RecipientAccountId: 'recipientAccountId',
  SourceIpAddress: 'sourceIPAddress',
  TimeGenerated: 'eventTime',
  UserAgent: 'userAgent',
}
/** Its columns of who acted. */
const IDENTITY: Readonly<Record<string, string>> = {
  UserIdentityType: 'type',
  UserIdentityPrincipalid: 'principalId',
  UserIdentityArn: 'arn',
  UserIdentityAccountId: 'accountId',
  UserIdentityAccessKeyId: 'accessKeyId',
  UserIdentityUserName: 'userName',
  UserIdentityInvokedBy: 'invokedBy',
}
const TEXTS: Readonly<Record<string, string>> = {
  RequestParameters: 'requestParameters',
  ResponseElements: 'responseElements',
  AdditionalEventData: 'additionalEventData',
  Resources: 'resources',
}

function tableRow(json: Fields): Fields {
  const identity: { [name: string]: FieldValue } = {}
  for (const name in IDENTITY) {
    const value = json[name]
    if (value !== undefined && value !== '') identity[IDENTITY[name]!] = value
  }
  const issuer = json.SessionIssuerUserName
  if (issuer !== undefined && issuer !== '') {
    identity.sessionContext = { sessionIssuer: { userName: issuer } }
  }
  const out: { [name: string]: FieldValue } = { ...renamed(json, COLUMNS), userIdentity: identity }
  for (const name in TEXTS) {
    const value = json[name]
    if (value !== undefined && value !== '') out[TEXTS[name]!] = decoded(value)
  }
  return out
}

/** An API activity of Security Lake. */
function ocsfEvent(json: Fields, api: Fields): Fields {
  const { actor, cloud, src_endpoint: from, time, http_request: request } = json
  const user = isFields(actor) && isFields(actor.user) ? actor.user : {}
  const session = isFields(actor) && isFields(actor.session) ? actor.session : {}
  const response = isFields(api.response) ? api.response : {}
  const service = isFields(api.service) ? api.service : {}
  const values: { readonly [name: string]: FieldValue | undefined } = {
    eventName: api.operation,
    eventSource: service.name,
    eventTime: time,
    awsRegion: isFields(cloud) ? cloud.region : undefined,
    sourceIPAddress: isFields(from) ? (from.ip ?? from.domain) : undefined,
    userAgent: isFields(request) ? request.user_agent : undefined,
    errorCode: response.error,
    errorMessage: response.message,
    userIdentity: {
      type: user.type ?? null,
      principalId: user.uid ?? null,
      arn: user.uid_alt ?? null,
      userName: user.name ?? session.issuer ?? null,
    },
  }
  const out: { [name: string]: FieldValue } = { ...json }
  for (const name in values) {
    const value = values[name]
    if (value !== undefined && value !== null) out[name] = value
  }
  return out
}

export const cloudtrail = mappedParser(table, record, [
  ...['detail', 'eventData', 'CloudTrailEvent', 'UserIdentityType', 'api', 'Event name'],
])
