import { expect, test } from 'bun:test'
import { observablesOf } from './observables.ts'

const found = (message: string) =>
  observablesOf({ pivots: {}, fields: {}, message, raw: '' }).map(
    ({ type, value }) => `${type} ${value}`,
  )

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e'
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

test.each([
  ['from 203.0.113.7 to 10.0.0.1.', ['ip 203.0.113.7', 'ip 10.0.0.1']],
  ['300.1.1.1 and 1.2.3 and 1.2.3.4.5', []],
  ['0.0.0.0', []],
  ['peer 2001:0DB8::0001 and ::1, at 10:11:12', ['ip 2001:db8::1', 'ip ::1']],
  ['::ffff:192.0.2.1', ['ip 192.0.2.1']],
  ['cmd.exe ran kernel32.dll and setup.py', []],
  ['update.evil-site.co.uk answered', ['domain update.evil-site.co.uk']],
  ['co.uk and localhost and host.internal', []],
  ['invoice.zip and run.sh', []],
  ['see https://run.sh/x?y=1.', ['url https://run.sh/x?y=1', 'domain run.sh']],
  ['hxxps://evil[.]example[.]com/a', ['url https://evil.example.com/a', 'domain evil.example.com']],
  ['mail Bob.Smith+x@Example.org now', ['email bob.smith+x@example.org']],
  ['a@b and root@web-1', []],
  [`${MD5} ${SHA256.toUpperCase()}`, [`hash ${MD5}`, `hash ${SHA256}`]],
  [`${'0'.repeat(32)} ${'1234567890'.repeat(4)} ${MD5}ab`, []],
  ['cve-2021-44228 CVE-1899-1', ['cve CVE-2021-44228']],
  ['nothing of note', []],
])('%p', (text, expected) => {
  expect(found(text)).toEqual(expected)
})

test('looks at columns, fields and the line, and names each once', () => {
  const event = {
    pivots: { src_ip: '198.51.100.9', src_port: 443 },
    fields: { a: [{ b: 'x 198.51.100.9' }], dns: 'a.example.net' },
    message: '',
    raw: 'from 198.51.100.9',
  }
  expect(observablesOf(event)).toEqual([
    { type: 'ip', value: '198.51.100.9' },
    { type: 'domain', value: 'a.example.net' },
  ])
})
