// What Splunk's add-ons call the formats that parsers read: senders set these as `sourcetype`.
import type { ParserName } from './table.ts'

/** Sourcetype, or the start of one before `*`, and its parser; asked from the top. */
const SOURCETYPES: readonly (readonly [string, ParserName])[] = [
  ['aws:cloudtrail*', 'cloudtrail'],
  ['aws:cloudwatchlogs:vpcflow*', 'aws_vpcflow'],
  ['aws:cloudwatch:guardduty', 'aws_guardduty'],
  ['aws:guardduty', 'aws_guardduty'],
  ['aws:waf', 'aws_waf'],
  ['aws:s3:accesslogs', 'aws_access'],
  ['aws:elb:accesslogs', 'aws_access'],
  ['aws:cloudfront:accesslogs', 'iis'],
  ['oktaim2:log', 'okta'],
  ['google:gcp:pubsub:audit*', 'gcp_audit'],
  ['gws:reports*', 'gworkspace'],
  ['azure:monitor:activity', 'azure_activity'],
  ['azure:aad:signin', 'azure_signin'],
  ['azure:aad:audit', 'azure_audit'],
  ['o365:management:activity', 'm365'],
  ['github:cloud:audit', 'github'],
  ['github:enterprise:audit', 'github'],
  ['kube:apiserver-audit', 'kubernetes'],
  ['kube:audit', 'kubernetes'],
  ['cisco:asa', 'cisco_asa'],
  ['cisco:ios', 'cisco_ios'],
  ['pan:*', 'paloalto'],
  ['fgt_*', 'fortinet'],
  ['fortigate_*', 'fortinet'],
  ['fortinet:*', 'fortinet'],
  ['cp_log*', 'checkpoint'],
  ['pfsense*', 'pfsense'],
  ['linux_secure', 'linux_auth'],
  ['linux_audit', 'auditd'],
  ['linux:audit', 'auditd'],
  ['nginx:*', 'nginx'],
  ['apache:*', 'apache'],
  ['access_combined*', 'webserver'],
  ['ms:iis:*', 'iis'],
  ['iis', 'iis'],
  ['suricata*', 'suricata'],
  ['zeek:*', 'zeek'],
  ['bro:*', 'zeek'],
  ['corelight_*', 'zeek'],
  ['xmlwineventlog*', 'windows'],
  ['wineventlog*', 'windows'],
  ['squid:*', 'squid'],
  ['haproxy*', 'haproxy'],
  ['postfix*', 'postfix'],
  ['isc:bind:*', 'bind'],
  ['isc:dhcp', 'dhcpd'],
  ['openvpn*', 'openvpn'],
  ['wazuh*', 'wazuh'],
  ['cef', 'cef'],
  ['leef', 'leef'],
  ['syslog', 'syslog'],
]

/** The parser of a sourcetype, in any case; undefined for one that says nothing of the format. */
export function parserOfSourcetype(sourcetype: string): ParserName | undefined {
  const wanted = sourcetype.toLowerCase()
  return SOURCETYPES.find(([pattern]) =>
    pattern.endsWith('*') ? wanted.startsWith(pattern.slice(0, -1)) : wanted === pattern,
  )?.[1]
}
