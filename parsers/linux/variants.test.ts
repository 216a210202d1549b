// Lines of Linux authentication as distributions, journals and collectors vary them.
import { describe, expect, test } from 'bun:test'
import { testLines } from '../../test/support/parser-lines.ts'
import { type NormaliseOptions, normalise } from '../normalise.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'UTC' }
const event = (text: string, source?: string) => normalise(text, { ...OPTIONS, source })

describe('headers', () => {
  const said = 'sshd[9]: Accepted password for anna from 192.0.2.7 port 5 ssh2'
  test.each([
    ['Nov 20 10:11:12 h1 auth.info', 'h1'],
    ['Nov 20 10:11:12 auth.info h1', 'h1'],
    ['Nov 20 10:11:12 h1 auth|security:info', 'h1'],
    ['Nov 20 10:11:12 Message forwarded from h1:', 'h1'],
    ['Fri Nov 20 10:11:12 2026 authpriv.notice', undefined],
    ['Fri 2026-11-20 10:11:12 UTC h1', 'h1'],
    ['Fri 2026-11-20 11:11:12 CET h1', 'h1'],
    ['1795169472.123456 h1', 'h1'],
  ])('%s', (header, host) => {
    const got = event(`${header} ${said}`)
    expect(got).toMatchObject({ parser: 'linux_auth', pivots: { user: 'anna', process: 'sshd' } })
    expect(got.pivots.host).toBe(host)
    expect(Math.floor(got.time / 1000)).toBe(Date.parse('2026-11-20T10:11:12Z') / 1000)
  })

  test('the words say facility and severity', () => {
    const got = event(`Nov 20 10:11:12 h1 auth.info ${said}`)
    expect(got.fields).toMatchObject({ facility: 'auth', syslog_severity: 6 })
  })
})

describe('what is left of a header', () => {
  test.each([
    [' Failed password for eve from 192.0.2.7 port 9 ssh2', { user: 'eve', process: 'sshd' }],
    ['sudo: eve : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh', { user: 'eve' }],
    ['h1 sshd[9]: Failed none for eve from 192.0.2.7 port 9 ssh2', { user: 'eve', host: 'h1' }],
    ['  eve : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh', { user: 'eve', process: 'sudo' }],
    [' pam_unix(cron:session): session closed for user eve', { user: 'eve', process: 'cron' }],
  ])('%s', (line, pivots) => {
    expect(event(line, 'linux_auth')).toMatchObject({ parser: 'linux_auth', pivots })
    expect(event(line)).toMatchObject({ parser: 'linux_auth', pivots })
  })

  test('is not guessed where nobody names the source', () => {
    for (const text of ['Failed to start', 'Accepted offer for eve', 'pam_x(y) z', 'su: what'])
      expect(event(`x ${text}`).parser).toBe('text')
    expect(event('Failed to start the helper for eve').parser).toBe('text')
  })
})

testLines('linux_auth', [
  ...(
    [
      ["sshd: pam_winbind(sshd:auth): user 'eve' granted access", 'eve', 'success'],
      ['sshd: pam_krb5(sshd:auth): user eve authenticated as eve@CORP', 'eve', 'success'],
      ['sshd: pam_winbind(sshd:auth): request wbcLogonUser failed: x', undefined, 'failure'],
      ['sshd: pam_faillock(sshd:auth): User unknown', undefined, 'failure'],
      ['sshd: pam_unix(sshd:account): expired password for user eve (forced)', 'eve', 'failure'],
      ['sudo: pam_unix(sudo:auth): conversation failed', undefined, 'failure'],
      ['sshd(pam_google_authenticator)[7]: Invalid verification code for eve', 'eve', 'failure'],
      ["sshd: Successful Duo login for 'eve' from 192.0.2.7", 'eve', 'success'],
      ['sshd: Disconnected from illegal user eve 192.0.2.7 port 9', 'eve', 'failure'],
      ['sshd: fatal: Read error from remote host 192.0.2.7: timed out', undefined, undefined],
      ["dropbear: Exit before auth from <192.0.2.7:9>: (user 'eve', 3 fails): x", 'eve', 'failure'],
      ['CROND[7]: (eve) CMDEND (/usr/bin/x)', 'eve', undefined],
      ['crond: USER eve pid 22 cmd run-parts /etc/periodic/daily', 'eve', undefined],
      ["login[7]: root login on 'tty1'", 'root', 'success'],
      ['su: + 0 eve-root', 'eve', 'success'],
      ['useradd: new account added - account=eve, uid=7, gid=8, by=0', 'eve', 'success'],
      [
        'polkitd(authority=local)[7]: Operator of unix-session:1 FAILED to authenticate to gain authorization for action org.x for unix-process:5:6 [/bin/sh] (owned by unix-user:eve)',
        'eve',
        'failure',
      ],
      [
        'proftpd[7]: h (h2[192.0.2.7]) - USER eve (Login failed): Incorrect password.',
        'eve',
        'failure',
      ],
      ['pure-ftpd: (?@192.0.2.7) [WARNING] Authentication failed for user [eve]', 'eve', 'failure'],
      [
        'dovecot: imap-login: Login: user=<eve>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, TLS',
        'eve',
        'success',
      ],
    ] as const
  ).map(
    ([rest, user, outcome]) =>
      [
        `Nov 20 10:11:12 h ${rest}`,
        {
          pivots: {
            ...(user === undefined ? {} : { user }),
            ...(outcome === undefined ? {} : { outcome }),
            ...(rest.includes('192.0.2.7') ? { src_ip: '192.0.2.7' } : {}),
          },
        },
      ] as const,
  ),
])

test('a module without a type, and what only looks like one', () => {
  const got = event('Nov 20 10:11:12 h sshd[7]: pam_env(sshd): no such variable')
  expect(got.fields).toMatchObject({ pam_module: 'pam_env', pam_service: 'sshd' })
  expect(got.fields.pam_type).toBeUndefined()
  const other = event('Nov 20 10:11:12 h sshd[7]: pam_x failed (see below): nothing')
  expect(other.fields.pam_module).toBeUndefined()
})
