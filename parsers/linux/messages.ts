// What the programs of Linux authentication write, as templates, and what it means.
import type { EventLogSource } from '../../sigma/event.ts'
import { closedLogSource } from '../logsource.ts'
import { type Template, template } from '../template.ts'

/** The meaning of a message. */
export interface Meaning {
  readonly action: string
  readonly outcome?: 'success' | 'failure'
}

export interface KnownMessage extends Meaning {
  readonly fit: Template
}

type Row = readonly [source: string, action: string, outcome?: 'success' | 'failure']

function table(rows: readonly Row[]): readonly KnownMessage[] {
  return rows.map(([source, action, outcome]) => ({
    fit: template(source),
    action,
    ...(outcome === undefined ? {} : { outcome }),
  }))
}

const SSHD = table([
  ['Accepted {auth_method} for {user>} from {src_ip} port {src_port}*', 'ssh_login', 'success'],
  [
    'Failed {auth_method} for invalid user {user>} from {src_ip} port {src_port}*',
    'ssh_login',
    'failure',
  ],
  [
    'Failed {auth_method} for illegal user {user>} from {src_ip} port {src_port}*',
    'ssh_login',
    'failure',
  ],
  ['Failed {auth_method} for {user>} from {src_ip} port {src_port}*', 'ssh_login', 'failure'],
  ['Postponed {auth_method} for {user>} from {src_ip} port {src_port}*', 'ssh_login_postponed'],
  ['Partial {auth_method} for {user>} from {src_ip} port {src_port}*', 'ssh_login_partial'],
  ['Invalid user {user>} from {src_ip} port {src_port}*', 'ssh_invalid_user', 'failure'],
  ['Invalid user {user>} from {src_ip}*', 'ssh_invalid_user', 'failure'],
  ['Illegal user {user>} from {src_ip}*', 'ssh_invalid_user', 'failure'],
  [
    'Connection closed by authenticating user {user>} {src_ip} port {src_port}*',
    'ssh_disconnect',
    'failure',
  ],
  [
    'Connection closed by invalid user {user>} {src_ip} port {src_port}*',
    'ssh_disconnect',
    'failure',
  ],
  ['Connection closed by {src_ip} port {src_port}*', 'ssh_disconnect'],
  ['Connection closed by {src_ip}*', 'ssh_disconnect'],
  [
    'Connection reset by authenticating user {user>} {src_ip} port {src_port}*',
    'ssh_disconnect',
    'failure',
  ],
  [
    'Connection reset by invalid user {user>} {src_ip} port {src_port}*',
    'ssh_disconnect',
    'failure',
  ],
  ['Connection reset by {src_ip} port {src_port}*', 'ssh_disconnect'],
  [
    'Disconnected from authenticating user {user>} {src_ip} port {src_port}*',
    'ssh_disconnect',
    'failure',
  ],
  ['Disconnected from invalid user {user>} {src_ip} port {src_port}*', 'ssh_disconnect', 'failure'],
  ['Disconnected from user {user>} {src_ip} port {src_port}*', 'ssh_disconnect'],
  ['Disconnected from {src_ip} port {src_port}*', 'ssh_disconnect'],
  [
    'Disconnecting authenticating user {user>} {src_ip} port {src_port}: {reason}',
    'ssh_disconnect',
    'failure',
  ],
  [
    'Disconnecting invalid user {user>} {src_ip} port {src_port}: {reason}',
    'ssh_disconnect',
    'failure',
  ],
  ['Received disconnect from {src_ip} port {src_port}:{reason}', 'ssh_disconnect'],
  ['Received disconnect from {src_ip}: {reason}', 'ssh_disconnect'],
  ['Connection from {src_ip} port {src_port} on {dst_ip} port {dst_port}*', 'ssh_connection'],
  ['Connection from {src_ip} port {src_port}*', 'ssh_connection'],
  ['Did not receive identification string from {src_ip} port {src_port}*', 'ssh_no_identification'],
  ['Did not receive identification string from {src_ip}*', 'ssh_no_identification'],
  [
    'error: maximum authentication attempts exceeded for invalid user {user>} from {src_ip} port {src_port}*',
    'ssh_login',
    'failure',
  ],
  [
    'error: maximum authentication attempts exceeded for {user>} from {src_ip} port {src_port}*',
    'ssh_login',
    'failure',
  ],
  ['error: PAM: {reason} for illegal user {user>} from {src_ip}*', 'ssh_login', 'failure'],
  ['error: PAM: {reason} for invalid user {user>} from {src_ip}*', 'ssh_login', 'failure'],
  ['error: PAM: {reason} for {user>} from {src_ip}*', 'ssh_login', 'failure'],
  ['User {user>} from {src_ip} not allowed because {reason}', 'ssh_login', 'failure'],
  ['User {user>} not allowed because {reason}', 'ssh_login', 'failure'],
  ['ROOT LOGIN REFUSED FROM {src_ip} port {src_port}*', 'ssh_login', 'failure'],
  [
    'reverse mapping checking getaddrinfo for {src_host} [{src_ip}] failed{reason}',
    'ssh_reverse_mapping',
    'failure',
  ],
  ['Unable to negotiate with {src_ip} port {src_port}: {reason}', 'ssh_negotiation', 'failure'],
  [
    "Bad protocol version identification '{banner>}' from {src_ip} port {src_port}*",
    'ssh_negotiation',
    'failure',
  ],
  ['Server listening on {dst_ip} port {dst_port}*', 'ssh_server_started'],
  ['subsystem request for {subsystem} by user {user>}', 'ssh_subsystem'],
  [
    'Magic value check failed ({}) on obfuscated handshake from {src_ip} port {src_port}*',
    'ssh_negotiation',
    'failure',
  ],
  [
    'fatal: Timeout before authentication for connection from {src_ip} to {dst_ip}, pid = {}',
    'ssh_timeout',
    'failure',
  ],
  [
    'Timeout before authentication for connection from {src_ip} to {dst_ip}, pid = {}',
    'ssh_timeout',
    'failure',
  ],
  ['fatal: Timeout before authentication for {src_ip} port {src_port}*', 'ssh_timeout', 'failure'],
  ['fatal: Timeout before authentication for {src_ip}*', 'ssh_timeout', 'failure'],
  ['Timeout before authentication for {src_ip} port {src_port}*', 'ssh_timeout', 'failure'],
  [
    'ssh_dispatch_run_fatal: Connection from {} user {user>} {src_ip} port {src_port}: {reason}',
    'ssh_disconnect',
    'failure',
  ],
  [
    'ssh_dispatch_run_fatal: Connection from {src_ip} port {src_port}: {reason}',
    'ssh_disconnect',
    'failure',
  ],
  [
    'banner exchange: Connection from {src_ip} port {src_port}: {reason}',
    'ssh_negotiation',
    'failure',
  ],
  ['refused connect from {src_host>} ({src_ip})', 'ssh_refused', 'failure'],
  ['refused connect from {src_ip}*', 'ssh_refused', 'failure'],
  ['Starting session: {session} for {user>} from {src_ip} port {src_port}*', 'ssh_session'],
  ['Close session: user {user>} from {src_ip} port {src_port}*', 'ssh_session_closed'],
  ['error: Received disconnect from {src_ip} port {src_port}:{reason}', 'ssh_disconnect'],
  ['error: Received disconnect from {src_ip}: {reason}', 'ssh_disconnect'],
  ['input_userauth_request: invalid user {user>} [preauth]', 'ssh_invalid_user', 'failure'],
  ['input_userauth_request: invalid user {user}', 'ssh_invalid_user', 'failure'],
  ['Disconnecting: Too many authentication failures for {user>} [preauth]', 'ssh_login', 'failure'],
  [
    'maximum authentication attempts exceeded for invalid user {user>} from {src_ip} port {src_port}*',
    'ssh_login',
    'failure',
  ],
  [
    'maximum authentication attempts exceeded for {user>} from {src_ip} port {src_port}*',
    'ssh_login',
    'failure',
  ],
  ['fatal: Access denied for user {user>} by PAM account configuration*', 'ssh_login', 'failure'],
  ['Access denied for user {user>} by PAM account configuration*', 'ssh_login', 'failure'],
  [
    'drop connection #{} from [{src_ip}]:{src_port} on [{dst_ip}]:{dst_port} {reason}',
    'ssh_connection_dropped',
    'failure',
  ],
  [
    'Protocol major versions differ for {src_ip} port {src_port}: {reason}',
    'ssh_negotiation',
    'failure',
  ],
  ['Protocol major versions differ for {src_ip}: {reason}', 'ssh_negotiation', 'failure'],
  [
    'fatal: Unable to negotiate with {src_ip} port {src_port}: {reason}',
    'ssh_negotiation',
    'failure',
  ],
  [
    'Address {src_ip} maps to {src_host}, but this does not map back{reason}',
    'ssh_reverse_mapping',
  ],
])

const DROPBEAR = table([
  ["Password auth succeeded for '{user>}' from {src_ip>}:{src_port}", 'ssh_login', 'success'],
  ["Pubkey auth succeeded for '{user>}' with {} from {src_ip>}:{src_port}", 'ssh_login', 'success'],
  ["Bad password attempt for '{user>}' from {src_ip>}:{src_port}", 'ssh_login', 'failure'],
  ["Bad PAM password attempt for '{user>}' from {src_ip>}:{src_port}", 'ssh_login', 'failure'],
  ['Login attempt for nonexistent user from {src_ip>}:{src_port}', 'ssh_invalid_user', 'failure'],
  ['Child connection from {src_ip>}:{src_port}', 'ssh_connection'],
  ['Exit ({user}) from <{src_ip>}:{src_port}>: {reason}', 'ssh_disconnect'],
  ['Exit before auth from <{src_ip>}:{src_port}>: {reason}', 'ssh_disconnect', 'failure'],
])

const VSFTPD = table([
  ['[{user}] OK LOGIN: Client "{src_ip}"*', 'ftp_login', 'success'],
  ['[{user}] FAIL LOGIN: Client "{src_ip}"*', 'ftp_login', 'failure'],
  ['CONNECT: Client "{src_ip}"*', 'ftp_connection'],
])

const PKEXEC = table([
  [
    '{user}: Executing command [USER={target_user}] [TTY={tty}] [CWD={cwd}] [COMMAND={command>}]',
    'pkexec',
    'success',
  ],
  [
    '{user}: {reason} [USER={target_user}] [TTY={tty}] [CWD={cwd}] [COMMAND={command>}]',
    'pkexec',
    'failure',
  ],
])

const SU = table([
  ['Successful su for {target_user} by {user}', 'su', 'success'],
  ['FAILED su for {target_user} by {user}', 'su', 'failure'],
  ['FAILED SU (to {target_user}) {user} on {tty}', 'su', 'failure'],
  ['(to {target_user}) {user} on {tty}', 'su', 'success'],
])

const CRON = table([
  ['({user}) CMD ({command})', 'cron_command'],
  ['({user}) RELOAD ({command})', 'cron_reload'],
  ['({user}) REPLACE ({command})', 'cron_replace'],
  ['({user}) BEGIN EDIT ({command})', 'cron_edit'],
  ['({user}) END EDIT ({command})', 'cron_edit'],
  ['({user}) LIST ({command})', 'cron_list'],
])

const ACCOUNTS = table([
  ['new user: {pairs}', 'user_added', 'success'],
  ['new group: {pairs}', 'group_added', 'success'],
  ['group added to {file}: {pairs}', 'group_added', 'success'],
  ["failed adding user '{target_user}'*", 'user_added', 'failure'],
  ["delete user '{target_user}'", 'user_deleted', 'success'],
  ["add '{target_user}' to group '{group}'", 'group_member_added', 'success'],
  ["add '{target_user}' to shadow group '{group}'", 'group_member_added', 'success'],
  ["delete '{target_user}' from group '{group}'", 'group_member_removed', 'success'],
  ["delete '{target_user}' from shadow group '{group}'", 'group_member_removed', 'success'],
  ["removed group '{group}' owned by '{target_user}'", 'group_deleted', 'success'],
  ["change user '{target_user}' password", 'password_changed', 'success'],
  ["lock user '{target_user}' password", 'user_locked', 'success'],
  ["unlock user '{target_user}' password", 'user_unlocked', 'success'],
  ["change user '{target_user}' {change}", 'user_changed', 'success'],
  ['password for {target_user} changed by {user}', 'password_changed', 'success'],
  ['password for {target_user} changed by {user}', 'password_changed', 'success'],
  ['user {target_user} added by {user} to group {group}', 'group_member_added', 'success'],
  ['changed password expiry for {target_user}', 'user_changed', 'success'],
])

const LOGIND = table([
  ['New session {session} of user {user}.', 'session_opened', 'success'],
  ['Removed session {session}.', 'session_closed'],
  ['Session {session} logged out. {}', 'session_closed'],
  ['New seat {seat}.', 'seat_added'],
])

const LOGIN = table([
  ["ROOT LOGIN on '{tty}'*", 'login', 'success'],
  ['ROOT LOGIN ON {tty}*', 'login', 'success'],
  ['LOGIN ON {tty} BY {user}*', 'login', 'success'],
  ["FAILED LOGIN ({}) on '{tty}' FOR '{user}', {reason}", 'login', 'failure'],
  ["FAILED LOGIN ({}) on '{tty}' from '{src_ip}' FOR '{user}', {reason}", 'login', 'failure'],
])

/** What any program logs through PAM, behind `pam_unix(service:type): `. */
export const PAM = table([
  ['authentication failure; {pairs}', 'authentication', 'failure'],
  ['session opened for user {user}(uid={uid}) by (uid={by_uid})', 'session_opened', 'success'],
  ['session opened for user {user} by (uid={by_uid})', 'session_opened', 'success'],
  [
    'session opened for user {target_user}(uid={uid}) by {user}(uid={by_uid})',
    'session_opened',
    'success',
  ],
  ['session opened for user {target_user} by {user}(uid={by_uid})', 'session_opened', 'success'],
  ['session opened for user {user} by {}', 'session_opened', 'success'],
  ['session closed for user {user}', 'session_closed'],
  ['requirement {} not met by user "{user}"', 'authentication', 'failure'],
  ['check pass; user unknown', 'authentication', 'failure'],
  ['password changed for {target_user}', 'password_changed', 'success'],
  ['account {target_user} has expired (account expired)', 'authentication', 'failure'],
])

/** Messages and Sigma services by program. */
export const PROGRAMS: ReadonlyMap<
  string,
  { readonly services: readonly string[]; readonly messages: readonly KnownMessage[] }
> = new Map(
  Object.entries({
    sshd: { services: ['sshd', 'auth', 'syslog'], messages: SSHD },
    'sshd-session': { services: ['sshd', 'auth', 'syslog'], messages: SSHD },
    dropbear: { services: ['sshd', 'auth', 'syslog'], messages: DROPBEAR },
    sudo: { services: ['sudo', 'auth', 'syslog'], messages: [] },
    su: { services: ['su', 'auth', 'syslog'], messages: SU },
    cron: { services: ['cron', 'auth', 'syslog'], messages: CRON },
    CRON: { services: ['cron', 'auth', 'syslog'], messages: CRON },
    crond: { services: ['cron', 'auth', 'syslog'], messages: CRON },
    crontab: { services: ['cron', 'auth', 'syslog'], messages: CRON },
    'systemd-logind': { services: ['auth', 'syslog'], messages: LOGIND },
    login: { services: ['auth', 'syslog'], messages: LOGIN },
    pkexec: { services: ['auth', 'syslog'], messages: PKEXEC },
    vsftpd: { services: ['vsftpd', 'auth', 'syslog'], messages: VSFTPD },
    guacd: { services: ['guacamole', 'syslog'], messages: [] },
    clamd: { services: ['clamav', 'syslog'], messages: [] },
    freshclam: { services: ['clamav', 'syslog'], messages: [] },
    ...Object.fromEntries(
      ['useradd', 'usermod', 'userdel', 'groupadd', 'groupmod', 'groupdel', 'gpasswd', 'passwd']
        .concat(['chpasswd', 'chage', 'chfn', 'chsh', 'newgrp', 'adduser', 'deluser'])
        .map((name) => [name, { services: [name, 'auth', 'syslog'], messages: ACCOUNTS }]),
    ),
    ...Object.fromEntries(
      ['polkitd', 'runuser', 'sulogin', 'gdm-password', 'lightdm', 'gdm-launch-environment']
        .concat(['systemd-user', 'polkit-agent-helper-1', 'unix_chkpwd', 'sssd', 'doas'])
        .map((name) => [name, { services: ['auth', 'syslog'], messages: [] }]),
    ),
  }),
)

/** A Linux log source with these services. */
export function linux(services: readonly string[]): EventLogSource {
  return closedLogSource('linux', [], services)
}
