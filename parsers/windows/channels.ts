// From a Windows channel and event id to Sigma's log source.
import type { EventLogSource } from '../../sigma/event.ts'
import { closedLogSource } from '../logsource.ts'

/** Sigma's service of each channel, lower case. */
const SERVICES: Readonly<Record<string, string>> = {
  application: 'application',
  security: 'security',
  system: 'system',
  'microsoft-windows-sysmon/operational': 'sysmon',
  'linux-sysmon/operational': 'sysmon',
  'microsoft-windows-powershell/operational': 'powershell',
  'powershellcore/operational': 'powershell',
  'windows powershell': 'powershell-classic',
  'dns server': 'dns-server',
  'microsoft-windows-dns-server/analytical': 'dns-server-analytic',
  'microsoft-windows-dnsserver/analytical': 'dns-server-analytic',
  'microsoft-windows-dnsserver/audit': 'dns-server-audit',
  'microsoft-windows-dns client events/operational': 'dns-client',
  'microsoft-windows-dns-client/operational': 'dns-client',
  'microsoft-windows-driverframeworks-usermode/operational': 'driver-framework',
  'microsoft-windows-dhcp-server/operational': 'dhcp',
  'microsoft-windows-ntlm/operational': 'ntlm',
  'microsoft-windows-windows defender/operational': 'windefend',
  'microsoft-windows-printservice/admin': 'printservice-admin',
  'microsoft-windows-printservice/operational': 'printservice-operational',
  'microsoft-windows-terminalservices-localsessionmanager/operational':
    'terminalservices-localsessionmanager',
  'microsoft-windows-smbclient/security': 'smbclient-security',
  'microsoft-windows-smbclient/connectivity': 'smbclient-connectivity',
  'microsoft-windows-smbserver/connectivity': 'smbserver-connectivity',
  'microsoft-windows-applocker/msi and script': 'applocker',
  'microsoft-windows-applocker/exe and dll': 'applocker',
  'microsoft-windows-applocker/packaged app-deployment': 'applocker',
  'microsoft-windows-applocker/packaged app-execution': 'applocker',
  'msexchange management': 'msexchange-management',
  'microsoft-servicebus-client': 'microsoft-servicebus-client',
  'microsoft-servicebus-client/operational': 'microsoft-servicebus-client',
  'microsoft-windows-taskscheduler/operational': 'taskscheduler',
  'microsoft-windows-wmi-activity/operational': 'wmi',
  'microsoft-windows-codeintegrity/operational': 'codeintegrity-operational',
  'microsoft-windows-windows firewall with advanced security/firewall': 'firewall-as',
  'microsoft-windows-bits-client/operational': 'bits-client',
  'microsoft-windows-security-mitigations/kernel mode': 'security-mitigations',
  'microsoft-windows-security-mitigations/kernelmode': 'security-mitigations',
  'microsoft-windows-security-mitigations/user mode': 'security-mitigations',
  'microsoft-windows-security-mitigations/usermode': 'security-mitigations',
  'microsoft-windows-diagnosis-scripted/operational': 'diagnosis-scripted',
  'microsoft-windows-shell-core/operational': 'shell-core',
  'openssh/operational': 'openssh',
  'microsoft-windows-ldap-client/debug': 'ldap',
  'microsoft-windows-bitlocker/bitlocker management': 'bitlocker',
  'microsoft-windows-vhdmp/operational': 'vhdmp',
  'microsoft-windows-vhdmp-operational': 'vhdmp',
  'microsoft-windows-appxdeploymentserver/operational': 'appxdeployment-server',
  'microsoft-windows-appxpackaging/operational': 'appxpackaging-om',
  'microsoft-windows-appxpackagingom/operational': 'appxpackaging-om',
  'microsoft-windows-lsa/operational': 'lsa-server',
  'microsoft-windows-appmodel-runtime/admin': 'appmodel-runtime',
  'microsoft-windows-capi2/operational': 'capi2',
  'microsoft-windows-certificateservicesclient-lifecycle-system/operational':
    'certificateservicesclient-lifecycle-system',
  'microsoft-iis-configuration/operational': 'iis-configuration',
  'microsoft-windows-dns-server/audit': 'dns-server-audit',
  'microsoft-windows-hyper-v-worker': 'hyper-v-worker',
  'microsoft-windows-hyper-v-worker-admin': 'hyper-v-worker',
  'microsoft-windows-hyper-v-worker/operational': 'hyper-v-worker',
  'microsoft-windows-kernel-eventtracing': 'kernel-event-tracing',
  'microsoft-windows-kernel-eventtracing/admin': 'kernel-event-tracing',
  'microsoft-windows-kernel-eventtracing/analytic': 'kernel-event-tracing',
  'microsoft-windows-kernel-shimengine/operational': 'kernel-shimengine',
  'microsoft-windows-kernel-shimengine/diagnostic': 'kernel-shimengine',
  'microsoft-windows-ntfs/operational': 'ntfs',
  'microsoft-windows-sense/operational': 'sense',
  'microsoft-windows-smbserver/security': 'smbserver-security',
}

/** Channels of providers, lower case, for events that name only the provider. */
const CHANNELS_OF_PROVIDERS: Readonly<Record<string, string>> = {
  'microsoft-windows-sysmon': 'Microsoft-Windows-Sysmon/Operational',
  'linux-sysmon': 'Linux-Sysmon/Operational',
  'microsoft-windows-security-auditing': 'Security',
  'microsoft-windows-powershell': 'Microsoft-Windows-PowerShell/Operational',
  'microsoft-windows-windows defender': 'Microsoft-Windows-Windows Defender/Operational',
  'microsoft-windows-taskscheduler': 'Microsoft-Windows-TaskScheduler/Operational',
  'microsoft-windows-wmi-activity': 'Microsoft-Windows-WMI-Activity/Operational',
  'service control manager': 'System',
  'microsoft-windows-dnsserver': 'Microsoft-Windows-DNSServer/Analytical',
  'microsoft-windows-dns-server-service': 'DNS Server',
  'microsoft-windows-dns-client': 'Microsoft-Windows-DNS-Client/Operational',
  powershell: 'Windows PowerShell',
  powershellcore: 'PowerShellCore/Operational',
  'microsoft-windows-bits-client': 'Microsoft-Windows-Bits-Client/Operational',
  'microsoft-windows-codeintegrity': 'Microsoft-Windows-CodeIntegrity/Operational',
  'microsoft-windows-terminalservices-localsessionmanager':
    'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
  'microsoft-windows-windows firewall with advanced security':
    'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall',
  'microsoft-windows-ntlm': 'Microsoft-Windows-NTLM/Operational',
  openssh: 'OpenSSH/Operational',
  'application error': 'Application',
  msiinstaller: 'Application',
}

/** Categories of Sysmon's event ids. Registry ids 12 to 14 depend on `EventType` too. */
const SYSMON: Readonly<Record<number, readonly string[]>> = {
  1: ['process_creation'],
  2: ['file_change'],
  3: ['network_connection'],
  4: ['sysmon_status'],
  5: ['process_termination'],
  6: ['driver_load'],
  7: ['image_load'],
  8: ['create_remote_thread'],
  9: ['raw_access_thread', 'raw_access_read'],
  10: ['process_access'],
  11: ['file_event'],
  13: ['registry_set', 'registry_event'],
  14: ['registry_rename', 'registry_event'],
  15: ['create_stream_hash'],
  16: ['sysmon_status'],
  17: ['pipe_created'],
  18: ['pipe_created'],
  19: ['wmi_event'],
  20: ['wmi_event'],
  21: ['wmi_event'],
  22: ['dns_query'],
  23: ['file_delete'],
  24: ['clipboard_capture'],
  25: ['process_tampering'],
  26: ['file_delete', 'file_delete_detected'],
  27: ['file_block', 'file_block_executable'],
  28: ['file_block', 'file_block_shredding'],
  29: ['file_executable_detected'],
  255: ['sysmon_error'],
}

/** Categories of other services' event ids. */
const CATEGORIES: Readonly<Record<string, Readonly<Record<number, readonly string[]>>>> = {
  sysmon: SYSMON,
  powershell: { 4103: ['ps_module'], 4104: ['ps_script'] },
  'powershell-classic': {
    400: ['ps_classic_start'],
    600: ['ps_classic_provider_start'],
    800: ['ps_classic_script'],
  },
  security: { 4688: ['process_creation'] },
  windefend: Object.fromEntries(
    [1006, 1007, 1008, 1009, 1010, 1011, 1012, 1015, 1017, 1018, 1019, 1115, 1116, 1117, 1118]
      .concat(1119)
      .map((id) => [id, ['antivirus']]),
  ),
}

/** The channel that an event of `provider` comes from, where the event does not say. */
export function channelOfProvider(provider: string): string | undefined {
  const name = provider.toLowerCase()
  return Object.hasOwn(CHANNELS_OF_PROVIDERS, name) ? CHANNELS_OF_PROVIDERS[name] : undefined
}

/** Sigma's service of a channel. */
export function serviceOfChannel(channel: string): string | undefined {
  if (channel === lastChannel) return lastService
  const name = channel.toLowerCase()
  lastService = Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined
  lastChannel = channel
  return lastService
}

/** Events of one channel come one after another. */
let lastChannel = ''
let lastService: string | undefined

/** Log sources by channel, then by event id and what a registry event did. */
const known = new Map<string, Map<string | number, EventLogSource>>()
const CHANNELS_MAX = 256
const CHANNEL_UNITS_MAX = 256
const KNOWN_MAX = 4096

/** The log source of an event; `operation` is the `EventType` or `OperationType` of registry events. */
export function windowsLogSource(
  channel: string,
  eventId: number,
  operation: string,
): EventLogSource {
  const registry = REGISTRY_OPERATIONS[operation] === undefined ? '' : operation
  const key = registry === '' ? eventId : `${eventId} ${registry}`
  let ofChannel = known.get(channel)
  const found = ofChannel?.get(key)
  if (found !== undefined) return found
  const service = serviceOfChannel(channel)
  const categories = service === undefined ? [] : categoriesOf(service, eventId, registry)
  const product = channel.toLowerCase().startsWith('linux-') ? 'linux' : 'windows'
  const made = closedLogSource(product, categories, service === undefined ? [] : [service])
  if (channel.length > CHANNEL_UNITS_MAX) return made
  if (ofChannel === undefined) {
    ofChannel = new Map()
    if (known.size >= CHANNELS_MAX) known.clear()
    known.set(channel, ofChannel)
  }
  if (ofChannel.size >= KNOWN_MAX) ofChannel.clear()
  ofChannel.set(key, made)
  return made
}

/** What Sysmon 12 (`EventType`) and Security 4657 (`OperationType`) did. */
const REGISTRY_OPERATIONS: Readonly<Record<string, string>> = {
  CreateKey: 'registry_add',
  CreateValue: 'registry_add',
  DeleteKey: 'registry_delete',
  DeleteValue: 'registry_delete',
  '%%1904': 'registry_set',
  '%%1905': 'registry_set',
  '%%1906': 'registry_delete',
}

function categoriesOf(service: string, eventId: number, operation: string): readonly string[] {
  const registry =
    (service === 'sysmon' && eventId === 12) || (service === 'security' && eventId === 4657)
  if (registry) {
    const specific = REGISTRY_OPERATIONS[operation]
    return specific === undefined ? ['registry_event'] : [specific, 'registry_event']
  }
  return CATEGORIES[service]?.[eventId] ?? []
}
