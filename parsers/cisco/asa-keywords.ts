// The words of ASA messages that say what stands behind them.
import { knownSlot, NAME_SEED, nameHash, placesBySlot } from '../names.ts'

/** Which end of a connection a word introduces. */
export type Role = 'src' | 'dst' | 'mapped' | 'server'

/** What a word says of what stands behind it. */
export type Keyword =
  | { readonly kind: 'role'; readonly role: Role; readonly ip: boolean }
  | { readonly kind: 'user' | 'group' | 'bytes' | 'rule' }
  | { readonly kind: 'protocol' | 'direction' | 'verdict' | 'fact'; readonly word: string }

/** More than the longest keyword has, with its colon. */
const KEYWORD_UNITS = 18

/** Keywords in the three ways of writing them, so that a word is looked up as it is. */
const KEYWORDS: ReadonlyMap<string, Keyword> = keywordTable()
const PLACES = placesBySlot([...KEYWORDS.keys()])
const LIST = [...KEYWORDS.values()]

function keywordTable(): Map<string, Keyword> {
  const table = new Map<string, Keyword>()
  const add = (words: string, keyword: (word: string) => Keyword) => {
    for (const word of words.split(' ')) {
      const forms = [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)]
      for (const form of forms) for (const mark of ['', ':']) table.set(form + mark, keyword(word))
    }
  }
  const role = (name: Role) => (word: string) =>
    ({ kind: 'role', role: name, ip: word === 'ip' }) as const
  add(
    'tcp udp icmp icmpv6 ipv6-icmp sctp gre esp ah igmp ospf eigrp pim vrrp ipinip l2tp',
    (word) => ({
      kind: 'protocol',
      word,
    }),
  )
  add('ftp http ssh telnet', (word) => ({ kind: 'protocol', word }))
  add('from src source for laddr between client ip addr address peer', role('src'))
  add('remote_peer_ip host local-host attacker peer_ip', role('src'))
  add('to dst dest destination faddr and -> ==> remote', role('dst'))
  add('gaddr', role('mapped'))
  add('server', role('server'))
  add('user username uname user= username=', () => ({ kind: 'user' }))
  add('group', () => ({ kind: 'group' }))
  add('bytes', () => ({ kind: 'bytes' }))
  add('access-group access-list', () => ({ kind: 'rule' }))
  add('inbound outbound', (word) => ({ kind: 'direction', word }))
  add('connection interface duration', (word) => ({ kind: 'fact', word }))
  add('deny denied dropped dropping discarded drop reset blocked rejected', () => ({
    kind: 'verdict',
    word: 'denied',
  }))
  add('built permitted allowed permit bypass monitored est-allowed accessed', () => ({
    kind: 'verdict',
    word: 'allowed',
  }))
  return table
}

/** First characters and lengths that keywords have: most other words are told apart by these. */
const SHAPES = new Uint8Array(128 * KEYWORD_UNITS)
for (const keyword of KEYWORDS.keys()) SHAPES[shapeOf(keyword, 0, keyword.length)] = 1

function shapeOf(text: string, start: number, end: number): number {
  return (text.charCodeAt(start) & 127) * KEYWORD_UNITS + end - start
}

/** The keyword that the units of a text are, or undefined. */
export function keywordAt(text: string, start: number, end: number): Keyword | undefined {
  const length = end - start
  if (length <= 0 || length >= KEYWORD_UNITS || SHAPES[shapeOf(text, start, end)] === 0) {
    return undefined
  }
  let hash = NAME_SEED
  for (let index = start; index < end; index++) hash = nameHash(hash, text.charCodeAt(index))
  const slot = knownSlot(text, start, end, hash)
  const place = slot < 0 ? 0 : PLACES[slot]!
  return place === 0 ? undefined : LIST[place - 1]
}
