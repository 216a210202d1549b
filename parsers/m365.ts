// Microsoft 365: the Management Activity API, and what `Search-UnifiedAuditLog` and Purview export.
import type { Fields } from '../sigma/event.ts'
import { isFields, JsonError, parseJsonObject } from './json-text.ts'
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/m365.yml' with { type: 'yaml' }

/** Members that hold the record: exports and Graph, Defender's `CloudAppEvents`, Filebeat's input. */
const WRAPPERS = ['AuditData', 'auditData', 'RawEventData', 'properties', 'o365audit']

/** The record inside of an export. */
function record(json: Fields): Fields {
  for (const name of WRAPPERS) {
    const value = json[name]
    if (value === undefined) continue
    const inner = typeof value === 'string' ? parseJsonObject(value) : value
    if (inner === undefined || inner instanceof JsonError || !isFields(inner)) continue
    if (inner.Operation !== undefined) return inner
    if (inner.RawEventData !== undefined) return record(inner)
  }
  return json
}

export const m365 = mappedParser(table, record, WRAPPERS)
