// Google Workspace activity reports.
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/gworkspace.yml' with { type: 'yaml' }

export const gworkspace = mappedParser(table)
