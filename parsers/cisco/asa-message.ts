// The text of an ASA message, read by what its words say: `from`, `src` and `for` stand in front of the
// source, `to`, `dst` and `->` in front of the destination, whichever of the 2,000 messages it is.
import {
  accountName,
  put,
  putUrl,
  type WritableFields,
  type WritablePivots,
} from '../device/event.ts'
import { standsAt } from '../names.ts'
import { addMapped, addPlain, addSide, addSuffix, placeOf, roleOf, type State } from './asa-ends.ts'
import { type Keyword, keywordAt, NO_NAMES } from './asa-keywords.ts'
import {
  DIVIDED,
  holds,
  isDigits,
  labelEnd,
  MARK_UNITS,
  marksIn,
  POINTED,
  trimmed,
  valueBehind,
} from './asa-words.ts'
import { type Endpoint, plainEndpoint, readEndpoint } from './endpoint.ts'

/** Words looked at, at most: longer texts are lists of rules or certificates. */
const WORDS_MAX = 160

/** Adds what the words of a message from `start` on say to `fields` and `pivots`. */
export function readAsaMessage(
  message: string,
  start: number,
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
    hasSource: false,
    hasTarget: false,
    connection: standsAt(message, start, 'Built ') || standsAt(message, start, 'Teardown '),
  }
  const { length } = message
  let at = start
  for (let count = 0; at < length && count < WORDS_MAX; count++) {
    const space = message.indexOf(' ', at)
    const end = space < 0 ? length : space
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
  const first = message.charCodeAt(start)
  const alone = end - start === 1
  if (state.spent !== undefined && !(alone && (first === EQUALS || first === COLON))) {
    const value = state.spent
    state.spent = undefined
    if (holds(message, start, end, value)) {
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
  const marks = marksIn(message, start, end)
  const mayBePlain = end - start <= MARK_UNITS ? (marks & POINTED) !== 0 : marks !== 0
  if (mayBePlain && state.previous !== 'URL' && readPlain(state, message, start, end)) return
  if (marks !== 0 || (state.last !== undefined && (first === OPEN || state.connection))) {
    if (readValue(state, message, start, end, marks)) return
  } else readLabelled(state, message, start, end)
  state.last = undefined
  state.previous = telling(message, start, end)
}

/** The bit that makes a letter small. */
const SMALL = 0x20
const SMALL_L = 0x6c
const SMALL_R = 0x72
const SMALL_U = 0x75
const EQUALS = 0x3d
const COLON = 0x3a
const OPEN = 0x28
const COMMA = 0x2c
const CAPITAL_D = 0x44
const CAPITAL_U = 0x55

/** Words that change what the next one means. */
function telling(text: string, start: number, end: number): State['previous'] {
  const length = end - start
  const first = text.charCodeAt(start)
  if (length === 4 && first === CAPITAL_D && text.startsWith('Deny', start)) return 'Deny'
  return length === 3 && first === CAPITAL_U && text.startsWith('URL', start) ? 'URL' : undefined
}

/** An endpoint of the commonest forms; false for any other word. */
function readPlain(state: State, message: string, start: number, end: number): boolean {
  const bracketed = message.charCodeAt(start) === OPEN
  const own = bracketed ? start + 1 : start
  const plain = plainEndpoint(message, own, end)
  if (plain === undefined) return false
  const code = message.charCodeAt(own) | SMALL
  const role = code === SMALL_L || code === SMALL_R ? roleOf(plain.interface) : undefined
  const place = placeOf(state, role, bracketed)
  if (place !== undefined) addPlain(state, place, plain, role !== undefined)
  return true
}

/** Any other endpoint, an account behind one, a labelled name; true where nothing else is to be seen in it. */
function readValue(
  state: State,
  message: string,
  start: number,
  end: number,
  marks: number,
): boolean {
  const opened = message.charCodeAt(start) === OPEN
  if (marks === 0) {
    let last = end
    while (last > start && isSuffixEnd(message.charCodeAt(last - 1))) last--
    addSuffix(state, message.slice(opened && last > start ? start + 1 : start, last))
    return true
  }
  if (addEndpoint(state, message, start, end, marks, opened)) return true
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
      if (value !== undefined && value.length <= 15 && isDigits(value))
        fields.bytes ??= Number(value)
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
  else if (isDigits(value)) fields.connection_id ??= value
}

/** `)` and `,`. */
function isSuffixEnd(code: number): boolean {
  return code === 0x29 || code === 0x2c
}

const DOMAIN = 'LOCAL\\'

/** `Username:admin`, `LOCAL\\anna`. */
function readLabelled(state: State, message: string, start: number, end: number): void {
  const first = message.charCodeAt(start)
  const label = (first | SMALL) === SMALL_U ? labelEnd(message, start, end) : -1
  if (label > start) {
    const name = message.slice(start, label).toLowerCase()
    if (name === 'username' || name === 'user') {
      state.user ??= named(message.slice(label + 1, end).replace(/[,;]$/, ''))
    }
  }
  if (first === 0x4c && message.startsWith(DOMAIN, start)) {
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

const PORT_BEHIND = /\(\d+\)$/

/** True when the word is an address with a part in the message. */
function addEndpoint(
  state: State,
  message: string,
  start: number,
  end: number,
  marks: number,
  bracketed: boolean,
): boolean {
  if ((marks & DIVIDED) !== 0 || end - start > MARK_UNITS || state.previous === 'URL') {
    const word = message.slice(start, end)
    if (state.previous === 'URL' || word.includes('://')) return addUrl(state, word)
  }
  const text = trimmed(message, start, end)
  if (text === '') return false
  const named = state.role !== undefined || (text.endsWith(')') && PORT_BEHIND.test(text.slice(-8)))
  const endpoint = readEndpoint(text, named)
  if (endpoint === undefined) return false
  takeEndpoint(state, endpoint, bracketed)
  // What stands behind a comma is another thing.
  if (message.charCodeAt(end - 1) === COMMA) state.last = undefined
  return true
}

/** An address found: which end it is, by the words in front of it. */
function takeEndpoint(state: State, endpoint: Endpoint, bracketed: boolean): void {
  const place = placeOf(state, roleOf(endpoint.interface), bracketed)
  if (place === 'mapped') addMapped(state, state.last!, endpoint)
  else if (place !== undefined) addSide(state, place, endpoint)
}

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
  if (endpoint?.ip !== undefined) {
    fields.dst_ip ??= endpoint.ip
    state.hasTarget = true
  }
  state.previous = undefined
  return true
}
