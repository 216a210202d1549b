// Microsoft 365: the Management Activity API, and what `Search-UnifiedAuditLog` and Purview export.
import type { Fields } from '../sigma/event.ts'
import { JsonError, parseJsonObject } from './json-text.ts'
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/m365.yml' with { type: 'yaml' }

/** The record in `AuditData` of an export. */
function record(json: Fields): Fields {
  const { AuditData: text } = json
  const inner = typeof text === 'string' ? parseJsonObject(text) : undefined
  return inner === undefined || inner instanceof JsonError ? json : inner
}

export const m365 = mappedParser(table, record, ['AuditData'])
