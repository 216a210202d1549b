// Azure's records in forms that name or place things differently, brought to that of diagnostic settings: what the
// portal exports, queries' columns in UTC, events of Event Grid, the table of all diagnostics, the firewall's
// sentences.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'
import { customRow, renamed } from '../renamed.ts'
import { usTime } from '../time/us.ts'
import { ACTIVITY_COLUMNS, AUDIT_COLUMNS, SIGNIN_COLUMNS } from './portal-columns.ts'

/** Members that tell these forms. */
export const FORM_KEYS = [
  ...['Sign-in error code', 'Date (UTC)', 'Event initiated by', 'TimeGenerated [UTC]'],
  ...['data', 'properties', 'Type'],
] as const

/** The record; JSON in any other form as it is. */
export function azureRecord(json: Fields): Fields {
  if (json.Type === 'AzureDiagnostics') return diagnosticsRow(json)
  if (json['TimeGenerated [UTC]'] !== undefined) return withTimes(json)
  const { data, eventType, properties } = json
  if (
    typeof eventType === 'string' &&
    isFields(data) &&
    eventType.startsWith('Microsoft.Resources')
  )
    return gridEvent(json, data)
  if (isFields(properties) && typeof properties.msg === 'string')
    return withEnds(json, properties.msg)
  if (json['Sign-in error code'] !== undefined) return renamed(json, SIGNIN_COLUMNS)
  if (json['Date (UTC)'] !== undefined && json.ActorObjectId !== undefined) {
    return renamed(json, AUDIT_COLUMNS)
  }
  return json['Event initiated by'] === undefined ? json : renamed(json, ACTIVITY_COLUMNS)
}

const UTC = ' [UTC]'

/** `TimeGenerated [UTC]` as `TimeGenerated`, in milliseconds where it is a time. */
function withTimes(json: Fields): Fields {
  const out: { [name: string]: FieldValue } = {}
  for (const name in json) {
    const value = json[name]!
    if (name === '__proto__') continue
    if (!name.endsWith(UTC)) out[name] = value
    else {
      const text = typeof value === 'string' ? value : ''
      out[name.slice(0, -UTC.length)] = usTime(text, { now: 0, timeZone: 'UTC' }) ?? value
    }
  }
  return out
}

/** A write or a deletion, as Event Grid tells of it. */
function gridEvent(json: Fields, data: Fields): Fields {
  const { claims, operationName, resourceUri, status, correlationId } = data
  const address = isFields(claims) ? claims.ipaddr : undefined
  const own: { readonly [name: string]: FieldValue | undefined } = {
    time: json.eventTime,
    operationName,
    resourceId: resourceUri ?? json.subject,
    category: 'Administrative',
    resultType: status,
    callerIpAddress: address,
    correlationId,
    identity: { claims: claims ?? null, authorization: data.authorization ?? null },
  }
  const out: { [name: string]: FieldValue } = { ...json }
  for (const name in own) if (own[name] !== undefined) out[name] = own[name]
  return out
}

/** A row of the table that holds all diagnostics, of whatever resource. */
function diagnosticsRow(json: Fields): Fields {
  const row = customRow(json, '_')
  const { TimeGenerated: time, Category: category, OperationName: operation } = row
  const caller = row.CallerIPAddress
  return {
    ...row,
    ...(time === undefined ? {} : { time }),
    ...(category === undefined ? {} : { category }),
    ...(operation === undefined ? {} : { operationName: operation }),
    ...(caller === undefined ? {} : { callerIpAddress: caller }),
    resourceId: row.ResourceId ?? row._ResourceId ?? '/',
    properties: row,
  }
}

const REQUEST =
  /^([A-Z]{2,8}|HTTPS?) +request from ([^\s:]{2,45}|\[[^\]]{2,45}\]):(\d{1,5}) to ([^\s:]{1,255}):(\d{1,5})\./
const VERDICT = /Action: (Allow|Deny|Alert)/

/** `TCP request from 10.0.0.4:50234 to 192.0.2.80:443. Action: Deny.` */
function withEnds(json: Fields, text: string): Fields {
  const found = REQUEST.exec(text.slice(0, 512))
  if (found === null) return json
  const [, protocol = '', from = '', fromPort, to = '', toPort] = found
  const verdict = VERDICT.exec(text)?.[1]
  return {
    ...json,
    protocol: protocol.toLowerCase(),
    src_ip: from,
    src_port: Number(fromPort),
    [/^[\d.]+$/.test(to) ? 'dst_ip' : 'fqdn']: to,
    dst_port: Number(toPort),
    ...(verdict === undefined ? {} : { action: verdict }),
  }
}
