// Okta's System Log.
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/okta.yml' with { type: 'yaml' }

export const okta = mappedParser(table)
