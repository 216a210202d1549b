// AWS WAF: one web request a record.
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/aws_waf.yml' with { type: 'yaml' }

export const awsWaf = mappedParser(table)
