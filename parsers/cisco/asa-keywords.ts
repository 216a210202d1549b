// The words of ASA messages that say what stands behind them.
/** Which end of a connection a word introduces. */
export type Role = 'src' | 'dst' | 'mapped' | 'server'

/** What a word says of what stands behind it. */
export type Keyword =
  | { readonly kind: 'role'; readonly role: Role; readonly ip: boolean }
  | { readonly kind: 'user' | 'group' | 'bytes' | 'rule' }
  | { readonly kind: 'protocol' | 'direction' | 'verdict' | 'fact'; readonly word: string }

/** More than the longest keyword has, with its colon. */
const KEYWORD_UNITS = 18

/** A keyword as it is written. */
interface Spelling {
  readonly text: string
  readonly keyword: Keyword
}

/** Spellings by first character and length: few words have to be looked at further. */
const BY_SHAPE: (readonly Spelling[] | undefined)[] = spellingsByShape()

function spellingsByShape(): (readonly Spelling[] | undefined)[] {
  const byShape = new Array<Spelling[] | undefined>(128 * KEYWORD_UNITS).fill(undefined)
  for (const [text, keyword] of keywordTable()) {
    const shape = shapeOf(text, 0, text.length)
    const list = byShape[shape] ?? []
    byShape[shape] = list
    list.push({ text, keyword })
  }
  return byShape
}

/** Keywords in the three ways of writing them, so that a word is looked up as it is. */
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
  add('deny denied dropped dropping discarded drop reset blocked rejected shunned', () => ({
    kind: 'verdict',
    word: 'denied',
  }))
  add('built permitted allowed permit bypass monitored est-allowed accessed', () => ({
    kind: 'verdict',
    word: 'allowed',
  }))
  return table
}

function shapeOf(text: string, start: number, end: number): number {
  return (text.charCodeAt(start) & 127) * KEYWORD_UNITS + end - start
}

/** The keyword that the units of a text are, or undefined. */
export function keywordAt(text: string, start: number, end: number): Keyword | undefined {
  const length = end - start
  if (length <= 0 || length >= KEYWORD_UNITS) return undefined
  const spellings = BY_SHAPE[shapeOf(text, start, end)]
  if (spellings === undefined) return undefined
  for (let index = 0; index < spellings.length; index++) {
    const { text: spelling, keyword } = spellings[index]!
    if (standsAt(text, start, spelling)) return keyword
  }
  return undefined
}

function standsAt(text: string, start: number, spelling: string): boolean {
  for (let index = 1; index < spelling.length; index++) {
    if (text.charCodeAt(start + index) !== spelling.charCodeAt(index)) return false
  }
  return text.charCodeAt(start) === spelling.charCodeAt(0)
}

/** Words behind `user` that are no name. */
export const NO_NAMES: ReadonlySet<string> = new Set(
  [
    'authentication authorization accounting ip priv was logged to from database session',
    'account has requested name not is for list or deleted added group identity records',
    'in on at did failed limit agent defined idle locked profile denied error does and',
    'timeout login logins acl',
  ].flatMap((line) => line.split(' ')),
)
