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
