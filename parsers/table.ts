// The table of parsers. A new format is a file and a line here, above every format that would also take its
// lines: recognition asks from the top. Names, help and pick-lists come from it.
import { apache } from './apache.ts'
import { auditd } from './auditd.ts'
import { awsAccess } from './aws_access.ts'
import { awsGuardduty } from './aws_guardduty.ts'
import { awsVpcflow } from './aws_vpcflow.ts'
import { awsWaf } from './aws_waf.ts'
import { azureActivity, azureAudit, azureSignin } from './azure.ts'
import { bind } from './bind.ts'
import { cef } from './cef.ts'
import { checkpoint } from './checkpoint.ts'
import { ciscoAsa } from './cisco_asa.ts'
import { ciscoIos } from './cisco_ios.ts'
import { ciscoMeraki } from './cisco_meraki.ts'
import { cloudNetwork } from './cloud_network.ts'
import { cloudtrail } from './cloudtrail.ts'
import { dhcpd } from './dhcpd.ts'
import { docker } from './docker.ts'
import { endpoint } from './endpoint.ts'
import type { Parser } from './event.ts'
import { fortinet } from './fortinet.ts'
import { gcpAudit } from './gcp_audit.ts'
import { github } from './github.ts'
import { gworkspace } from './gworkspace.ts'
import { haproxy } from './haproxy.ts'
import { iis } from './iis.ts'
import { iptables } from './iptables.ts'
import { journald } from './journald.ts'
import { json } from './json.ts'
import { kubernetes } from './kubernetes.ts'
import { leef } from './leef.ts'
import { linuxAuth } from './linux_auth.ts'
import { logfmt } from './logfmt.ts'
import { m365 } from './m365.ts'
import { nginx } from './nginx.ts'
import { okta } from './okta.ts'
import { openvpn } from './openvpn.ts'
import { paloalto } from './paloalto.ts'
import { parsed } from './parsed.ts'
import { pfsense } from './pfsense.ts'
import { postfix } from './postfix.ts'
import { squid } from './squid.ts'
import { suricata } from './suricata.ts'
import { syslog } from './syslog.ts'
import { sysmonLinux } from './sysmon_linux.ts'
import { text } from './text.ts'
import { unbound } from './unbound.ts'
import { velociraptor } from './velociraptor.ts'
import { wazuh } from './wazuh.ts'
import { webserver } from './webserver.ts'
import { windows } from './windows.ts'
import { windowsDhcp } from './windows_dhcp.ts'
import { windowsDns } from './windows_dns.ts'
import { windowsFirewall } from './windows_firewall.ts'
import { zeek } from './zeek.ts'

export const PARSERS = {
  sysmon_linux: sysmonLinux,
  auditd,
  windows,
  suricata,
  wazuh,
  velociraptor,
  endpoint,
  parsed,
  zeek,
  journald,
  docker,
  cloudtrail,
  aws_guardduty: awsGuardduty,
  aws_waf: awsWaf,
  okta,
  cloud_network: cloudNetwork,
  gcp_audit: gcpAudit,
  gworkspace,
  kubernetes,
  azure_signin: azureSignin,
  azure_audit: azureAudit,
  azure_activity: azureActivity,
  m365,
  github,
  aws_vpcflow: awsVpcflow,
  aws_access: awsAccess,
  cef,
  leef,
  cisco_asa: ciscoAsa,
  cisco_ios: ciscoIos,
  cisco_meraki: ciscoMeraki,
  fortinet,
  paloalto,
  checkpoint,
  iptables,
  pfsense,
  squid,
  haproxy,
  bind,
  unbound,
  dhcpd,
  postfix,
  openvpn,
  windows_dhcp: windowsDhcp,
  windows_dns: windowsDns,
  windows_firewall: windowsFirewall,
  iis,
  linux_auth: linuxAuth,
  nginx,
  apache,
  webserver,
  logfmt,
  json,
  syslog,
  text,
} satisfies Record<string, Parser>

export type ParserName = keyof typeof PARSERS

/** Names of kinds of log: which parser reads a line is decided for each line. A kind whose formats have no
 * parser of their own yet is read by recognition, under its name as label. */
export const PARSER_GROUPS: Readonly<Record<string, readonly ParserName[]>> = {
  web: ['nginx', 'apache', 'webserver'],
  firewall: [
    'iptables',
    'cisco_asa',
    'fortinet',
    'paloalto',
    'checkpoint',
    'pfsense',
    'cisco_ios',
    'cisco_meraki',
    'windows_firewall',
  ],
  dns: ['bind', 'unbound', 'windows_dns'],
  dhcp: ['dhcpd', 'windows_dhcp'],
}

const NAMES: ReadonlyMap<string, Parser> = new Map(
  Object.values<Parser>(PARSERS).flatMap((parser) =>
    [parser.name, ...(parser.aliases ?? [])].map((name) => [name, parser] as const),
  ),
)

/** Parsers made of a mapping table: a content repository's table of the same name takes its place. */
export const MAPPED: ReadonlySet<ParserName> = new Set([
  ...(['cloudtrail', 'aws_guardduty', 'aws_waf', 'okta', 'gcp_audit', 'gworkspace'] as const),
  ...(['kubernetes', 'azure_signin', 'azure_audit', 'azure_activity', 'm365', 'github'] as const),
  ...(['zeek', 'wazuh', 'velociraptor', 'cloud_network'] as const),
])

/** Parsers by every name, in small letters, that stands for one or several. */
const LISTS: ReadonlyMap<string, readonly Parser[]> = new Map<string, readonly Parser[]>([
  ...[...NAMES].map(([name, parser]): [string, readonly Parser[]] => [name, [parser]]),
  ...Object.entries(PARSER_GROUPS).map(([name, members]): [string, readonly Parser[]] => [
    name,
    members.map((member) => PARSERS[member]),
  ]),
])
const NONE: readonly Parser[] = []

/** The parsers of a group's name (`web`), or of a parser's name or alias; none for any other name. */
export function parsersNamed(name: string): readonly Parser[] {
  return LISTS.get(name) ?? LISTS.get(name.toLowerCase()) ?? NONE
}

/** Every name that `--source`, `?source=` and `--log-type` accept as more than a label. */
export function parserNames(): readonly string[] {
  return [...NAMES.keys(), ...Object.keys(PARSER_GROUPS)]
}
