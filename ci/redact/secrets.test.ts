import { describe, expect, test } from 'bun:test'
import { isRandom, randomIn, secretsIn } from './secrets.ts'

const found = (text: string) => {
  let out = text
  const spans = [...secretsIn(text), ...randomIn(text)].sort((a, b) => b.end - a.end)
  let last = Number.POSITIVE_INFINITY
  for (const { start, end } of spans) {
    if (end > last) continue
    out = `${out.slice(0, start)}#${out.slice(end)}`
    last = start
  }
  return out
}

describe('secrets', () => {
  test.each([
    ['Authorization: Bearer abc.def-123456', 'Authorization: Bearer #'],
    ['"authorization": "Basic Ym9iOmh1bnRlcjI="', '"authorization": "Basic #"'],
    ['ftp://bob:hunter2@10.0.0.1/', 'ftp://bob:#@10.0.0.1/'],
    ['tool --password "two words" -v', 'tool --password "#" -v'],
    ['cmd /pass:hunter2 /x', 'cmd /pass:# /x'],
    ['psexec \\\\ws1 -u corp\\bob -p Hunter2! cmd', 'psexec \\\\ws1 -u corp\\bob -p # cmd'],
    ['schtasks /create /ru bob /rp Hunter2 /tn x', 'schtasks /create /ru bob /rp # /tn x'],
    ['mysql -u root -pHunter2 db', 'mysql -u root -p# db'],
    ['curl -u bob:hunter2 https://x', 'curl -u bob:# https://x'],
    ['net user bob Hunter2! /add', 'net user bob # /add'],
    ['net use Z: \\\\fs\\c$ /user:bob Hunter2', 'net use Z: \\\\fs\\c$ /user:bob #'],
    ['DB_PASSWORD=hunter2 ./run', 'DB_PASSWORD=# ./run'],
    ['api_key: "k-12345678"', 'api_key: "#"'],
    ['key AKIAIOSFODNN7EXAMPLE used', 'key # used'],
    [`token ghp_${'a1B2'.repeat(9)} x`, 'token # x'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', '#'],
    ['root:$6$saltsalt$abcdefghijklmnopqrstuv:1', 'root:#:1'],
    ['x 8Zp3kQ9vT1mWc7RbYd2LfHs6NgXe4JuA x', 'x # x'],
    [
      '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----',
      '-----BEGIN RSA PRIVATE KEY-----#-----END RSA PRIVATE KEY-----',
    ],
  ])('%s', (text, expected) => {
    expect(found(text)).toBe(expected)
  })

  test.each([
    'ssh -p 2222 host',
    'mkdir -p /tmp/x',
    'net user /domain',
    'net user bob /delete',
    'PWD=/home/x ; COMMAND=/bin/ls',
    'password: ********',
    'Accepted password for bob from 10.0.0.1',
    'token=%TOKEN%',
    'SHA256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '{B2B2B2B2-1111-2222-3333-444455556666}',
    'C:\\Program Files\\WindowsApps\\Microsoft.WindowsTerminal_1.18.3181.0_x64__8wekyb3d8bbwe',
    '/usr/lib/x86_64-linux-gnu/libexec/SomeThing/Version2/bin/tool',
    'TokenElevationType: %%1936',
    'http://10.0.0.1:8080/a.dll',
  ])('leaves %s', (text) => {
    expect(found(text)).toBe(text)
  })

  test('a long word of words is no key', () => {
    expect(isRandom('SystemSettingsAdminFlowsHelperService2Provider')).toBe(false)
  })
})
