import { describe, expect, test } from 'bun:test'
import { testLines } from '../test/support/parser-lines.ts'
import { type NormaliseOptions, normalise } from './normalise.ts'
import { template } from './template.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'UTC' }
const event = (text: string, source?: string) => normalise(text, { ...OPTIONS, source })

describe('sshd', () => {
  test.each([
    [
      'Accepted publickey for anna from 203.0.113.7 port 50022 ssh2: ED25519 SHA256:abc',
      {
        user: 'anna',
        src_ip: '203.0.113.7',
        src_port: 50022,
        action: 'ssh_login',
        outcome: 'success',
      },
    ],
    [
      'Failed password for root from 2001:db8::5 port 4242 ssh2',
      {
        user: 'root',
        src_ip: '2001:db8::5',
        src_port: 4242,
        action: 'ssh_login',
        outcome: 'failure',
      },
    ],
    [
      'Failed password for invalid user guest from 203.0.113.7 port 50022 ssh2',
      { user: 'guest', src_ip: '203.0.113.7', outcome: 'failure' },
    ],
    [
      'Failed password for invalid user x from 198.51.100.1 port 1 from 203.0.113.7 port 50022 ssh2',
      { user: 'x from 198.51.100.1 port 1', src_ip: '203.0.113.7', src_port: 50022 },
    ],
    ['Invalid user admin from 203.0.113.7', { user: 'admin', src_ip: '203.0.113.7' }],
    ['Invalid user  from 203.0.113.7 port 99', { src_ip: '203.0.113.7', src_port: 99 }],
    [
      'Connection closed by authenticating user root 203.0.113.7 port 40404 [preauth]',
      { user: 'root', src_ip: '203.0.113.7', src_port: 40404, action: 'ssh_disconnect' },
    ],
    [
      'Received disconnect from 203.0.113.7 port 40404:11: Bye Bye [preauth]',
      { src_ip: '203.0.113.7', src_port: 40404 },
    ],
    ['Disconnected from user anna 203.0.113.7 port 40404', { user: 'anna', src_port: 40404 }],
    [
      'Connection from 203.0.113.7 port 40404 on 10.0.0.2 port 22 rdomain ""',
      { src_ip: '203.0.113.7', dst_ip: '10.0.0.2', dst_port: 22 },
    ],
    [
      'message repeated 3 times: [ Failed password for root from 203.0.113.7 port 4242 ssh2]',
      { user: 'root', src_ip: '203.0.113.7', outcome: 'failure' },
    ],
    [
      'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.7  user=root',
      { user: 'root', src_ip: '203.0.113.7', action: 'authentication', outcome: 'failure' },
    ],
    [
      'PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.7  user=root',
      { user: 'root', src_ip: '203.0.113.7', outcome: 'failure' },
    ],
    [
      'pam_unix(sshd:session): session opened for user anna(uid=1000) by (uid=0)',
      { user: 'anna', action: 'session_opened', outcome: 'success' },
    ],
  ])('%s', (message, pivots) => {
    const got = event(`Nov 21 11:50:01 bastion sshd[4321]: ${message}`)
    expect(got).toMatchObject({
      parser: 'linux_auth',
      message,
      time: Date.parse('2026-11-21T11:50:01Z'),
      logsource: { product: 'linux', service: ['sshd', 'auth', 'syslog'], closed: true },
      pivots: { host: 'bastion', process: 'sshd', ...pivots },
      fields: { program: 'sshd', pid: 4321, hostname: 'bastion' },
    })
  })

  test('every header form, and none, gives the same meaning', () => {
    const message = 'Failed password for root from 203.0.113.7 port 4242 ssh2'
    for (const header of [
      'Nov 21 11:50:01 h sshd[9]: ',
      '<38>Nov 21 11:50:01 h sshd[9]: ',
      '2026-11-21T11:50:01.5+00:00 h sshd[9]: ',
      '<38>1 2026-11-21T11:50:01Z h sshd 9 - - ',
      'Nov 21 11:50:01 sshd[9]: ',
      'sshd[9]: ',
    ]) {
      const got = event(header + message)
      expect(got).toMatchObject({ parser: 'linux_auth', message, pivots: { outcome: 'failure' } })
    }
  })
})

describe('other programs', () => {
  test.each([
    [
      'sudo',
      '    anna : TTY=pts/1 ; PWD=/home/anna ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow ; x',
      { user: 'anna', action: 'sudo', outcome: 'success' },
      { USER: 'root', PWD: '/home/anna', COMMAND: '/usr/bin/cat /etc/shadow ; x' },
      ['sudo', 'auth', 'syslog'],
    ],
    [
      'sudo',
      'bob : 3 incorrect password attempts ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
      { user: 'bob', outcome: 'failure' },
      { reason: '3 incorrect password attempts', USER: 'root' },
      ['sudo', 'auth', 'syslog'],
    ],
    [
      'su',
      'FAILED su for root by bob',
      { user: 'bob', outcome: 'failure' },
      { target_user: 'root' },
      ['su', 'auth', 'syslog'],
    ],
    [
      'CRON',
      '(root) CMD (   cd / && run-parts /etc/cron.hourly)',
      { user: 'root' },
      { action: 'cron_command' },
      ['cron', 'auth', 'syslog'],
    ],
    [
      'useradd',
      'new user: name=eve, UID=1002, GID=1002, home=/home/eve, shell=/bin/bash, from=/dev/pts/1',
      { user: 'eve', action: 'user_added' },
      { UID: '1002', shell: '/bin/bash' },
      ['useradd', 'auth', 'syslog'],
    ],
    [
      'usermod',
      "add 'eve' to group 'sudo'",
      { user: 'eve', action: 'group_member_added' },
      { group: 'sudo' },
      ['usermod', 'auth', 'syslog'],
    ],
    [
      'passwd',
      'pam_unix(passwd:chauthtok): password changed for eve',
      { user: 'eve', action: 'password_changed' },
      {},
      ['passwd', 'auth', 'syslog'],
    ],
    [
      'systemd-logind',
      'New session 12 of user anna.',
      { user: 'anna', action: 'session_opened' },
      { session: '12' },
      ['auth', 'syslog'],
    ],
    [
      'login',
      "FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure",
      { user: 'root', outcome: 'failure' },
      {},
      ['auth', 'syslog'],
    ],
  ])('%s: %s', (program, message, pivots, fields, service) => {
    const got = event(`Nov 21 11:50:01 h ${program}[1]: ${message}`)
    expect(got).toMatchObject({ parser: 'linux_auth', pivots, fields })
    expect(got.logsource.service).toEqual(service)
  })

  test('the old form of PAM names its module at the program', () => {
    const line =
      'Nov 21 11:50:01 h sshd(pam_unix)[7]: authentication failure; logname= uid=0 rhost=203.0.113.7  user=root'
    expect(event(line)).toMatchObject({
      parser: 'linux_auth',
      logsource: { service: ['sshd', 'auth', 'syslog'] },
      pivots: { user: 'root', src_ip: '203.0.113.7', outcome: 'failure' },
    })
  })

  test('lines of other programs belong to the file when its name is given', () => {
    const line = 'Nov 21 11:50:01 h dbus-daemon[1]: something'
    expect(event(line).parser).toBe('syslog')
    expect(event(line, 'sudo')).toMatchObject({ parser: 'linux_auth', source: 'sudo' })
  })
})

test.each([
  ['a {x} b', 'a 1 b', { x: '1' }],
  ['a {x} b', 'a 1 c', undefined],
  ['{x>} from {y}', 'a from b from c', { x: 'a from b', y: 'c' }],
  ['exact', 'exact', {}],
  ['exact', 'exactly', undefined],
  ['start*', 'started', {}],
  ['p {x}*', 'p 12: rest', { x: '12' }],
])('template %s on %s', (source, message, values) => {
  expect(template(source)(message)).toEqual(values)
})

testLines('linux_auth', [
  [
    'Nov 20 10:11:12 h su[9]: pam_unix(su:auth): authentication failure; logname=anna uid=1 euid=0 tty=pts/0 ruser=anna rhost=192.0.2.9  user=root',
    {
      pivots: { src_ip: '192.0.2.9', outcome: 'failure' },
      fields: { pam_message: 'authentication failure', pam_user: 'root', pam_rhost: '192.0.2.9' },
    },
  ],
  [
    'Nov 20 10:11:12 h sudo: pam_unix(sudo:session): session opened for user root by anna(uid=1000)',
    { pivots: { user: 'anna' }, fields: { target_user: 'root', by_uid: '1000' } },
  ],
  [
    'Nov 20 10:11:12 h sudo: pam_unix(sudo:session): session opened for user root(uid=0) by (uid=0)',
    { pivots: { user: 'root' } },
  ],
  [
    "Nov 20 10:11:12 h dropbear[5]: Bad password attempt for 'root' from 192.0.2.9:51511",
    { pivots: { user: 'root', src_ip: '192.0.2.9', src_port: 51511, outcome: 'failure' } },
  ],
  [
    'Nov 20 10:11:12 h pkexec[5]: anna: Executing command [USER=root] [TTY=pts/0] [CWD=/home] [COMMAND=/bin/sh -c [x]]',
    { pivots: { user: 'anna', action: 'pkexec' }, fields: { command: '/bin/sh -c [x]' } },
  ],
  [
    'Nov 20 10:11:12 h vsftpd[5]: [anna] FAIL LOGIN: Client "192.0.2.9"',
    { pivots: { user: 'anna', src_ip: '192.0.2.9', outcome: 'failure' } },
  ],
  [
    'Nov 20 10:11:12 h sshd[5]: Timeout before authentication for connection from 192.0.2.9 to 198.51.100.7, pid = 6',
    { pivots: { src_ip: '192.0.2.9', dst_ip: '198.51.100.7' } },
  ],
  [
    'Nov 20 10:11:12 h sshd[5]: refused connect from host.example (192.0.2.9)',
    { pivots: { src_ip: '192.0.2.9' }, fields: { src_host: 'host.example' } },
  ],
  [
    'Nov 20 10:11:12 h sshd[5]: drop connection #10 from [192.0.2.9]:51511 on [198.51.100.7]:22 past MaxStartups',
    { pivots: { src_ip: '192.0.2.9', src_port: 51511, dst_port: 22 } },
  ],
  ['Nov 20 10:11:12 h groupadd[5]: new group: name=ops, GID=1005', { fields: { group: 'ops' } }],
])

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
