// Okta's System Log, also from EventBridge.
import type { Fields } from '../sigma/event.ts'
import { isFields } from './json-text.ts'
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/okta.yml' with { type: 'yaml' }

/** The event inside an EventBridge event. */
function systemLogEvent(json: Fields): Fields {
  const { detail } = json
  return isFields(detail) && detail.eventType !== undefined ? detail : json
}

export const okta = mappedParser(table, systemLogEvent, ['detail'])
