// What a syslog line of no known program says by itself: `name=value` pairs, the parameters of RFC 5424's
// structured data, the two ends of traffic, a login.
import type { Fields } from '../../sigma/event.ts'
import { findCommon } from '../common.ts'
import { accountName, type WritableFields, type WritablePivots } from '../device/event.ts'
import { readPairs } from '../device/pairs.ts'
import type { ParseContext } from '../event.ts'
import type { StructuredData } from '../structured-data.ts'
import type { SyslogLine } from '../syslog-header.ts'
import { addDnsmasq } from './dnsmasq.ts'
import { type End, endOf, endsIn } from './ends.ts'
import { blockedIn, loginIn } from './login.ts'
import { PAIRS, signsOf } from './signs.ts'

/** Pairs that a message must have to be read as such. */
const PAIRS_MIN = 3
const BLANK = 0x20
const TAB = 0x09
const COMMA = 0x2c
const SEMICOLON = 0x3b
const OPEN = 0x28
const CLOSE = 0x29
const NAME = /^[A-Za-z_][\w.@/-]{0,63}$/

/** Adds what the message and the structured data say to what the header gave, which wins. Returns their time. */
export function addContent(
  line: SyslogLine,
  fields: WritableFields,
  pivots: WritablePivots,
  context: ParseContext,
): number | undefined {
  const { message, structuredData } = line
  const signs = signsOf(message)
  const pairs = (signs & PAIRS) === 0 ? undefined : messagePairs(message)
  if (pairs !== undefined) {
    for (const name in pairs) if (fields[name] === undefined) fields[name] = pairs[name]!
  }
  const said = pairs ?? (structuredData && parameters(structuredData))
  let time: number | undefined
  if (said !== undefined) {
    const common = pairPivots(said, context)
    time = common.time
    for (const name in common.pivots) {
      pivots[name as 'user'] ??= common.pivots[name as 'user'] as string
    }
  }
  addEnds(message, signs, fields, pivots)
  if (line.program?.startsWith('dnsmasq') === true) addDnsmasq(message, fields, pivots)
  addLoginOf(message, signs, fields, pivots)
  return time
}

// Of the message that is read now: one function takes the pairs of them all.
let found: WritableFields = {}
let count = 0

/** The pairs of a message that has enough of them; undefined for any other. */
function messagePairs(message: string): WritableFields | undefined {
  const separator = message.includes('\t') && isTabbed(message) ? TAB : BLANK
  found = {}
  count = 0
  readPairs(message, 0, separator, takePair)
  return count < PAIRS_MIN ? undefined : found
}

function takePair(given: string, value: string, quoted: boolean): void {
  // `(a=1, b=2)`.
  const name = given.charCodeAt(0) === OPEN ? given.slice(1) : given
  if (!NAME.test(name) || name === '__proto__') return
  count++
  // `a=1, b=2; c=3`: what parts the pairs is no part of a value.
  const text = quoted ? value : withoutMarks(value)
  if (text !== '') found[name] ??= text
}

function withoutMarks(value: string): string {
  let end = value.length
  while (
    end > 0 &&
    (value.charCodeAt(end - 1) === COMMA || value.charCodeAt(end - 1) === SEMICOLON)
  ) {
    end--
  }
  const isClosed = value.charCodeAt(end - 1) === CLOSE && !value.includes('(')
  return value.slice(0, isClosed ? end - 1 : end)
}

/** Whether values may hold blanks, tabs parting the pairs. */
function isTabbed(message: string): boolean {
  const first = message.indexOf('\t')
  const second = message.indexOf('\t', first + 1)
  return second > 0 && message.slice(first, second).includes('=')
}

/** The parameters of all elements. */
function parameters(data: StructuredData): Fields {
  let all: Fields | undefined
  for (const id in data) all = all === undefined ? data[id]! : { ...all, ...data[id]! }
  return all ?? {}
}

/** Texts that say there is no value. */
const NOTHING: ReadonlySet<string> = new Set(['N/A', 'n/a', '(null)', 'none', 'None', 'unknown'])
/** Names whose values may have a port, and an interface behind it. */
const SOURCES = ['src', 'source', 'from', 'remote_addr', 'remote', 'client', 'client_addr', 'peer']
const DESTINATIONS = ['dst', 'dest', 'destination', 'to']
const VERDICT =
  /^(?:(den(?:y|ied)|drop(?:ped)?|block(?:ed)?|reject(?:ed)?|discard(?:ed)?)|allow(?:ed)?|permit(?:ted)?|pass(?:ed)?|accept(?:ed)?)$/i
const OUTCOME = /^(?:(fail(?:ed|ure)?|error|denied|false)|success(?:ful)?|succeeded|ok|true)$/i

/** Time, message and columns out of pairs of unknown make. */
export function pairPivots(
  pairs: Fields,
  context: ParseContext,
): { readonly time?: number; readonly message?: string; readonly pivots: WritablePivots } {
  const { time, message, pivots: common } = findCommon(pairs, undefined, context)
  const pivots: WritablePivots = common
  for (const name in pivots) {
    const value = pivots[name as 'user']
    if (typeof value === 'string' && NOTHING.has(value)) delete pivots[name as 'user']
  }
  const { action, outcome, src_ip, dst_ip, user } = pivots
  if (typeof user === 'string') pivots.user = accountName(user)
  if (typeof outcome === 'string') {
    const known = OUTCOME.exec(outcome)
    if (known === null) delete pivots.outcome
    else pivots.outcome = known[1] === undefined ? 'success' : 'failure'
  }
  const verdict = verdictWord(action) ?? verdictWord(outcome) ?? verdictWord(pairs.log_subtype)
  if (verdict !== undefined) pivots.action = verdict
  addEnd(pivots, 'src', valueEnd(pairs, src_ip, SOURCES))
  addEnd(pivots, 'dst', valueEnd(pairs, dst_ip, DESTINATIONS))
  return {
    ...(time === undefined ? {} : { time }),
    ...(message === undefined ? {} : { message }),
    pivots,
  }
}

function verdictWord(word: unknown): 'allowed' | 'denied' | undefined {
  const match = typeof word === 'string' ? VERDICT.exec(word) : null
  if (match === null) return undefined
  return match[1] === undefined ? 'allowed' : 'denied'
}

/** `src=192.0.2.9:51511:X1`: address, port and interface in one value. */
function valueEnd(pairs: Fields, known: unknown, names: readonly string[]): End | undefined {
  if (known !== undefined) return undefined
  for (const name of names) {
    const value = pairs[name]
    const end = typeof value === 'string' ? endOf(value) : undefined
    if (end !== undefined) return end
  }
  return undefined
}

function addEnd(pivots: WritablePivots, side: 'src' | 'dst', end: End | undefined): void {
  if (end === undefined) return
  pivots[`${side}_ip`] = end.ip
  if (end.port !== undefined) pivots[`${side}_port`] ??= end.port
}

const MESSAGE_VERDICT =
  /\b(?:(den(?:y|ied)|drop(?:ped)?|block(?:ed)?|reject(?:ed)?|discard(?:ed)?)|allow(?:ed)?|permit(?:ted)?|pass(?:ed)?|accept(?:ed)?)\b/i

function addEnds(
  message: string,
  signs: number,
  fields: WritableFields,
  pivots: WritablePivots,
): void {
  if (pivots.src_ip === undefined && pivots.dst_ip === undefined) {
    const ends = endsIn(message, signs)
    if (ends === undefined) return
    addEnd(pivots, 'src', ends.source)
    addEnd(pivots, 'dst', ends.destination)
    const verdict = pivots.action === undefined ? MESSAGE_VERDICT.exec(message) : null
    if (verdict !== null) pivots.action = verdict[1] === undefined ? 'allowed' : 'denied'
  }
  if (pivots.src_ip !== undefined) fields.src_ip ??= pivots.src_ip
  if (pivots.src_port !== undefined) fields.src_port ??= pivots.src_port
  if (pivots.dst_ip !== undefined) fields.dst_ip ??= pivots.dst_ip
  if (pivots.dst_port !== undefined) fields.dst_port ??= pivots.dst_port
}

/** Adds who logged in or failed to, or which address is blocked, where a message says so in words. */
export function addLogin(message: string, fields: WritableFields, pivots: WritablePivots): void {
  if (pivots.user !== undefined && pivots.src_ip !== undefined) return
  addLoginOf(message, signsOf(message), fields, pivots)
}

function addLoginOf(
  message: string,
  signs: number,
  fields: WritableFields,
  pivots: WritablePivots,
): void {
  if (pivots.user !== undefined && pivots.src_ip !== undefined) return
  const login = loginIn(message, signs)
  if (login === undefined) {
    const blocked = pivots.src_ip === undefined ? blockedIn(message, signs) : undefined
    if (blocked === undefined) return
    pivots.src_ip = blocked
    fields.src_ip ??= blocked
    pivots.action ??= 'denied'
    return
  }
  if (login.user !== undefined && pivots.user === undefined) {
    pivots.user = accountName(login.user)
    fields.user ??= login.user
  }
  if (login.ip !== undefined && pivots.src_ip === undefined) {
    pivots.src_ip = login.ip
    fields.src_ip ??= login.ip
  }
  if (login.outcome !== undefined) pivots.outcome ??= login.outcome
}
