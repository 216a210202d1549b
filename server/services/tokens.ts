// Bearer tokens for API clients: JWT, HS256, one hour. Nothing is stored; a token dies with its user's epoch
// (password change, disabling) or by age.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

/** How long a token is good, seconds. */
export const TOKEN_LIFE_S = 3_600

const HEADER = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url')
const TOKEN_MAX_CHARACTERS = 2_000

const Claims = z.object({
  iss: z.literal('trapline'),
  /** User id. */
  sub: z.string(),
  jti: z.string(),
  epoch: z.number(),
  iat: z.number(),
  exp: z.number(),
})
export type Claims = z.output<typeof Claims>

/** A signed token for a user; `now` in milliseconds. */
export function signToken(key: Uint8Array, userId: string, epoch: number, now: number): string {
  const iat = Math.floor(now / 1_000)
  const jti = crypto.randomUUID()
  const claims: Claims = {
    ...{ iss: 'trapline', sub: userId, jti, epoch, iat },
    exp: iat + TOKEN_LIFE_S,
  }
  const body = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
  return `${body}.${sign(key, body).toString('base64url')}`
}

/** The claims of a token that we signed and that is still good. */
export function readToken(key: Uint8Array, token: string, now: number): Claims | undefined {
  const [header, payload, signature, ...more] = token.slice(0, TOKEN_MAX_CHARACTERS).split('.')
  if (header !== HEADER || payload === undefined || signature === undefined || more.length > 0) {
    return undefined
  }
  const expected = sign(key, `${header}.${payload}`)
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  const claims = Claims.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()))
  return claims.success && claims.data.exp * 1_000 > now ? claims.data : undefined
}

function sign(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
