// Google Cloud audit logs: log entries, also as Pub/Sub and Logstash hand them on.
import type { Fields } from '../sigma/event.ts'
import { isFields } from './json-text.ts'
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/gcp_audit.yml' with { type: 'yaml' }

/** The log entry inside `{data: {...}}`. */
function entry(json: Fields): Fields {
  const { data } = json
  return isFields(data) && data.protoPayload !== undefined ? data : json
}

export const gcpAudit = mappedParser(table, entry, ['data'])
