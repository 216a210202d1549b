// Which of Zeek's logs a record is when neither `_path` nor a header says: by columns that only it has.
import type { EventLogSource, Fields } from '../../sigma/event.ts'
import { closedLogSource } from '../logsource.ts'

/** Log and the columns that tell it; asked from the top. */
const TELLING: readonly (readonly [kind: string, ...columns: string[]])[] = [
  ['conn', 'conn_state'],
  ['conn', 'orig_pkts', 'resp_pkts'],
  ['dns', 'qtype_name'],
  ['dns', 'rcode_name'],
  ['dns', 'query', 'trans_id'],
  ['dns', 'trans_id', 'rtt'],
  ['dns', 'trans_id', 'AA'],
  ['sip', 'request_from'],
  ['sip', 'call_id'],
  ['http', 'trans_depth', 'request_body_len'],
  ['http', 'trans_depth', 'status_code'],
  ['http', 'method', 'host', 'uri'],
  ['smtp', 'helo'],
  ['smtp', 'mailfrom'],
  ['smtp', 'last_reply'],
  ['ssl', 'cipher', 'curve'],
  ['ssl', 'established', 'resumed'],
  ['ssl', 'version', 'established'],
  ['x509', 'certificate.serial'],
  ['x509', 'certificate', 'fingerprint'],
  ['files', 'fuid', 'tx_hosts'],
  ['files', 'fuid', 'seen_bytes'],
  ['ssh', 'auth_attempts'],
  ['ssh', 'client', 'server', 'kex_alg'],
  ['ssh', 'hasshVersion'],
  ['kerberos', 'request_type'],
  ['ntlm', 'server_nb_computer_name'],
  ['ntlm', 'domainname', 'username'],
  ['dce_rpc', 'endpoint', 'operation'],
  ['dce_rpc', 'named_pipe'],
  ['smb_mapping', 'share_type'],
  ['smb_cmd', 'command', 'tree'],
  ['smb_cmd', 'command', 'argument', 'version'],
  ['smb_files', 'times.modified'],
  ['smb_files', 'action', 'path', 'name'],
  ['smb_files', 'prev_name', 'path'],
  ['rdp', 'security_protocol'],
  ['rdp', 'cookie', 'result'],
  ['rfb', 'desktop_name'],
  ['rfb', 'client_major_version'],
  ['ftp', 'reply_code', 'command'],
  ['ftp', 'data_channel.passive'],
  ['dhcp', 'msg_types'],
  ['dhcp', 'assigned_ip'],
  ['snmp', 'community'],
  ['snmp', 'get_requests'],
  ['socks', 'request_p'],
  ['tunnel', 'tunnel_type'],
  ['dpd', 'failure_reason', 'analyzer'],
  ['analyzer', 'analyzer_kind'],
  ['radius', 'framed_addr'],
  ['radius', 'username', 'mac', 'result'],
  ['mysql', 'cmd', 'arg'],
  ['irc', 'nick'],
  ['irc', 'command', 'addl'],
  ['modbus', 'func'],
  ['dnp3', 'fc_request'],
  ['ntp', 'stratum'],
  ['intel', 'seen.indicator'],
  ['intel', 'seen'],
  ['pe', 'compile_ts'],
  ['pe', 'is_exe'],
  ['signatures', 'sig_id'],
  ['notice', 'note', 'msg'],
  ['weird', 'name', 'notice', 'peer'],
  ['weird', 'name', 'peer'],
  ['software', 'software_type'],
  ['capture_loss', 'percent_lost'],
  ['stats', 'pkts_proc'],
  ['traceroute', 'src', 'dst', 'proto'],
  ['ldap_search', 'scope', 'base_object'],
  ['ldap', 'message_id', 'opcode'],
  ['quic', 'server_scid'],
  ['websocket', 'client_protocols'],
  ['syslog', 'facility', 'severity', 'message'],
  ['known_services', 'port_proto'],
  ['known_certs', 'issuer_subject'],
]

const KNOWN: ReadonlySet<string> = new Set(TELLING.map(([kind]) => kind))

/** Whether a log is one that Zeek ships. */
export function isKnownKind(kind: string): boolean {
  return KNOWN.has(kind)
}

/** The log's name (`conn`), or undefined. */
export function kindOf(record: Fields): string | undefined {
  const path = record._path
  if (typeof path === 'string' && path !== '') return path
  return TELLING.find(([, ...columns]) => columns.every((name) => record[name] !== undefined))?.[0]
}

/** Sigma's categories that a log has the fields of. */
const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  conn: ['firewall'],
  dns: ['dns'],
  http: ['proxy', 'webserver'],
}

const logsources = new Map<string, EventLogSource>()
/** Names of logs remembered; senders may invent more. */
const KINDS_MAX = 256

/** Product zeek, the log as service. */
export function zeekLogSource(kind: string): EventLogSource {
  const known = logsources.get(kind)
  if (known !== undefined) return known
  if (logsources.size >= KINDS_MAX) logsources.clear()
  const made = closedLogSource('zeek', CATEGORIES[kind] ?? [], [kind])
  logsources.set(kind, made)
  return made
}
