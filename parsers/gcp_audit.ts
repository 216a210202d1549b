// Google Cloud audit logs: log entries, also as Pub/Sub and Logstash hand them on. A sink sends other logs to the same
// place, under one name: those of the network are read as what they are.
import type { Fields } from '../sigma/event.ts'
import { cloudNetwork } from './cloud_network.ts'
import type { Parser } from './event.ts'
import { isFields } from './json-text.ts'
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/gcp_audit.yml' with { type: 'yaml' }

/** The log entry inside `{data: {...}}`, and of a row of a BigQuery export. */
function entry(json: Fields): Fields {
  const { data, protopayload_auditlog: row } = json
  if (isFields(row)) return { ...json, protoPayload: row }
  return isFields(data) && data.protoPayload !== undefined ? data : json
}

const audit = mappedParser(table, entry, ['data', 'protopayload_auditlog'])

export const gcpAudit: Parser = {
  ...audit,
  parse: (input, context) =>
    (cloudNetwork.recognise(input, context) ? cloudNetwork : audit).parse(input, context),
}
