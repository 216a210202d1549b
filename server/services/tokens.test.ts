import { describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { readToken, signToken, TOKEN_LIFE_S } from './tokens.ts'

const KEY = new Uint8Array(32).fill(7)
const NOW = Date.UTC(2026, 10, 21)
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const sign = (body: string, key = KEY) =>
  `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`

describe('bearer tokens', () => {
  test('carry the user and the epoch until they are too old', () => {
    const token = signToken(KEY, 'u_1', 3, NOW)
    expect(readToken(KEY, token, NOW)).toMatchObject({ sub: 'u_1', epoch: 3 })
    expect(readToken(KEY, token, NOW + (TOKEN_LIFE_S - 1) * 1_000)).toBeDefined()
    expect(readToken(KEY, token, NOW + TOKEN_LIFE_S * 1_000)).toBeUndefined()
  })

  const [header = '', payload = ''] = signToken(KEY, 'u_1', 3, NOW).split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  test.each([
    ['nothing', ''],
    ['two parts', `${header}.${payload}`],
    ['four parts', `${sign(`${header}.${payload}`)}.x`],
    ['no signature', `${header}.${payload}.`],
    ['another key', sign(`${header}.${payload}`, new Uint8Array(32))],
    [
      'other claims under the same signature',
      sign(`${header}.${payload}`).replace(payload, encode({ ...claims, sub: 'u_2' })),
    ],
    ['algorithm none', `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`],
    ['another header, well signed', sign(`${encode({ alg: 'HS256' })}.${payload}`)],
    ['another issuer, well signed', sign(`${header}.${encode({ ...claims, iss: 'other' })}`)],
    ['a claim missing, well signed', sign(`${header}.${encode({ ...claims, exp: undefined })}`)],
    ['a very long text', 'a.'.repeat(10_000)],
  ])('are refused with %s', (_, token) => {
    expect(readToken(KEY, token, NOW)).toBeUndefined()
  })
})
