// Who a request comes from: API key, bearer token (or key), Basic, or the session cookie. A credential that
// is named and wrong is refused; a stale cookie is nobody.
import type { MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import type { CredentialService } from '../services/credentials.ts'
import { ServiceError } from '../services/service-error.ts'
import type { Principal } from '../stores/state/state-store.ts'
import { makeCsrfToken } from './csrf.ts'
import { type AppContext, type AppEnv, SESSION_COOKIE } from './env.ts'

export interface AuthenticateOptions {
  readonly credentials: CredentialService
  /** Counts a password check or a wrong credential; throws `too-many`. */
  countTry(ip: string): void
}

/** Sets the request's principal. */
export function authenticate(options: AuthenticateOptions): MiddlewareHandler<AppEnv> {
  return async function findPrincipal(c, next) {
    const named = namedCredential(c)
    if (named === undefined) await takeSession(c, options.credentials)
    else {
      const countTry = () => options.countTry(c.get('ip'))
      const principal = await look(named, options.credentials, countTry)
      if (principal === undefined) {
        if (named.kind !== 'basic') countTry()
        throw new ServiceError('unauthenticated', 'the credentials are wrong or no longer valid')
      }
      c.set('principal', principal)
    }
    await next()
  }
}

type Named =
  | { readonly kind: 'key' | 'token'; readonly secret: string }
  | { readonly kind: 'basic'; readonly name: string; readonly password: string }

function namedCredential(c: AppContext): Named | undefined {
  const key = c.req.header('x-api-key')
  if (key !== undefined) return { kind: 'key', secret: key }
  const [, scheme = '', value = ''] =
    /^(\S+) +(.*)$/.exec(c.req.header('authorization') ?? '') ?? []
  if (/^bearer$/i.test(scheme)) {
    return { kind: value.split('.').length === 3 ? 'token' : 'key', secret: value }
  }
  if (/^apikey$/i.test(scheme)) return { kind: 'key', secret: elasticKey(value) }
  if (/^basic$/i.test(scheme)) {
    const text = Buffer.from(value, 'base64').toString('utf8')
    const colon = text.indexOf(':')
    if (colon !== -1) {
      return { kind: 'basic', name: text.slice(0, colon), password: text.slice(colon + 1) }
    }
  }
  if (c.req.header('authorization') === undefined) return undefined
  throw new ServiceError('unauthenticated', 'Authorization: Bearer TOKEN or Basic, nothing else')
}

/** Elasticsearch's `ApiKey` is Base64 of `id:key`; the id says nothing here. */
function elasticKey(value: string): string {
  const text = Buffer.from(value, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon === -1 ? value : text.slice(colon + 1)
}

/** Basic holds a password, or a key where a sender knows no other way (Fluent Bit). */
async function look(
  named: Named,
  credentials: CredentialService,
  countTry: () => void,
): Promise<Principal | undefined> {
  if (named.kind === 'basic') {
    const { name, password } = named
    return (await credentials.key(password)) ?? credentials.basic(name, password, countTry)
  }
  return named.kind === 'key' ? credentials.key(named.secret) : credentials.token(named.secret)
}

async function takeSession(c: AppContext, credentials: CredentialService): Promise<void> {
  const token = getCookie(c, SESSION_COOKIE)
  if (token === undefined) return
  const state = await credentials.session(token)
  if (state === undefined) return
  const { principal, session, csrf } = state
  c.set('principal', principal)
  c.set('csrfToken', makeCsrfToken(csrf, session.id))
  c.set('csrfSession', { id: session.id, secret: csrf })
}
