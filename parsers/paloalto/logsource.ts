// Which log source of Sigma a PAN-OS line is, by its type and subtype.
import type { EventLogSource } from '../../sigma/event.ts'
import type { WritableFields } from '../device/event.ts'
import { closedLogSource } from '../logsource.ts'

function source(category: readonly string[], ...service: readonly string[]): EventLogSource {
  return closedLogSource('paloalto', category, service)
}

const TRAFFIC = source(['firewall'], 'traffic')
const THREAT = source(['firewall', 'ids'], 'threat')
const URL = source(['firewall', 'proxy'], 'threat', 'url')
const VIRUS = source(['firewall', 'antivirus'], 'threat', 'virus', 'wildfire')
const DNS = source(['firewall', 'dns', 'ids'], 'threat', 'spyware')
const GLOBALPROTECT = source(['appliance', 'vpn'], 'globalprotect')
const OTHERS: ReadonlyMap<string, EventLogSource> = new Map([
  ['SYSTEM', source(['appliance'], 'system')],
  ['CONFIG', source(['appliance'], 'config')],
  ['USERID', source(['authentication'], 'userid')],
  ['AUTH', source(['authentication'], 'authentication')],
  ['AUTHENTICATION', source(['authentication'], 'authentication')],
  ['HIPMATCH', source(['appliance'], 'hipmatch', 'globalprotect')],
  ['HIP-MATCH', source(['appliance'], 'hipmatch', 'globalprotect')],
  ['DECRYPTION', source(['firewall'], 'decryption')],
  ['GTP', source(['firewall'], 'gtp')],
  ['SCTP', source(['firewall'], 'sctp')],
  ['IPTAG', source(['appliance'], 'iptag')],
  ['CORRELATION', source(['ids'], 'correlation')],
  ['AUDIT-LOG', source(['appliance'], 'audit')],
  ['AUDIT', source(['appliance'], 'audit')],
  ['GLOBALPROTECT', GLOBALPROTECT],
  ['WILDFIRE', VIRUS],
  ['DATA', THREAT],
  ['URL', URL],
  ['FILE', THREAT],
  ['DNS', DNS],
])
const VIRUS_SUBTYPES: ReadonlySet<string> = new Set(['virus', 'wildfire', 'wildfire-virus'])

/** The log source of a line. */
export function panLogsource(type: string, fields: WritableFields): EventLogSource {
  if (type === 'THREAT') {
    if (fields.subtype === 'url') return URL
    if (fields.query !== undefined) return DNS
    return VIRUS_SUBTYPES.has(String(fields.subtype)) ? VIRUS : THREAT
  }
  // Until PAN-OS 9.1 GlobalProtect wrote into the system log.
  if (type === 'SYSTEM' && fields.subtype === 'globalprotect') return GLOBALPROTECT
  return OTHERS.get(type) ?? TRAFFIC
}
