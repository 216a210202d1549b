// Microsoft 365: the Management Activity API and its exports.
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/m365.yml' with { type: 'yaml' }

export const m365 = mappedParser(table)
