// Microsoft Entra audit and risk logs: diagnostic settings, Graph and Log Analytics.
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/azure_audit.yml' with { type: 'yaml' }

export const azureAudit = mappedParser(table)
