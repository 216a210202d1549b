// PAN-OS logs as JSON: what Strata Logging Service (Cortex Data Lake) forwards. Its names are brought to
// those of the columns, so that one reader makes the event.
import type { Fields } from '../../sigma/event.ts'
import type { WritableFields } from '../device/event.ts'

/** Column by name in JSON, older releases' names behind newer ones. */
const COLUMNS: readonly (readonly [column: string, ...names: readonly string[]])[] = [
  ['type', 'LogType'],
  ['subtype', 'Subtype', 'SubType', 'LogSubtype'],
  ['generated_time', 'TimeGenerated', 'EventTime'],
  ['receive_time', 'TimeReceived', 'LogTime'],
  ['high_res_timestamp', 'TimeGeneratedHighResolution'],
  ['serial', 'DeviceSN', 'LogSourceID'],
  ['device_name', 'DeviceName', 'LogSourceName'],
  ['src', 'SourceAddress', 'SourceIP'],
  ['dst', 'DestinationAddress', 'DestinationIP'],
  ['sport', 'SourcePort'],
  ['dport', 'DestinationPort'],
  ['natsrc', 'NATSource'],
  ['natdst', 'NATDestination'],
  ['natsport', 'NATSourcePort'],
  ['natdport', 'NATDestinationPort'],
  ['rule', 'Rule', 'RuleMatched'],
  ['srcuser', 'SourceUser', 'SourceUserName'],
  ['dstuser', 'DestinationUser', 'DestinationUserName'],
  ['user', 'User', 'UserName', 'NormalizeUser'],
  ['admin', 'AdminUserName', 'Administrator', 'Admin'],
  ['app', 'Application'],
  ['from', 'FromZone', 'SourceZone'],
  ['to', 'ToZone', 'DestinationZone'],
  ['inbound_if', 'InboundInterface'],
  ['outbound_if', 'OutboundInterface'],
  ['sessionid', 'SessionID'],
  ['proto', 'Protocol'],
  ['action', 'Action'],
  ['bytes', 'BytesTotal', 'Bytes'],
  ['bytes_sent', 'BytesSent'],
  ['bytes_received', 'BytesReceived'],
  ['packets', 'PacketsTotal'],
  ['category', 'URLCategory'],
  ['session_end_reason', 'SessionEndReason'],
  ['threatid', 'ThreatName', 'ThreatID'],
  ['severity', 'VendorSeverity', 'Severity'],
  ['misc', 'URL', 'FileName', 'DomainName'],
  ['user_agent', 'UserAgent'],
  ['referer', 'Referer'],
  ['http_method', 'HTTPMethod', 'HttpMethod'],
  ['filedigest', 'FileSHA256', 'FileHash'],
  ['eventid', 'EventIDValue', 'EventName'],
  ['status', 'EventStatus'],
  ['result', 'EventResult', 'Result'],
  ['cmd', 'Command'],
  ['opaque', 'EventDescription', 'Description'],
  ['error', 'ConnectionError'],
  ['public_ip', 'PublicIPv4'],
  ['public_ipv6', 'PublicIPv6'],
  ['private_ip', 'PrivateIPv4'],
  ['private_ipv6', 'PrivateIPv6'],
  ['machinename', 'EndpointDeviceName'],
  ['portal', 'Portal'],
  ['sni', 'ServerNameIndication'],
  ['rule_uuid', 'RuleUUID'],
]

const TIMES = ['TimeReceived', 'TimeGenerated', 'LogTime', 'EventTime']
const SENDERS = ['DeviceSN', 'LogSourceID', 'VendorName', 'LogSourceGroupID']
const TYPE_NAME = /^[A-Za-z-]{3,24}$/

/** Whether JSON is a log of this kind. */
export function isPanJson(json: Fields): boolean {
  const { LogType: type } = json
  if (typeof type !== 'string' || !TYPE_NAME.test(type)) return false
  return TIMES.some((name) => name in json) && SENDERS.some((name) => name in json)
}

/** The JSON's own fields, and their values as text under the names of columns. */
export function panJsonFields(json: Fields): WritableFields {
  const fields: WritableFields = { ...json }
  for (const [column, ...names] of COLUMNS) {
    for (const name of names) {
      const value = json[name]
      if (typeof value !== 'string' && typeof value !== 'number') continue
      if (value === '' || value === 'N/A') continue
      fields[column] = String(value)
      break
    }
  }
  return fields
}
