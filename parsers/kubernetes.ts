// Kubernetes audit events, of any distribution.
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/kubernetes.yml' with { type: 'yaml' }

export const kubernetes = mappedParser(table)
