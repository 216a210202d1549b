// What the programs of Linux authentication write, as templates, and what it means.
import type { EventLogSource } from '../../sigma/event.ts'
import { closedLogSource } from '../logsource.ts'
import { type KnownMessage, table } from './known.ts'
import { DROPBEAR, SSHD } from './ssh.ts'

const VSFTPD = table([
  ['[{user}] OK LOGIN: Client "{src_ip}"*', 'ftp_login', 'success'],
  ['[{user}] FAIL LOGIN: Client "{src_ip}"*', 'ftp_login', 'failure'],
  ['CONNECT: Client "{src_ip}"*', 'ftp_connection'],
  ['[{user}] OK {operation}: Client "{src_ip}"*', 'ftp_transfer', 'success'],
  ['[{user}] FAIL {operation}: Client "{src_ip}"*', 'ftp_transfer', 'failure'],
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
  ['BAD SU {user} to {target_user} on {tty}', 'su', 'failure'],
  ['failed: {tty} changing from {user} to {target_user}', 'su', 'failure'],
  ['succeeded: {tty} changing from {user} to {target_user}', 'su', 'success'],
  ["'su {target_user}' failed for {user} on {tty}", 'su', 'failure'],
  // The mark of UTF-8 in letters, as RFC 5424's examples have it.
  ["BOM'su {target_user}' failed for {user} on {tty}", 'su', 'failure'],
  ["'su {target_user}' succeeded for {user} on {tty}", 'su', 'success'],
  ['+ {tty} {user}:{target_user}', 'su', 'success'],
  ['- {tty} {user}:{target_user}', 'su', 'failure'],
  ['+ {tty} {user}-{target_user}', 'su', 'success'],
  ['- {tty} {user}-{target_user}', 'su', 'failure'],
  ['{user} to {target_user} on /dev/{tty}', 'su', 'success'],
])

const DOAS = table([
  ['{user} ran command {command>} as {target_user} from {cwd}', 'doas', 'success'],
  ['{user} ran command as {target_user}: {command}', 'doas', 'success'],
  ['failed auth for {user}', 'doas', 'failure'],
  ['failed command for {user}: {command}', 'doas', 'failure'],
  ['command not permitted for {user}: {command}', 'doas', 'failure'],
])

const CHECK_PASSWORD = table([
  ['password check failed for user ({user})', 'authentication', 'failure'],
  ['could not obtain user info ({user})', 'authentication', 'failure'],
])

const CRON = table([
  ['({user}) CMD ({command})', 'cron_command'],
  ['({user}) RELOAD ({command})', 'cron_reload'],
  ['({user}) REPLACE ({command})', 'cron_replace'],
  ['({user}) BEGIN EDIT ({command})', 'cron_edit'],
  ['({user}) END EDIT ({command})', 'cron_edit'],
  ['({user}) LIST ({command})', 'cron_list'],
  ['({user}) DELETE ({command})', 'cron_delete'],
  ['({user}) CMDOUT ({output})', 'cron_output'],
  ['({user}) CMDEND ({command})', 'cron_command_end'],
  ['({user}) AUTH ({reason})', 'cron_denied', 'failure'],
  ['({user}) {reason} (/{})', 'cron_error', 'failure'],
  ['USER {user} pid {} cmd {command}', 'cron_command'],
])

const ACCOUNTS = table([
  ['new user: {pairs}', 'user_added', 'success'],
  ['new group: {pairs}', 'group_added', 'success'],
  ['group added to {file}: {pairs}', 'group_added', 'success'],
  ["failed adding user '{target_user}'*", 'user_added', 'failure'],
  ['new account added - {pairs}', 'user_added', 'success'],
  ['account deleted - {pairs}', 'user_deleted', 'success'],
  ['account added to group - {pairs}', 'group_member_added', 'success'],
  ['account removed from group - {pairs}', 'group_member_removed', 'success'],
  ['new group added - {pairs}', 'group_added', 'success'],
  ["delete user '{target_user}'", 'user_deleted', 'success'],
  ["add '{target_user}' to group '{group}'", 'group_member_added', 'success'],
  ["add '{target_user}' to shadow group '{group}'", 'group_member_added', 'success'],
  ["delete '{target_user}' from group '{group}'", 'group_member_removed', 'success'],
  ["delete '{target_user}' from shadow group '{group}'", 'group_member_removed', 'success'],
  ["removed group '{group}' owned by '{target_user}'", 'group_deleted', 'success'],
  ["removed shadow group '{group}' owned by '{target_user}'", 'group_deleted', 'success'],
  ["removed group '{group}'", 'group_deleted', 'success'],
  ["removed shadow group '{group}'", 'group_deleted', 'success'],
  ["group '{group}' removed from {file}", 'group_deleted', 'success'],
  ["group '{group}' removed", 'group_deleted', 'success'],
  ['group changed in {file} (group {group}/{change})', 'group_changed', 'success'],
  ['group changed in {file} (group {group}, {change})', 'group_changed', 'success'],
  ["change user '{target_user}' password", 'password_changed', 'success'],
  ["lock user '{target_user}' password", 'user_locked', 'success'],
  ["unlock user '{target_user}' password", 'user_unlocked', 'success'],
  ["change user '{target_user}' {change}", 'user_changed', 'success'],
  ["change user name '{target_user}' to '{new_user}'", 'user_changed', 'success'],
  ["changed user '{target_user}' {change}", 'user_changed', 'success'],
  ["password for '{target_user}' changed by '{user}'", 'password_changed', 'success'],
  ['password for {target_user} changed by {user}', 'password_changed', 'success'],
  ['user {target_user} added by {user} to group {group}', 'group_member_added', 'success'],
  ['user {target_user} removed by {user} from group {group}', 'group_member_removed', 'success'],
  ['members of group {group} set by {user} to {members}', 'group_changed', 'success'],
  ["user '{user}' (login '{login}' on {tty}) switched to group '{group}'", 'group_switched'],
  ['changed password expiry for {target_user}', 'user_changed', 'success'],
])

const LOGIND = table([
  [
    "New session '{session}' of user '{user}' with class '{class}' and type '{type}'.",
    'session_opened',
    'success',
  ],
  ['New session {session} of user {user}.', 'session_opened', 'success'],
  ['Removed session {session}.', 'session_closed'],
  ['Session {session} logged out. {}', 'session_closed'],
  ['New seat {seat}.', 'seat_added'],
])

const LOGIN = table([
  ["ROOT LOGIN on '{tty}'*", 'login', 'success'],
  ['ROOT LOGIN ON {tty}*', 'login', 'success'],
  ['LOGIN ON {tty} BY {user} FROM {src_ip}', 'login', 'success'],
  ['LOGIN ON {tty} BY {user}*', 'login', 'success'],
  ['FAILED LOGIN {} FROM {src_ip} FOR {user}, {reason}', 'login', 'failure'],
  ['TOO MANY LOGIN TRIES ({}) FROM {src_ip} FOR {user}, {reason}', 'login', 'failure'],
  ["invalid password for '{user}' on '{tty}' from '{src_ip}'", 'login', 'failure'],
  ["invalid password for '{user}' on '{tty}'*", 'login', 'failure'],
  ["FAILED LOGIN ({}) on '{tty}' FOR '{user}', {reason}", 'login', 'failure'],
  ["FAILED LOGIN ({}) on '{tty}' from '{src_ip}' FOR '{user}', {reason}", 'login', 'failure'],
  ["{user} login on '{tty}' from '{src_ip}'*", 'login', 'success'],
  ["{user} login on '{tty}'*", 'login', 'success'],
])

const POLKIT = table([
  [
    'Operator of {polkit_session} successfully authenticated as unix-user:{user} to gain {} authorization for action {polkit_action} for {polkit_subject}',
    'polkit_authentication',
    'success',
  ],
  [
    'Operator of {polkit_session} FAILED to authenticate to gain authorization for action {polkit_action} for {polkit_subject} (owned by unix-user:{user})',
    'polkit_authentication',
    'failure',
  ],
])

const DUO = table([
  ["Successful Duo login for '{user}' from {src_ip}", 'duo_login', 'success'],
  ["Successful Duo login for '{user}'", 'duo_login', 'success'],
  ["Failed Duo login for '{user}' from {src_ip}", 'duo_login', 'failure'],
  ["Failed Duo login for '{user}'", 'duo_login', 'failure'],
  ["Aborted Duo login for '{user}' from {src_ip}*", 'duo_login', 'failure'],
  ["Skipped Duo login for '{user}' from {src_ip}*", 'duo_login'],
])

const PROFTPD = table([
  ['{} ({src_host}[{src_ip}]) - USER {user}: Login successful*', 'ftp_login', 'success'],
  ['{} ({src_host}[{src_ip}]) - USER {user} (Login failed): {reason}', 'ftp_login', 'failure'],
  ['{} ({src_host}[{src_ip}]) - USER {user}: no such user found*', 'ftp_login', 'failure'],
  ['{} ({src_host}[{src_ip}]) - FTP session opened*', 'ftp_connection'],
  ['{} ({src_host}[{src_ip}]) - FTP session closed*', 'ftp_disconnect'],
])

const PURE_FTPD = table([
  ['({}@{src_ip}) [INFO] {user} is now logged in', 'ftp_login', 'success'],
  ['({}@{src_ip}) [WARNING] Authentication failed for user [{user}]', 'ftp_login', 'failure'],
  ['({}@{src_ip}) [INFO] New connection*', 'ftp_connection'],
])

const DOVECOT = table([
  ['{service}-login: Login: user=<{user}>, {}rip={src_ip}, lip={dst_ip}*', 'mail_login', 'success'],
  [
    '{service}-login: {reason} (auth failed, {}: user=<{user}>, {}rip={src_ip}, lip={dst_ip}*',
    'mail_login',
    'failure',
  ],
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
  ['authentication success; {pairs}', 'authentication', 'success'],
  ['received for user {user}: {reason}', 'authentication', 'failure'],
  ['could not identify user (from getpwnam({user}))', 'authentication', 'failure'],
  ['auth could not identify password for [{user}]', 'authentication', 'failure'],
  ["access denied for user `{user}' from `{src_ip}'", 'authentication', 'failure'],
  [
    'Consecutive login failures for user {user} account temporarily locked',
    'account_locked',
    'failure',
  ],
  ['user {user} ({uid}) tally {tally}, deny {deny}', 'account_locked', 'failure'],
  ['new password not acceptable*', 'password_changed', 'failure'],
  ['{count} more authentication failures; {pairs}', 'authentication', 'failure'],
  ['{count} more authentication failure; {pairs}', 'authentication', 'failure'],
  ["user '{user}' granted access", 'authentication', 'success'],
  ["user '{user}' denied access {reason}", 'authentication', 'failure'],
  ["user `{user}' denied access {reason}", 'authentication', 'failure'],
  ['request {} failed: {reason}', 'authentication', 'failure'],
  ['user {user} authenticated as {principal}', 'authentication', 'success'],
  ['error trying to bind as user "{user_dn}" ({reason})', 'authentication', 'failure'],
  ['Accepted google_authenticator for {user}', 'authentication', 'success'],
  ['Invalid verification code for {user}', 'authentication', 'failure'],
  ['expired password for user {user} ({reason})', 'authentication', 'failure'],
  ['bad username [{user}]', 'authentication', 'failure'],
  ['conversation failed', 'authentication', 'failure'],
  ['User unknown', 'authentication', 'failure'],
  ['Failed to create session: {reason}', 'session_opened', 'failure'],
])

const SFTP = table([
  ['session opened for local user {user} from [{src_ip}]', 'sftp_session_opened', 'success'],
  ['session closed for local user {user} from [{src_ip}]', 'sftp_session_closed'],
])

const SSH_LOGIN = [...SSHD, ...DUO]

/** Messages and Sigma services by program. */
export const PROGRAMS: ReadonlyMap<
  string,
  { readonly services: readonly string[]; readonly messages: readonly KnownMessage[] }
> = new Map(
  Object.entries({
    sshd: { services: ['sshd', 'auth', 'syslog'], messages: SSH_LOGIN },
    'sshd-session': { services: ['sshd', 'auth', 'syslog'], messages: SSH_LOGIN },
    'sshd-auth': { services: ['sshd', 'auth', 'syslog'], messages: SSH_LOGIN },
    'internal-sftp': { services: ['sshd', 'auth', 'syslog'], messages: SFTP },
    'sftp-server': { services: ['sshd', 'auth', 'syslog'], messages: SFTP },
    dropbear: { services: ['sshd', 'auth', 'syslog'], messages: DROPBEAR },
    sudo: { services: ['sudo', 'auth', 'syslog'], messages: [] },
    su: { services: ['su', 'auth', 'syslog'], messages: SU },
    cron: { services: ['cron', 'auth', 'syslog'], messages: CRON },
    CRON: { services: ['cron', 'auth', 'syslog'], messages: CRON },
    crond: { services: ['cron', 'auth', 'syslog'], messages: CRON },
    CROND: { services: ['cron', 'auth', 'syslog'], messages: CRON },
    crontab: { services: ['cron', 'auth', 'syslog'], messages: CRON },
    'systemd-logind': { services: ['auth', 'syslog'], messages: LOGIND },
    login: { services: ['auth', 'syslog'], messages: LOGIN },
    doas: { services: ['auth', 'syslog'], messages: DOAS },
    unix_chkpwd: { services: ['auth', 'syslog'], messages: CHECK_PASSWORD },
    pkexec: { services: ['auth', 'syslog'], messages: PKEXEC },
    vsftpd: { services: ['vsftpd', 'auth', 'syslog'], messages: VSFTPD },
    proftpd: { services: ['auth', 'syslog'], messages: PROFTPD },
    'pure-ftpd': { services: ['auth', 'syslog'], messages: PURE_FTPD },
    dovecot: { services: ['auth', 'syslog'], messages: DOVECOT },
    login_duo: { services: ['auth', 'syslog'], messages: DUO },
    polkitd: { services: ['auth', 'syslog'], messages: POLKIT },
    guacd: { services: ['guacamole', 'syslog'], messages: [] },
    clamd: { services: ['clamav', 'syslog'], messages: [] },
    freshclam: { services: ['clamav', 'syslog'], messages: [] },
    ...Object.fromEntries(
      ['useradd', 'usermod', 'userdel', 'groupadd', 'groupmod', 'groupdel', 'gpasswd', 'passwd']
        .concat(['chpasswd', 'chage', 'chfn', 'chsh', 'newgrp', 'adduser', 'deluser'])
        .map((name) => [name, { services: [name, 'auth', 'syslog'], messages: ACCOUNTS }]),
    ),
    ...Object.fromEntries(
      ['runuser', 'sulogin', 'gdm-password', 'lightdm', 'gdm-launch-environment']
        .concat(['systemd-user', 'polkit-agent-helper-1', 'sssd'])
        .map((name) => [name, { services: ['auth', 'syslog'], messages: [] }]),
    ),
  }),
)

/** A Linux log source with these services. */
export function linux(services: readonly string[]): EventLogSource {
  return closedLogSource('linux', [], services)
}
