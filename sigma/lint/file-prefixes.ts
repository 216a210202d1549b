// How SigmaHQ begins the names of files, by log source.
import type { LogSource } from '../rule.ts'

/** By `product/category/service`. */
const OF_SOURCE: Readonly<Record<string, string>> = {
  'windows/process_creation/': 'proc_creation_win_',
  'linux/process_creation/': 'proc_creation_lnx_',
  'macos/process_creation/': 'proc_creation_macos_',
  'windows/network_connection/': 'net_connection_win_',
  'linux/network_connection/': 'net_connection_lnx_',
  'windows/file_access/': 'file_access_win_',
  'windows/file_change/': 'file_change_win_',
  'windows/file_delete/': 'file_delete_win_',
  'windows/file_event/': 'file_event_win_',
  'windows/file_executable_detected/': 'file_executable_detected_win_',
  'windows/file_rename/': 'file_rename_win_',
  'linux/file_event/': 'file_event_lnx_',
  'macos/file_event/': 'file_event_macos_',
  'windows/registry_set/': 'registry_set_',
  'windows/registry_event/': 'registry_event_',
  'windows/registry_add/': 'registry_add_',
  'windows/registry_delete/': 'registry_delete_',
  'windows/image_load/': 'image_load_',
  'windows/driver_load/': 'driver_load_win_',
  'windows/dns_query/': 'dns_query_win_',
  'windows/pipe_created/': 'pipe_created_',
  'windows/process_access/': 'proc_access_win_',
  'windows/process_tampering/': 'proc_tampering_',
  'windows/raw_access_thread/': 'raw_access_thread_',
  'windows/create_remote_thread/': 'create_remote_thread_win_',
  'windows/create_stream_hash/': 'create_stream_hash_',
  'windows/wmi_event/': 'sysmon_wmi_',
  'windows/ps_script/': 'posh_ps_',
  'windows/ps_module/': 'posh_pm_',
  'windows/ps_classic_start/': 'posh_pc_',
  'windows/ps_classic_provider_start/': 'posh_pc_',
  'windows//powershell-classic': 'posh_pc_',
  'windows//security': 'win_security_',
  'windows//system': 'win_system_',
  'windows//sysmon': 'sysmon_',
  'linux//auditd': 'lnx_auditd_',
  '/antivirus/': 'av_',
  '/database/': 'db_',
  '/dns/': 'net_dns_',
  '/firewall/': 'net_firewall_',
  '/proxy/': 'proxy_',
  '/webserver/': 'web_',
  'jvm/application/': 'java_',
  'opencanary/application/': 'opencanary_',
  'rpc_firewall/application/': 'rpc_firewall_',
  'kubernetes/application/audit': 'kubernetes_audit_',
}
/** By product, for the services that have no own. */
const OF_PRODUCT: Readonly<Record<string, string>> = {
  aws: 'aws_',
  azure: 'azure_',
  bitbucket: 'bitbucket_audit_',
  cisco: 'cisco_',
  fortigate: 'fortinet_fortigate_',
  gcp: 'gcp_',
  github: 'github_',
  kubernetes: 'kubernetes_',
  linux: 'lnx_',
  m365: 'microsoft365_',
  okta: 'okta_',
  onelogin: 'onelogin_',
  windows: 'win_',
  zeek: 'zeek_',
}

/** How SigmaHQ would begin the file name of a rule; undefined where it has no custom. */
export function fileNamePrefix(source: LogSource): string | undefined {
  const { product = '', category = '', service = '' } = source
  const own = OF_SOURCE[`${product}/${category}/${service}`]
  return own ?? (category === '' ? OF_PRODUCT[product] : undefined)
}
