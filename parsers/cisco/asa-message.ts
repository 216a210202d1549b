// The text of an ASA message, read by what its words say: `from`, `src` and `for` stand in front of the
// source, `to`, `dst` and `->` in front of the destination, whichever of the 2,000 messages it is.
import {
  accountName,
  put,
  putUrl,
  type WritableFields,
  type WritablePivots,
} from '../device/event.ts'
import { type Keyword, keywordAt, type Role } from './asa-keywords.ts'
import { labelEnd, trimmed, valueBehind } from './asa-words.ts'
import { type Endpoint, plainEndpoint, readEndpoint } from './endpoint.ts'

/** Longest word that may be an endpoint, UTF-16 units. */
const MARK_UNITS = 300
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
  previous: 'Deny' | 'URL' | undefined
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
    previous: undefined,
    user: undefined,
    spent: undefined,
    connection: message.startsWith('Built ') || message.startsWith('Teardown '),
  }
  const { length } = message
  let at = 0
  for (let count = 0; at < length && count < WORDS_MAX; count++) {
    let end = at
    let marked = false
    for (; end < length; end++) {
      const code = message.charCodeAt(end)
      if (code === 0x20) break
      if ((code === 0x2f || code === 0x3a || code === 0x2e) && end - at < MARK_UNITS) marked = true
    }
    if (end > at) readWord(state, message, at, end, marked)
    at = end + 1
  }
  const user = state.user ?? fields.dst_user
  if (typeof user === 'string') {
    fields.user = user
    pivots.user = accountName(user)
  }
}

/** `marked`: whether `/`, `:` or `.` stands in the word, as in every endpoint. */
function readWord(
  state: State,
  message: string,
  start: number,
  end: number,
  marked: boolean,
): void {
  const first = message.charCodeAt(start)
  const alone = end - start === 1
  if (state.spent !== undefined && !(alone && (first === EQUALS || first === COLON))) {
    const value = state.spent
    state.spent = undefined
    const inside = message.indexOf(value, start)
    if (inside >= 0 && inside + value.length <= end) {
      state.previous = telling(value, 0, value.length)
      return
    }
  }
  if (alone && first === EQUALS) {
    // `Shunned packet: 10.0.0.1 = 10.0.0.2`; behind a name it is only a mark.
    if (state.last === 'src') state.role = 'dst'
    return
  }
  const own = first === OPEN ? start + 1 : start
  const keyword = keywordAt(message, own, end)
  if (keyword !== undefined) {
    readKeyword(state, keyword, message, end)
    state.previous = telling(message, start, end)
    return
  }
  if (marked || (state.last !== undefined && (first === OPEN || state.connection))) {
    if (readValue(state, message, start, end, marked)) return
  } else readLabelled(state, message, start, end)
  state.last = undefined
  state.previous = telling(message, start, end)
}

const EQUALS = 0x3d
const COLON = 0x3a
const OPEN = 0x28

/** Words that change what the next one means. */
function telling(text: string, start: number, end: number): State['previous'] {
  const length = end - start
  if (length === 4 && text.startsWith('Deny', start)) return 'Deny'
  return length === 3 && text.startsWith('URL', start) ? 'URL' : undefined
}

/** An endpoint, an account behind one, a labelled name; true where nothing else is to be seen in it. */
function readValue(
  state: State,
  message: string,
  start: number,
  end: number,
  marked: boolean,
): boolean {
  const bracketed = message.charCodeAt(start) === OPEN
  const own = bracketed ? start + 1 : start
  const plain = marked && state.previous !== 'URL' ? plainEndpoint(message, own, end) : undefined
  if (plain !== undefined) {
    takeEndpoint(state, plain, bracketed)
    return true
  }
  const word = message.slice(start, end)
  if (!marked) {
    addSuffix(state, word.replace(/^\(/, '').replace(/[),]+$/, ''))
    return true
  }
  if (addEndpoint(state, word, bracketed)) return true
  readLabelled(state, message, start, end)
  return false
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
    case 'fact': {
      const value = valueBehind(message, end)
      readFact(fields, keyword.word, value)
      if (keyword.word !== 'duration' || value === '') return
      // A clock's colons are no endpoint's.
      state.spent = value
      state.last = undefined
      return
    }
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

const DOMAIN = 'LOCAL\\'

/** `Username:admin`, `LOCAL\\anna`. */
function readLabelled(state: State, message: string, start: number, end: number): void {
  const label = labelEnd(message, start, end)
  if (label > start) {
    const name = message.slice(start, label).toLowerCase()
    if (name === 'username' || name === 'user') {
      state.user ??= named(message.slice(label + 1, end).replace(/[,;]$/, ''))
    }
  }
  if (message.charCodeAt(start) === 0x4c && message.startsWith(DOMAIN, start)) {
    state.user ??= message.slice(start, end).replace(/(?:#012.*|[,.)\]]+)$/, '')
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

/** True when the word is an address with a part in the message. */
function addEndpoint(state: State, word: string, bracketed: boolean): boolean {
  if (word.includes('://') || state.previous === 'URL') return addUrl(state, word)
  const text = trimmed(word)
  const endpoint = readEndpoint(text, state.role !== undefined || /\(\d+\)$/.test(text.slice(-8)))
  if (endpoint === undefined) return false
  takeEndpoint(state, endpoint, bracketed)
  // What stands behind a comma is another thing.
  if (word.endsWith(',')) state.last = undefined
  return true
}

/** An address found: which end it is, by the words in front of it. */
function takeEndpoint(state: State, endpoint: Endpoint, bracketed: boolean): void {
  const role = roleOf(endpoint.interface) ?? state.role
  state.role = undefined
  if (bracketed && state.last !== undefined && role === undefined) {
    addMapped(state, state.last, endpoint)
    return
  }
  const side = sideOf(state, role)
  if (side !== undefined) addSide(state, side, endpoint)
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
  if (/^\d+$|^(?:type|no|code|current)\b/.test(user)) return
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
  state.previous = undefined
  return true
}
