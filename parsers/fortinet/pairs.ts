// The pairs of a line that are looked at.
import { placesOf, wantedNames } from '../device/pairs.ts'

/** Names whose values are looked at. */
const NAMES = [
  ...(['date', 'time', 'tz', 'eventtime', 'type', 'subtype', 'msg', 'logdesc', 'devname'] as const),
  ...([
    'srcip',
    'locip',
    'src',
    'client_ip',
    'ip',
    'dstip',
    'remip',
    'dst',
    'ui',
    'sip',
    'dip',
  ] as const),
  ...([
    'srcport',
    'locport',
    'dstport',
    'remport',
    'service',
    'action',
    'result',
    'status',
  ] as const),
  ...(['user', 'unauthuser', 'user_name', 'xauthuser', 'eapuser', 'login', 'srcprocess'] as const),
  ...(['filehash', 'analyticscksum', 'qname', 'qtype', 'ipaddr', 'hostname', 'http_host'] as const),
  ...(['url', 'http_url', 'agent', 'http_agent', 'httpmethod', 'http_method'] as const),
  ...(['timestamp', 'itime', 'userip'] as const),
  ...(['referralurl', 'severity', 'crlevel', 'level', 'pri'] as const),
] as const
/** Those whose values are words of few kinds. */
const WORDS = ['tz', 'type', 'subtype', 'service', 'action', 'result', 'status', 'severity'].concat(
  ['crlevel', 'level', 'pri'],
)
/** What the line that was read last has of them. */
export const WANTED = wantedNames(NAMES, WORDS)
/** Their places. */
export const AT = placesOf(NAMES)

/** The value at a place, where it says something. */
export function word(place: number): string | undefined {
  const value = WANTED.values[place]
  if (value === undefined || value.length === 0) return undefined
  return value.length === 3 && value === 'N/A' ? undefined : value
}

/** The first of the places' words. */
export function firstWord(places: readonly number[]): string | undefined {
  const place = firstPlace(places)
  return place < 0 ? undefined : WANTED.values[place]
}

/** The first of the places that has a word, or -1. */
export function firstPlace(places: readonly number[]): number {
  for (let index = 0; index < places.length; index++) {
    if (word(places[index]!) !== undefined) return places[index]!
  }
  return -1
}
