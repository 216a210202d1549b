// Google Cloud audit logs: log entries, also as Pub/Sub and Logstash hand them on. A sink sends other logs to the same
// place, under one name: those of the network are read as what they are.
import type { Fields, FieldValue } from '../sigma/event.ts'
import { cloudNetwork } from './cloud_network.ts'
import type { Parser } from './event.ts'
import { isFields } from './json-text.ts'
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/gcp_audit.yml' with { type: 'yaml' }
import { decoded } from './renamed.ts'

/** The log entry inside `{data: {...}}`, and of a row of a BigQuery export. */
function entry(json: Fields): Fields {
  const { data, protopayload_auditlog: row } = json
  if (json.Type === 'GCPAuditLogs' || json.PrincipalEmail !== undefined) return tableRow(json)
  if (isFields(row)) return { ...json, protoPayload: row }
  return isFields(data) && data.protoPayload !== undefined ? data : json
}

/** A row of Sentinel's table `GCPAuditLogs`. */
function tableRow(json: Fields): Fields {
  const { MethodName: methodName, ServiceName: serviceName } = json
  if (methodName === undefined || serviceName === undefined) return json
  const values: { readonly [name: string]: FieldValue | undefined } = {
    methodName,
    serviceName,
    resourceName: json.GCPResourceName,
    status: json.StatusMessage ?? json.Status,
    request: json.Request,
    response: json.Response,
    metadata: json.Metadata,
    requestMetadata: json.RequestMetadata,
    authorizationInfo: json.AuthorizationInfo,
    authenticationInfo: json.AuthenticationInfo,
  }
  const payload: { [name: string]: FieldValue } = {}
  for (const name in values) {
    const value = values[name]
    if (value !== undefined && value !== '') payload[name] = decoded(value)
  }
  if (json.PrincipalEmail !== undefined) {
    const info = isFields(payload.authenticationInfo) ? payload.authenticationInfo : {}
    payload.authenticationInfo = { ...info, principalEmail: json.PrincipalEmail }
  }
  return {
    ...json,
    protoPayload: payload,
    ...(json.TimeGenerated === undefined ? {} : { timestamp: json.TimeGenerated }),
    ...(json.LogName === undefined ? {} : { logName: json.LogName }),
    ...(json.Severity === undefined ? {} : { severity: json.Severity }),
  }
}

const audit = mappedParser(table, entry, ['data', 'protopayload_auditlog', 'MethodName'])

export const gcpAudit: Parser = {
  ...audit,
  parse(input, context) {
    const isNetwork =
      input.json?.protoPayload === undefined && cloudNetwork.recognise(input, context)
    return (isNetwork ? cloudNetwork : audit).parse(input, context)
  },
}
