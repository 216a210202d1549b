// The file of authentications as older systems write it, and as shippers take it apart.
import { describe, expect, test } from 'bun:test'
import { type NormaliseOptions, normalise } from './normalise.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'UTC' }
const event = (text: string, source?: string) => normalise(text, { ...OPTIONS, source })

describe('what older and other systems write', () => {
  test.each([
    [
      'Jun  3 01:02:03 h sshd[7]: Failed password for invalid user eve from 2001:db8::7',
      { user: 'eve', src_ip: '2001:db8::7', outcome: 'failure' },
    ],
    [
      'Jun  3 01:02:03 h sshd[7]: Invalid user eve from 2001:db8::7',
      { user: 'eve', src_ip: '2001:db8::7' },
    ],
    [
      'Jun  3 01:02:03 h sshd[7]: Postponed publickey for invalid user eve from 192.0.2.7 port 9 ssh2',
      { user: 'eve', src_port: 9 },
    ],
    [
      "<34>1 2026-06-03T01:02:03.003Z h su - ID47 - BOM'su root' failed for eve on /dev/pts/8",
      { user: 'eve', process: 'su', outcome: 'failure' },
    ],
    [
      'Jun  3 01:02:03 h sshd[7]: ROOT LOGIN REFUSED FROM 192.0.2.7',
      { src_ip: '192.0.2.7', outcome: 'failure' },
    ],
    [
      'Jun  3 01:02:03 h sshd[7]: [ID 800047 auth.info] Failed none for eve from 192.0.2.7 port 9 ssh2',
      { user: 'eve', src_ip: '192.0.2.7', outcome: 'failure' },
    ],
    [
      'Jun  3 01:02:03 h sshd[7]: subsystem request for sftp by user eve failed, no such subsystem',
      { user: 'eve', outcome: 'failure' },
    ],
    [
      'Jun  3 01:02:03 h sshd[7]: Disconnecting invalid user eve 192.0.2.7 port 9: Change of username or service not allowed: (eve,ssh-connection) -> (a,ssh-connection) [preauth]',
      { user: 'eve', src_ip: '192.0.2.7', src_port: 9, outcome: 'failure' },
    ],
    [
      'Jun  3 01:02:03 h sshd[7]: error: kex_exchange_identification: banner line contains invalid characters',
      { action: 'ssh_negotiation', outcome: 'failure' },
    ],
    [
      'Jun  3 01:02:03 h sshd[7]: Disconnecting: Too many authentication failures for eve from 192.0.2.7 port 9 ssh2 [preauth]',
      { user: 'eve', src_ip: '192.0.2.7', action: 'ssh_login' },
    ],
    [
      'Jun  3 01:02:03 h sshd[7]: fatal: Unable to negotiate with 192.0.2.7: no matching cipher found.',
      { src_ip: '192.0.2.7', action: 'ssh_negotiation' },
    ],
    [
      'Jun  3 01:02:03 h sshd[7]: (pam_unix) authentication failure; logname= uid=0 tty=ssh rhost=192.0.2.7  user=eve',
      { user: 'eve', src_ip: '192.0.2.7', action: 'authentication', outcome: 'failure' },
    ],
    [
      'Jun  3 01:02:03 h su(pam_unix)[7]: authentication failure; logname= uid=5 tty= ruser=anna  user=root',
      { user: 'root', process: 'su', outcome: 'failure' },
    ],
    [
      'Jun  3 01:02:03 h imapd(pam_unix)[7]: 3 more authentication failures; rhost=192.0.2.7  user=eve',
      { user: 'eve', src_ip: '192.0.2.7', process: 'imapd', outcome: 'failure' },
    ],
    [
      'Jun  3 01:02:03 h sshd[7]: pam_faillock(sshd:auth): Consecutive login failures for user eve account temporarily locked',
      { user: 'eve', action: 'account_locked', outcome: 'failure' },
    ],
    [
      'Jun  3 01:02:03 h unix_chkpwd[7]: password check failed for user (eve)',
      { user: 'eve', action: 'authentication', outcome: 'failure' },
    ],
    [
      "Jun  3 01:02:03 h passwd[7]: password for 'eve' changed by 'root'",
      { user: 'root', action: 'password_changed' },
    ],
    [
      'Jun  3 01:02:03 h gpasswd[7]: user eve removed by root from group wheel',
      { user: 'root', action: 'group_member_removed' },
    ],
    [
      'Jun  3 01:02:03 h sshd-auth[7]: Failed password for invalid user eve from 192.0.2.7 port 9 ssh2',
      { user: 'eve', src_ip: '192.0.2.7', action: 'ssh_login', process: 'sshd-auth' },
    ],
    [
      'Jun  3 01:02:03 h groupmod[7]: group changed in /etc/group (group ops/1001, new name: admins)',
      { action: 'group_changed', outcome: 'success' },
    ],
    [
      'Fri Nov 20 10:11:12 2026 [pid 7] [eve] FAIL LOGIN: Client "192.0.2.7"',
      { user: 'eve', src_ip: '192.0.2.7', action: 'ftp_login', process: 'vsftpd' },
    ],
    ["Jun  3 01:02:03 h groupdel[7]: group 'ops' removed", { action: 'group_deleted' }],
    ["Jun  3 01:02:03 h userdel[7]: removed shadow group 'ops'", { action: 'group_deleted' }],
    ['Jun  3 01:02:03 h su: BAD SU eve to root on /dev/tty1', { user: 'eve', outcome: 'failure' }],
    ['Jun  3 01:02:03 h su: eve to root on /dev/tty1', { user: 'eve', outcome: 'success' }],
    [
      'Jun  3 01:02:03 h doas: eve ran command /bin/sh as root from /home/eve',
      { user: 'eve', action: 'doas', outcome: 'success' },
    ],
    [
      "Jun  3 01:02:03 h dropbear[7]: bad password attempt for 'eve' from 2001:db8::7:4022",
      { user: 'eve', src_ip: '2001:db8::7', src_port: 4022, outcome: 'failure' },
    ],
    [
      "Jun  3 01:02:03 h dropbear[7]: [7] Jun 03 01:02:03 Bad password attempt for 'eve' from 192.0.2.7:4022",
      { user: 'eve', src_ip: '192.0.2.7', src_port: 4022 },
    ],
    [
      'Jun  3 01:02:03 h dropbear[7]: Exit before auth from <192.0.2.7:4022>: Exited normally',
      { src_ip: '192.0.2.7', src_port: 4022, action: 'ssh_disconnect' },
    ],
    [
      '2026-06-03 01:02:03.500000-0700  h sshd[7]: Invalid user eve from 192.0.2.7 port 9',
      { user: 'eve', host: 'h', src_ip: '192.0.2.7' },
    ],
  ])('%s', (line, pivots) => {
    expect(event(line)).toMatchObject({ parser: 'linux_auth', pivots })
  })

  test('a program whose module is behind its name keeps its message', () => {
    const got = event('Jun  3 01:02:03 h su(pam_unix)[7]: session closed for user eve')
    expect(got.message).toBe('session closed for user eve')
    expect(got.fields).toMatchObject({ program: 'su', pam_module: 'pam_unix', pid: 7 })
  })
})

test('a message whose header Filebeat has taken apart is read with that header', () => {
  const document = {
    '@timestamp': '2026-11-20T10:00:00.500Z',
    log: { syslog: { appname: 'sudo', hostname: 'web-1', procid: '77' } },
    input: { type: 'log' },
    message: '   eve : TTY=none ; PWD=/ ; USER=root ; COMMAND=/usr/bin/id',
  }
  const got = event(JSON.stringify(document))
  expect(got).toMatchObject({
    parser: 'linux_auth',
    time: Date.parse('2026-11-20T10:00:00.500Z'),
    logsource: { service: ['sudo', 'auth', 'syslog'] },
    pivots: { host: 'web-1', user: 'eve', process: 'sudo', outcome: 'success' },
    fields: { COMMAND: '/usr/bin/id', USER: 'root', pid: 77 },
  })
  const line = '<86>Nov 20 10:00:00 db-1 su: FAILED SU (to root) eve on pts/1'
  const kept = { ...document, event: { original: line } }
  expect(event(JSON.stringify(kept)).pivots).toMatchObject({ host: 'db-1', user: 'eve' })
  const other = { ...document, log: { syslog: { appname: 'thing' } }, message: 'hello' }
  expect(event(JSON.stringify(other)).parser).toBe('json')
})

describe('a message without its program', () => {
  const named = (text: string) => event(text, 'linux_auth')
  test.each([
    [
      'Failed password for invalid user eve from 192.0.2.7 port 4711 ssh2',
      { process: 'sshd', user: 'eve', src_ip: '192.0.2.7', src_port: 4711, outcome: 'failure' },
    ],
    [
      'Accepted publickey for git from 192.0.2.8 port 22 ssh2: ED25519 SHA256:x',
      { process: 'sshd', user: 'git', src_ip: '192.0.2.8', outcome: 'success' },
    ],
    [
      'pam_unix(su:auth): authentication failure; logname=a uid=1 euid=0 tty=pts/1 ruser=a rhost=  user=root',
      { process: 'su', user: 'root', outcome: 'failure' },
    ],
    [
      'eve : TTY=pts/0 ; PWD=/home/eve ; USER=root ; COMMAND=/bin/sh',
      { process: 'sudo', user: 'eve', outcome: 'success' },
    ],
    [
      'new user: name=eve, UID=1001, GID=1001, home=/home/eve, shell=/bin/sh',
      { process: 'useradd', outcome: 'success' },
    ],
    ["delete user 'eve'", { process: 'userdel', outcome: 'success' }],
  ])('%s', (text, pivots) => {
    const got = named(text)
    expect(got.error).toBeUndefined()
    expect(got.message).toBe(text)
    expect(got.pivots).toMatchObject(pivots)
    expect(got.logsource.product).toBe('linux')
    expect(got.logsource.service).toContain('auth')
  })

  test('is not guessed: unknown ones stay as they are and say why', () => {
    const got = named('something happened to eve')
    expect(got).toMatchObject({ parser: 'unparsed', error: { code: 'linux-auth-no-header' } })
  })
})

describe('headers without a program', () => {
  test.each(['<86>Nov 20 10:11:12 h1 ', '<86>1 2026-11-20T10:11:12Z h1 - - - - '])(
    '%s',
    (header) => {
      const got = event(`${header}Failed password for eve from 192.0.2.7 port 9 ssh2`, 'linux_auth')
      expect(got).toMatchObject({
        parser: 'linux_auth',
        logsource: { product: 'linux', service: ['sshd', 'auth', 'syslog'] },
        pivots: {
          host: 'h1',
          process: 'sshd',
          user: 'eve',
          src_ip: '192.0.2.7',
          outcome: 'failure',
        },
      })
    },
  )
})

test.each([
  ['error: maximum authentication attempts exceeded for eve from 192.0.2.7 port 9 ssh2', 'failure'],
  ['Partial publickey for eve from 192.0.2.7 port 9 ssh2', undefined],
])('%s is known without its header', (text, outcome) => {
  const got = event(text)
  expect(got).toMatchObject({ parser: 'linux_auth', pivots: { user: 'eve', src_ip: '192.0.2.7' } })
  expect(got.pivots.outcome).toBe(outcome as string)
})

test.each([
  ["sshd: SSHD_LOGIN_FAILED: Login failed for user 'eve' from host '192.0.2.7'", 'failure'],
  ['sshd[7]: pam_radius_auth: pam_radius_auth: user eve successfully authenticated', 'success'],
  ['internal-sftp[7]: session opened for local user eve from [192.0.2.7]', 'success'],
])('%s', (text, outcome) => {
  expect(event(`Nov 20 10:11:12 h1 ${text}`)).toMatchObject({
    parser: 'linux_auth',
    pivots: { user: 'eve', outcome },
    fields: { user: 'eve' },
  })
})
