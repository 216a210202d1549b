// Kubernetes audit events, of any distribution; Azure's clusters send them inside a diagnostic record.
import type { Fields } from '../sigma/event.ts'
import { isFields, JsonError, parseJsonObject } from './json-text.ts'
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/kubernetes.yml' with { type: 'yaml' }

/** The audit event in `properties.log` of an Azure diagnostic record, and as Filebeat nests it. */
function auditEvent(json: Fields): Fields {
  const { category, properties, kubernetes: nested } = json
  if (isFields(nested) && isFields(nested.audit)) return { ...json, ...nested.audit }
  if (typeof category !== 'string' || !category.startsWith('kube-audit')) return json
  const log = isFields(properties) ? properties.log : undefined
  if (isFields(log)) return log
  const inner = typeof log === 'string' ? parseJsonObject(log) : undefined
  return inner === undefined || inner instanceof JsonError ? json : inner
}

export const kubernetes = mappedParser(table, auditEvent, ['properties', 'kubernetes'])
