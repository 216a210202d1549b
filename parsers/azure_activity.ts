// Azure activity log: diagnostic settings, REST and Log Analytics.
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/azure_activity.yml' with { type: 'yaml' }

export const azureActivity = mappedParser(table)
