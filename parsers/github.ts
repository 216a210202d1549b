// GitHub's audit log of organisations and enterprises.
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/github.yml' with { type: 'yaml' }

export const github = mappedParser(table)
