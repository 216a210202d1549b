// Which log source each channel and event id is: one example of every category and service that SigmaHQ's
// Windows rules name.
import { describe, expect, test } from 'bun:test'
import { corpusFolder } from '../../test/corpus/corpus.ts'
import { windowsLogSource } from './channels.ts'

const SYSMON = 'Microsoft-Windows-Sysmon/Operational'
const POWERSHELL = 'Microsoft-Windows-PowerShell/Operational'
const DEFENDER = 'Microsoft-Windows-Windows Defender/Operational'

/** Category, channel, event id, what a registry event did. */
const CATEGORIES: readonly (readonly [string, string, number, string?])[] = [
  ['process_creation', SYSMON, 1],
  ['process_creation', 'Security', 4688],
  ['file_change', SYSMON, 2],
  ['network_connection', SYSMON, 3],
  ['sysmon_status', SYSMON, 4],
  ['sysmon_status', SYSMON, 16],
  ['process_termination', SYSMON, 5],
  ['driver_load', SYSMON, 6],
  ['image_load', SYSMON, 7],
  ['create_remote_thread', SYSMON, 8],
  ['raw_access_thread', SYSMON, 9],
  ['process_access', SYSMON, 10],
  ['file_event', SYSMON, 11],
  ['registry_add', SYSMON, 12, 'CreateKey'],
  ['registry_delete', SYSMON, 12, 'DeleteKey'],
  ['registry_delete', SYSMON, 12, 'DeleteValue'],
  ['registry_set', SYSMON, 13, 'SetValue'],
  ['registry_rename', SYSMON, 14, 'RenameKey'],
  ['registry_event', SYSMON, 12, 'CreateKey'],
  ['registry_event', SYSMON, 13],
  ['registry_event', SYSMON, 14],
  ['registry_set', 'Security', 4657, '%%1905'],
  ['registry_delete', 'Security', 4657, '%%1906'],
  ['create_stream_hash', SYSMON, 15],
  ['pipe_created', SYSMON, 17],
  ['pipe_created', SYSMON, 18],
  ['wmi_event', SYSMON, 19],
  ['wmi_event', SYSMON, 20],
  ['wmi_event', SYSMON, 21],
  ['dns_query', SYSMON, 22],
  ['file_delete', SYSMON, 23],
  ['file_delete', SYSMON, 26],
  ['file_delete_detected', SYSMON, 26],
  ['clipboard_capture', SYSMON, 24],
  ['process_tampering', SYSMON, 25],
  ['file_block_executable', SYSMON, 27],
  ['file_block_shredding', SYSMON, 28],
  ['file_executable_detected', SYSMON, 29],
  ['sysmon_error', SYSMON, 255],
  ['ps_module', POWERSHELL, 4103],
  ['ps_script', POWERSHELL, 4104],
  ['ps_script', 'PowerShellCore/Operational', 4104],
  ['ps_classic_start', 'Windows PowerShell', 400],
  ['ps_classic_provider_start', 'Windows PowerShell', 600],
  ['ps_classic_script', 'Windows PowerShell', 800],
  ['antivirus', DEFENDER, 1116],
]

/** Service and channels. */
const SERVICES: Readonly<Record<string, readonly string[]>> = {
  application: ['Application'],
  security: ['Security'],
  system: ['System'],
  sysmon: [SYSMON],
  powershell: [POWERSHELL, 'PowerShellCore/Operational'],
  'powershell-classic': ['Windows PowerShell'],
  taskscheduler: ['Microsoft-Windows-TaskScheduler/Operational'],
  wmi: ['Microsoft-Windows-WMI-Activity/Operational'],
  'dns-server': ['DNS Server'],
  'dns-server-analytic': ['Microsoft-Windows-DNSServer/Analytical'],
  'dns-server-audit': ['Microsoft-Windows-DNSServer/Audit', 'Microsoft-Windows-DNS-Server/Audit'],
  'dns-client': [
    'Microsoft-Windows-DNS-Client/Operational',
    'Microsoft-Windows-DNS Client Events/Operational',
  ],
  'driver-framework': ['Microsoft-Windows-DriverFrameworks-UserMode/Operational'],
  'firewall-as': ['Microsoft-Windows-Windows Firewall With Advanced Security/Firewall'],
  'bits-client': ['Microsoft-Windows-Bits-Client/Operational'],
  'codeintegrity-operational': ['Microsoft-Windows-CodeIntegrity/Operational'],
  ldap: ['Microsoft-Windows-LDAP-Client/Debug'],
  openssh: ['OpenSSH/Operational'],
  'printservice-admin': ['Microsoft-Windows-PrintService/Admin'],
  'printservice-operational': ['Microsoft-Windows-PrintService/Operational'],
  'smbclient-security': ['Microsoft-Windows-SmbClient/Security'],
  'smbclient-connectivity': ['Microsoft-Windows-SmbClient/Connectivity'],
  'smbserver-connectivity': ['Microsoft-Windows-SMBServer/Connectivity'],
  'terminalservices-localsessionmanager': [
    'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
  ],
  windefend: [DEFENDER],
  'appxdeployment-server': ['Microsoft-Windows-AppXDeploymentServer/Operational'],
  'appxpackaging-om': ['Microsoft-Windows-AppxPackaging/Operational'],
  'appmodel-runtime': ['Microsoft-Windows-AppModel-Runtime/Admin'],
  'certificateservicesclient-lifecycle-system': [
    'Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational',
  ],
  capi2: ['Microsoft-Windows-CAPI2/Operational'],
  'diagnosis-scripted': ['Microsoft-Windows-Diagnosis-Scripted/Operational'],
  'iis-configuration': ['Microsoft-IIS-Configuration/Operational'],
  'lsa-server': ['Microsoft-Windows-LSA/Operational'],
  'msexchange-management': ['MSExchange Management'],
  ntlm: ['Microsoft-Windows-NTLM/Operational'],
  'security-mitigations': [
    'Microsoft-Windows-Security-Mitigations/KernelMode',
    'Microsoft-Windows-Security-Mitigations/UserMode',
  ],
  'shell-core': ['Microsoft-Windows-Shell-Core/Operational'],
  vhdmp: ['Microsoft-Windows-VHDMP-Operational', 'Microsoft-Windows-VHDMP/Operational'],
  applocker: [
    'Microsoft-Windows-AppLocker/EXE and DLL',
    'Microsoft-Windows-AppLocker/MSI and Script',
    'Microsoft-Windows-AppLocker/Packaged app-Deployment',
    'Microsoft-Windows-AppLocker/Packaged app-Execution',
  ],
  'hyper-v-worker': ['Microsoft-Windows-Hyper-V-Worker', 'Microsoft-Windows-Hyper-V-Worker-Admin'],
  'kernel-event-tracing': ['Microsoft-Windows-Kernel-EventTracing/Admin'],
  'kernel-shimengine': ['Microsoft-Windows-Kernel-ShimEngine/Operational'],
  sense: ['Microsoft-Windows-SENSE/Operational'],
  'microsoft-servicebus-client': ['Microsoft-ServiceBus-Client'],
  ntfs: ['Microsoft-Windows-Ntfs/Operational'],
  bitlocker: ['Microsoft-Windows-BitLocker/BitLocker Management'],
  dhcp: ['Microsoft-Windows-DHCP-Server/Operational'],
}

test.each(CATEGORIES)('%s of %s %i %s', (category, channel, id, operation = '') => {
  const source = windowsLogSource(channel, id, operation)
  expect(source.product).toBe('windows')
  expect(source.category).toContain(category)
})

test.each(
  Object.entries(SERVICES).flatMap(([service, channels]) => channels.map((c) => [service, c])),
)('%s of %s, in any case', (service, channel) => {
  for (const name of [channel!, channel!.toUpperCase()]) {
    expect(windowsLogSource(name, 9999, '')).toEqual({
      product: 'windows',
      category: [],
      service: [service!],
      closed: true,
    })
  }
})

/** No event log has these: kernel file tracing. */
const NOT_LOGGED = ['file_access', 'file_rename']
const sigmahq = await corpusFolder('sigmahq')

describe.skipIf(sigmahq === undefined)('SigmaHQ', () => {
  test('names no category or service of Windows that is not in the tables above', async () => {
    const known = new Set([...CATEGORIES.map(([name]) => name), ...Object.keys(SERVICES)])
    const missing = new Set<string>()
    for (const path of new Bun.Glob('{rules,rules-*}/**/*.yml').scanSync({ cwd: sigmahq! })) {
      const rule = Bun.YAML.parse(await Bun.file(`${sigmahq}/${path}`).text()) as {
        readonly logsource?: { readonly [name: string]: string }
      }
      const { product, category, service } = rule.logsource ?? {}
      if (product !== 'windows') continue
      for (const name of [category, service]) {
        if (name !== undefined && !known.has(name)) missing.add(name)
      }
    }
    expect([...missing].toSorted()).toEqual(NOT_LOGGED)
  })
})
