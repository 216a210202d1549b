// Google Workspace activity reports, also as rows of the export to BigQuery.
import type { Fields } from '../sigma/event.ts'
import { isFields } from './json-text.ts'
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/gworkspace.yml' with { type: 'yaml' }

/** A row of the export as the report that it was made of: what the application says stands in a member of its name. */
function report(json: Fields): Fields {
  const { time_usec: time, record_type: application, email, ip_address: ip } = json
  const { event_name: name, event_type: type } = json
  if (time === undefined || name === undefined || typeof application !== 'string') return json
  const values = json[application]
  const parameters = isFields(values)
    ? Object.entries(values).map(([key, value]) => ({ name: key, value }))
    : []
  return {
    ...json,
    id: { time, applicationName: application, uniqueQualifier: json.unique_identifier ?? null },
    ...(email === undefined ? {} : { actor: { email } }),
    ...(ip === undefined ? {} : { ipAddress: ip }),
    events: [{ name, ...(type === undefined ? {} : { type }), parameters }],
  }
}

export const gworkspace = mappedParser(table, report, ['time_usec'])
