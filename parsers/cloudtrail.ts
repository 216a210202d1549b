// AWS CloudTrail, as written to S3 or taken from EventBridge and `lookup-events`.
import type { Fields } from '../sigma/event.ts'
import { isFields, JsonError, parseJsonObject } from './json-text.ts'
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/cloudtrail.yml' with { type: 'yaml' }

/** The record inside an EventBridge event, a row of CloudTrail Lake or an item of `lookup-events`. */
function record(json: Fields): Fields {
  const { detail, eventData, CloudTrailEvent: text } = json
  if (isFields(eventData) && eventData.eventName !== undefined) return { ...json, ...eventData }
  if (isFields(detail) && detail.eventName !== undefined) return { ...json, ...detail }
  if (typeof text !== 'string') return json
  const inner = parseJsonObject(text)
  return inner === undefined || inner instanceof JsonError ? json : inner
}

export const cloudtrail = mappedParser(table, record, ['detail', 'eventData', 'CloudTrailEvent'])
