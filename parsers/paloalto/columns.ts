// Columns of PAN-OS logs by type, in the order of the syslog field descriptions of PAN-OS 9 to 11. `_` is a
// column without a meaning; later versions only append.
import { asKey } from '../names.ts'

const HEAD = '_ receive_time serial type subtype _ generated_time'
const GROUPS =
  'dg_hier_level_1 dg_hier_level_2 dg_hier_level_3 dg_hier_level_4 vsys_name device_name'
const SESSION =
  'src dst natsrc natdst rule srcuser dstuser app vsys from to inbound_if outbound_if logset _ sessionid repeatcnt sport dport natsport natdport flags proto action'
const DEVICES =
  'src_category src_profile src_model src_vendor src_osfamily src_osversion src_host src_mac dst_category dst_profile dst_model dst_vendor dst_osfamily dst_osversion dst_host dst_mac container_id pod_namespace pod_name src_edl dst_edl hostid serialnumber'
const APP =
  'subcategory_of_app category_of_app technology_of_app risk_of_app characteristic_of_app container_of_app tunneled_app is_saas_of_app sanctioned_state_of_app'

const TRAFFIC = `${HEAD} ${SESSION} bytes bytes_sent bytes_received packets start elapsed category _ seqno actionflags srcloc dstloc _ pkts_sent pkts_received session_end_reason ${GROUPS} action_source src_uuid dst_uuid tunnelid monitortag parent_session_id parent_start_time tunnel assoc_id chunks chunks_sent chunks_received rule_uuid http2_connection link_change_count policy_id link_switches sdwan_cluster sdwan_device_type sdwan_cluster_type sdwan_site dynusergroup_name xff_ip ${DEVICES} src_dag dst_dag session_owner high_res_timestamp nsdsai_sst nsdsai_sd ${APP.replace('tunneled_app ', '')} offloaded flow_type cluster_name`
const THREAT = `${HEAD} ${SESSION} misc threatid category severity direction seqno actionflags srcloc dstloc _ contenttype pcap_id filedigest cloud url_idx user_agent filetype xff referer sender subject recipient reportid ${GROUPS} _ src_uuid dst_uuid http_method tunnelid monitortag parent_session_id parent_start_time tunnel thr_category contentver _ assoc_id ppid http_headers url_category_list rule_uuid http2_connection dynusergroup_name xff_ip ${DEVICES} domain_edl src_dag dst_dag partial_hash high_res_timestamp reason justification nsdsai_sst ${APP} cloud_reportid cluster_name flow_type`
const TUNNEL = `${HEAD} ${SESSION} severity seqno actionflags srcloc dstloc ${GROUPS} tunnelid monitortag parent_session_id parent_start_time tunnel bytes bytes_sent bytes_received packets pkts_sent pkts_received max_encap unknown_proto strict_check tunnel_fragment sessions_created sessions_closed session_end_reason action_source start elapsed tunnel_insp_rule remote_user_ip remote_user_id rule_uuid pcap_id dynusergroup_name src_edl dst_edl high_res_timestamp`
const DECRYPTION = `${HEAD} ${SESSION} tunnel _ _ src_uuid dst_uuid rule_uuid hs_stage_c2f hs_stage_f2s tls_version tls_keyxchg tls_enc tls_auth policy_name ec_curve err_index root_status chain_status proxy_type cert_serial fingerprint notbefore notafter cert_ver cert_size cn_len issuer_len rootcn_len sni_len cert_flags cn issuer_cn root_cn sni error container_id pod_namespace pod_name src_edl dst_edl src_dag dst_dag high_res_timestamp ${DEVICES.slice(0, DEVICES.indexOf(' container_id'))} seqno actionflags ${GROUPS} vsys_id ${APP}`

const CONFIG_HEAD = `${HEAD} host vsys cmd admin client result path`

const SOURCES = {
  TRAFFIC,
  THREAT,
  URL: THREAT,
  DATA: THREAT,
  WILDFIRE: THREAT,
  SYSTEM: `${HEAD} vsys eventid object _ _ module severity opaque seqno actionflags ${GROUPS} _ _ high_res_timestamp`,
  CONFIG: `${CONFIG_HEAD} seqno actionflags ${GROUPS} dg_id comment _ high_res_timestamp`,
  HIPMATCH: `${HEAD} srcuser vsys machinename os src matchname repeatcnt matchtype _ _ seqno actionflags ${GROUPS} vsys_id srcipv6 hostid serialnumber mac high_res_timestamp cluster_name`,
  'HIP-MATCH': '',
  USERID: `${HEAD} vsys ip user datasourcename eventid repeatcnt timeout beginport endport datasource datasourcetype seqno actionflags ${GROUPS} vsys_id factortype factorcompletiontime factorno ugflags userbysource tag_name high_res_timestamp origindatasource _ cluster_name`,
  GLOBALPROTECT: `${HEAD} vsys eventid stage auth_method tunnel_type srcuser srcregion machinename public_ip public_ipv6 private_ip private_ipv6 hostid serialnumber client_ver client_os client_os_ver repeatcnt reason error opaque status location login_duration connect_method error_code portal seqno actionflags high_res_timestamp selection_type response_time priority attempted_gateways gateway ${GROUPS} vsys_id cluster_name`,
  AUTHENTICATION: `${HEAD} vsys ip user normalize_user object authpolicy repeatcnt authid vendor logset serverprofile desc clienttype event factorno seqno actionflags ${GROUPS} vsys_id authproto rule_uuid high_res_timestamp src_category src_profile src_model src_vendor src_osfamily src_osversion src_host src_mac region _ user_agent session_id cluster_name`,
  AUTH: '',
  DECRYPTION,
  TUNNEL,
  START: TUNNEL,
  END: TUNNEL,
  GTP: `${HEAD} src dst _ _ rule _ _ app vsys from to inbound_if outbound_if logset _ sessionid _ sport dport _ _ _ proto action event_type msisdn apn rat msg_type end_ip_addr teid1 teid2 gtp_interface cause_code severity mcc mnc area_code cell_id event_code _ _ srcloc dstloc _ _ _ _ _ _ _ tunnelid monitortag`,
  SCTP: `${HEAD} src dst _ _ rule _ _ _ vsys from to inbound_if outbound_if logset _ sessionid repeatcnt sport dport _ _ _ _ proto action ${GROUPS} seqno _ assoc_id ppid severity sctp_chunk_type _ verif_tag_1 verif_tag_2 sctp_cause_code diam_app_id diam_cmd_code diam_avp_code stream_id assoc_end_reason op_code sccp_calling_ssn sccp_calling_gt sctp_filter chunks chunks_sent chunks_received packets pkts_sent pkts_received rule_uuid high_res_timestamp`,
  IPTAG: `${HEAD} vsys ip tag_name eventid repeatcnt timeout datasourcename datasourcetype datasource_subtype seqno actionflags ${GROUPS} vsys_id high_res_timestamp cluster_name`,
  CORRELATION: `${HEAD} src srcuser vsys category severity ${GROUPS} vsys_id objectname object_id evidence`,
  'AUDIT-LOG': 'serial receive_time type _ subtype admin cmd result',
  AUDIT: `${HEAD} _ _ _ _ _ _ eventid object _ _ opaque seqno`,
}

/** A type of log: the third word of its lines. */
export type PanType = keyof typeof SOURCES

const COLUMNS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    ...SOURCES,
    'HIP-MATCH': SOURCES.HIPMATCH,
    AUTH: SOURCES.AUTHENTICATION,
  }).map(([type, names]) => [type, names.split(' ').map(asKey)]),
)
/** Types of logs, as devices write them. */
export const TYPES: ReadonlySet<string> = new Set(COLUMNS.keys())

const CONFIG_WITH_CHANGES = SOURCES.CONFIG.replace(
  ' path ',
  ' path before_change_detail after_change_detail ',
)
  .split(' ')
  .map(asKey)
const CONFIG_SEQUENCE_COLUMN = CONFIG_HEAD.split(' ').length

/** The names of the columns of a line of this type; undefined for an unknown type. */
export function panColumns(type: string, values: readonly string[]): readonly string[] | undefined {
  if (type !== 'CONFIG') return COLUMNS.get(type)
  // Lines with the change's details have two columns more in front of the sequence number.
  const flags = values[CONFIG_SEQUENCE_COLUMN + 1] ?? ''
  const plain = values.length <= CONFIG_SEQUENCE_COLUMN || flags.startsWith('0x') || flags === ''
  return plain ? COLUMNS.get(type) : CONFIG_WITH_CHANGES
}
