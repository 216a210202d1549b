// Okta's System Log, also from EventBridge, as a custom table of Sentinel and as the admin console exports it.
import type { Fields, FieldValue } from '../sigma/event.ts'
import { isFields } from './json-text.ts'
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/okta.yml' with { type: 'yaml' }
import { camelled, customRow, isCustomRow } from './renamed.ts'

/** The event inside an EventBridge event, or under its own names. */
function systemLogEvent(json: Fields): Fields {
  const { detail } = json
  if (isFields(detail) && detail.eventType !== undefined) return detail
  if (isCustomRow(json, 'eventType')) return customRow(json, '.')
  return json.event_type !== undefined && json['actor.alternate_id'] !== undefined
    ? exported(json)
    : json
}

/** A row of the console's export. */
function exported(json: Fields): Fields {
  const out: { [name: string]: FieldValue } = {}
  for (const name in json) {
    const own = name.startsWith('target0.') ? name.replace('target0.', 'target.') : name
    if (name !== '__proto__') out[own === 'timestamp' ? 'published' : camelled(own)] = json[name]!
  }
  return out
}

export const okta = mappedParser(table, systemLogEvent, ['detail', 'eventType_s', 'event_type'])
