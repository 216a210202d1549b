// What stands in front of an access line's time: `client ident user`, perhaps with `host:port` in front, and
// with the list of X-Forwarded-For in place of the client.
import { ipOf } from '../values.ts'

export interface AccessHead {
  readonly client: string
  readonly user?: string
  readonly virtualHost?: string
}

/** Reads a head; undefined when it is none. Of several addresses the first public one is the client. */
export function readHead(text: string): AccessHead | undefined {
  const words = wordsOf(text)
  let at = words.length >= 4 && isVirtualHost(words) ? 1 : 0
  const virtualHost = at === 1 ? words[0] : undefined
  const named = namedClient(words, at)
  if (named !== undefined) return { ...named, ...(at === 1 ? { virtualHost: words[0]! } : {}) }
  const addresses: string[] = []
  for (let address = addressIn(words[at]); address !== undefined; address = addressIn(words[at])) {
    addresses.push(address)
    at++
  }
  if (addresses.length === 0) addresses.push(words[at++] ?? '')
  const [ident, ...user] = words.slice(at)
  const client = addresses.find(isPublic) ?? addresses[0]!
  if (client === '' || ident === undefined || user.length === 0) return undefined
  // A time is the header of a relay.
  if (/["\\<>{}]|^\d{4}-\d\d-\d\dT/.test(client)) return undefined
  const name = user.join(' ')
  return {
    client,
    ...(name === '-' || name === '' ? {} : { user: name }),
    ...(virtualHost === undefined ? {} : { virtualHost }),
  }
}

/** The words; `-` for a virtual host that a request did not name and `(-)` for X-Forwarded-For that it did not
 * have are none, `(10.0.0.1)` is an address. */
function wordsOf(text: string): string[] {
  const words = text.split(' ')
  if (words[0] === '-' && words.length > 3 && addressIn(words[1]) !== undefined) words.shift()
  const forwarded = words[1]
  if (forwarded?.startsWith('(') === true && forwarded.endsWith(')')) {
    const inner = forwarded.slice(1, -1)
    words.splice(1, 1, ...(addressIn(inner) === undefined ? [] : [inner]))
  }
  return words
}

/** An address of a list: `10.0.0.1,`, `"10.0.0.1,`, `10.0.0.1"`. */
function addressIn(word: string | undefined): string | undefined {
  if (word === undefined || word.length > 66) return undefined
  const address = word.replace(/^"|[",]{1,2}$/g, '')
  return ipOf(address) === undefined ? undefined : address
}

/** Clients by name behind a virtual host, the last two words being the identity and the user. */
function namedClient(words: readonly string[], at: number): AccessHead | undefined {
  const [client, ident, user] = [words[at], words.at(-2), words.at(-1)]
  if (at === 0 || ident !== '-' || user === undefined || addressIn(client) !== undefined) {
    return undefined
  }
  const names = words.slice(at, -2)
  if (!names.every((name, index) => index === names.length - 1 || name.endsWith(','))) {
    return undefined
  }
  return { client: names[0]!.replace(/,$/, ''), ...(user === '-' ? {} : { user }) }
}

function isVirtualHost(words: readonly string[]): boolean {
  const [first = '', second = '', third] = words
  if (first === '-' || second === '-' || first.startsWith('"') || first.endsWith(',')) return false
  // `host client - user`, `host client, client - user`: a name in place of the client's address.
  if (addressIn(second) === undefined)
    return words.at(-2) === '-' && (words.length === 4 || second.endsWith(','))
  return ipOf(first) === undefined || first.includes(':') || addressIn(third) !== undefined
}

const PRIVATE =
  /^(?:10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|::1$|f[cd][0-9a-f]{2}:|fe80:)/i

function isPublic(address: string): boolean {
  return !PRIVATE.test(address)
}
