// Network logs of clouds as JSON: flows, firewalls, load balancers and resolvers.
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/cloud_network.yml' with { type: 'yaml' }

export const cloudNetwork = mappedParser(table)
