// Which log source of Sigma a line is, by its type and subtype.
import type { EventLogSource } from '../../sigma/event.ts'
import { closedLogSource } from '../logsource.ts'
import { AT, word } from './pairs.ts'

const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  webfilter: ['proxy', 'firewall'],
  dns: ['dns', 'firewall'],
  virus: ['antivirus', 'firewall'],
  ips: ['ids', 'firewall'],
  waf: ['ids', 'firewall'],
  anomaly: ['ids', 'firewall'],
}
const SUBTYPES = [
  ...['forward', 'local', 'multicast', 'sniffer', 'ztna', 'webfilter', 'dns', 'virus', 'ips'],
  ...['app-ctrl', 'anomaly', 'waf', 'dlp', 'emailfilter', 'voip', 'ssl', 'ssh', 'cifs', 'icap'],
  ...['file-filter', 'ztna', 'system', 'user', 'vpn', 'router', 'wireless', 'ha', 'endpoint'],
  ...['security-rating', 'connector', 'sdwan', 'fortiextender', 'switch-controller', 'rest-api'],
  ...['compliance-check', 'wad', 'cifs-auth-fail', 'web', 'virtual-patch', 'casb', 'gtp'],
]
/** By type and subtype. */
const LOGSOURCES: ReadonlyMap<string, ReadonlyMap<string, EventLogSource>> = new Map(
  ['traffic', 'utm', 'event', 'anomaly', 'dns', 'voip', 'gtp', ''].map((type) => {
    const bySubtype = ['', ...SUBTYPES].map((subtype) => {
      const category = CATEGORIES[subtype] ?? (type === 'event' ? [] : ['firewall'])
      const service = [type, subtype, 'fortigate'].filter((name) => name !== '')
      return [subtype, closedLogSource('fortigate', category, service)] as const
    })
    return [type, new Map(bySubtype)] as const
  }),
)
const OTHER = closedLogSource('fortigate', ['firewall'], ['fortigate'])
/** What FortiOS' own daemons report of themselves has a product of its own in Sigma. */
const SSLVPND = closedLogSource('fortios', [], ['sslvpnd', 'event'])

/** The log source of the line that was read last. */
export function logsourceOf(): EventLogSource {
  const type = word(AT.type) ?? ''
  const message = word(AT.msg)
  if (type === 'event' && message?.includes('sslvpnd') === true) return SSLVPND
  const bySubtype = LOGSOURCES.get(type)
  if (bySubtype === undefined) return OTHER
  return bySubtype.get(word(AT.subtype) ?? '') ?? bySubtype.get('') ?? OTHER
}
