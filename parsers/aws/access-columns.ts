// Columns of AWS's access logs, in their order. Names are AWS's own where no other source has them.

/** Of application load balancers behind the type, and of classic ones, whose lines end earlier. */
export const ELB: readonly string[] = [
  ...['time', 'elb', 'client', 'target', 'request_processing_time', 'target_processing_time'],
  ...['response_processing_time', 'status', 'target_status_code', 'received_bytes', 'sent_bytes'],
  ...['request', 'user_agent', 'ssl_cipher', 'ssl_protocol', 'target_group_arn', 'trace_id'],
  ...['domain_name', 'chosen_cert_arn', 'matched_rule_priority', 'request_creation_time'],
  ...['actions_executed', 'redirect_url', 'error_reason', 'target_list', 'target_status_code_list'],
  ...['classification', 'classification_reason', 'conn_trace_id'],
]

/** Of network load balancers that end TLS. */
export const NLB: readonly string[] = [
  ...['type', 'version', 'time', 'elb', 'listener', 'client', 'target', 'connection_time'],
  ...['tls_handshake_time', 'received_bytes', 'sent_bytes', 'incoming_tls_alert'],
  ...['chosen_cert_arn', 'chosen_cert_serial', 'tls_cipher', 'tls_protocol_version'],
  ...['tls_named_group', 'domain_name', 'alpn_fe_protocol', 'alpn_be_protocol'],
  ...['alpn_client_preference_list', 'tls_connection_creation_time'],
]

/** Of S3's server access logs. */
export const S3: readonly string[] = [
  ...['bucket_owner', 'bucket', 'time', 'client', 'requester', 'request_id', 'operation', 'key'],
  ...['request', 'status', 'error_code', 'bytes_sent', 'object_size', 'total_time'],
  ...['turn_around_time', 'referer', 'user_agent', 'version_id', 'host_id', 'signature_version'],
  ...['cipher_suite', 'authentication_type', 'host_header', 'tls_version', 'access_point_arn'],
  ...['acl_required'],
]

/** Of the query logs of public hosted zones: the client is a resolver. */
export const ROUTE53: readonly string[] = [
  ...['version', 'time', 'hosted_zone_id', 'query', 'record_type', 'response_code', 'protocol'],
  ...['edge_location', 'client', 'edns_client_subnet'],
]
