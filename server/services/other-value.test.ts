import { describe, expect, test } from 'bun:test'
import { isIP } from 'node:net'
import { otherText, otherValue } from './other-value.ts'

describe('another value of the same kind', () => {
  test.each([
    ['10.1.2.3', '10.1.2.4'],
    ['203.0.113.254', '203.0.113.1'],
    ['2001:db8::1', '2001:db8::2'],
    ['fe80::ffff', 'fe80::fffe'],
    ['4624', '4625'],
    ['99', '98'],
    ['-7', '-8'],
    ['0x3e7', '0x3e8'],
    ['web-3', 'other-1'],
    ['web-3.corp.example.com', 'other-1.corp.example.com'],
    ['evil.com', 'other-1.example'],
    ['ana@corp.example.com', 'other-1@corp.example.com'],
    ['CORP\\ana', 'CORP\\other-1'],
    ['C:\\Windows\\Temp\\a.exe', 'C:\\Windows\\Temp\\other-1.exe'],
    ['/usr/bin/curl', '/usr/bin/other-1'],
    ['https://a.example.com/x.php?y=1', 'https://a.example.com/other-1'],
    ['00:1b:44:11:3a:b7', '00:1b:44:11:3a:b8'],
    ['S-1-5-21-1-2-3-1001', 'S-1-5-21-1-2-3-1002'],
    ['d41d8cd98f00b204e9800998ecf8427e', 'd41d8cd98f00b204e9800998ecf8427f'],
    ['6cfe5d00-ce9f-497d-ad6c-d62fbde40b4b', '6cfe5d00-ce9f-497d-ad6c-d62fbde40b4c'],
    ['two words', 'other words'],
    ['other-1', 'other-2'],
    ['', 'other-1'],
  ])('%s becomes %s', (value, other) => {
    expect(otherText(value)).toBe(other)
    expect(isIP(other)).toBe(isIP(value))
  })

  test.each([
    [4, 5],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1],
    [1.5, 2.5],
    [true, false],
    [
      ['10.0.0.1', 'x'],
      ['10.0.0.2', 'other-1'],
    ],
    [null, 'other-1'],
    [undefined, 'other-1'],
  ])('of a field %p is %p', (value, other) => {
    expect(otherValue(value)).toEqual(other)
  })
})
