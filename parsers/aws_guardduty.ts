// GuardDuty findings: exported to S3, from EventBridge, or as `get-findings` prints them.
import type { Fields } from '../sigma/event.ts'
import { isFields } from './json-text.ts'
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/aws_guardduty.yml' with { type: 'yaml' }

/** The finding inside an EventBridge event. */
function finding(json: Fields): Fields {
  const { detail } = json
  return isFields(detail) && json.source === 'aws.guardduty' ? { ...json, ...detail } : json
}

export const awsGuardduty = mappedParser(table, finding, ['detail'])
