// The text of an ASA message, read by what its words say: `from`, `src` and `for` stand in front of the
// source, `to`, `dst` and `->` in front of the destination, whichever of the 2,000 messages it is.
import {
  accountName,
  put,
  putUrl,
  type WritableFields,
  type WritablePivots,
} from '../device/event.ts'
import { internedAt } from '../names.ts'
import { KEYWORDS, type Keyword, mayBeKeyword, type Role } from './asa-keywords.ts'
import { type Endpoint, readEndpoint } from './endpoint.ts'

/** Words looked at, at most: longer texts are lists of rules or certificates. */
const WORDS_MAX = 160

/** Words behind `user` that are no name. */
const NO_NAMES: ReadonlySet<string> = new Set([
  ...['authentication', 'authorization', 'accounting', 'ip', 'priv', 'was', 'logged', 'to', 'from'],
  ...[
    'database',
    'session',
    'account',
    'has',
    'requested',
    'name',
    'not',
    'is',
    'for',
    'list',
    'or',
  ],
  ...[
    'deleted',
    'added',
    'group',
    'identity',
    'records',
    'in',
    'on',
    'at',
    'did',
    'failed',
    'limit',
  ],
  ...['agent', 'defined', 'idle', 'locked', 'profile', 'denied', 'error', 'does', 'and', 'timeout'],
  ...['login', 'logins', 'priv', 'acl', 'was'],
])

/** What was found on the way through a message. */
interface State {
  readonly fields: WritableFields
  readonly pivots: WritablePivots
  role: Role | undefined
  /** The endpoint that a following `(...)` belongs to. */
  last: 'src' | 'dst' | undefined
  previous: string
  user: string | undefined
  /** A value that was read ahead: no endpoint, whatever it looks like. */
  spent: string | undefined
  /** Whether names stand bare behind endpoints: messages of connections. */
  readonly connection: boolean
}

/** Adds what the words of a message say to `fields` and `pivots`. */
export function readAsaMessage(
  message: string,
  fields: WritableFields,
  pivots: WritablePivots,
): void {
  const state: State = {
    fields,
    pivots,
    role: undefined,
    last: undefined,
    previous: '',
    user: undefined,
    spent: undefined,
    connection: message.startsWith('Built ') || message.startsWith('Teardown '),
  }
  let at = 0
  for (let count = 0; at < message.length && count < WORDS_MAX; count++) {
    const space = message.indexOf(' ', at)
    const end = space < 0 ? message.length : space
    if (end > at) readWord(state, message, at, end)
    at = end + 1
  }
  const user = state.user ?? fields.dst_user
  if (typeof user === 'string') {
    fields.user = user
    pivots.user = accountName(user)
  }
}

function readWord(state: State, message: string, start: number, end: number): void {
  const word = message.slice(start, end)
  const first = message.charCodeAt(start)
  if (state.spent !== undefined && word !== '=' && word !== ':') {
    const value = state.spent
    state.spent = undefined
    if (word.includes(value)) {
      state.previous = value
      return
    }
  }
  if (first === 0x3d && end - start === 1) return
  const own = first === 0x28 ? start + 1 : start
  if (mayBeKeyword(message, own, end)) {
    const keyword = KEYWORDS.get(internedAt(message, own, end))
    if (keyword !== undefined) {
      readKeyword(state, keyword, message, end)
      state.previous = word
      return
    }
  }
  if (mayBeEndpoint(word)) {
    if (addEndpoint(state, word, first === 0x28)) return
  } else if (state.last !== undefined && (first === 0x28 || state.connection)) {
    addSuffix(state, word.replace(/^\(/, '').replace(/[),]+$/, ''))
    return
  }
  const labelled = labelEnd(word)
  if (labelled > 0) readLabelled(state, word, labelled)
  if (first === 0x4c && word.startsWith('LOCAL\\'))
    state.user ??= word.replace(/(?:#012.*|[,.)\]]+)$/, '')
  state.last = undefined
  state.previous = word
}

/** Where the first `:` or `=` stands behind a short label, or -1. */
function labelEnd(word: string): number {
  for (let index = 0; index < word.length && index < 10; index++) {
    const code = word.charCodeAt(index)
    if (code === 0x3a || code === 0x3d) return index
  }
  return -1
}

/** A word that gives the next ones their meaning. */
function readKeyword(state: State, keyword: Keyword, message: string, end: number): void {
  const { fields } = state
  switch (keyword.kind) {
    case 'role':
      // `Deny IP spoof from`: the protocol; `Deny IP from (10.0.0.1)` alike.
      if (keyword.ip && state.previous === 'Deny') fields.protocol ??= 'ip'
      else state.role = keyword.role
      state.last = undefined
      return
    case 'user':
      state.user ??= userBehind(message, end)
      state.spent = state.user
      state.last = undefined
      return
    case 'group':
      state.spent = valueBehind(message, end)
      put(fields, 'group', state.spent)
      return
    case 'rule':
      put(fields, 'rule_name', valueBehind(message, end))
      return
    case 'bytes': {
      const value = valueBehind(message, end)
      if (value !== undefined && /^\d{1,15}$/.test(value)) fields.bytes ??= Number(value)
      return
    }
    case 'fact':
      readFact(fields, keyword.word, valueBehind(message, end))
      return
    case 'verdict':
      fields.action ??= keyword.word
      return
    default:
      fields[keyword.kind] ??= keyword.word
  }
}

function readFact(fields: WritableFields, word: string, value: string | undefined): void {
  if (value === undefined) return
  if (word !== 'connection') fields[word] ??= value
  else if (/^\d+$/.test(value)) fields.connection_id ??= value
}

/** `Username:admin`, `URL:...`, `Remote:10.0.0.1:500` were taken as endpoints before. */
function readLabelled(state: State, word: string, colon: number): void {
  const label = word.slice(0, colon).toLowerCase()
  if (label === 'username' || label === 'user') {
    state.user ??= named(word.slice(colon + 1).replace(/[,;]$/, ''))
  }
}

/** The name behind `user`: `'anna'`, `"anna"`, `<anna>`, `= anna`, `anna`. */
function userBehind(message: string, end: number): string | undefined {
  const value = valueBehind(message, end)
  return value === undefined || NO_NAMES.has(value.toLowerCase()) ? undefined : named(value)
}

function named(value: string): string | undefined {
  return value === '' || value === '<unknown>' ? undefined : value
}

/** The next word, without `=`, quotes, brackets and what closes it. */
function valueBehind(message: string, end: number): string | undefined {
  let at = end
  while (at < message.length && at - end < 8 && ' ='.includes(message[at]!)) at++
  // `user = : user IP`: nothing stands there.
  if (message.charCodeAt(at) === 0x3a) {
    if (message.lastIndexOf('=', at) >= end) return undefined
    while (at < message.length && at - end < 8 && ' =:'.includes(message[at]!)) at++
  }
  const quote = message[at]
  const closing = quote === "'" || quote === '"' ? quote : quote === '<' ? '>' : undefined
  if (closing !== undefined) {
    const close = message.indexOf(closing, at + 1)
    return close < 0 || close - at > 512 ? undefined : message.slice(at + 1, close)
  }
  const space = message.indexOf(' ', at)
  const word = message.slice(at, space < 0 ? message.length : space)
  if (word.length > 512) return undefined
  // A name may have brackets: `anna(guest account)`.
  const open = word.indexOf('(', 1)
  if (open > 0 && !word.includes(')')) {
    const close = message.indexOf(')', space)
    if (close > 0 && close - at < 128) return message.slice(at, close + 1)
  }
  return word.replace(/^[([]/, '').replace(/[,;:)\]]{1,4}$|\.$/, '')
}

function mayBeEndpoint(word: string): boolean {
  for (let index = 0; index < word.length && index < 300; index++) {
    const code = word.charCodeAt(index)
    if (code === 0x2f || code === 0x3a || code === 0x2e) return true
  }
  return false
}

/** True when the word is an address with a part in the message. */
function addEndpoint(state: State, word: string, bracketed: boolean): boolean {
  if (word.includes('://') || state.previous === 'URL') return addUrl(state, word)
  const text = trimmed(word)
  const endpoint = readEndpoint(text, state.role !== undefined || /\(\d+\)$/.test(text.slice(-8)))
  if (endpoint === undefined) return false
  const role = roleOf(endpoint.interface) ?? state.role
  state.role = undefined
  if (bracketed && state.last !== undefined && role === undefined) {
    addMapped(state, state.last, endpoint)
    return true
  }
  const side = sideOf(state, role)
  if (side === undefined) return true
  addSide(state, side, endpoint)
  return true
}

/** `Local:10.0.0.1` and `remote:10.0.0.2` say themselves which end they are. */
function roleOf(name: string | undefined): Role | undefined {
  if (name === undefined || name.length < 5 || name.length > 6) return undefined
  const lower = name.toLowerCase()
  return lower === 'local' ? 'src' : lower === 'remote' ? 'dst' : undefined
}

function sideOf(state: State, role: Role | undefined): 'src' | 'dst' | undefined {
  const { fields } = state
  if (role === 'mapped') return undefined
  const known = fields.src_ip !== undefined || fields.src_host !== undefined
  if (role === 'dst' || role === 'server')
    return fields.dst_ip === undefined && fields.dst_host === undefined ? 'dst' : undefined
  return known ? undefined : 'src'
}

const SIDES = {
  src: sideNames('src'),
  dst: sideNames('dst'),
}

/** Names of fields: put together once, not for each message. */
function sideNames(side: 'src' | 'dst') {
  return {
    ip: `${side}_ip`,
    host: `${side}_host`,
    interface: `${side}_interface`,
    port: `${side}_port`,
    user: `${side}_user`,
    group: `${side}_security_group`,
    mappedIp: `mapped_${side}_ip`,
    mappedPort: `mapped_${side}_port`,
  }
}

function addSide(state: State, side: 'src' | 'dst', endpoint: Endpoint): void {
  const { fields } = state
  const names = SIDES[side]
  if (endpoint.ip !== undefined) fields[names.ip] = endpoint.ip
  else put(fields, names.host, endpoint.name)
  if (!isRole(endpoint.interface)) put(fields, names.interface, endpoint.interface)
  put(fields, names.port, endpoint.port)
  state.last = side
  if (endpoint.user !== undefined) addSuffix(state, endpoint.user)
}

function isRole(name: string | undefined): boolean {
  return name === 'Local' || name === 'Remote'
}

function addMapped(state: State, side: 'src' | 'dst', endpoint: Endpoint): void {
  put(state.fields, SIDES[side].mappedIp, endpoint.ip ?? endpoint.name)
  put(state.fields, SIDES[side].mappedPort, endpoint.port)
  if (endpoint.user !== undefined) addSuffix(state, endpoint.user)
}

/** `(LOCAL\anna)` or `(9:group)` behind an endpoint and its mapped address. */
function addSuffix(state: State, user: string): void {
  const side = state.last
  if (side === undefined || user === '') return
  if (SECURITY_GROUP.test(user)) {
    put(state.fields, SIDES[side].group, user)
    return
  }
  if (/^\d+$|^(?:type|no|code)\b/.test(user)) return
  state.fields[SIDES[side].user] ??= user
  if (side === 'src') state.user ??= user
}

/** A TrustSec tag and its name. */
const SECURITY_GROUP = /^\d{1,5}:[\w.-]{1,64}$/

/** `10.0.0.1:http://host/path`, `anna@10.0.0.1:http://host/path`, `http://host/path`, `10.0.0.1:/path`. */
function addUrl(state: State, word: string): boolean {
  const { fields } = state
  const text = word.charCodeAt(0) === 0x22 ? word.replace(/^"|"$/g, '') : word
  const scheme = /(?:^|:)(?:(?:https?|ftp):\/\/|\/)/.exec(text.slice(0, 512))
  if (scheme === null) return false
  const start = scheme[0].startsWith(':') ? scheme.index + 1 : scheme.index
  put(fields, 'url', text.slice(start))
  putUrl(state.pivots, text.slice(start))
  const before = text.slice(0, Math.max(start - 1, 0))
  const endpoint = readEndpoint(before, false)
  if (endpoint?.user !== undefined) state.user ??= endpoint.user
  if (endpoint?.ip !== undefined) fields.dst_ip ??= endpoint.ip
  state.previous = ''
  return true
}

const OPENING = '(<["\''
const CLOSING = ')>],;:."\''

function trimmed(word: string): string {
  let start = 0
  let end = word.length
  while (start < end && OPENING.includes(word[start]!)) start++
  while (end > start && CLOSING.includes(word[end - 1]!)) {
    if (word[end - 1] === ')' && word.indexOf('(', start) >= start) break
    if (word[end - 1] === ':' && word[end - 2] === ':') break
    end--
  }
  return word.slice(start, end)
}
