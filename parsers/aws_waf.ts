// AWS WAF: one web request a record.
import type { Fields } from '../sigma/event.ts'
import { isFields } from './json-text.ts'
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/aws_waf.yml' with { type: 'yaml' }

/** With the whole target of the request where path and arguments stand apart: rules of web servers look there for
 * both. */
function withTarget(json: Fields): Fields {
  const { httpRequest: request } = json
  if (!isFields(request) || json['cs-uri-query'] !== undefined) return json
  const { uri, args } = request
  const isApart = typeof uri === 'string' && typeof args === 'string' && args !== ''
  return isApart ? { ...json, 'cs-uri-query': `${uri}?${args}` } : json
}

export const awsWaf = mappedParser(table, withTarget)
