// Microsoft Entra sign-ins: diagnostic settings, Graph and Log Analytics.
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/azure_signin.yml' with { type: 'yaml' }

export const azureSignin = mappedParser(table)
