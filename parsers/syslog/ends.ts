// The two ends of traffic in a device's words, whoever made it: `192.0.2.9:51511->198.51.100.7:443`, or
// addresses and ports side by side behind a protocol.
import { ipOf, portOf } from '../values.ts'
import { ARROW, FROM, IPV4, PROTOCOL, SOURCE as SOURCE_WORD } from './signs.ts'

/** An address, perhaps with its port. */
export interface End {
  readonly ip: string
  readonly port?: number
}

/** Where traffic came from and where it went. */
export interface Ends {
  readonly source: End
  readonly destination: End
}

const ARROW_WORD = '->'
/** Arrows that one message is looked through for; what stands behind them is translation and detail. */
const ARROWS_MAX = 4
const END_UNITS_MAX = 64
const BLANK = 0x20

const BESIDE = IPV4 | PROTOCOL

/** The first two ends that a message with these signs names in one of these forms; undefined where it names none. */
export function endsIn(message: string, signs: number): Ends | undefined {
  let arrow = (signs & ARROW) === 0 ? -1 : message.indexOf(ARROW_WORD)
  for (let count = 0; arrow >= 0 && count < ARROWS_MAX; count++) {
    const source = endOf(wordBefore(message, arrow))
    const destination = source && endOf(wordBehind(message, arrow + ARROW_WORD.length))
    if (source !== undefined && destination !== undefined) return { source, destination }
    arrow = message.indexOf(ARROW_WORD, arrow + ARROW_WORD.length)
  }
  const isBeside = (signs & BESIDE) === BESIDE
  const isFromTo = (signs & FROM) !== 0
  const isLabelled = (signs & SOURCE_WORD) !== 0 && message.includes('estination')
  if (!isBeside && !isFromTo && !isLabelled) return undefined
  if (!ADDRESS.test(message)) return undefined
  return (
    (isBeside ? sideBySide(message) : undefined) ??
    (isFromTo ? fromTo(message) : undefined) ??
    (isLabelled ? labelled(message) : undefined)
  )
}

/** What looks like an address, to be asked before dearer patterns. */
const ADDRESS = /\d\.\d{1,3}\.\d{1,3}\.\d|:[\da-fA-F]{0,4}:/

/** `from 192.0.2.9:51511 to 198.51.100.7`, but for what changed from one address to another. */
const FROM_TO = /\bfrom (\S{3,64}) to (\S{3,64})/gi
const FROM_TO_MAX = 4
const CHANGED = /\b(?:moved?|chang(?:ed?|ing)|renumbered|switched|updated|migrated)\b/i
const BEFORE_UNITS = 48

function fromTo(message: string): Ends | undefined {
  FROM_TO.lastIndex = 0
  for (let count = 0; count < FROM_TO_MAX; count++) {
    const match = FROM_TO.exec(message)
    if (match === null) return undefined
    const source = endOf(match[1]!)
    const destination = source && endOf(match[2]!)
    if (source === undefined || destination === undefined) continue
    const { index } = match
    if (CHANGED.test(message.slice(Math.max(0, index - BEFORE_UNITS), index))) return undefined
    return { source, destination }
  }
  return undefined
}

/** `Source IP Address: 192.0.2.9 Source Port: 51511 Destination IP Address: 198.51.100.7`,
 * `Source 192.0.2.9:51511 - Destination 198.51.100.7:443`. */
const SOURCE = /\bsource(?: ip)?(?: address)?(?:es)?(?:[:=] ?| )([\da-f.:]{3,45})/i
const DESTINATION = /\bdestination(?: ips?)?(?: address)?(?:es)?(?:[:=] ?| )([\da-f.:]{3,45})/i
const SOURCE_PORT = /\bsource port[:=] ?(\d{1,5})\b/i
const DESTINATION_PORT = /\bdestination port[:=] ?(\d{1,5})\b/i

function labelled(message: string): Ends | undefined {
  const from = SOURCE.exec(message)?.[1]
  const to = DESTINATION.exec(message)?.[1]
  const source = from && labelledEnd(from, SOURCE_PORT.exec(message)?.[1])
  const destination = to && labelledEnd(to, DESTINATION_PORT.exec(message)?.[1])
  return source && destination ? { source, destination } : undefined
}

function labelledEnd(address: string, port: string | undefined): End | undefined {
  return (port === undefined ? undefined : endFrom(address, port)) ?? endOf(address)
}

/** `tcp 192.0.2.9 198.51.100.7 51511 443`, perhaps with lengths between the protocol and the addresses. */
const SIDE_BY_SIDE =
  /\b(?:tcp|udp|icmp)((?: \d{1,5}){0,3}) (\d{1,3}(?:\.\d{1,3}){3}) (\d{1,3}(?:\.\d{1,3}){3})(?: {1,2}(\d{1,5}) {1,2}(\d{1,5})(?= |$))?/i

function sideBySide(message: string): Ends | undefined {
  const match = SIDE_BY_SIDE.exec(message)
  if (match === null) return undefined
  const isTransport = match[0].charCodeAt(0) !== 0x69 && match[0].charCodeAt(0) !== 0x49
  const source = endFrom(match[2]!, isTransport ? match[4] : undefined)
  const destination = endFrom(match[3]!, isTransport ? match[5] : undefined)
  return source === undefined || destination === undefined ? undefined : { source, destination }
}

const IPV4_END = /^(\d{1,3}(?:\.\d{1,3}){3})(?:[:/(#](\d{1,5})(?!\d)|(?![\d.]))/
const IPV6_END = /^\[?([\da-f]{0,4}:[\da-f:.]{1,43})(?:\]:|\/|\]$|\(|$)(\d{0,5})/i
const OPENING = /^[<([{"']+/
const CLOSING = /[.,;]+$/

/** The end that a text begins with: `192.0.2.9`, `192.0.2.9:443`, `192.0.2.9/443`, `192.0.2.9(443)`,
 * `192.0.2.9:443:X1:`, `[2001:db8::1]:443`, `2001:db8::1/443`; undefined for any other text. */
export function endOf(text: string): End | undefined {
  if (text === '' || text.length > END_UNITS_MAX) return undefined
  const closed = text.replace(CLOSING, '')
  const bare = closed.startsWith('[') ? closed : closed.replace(OPENING, '')
  const match = IPV4_END.exec(bare) ?? IPV6_END.exec(bare)
  return match === null ? undefined : endFrom(match[1]!, match[2])
}

function endFrom(address: string, digits: string | undefined): End | undefined {
  const ip = ipOf(address)
  if (ip === undefined) return undefined
  const port = digits === undefined || digits === '' ? undefined : portOf(digits)
  return port === undefined ? { ip } : { ip, port }
}

/** The word in front of `end`, blanks between them passed over. */
function wordBefore(text: string, end: number): string {
  let last = end
  while (last > 0 && text.charCodeAt(last - 1) === BLANK) last--
  let first = last
  while (first > 0 && last - first <= END_UNITS_MAX && !isEdge(text.charCodeAt(first - 1))) first--
  return text.slice(first, last)
}

function wordBehind(text: string, start: number): string {
  let first = start
  while (text.charCodeAt(first) === BLANK) first++
  let last = first
  while (last < text.length && last - first <= END_UNITS_MAX && !isEdge(text.charCodeAt(last))) {
    last++
  }
  return text.slice(first, last)
}

/** A blank, a comma, `>` or `=`. */
function isEdge(code: number): boolean {
  return code <= BLANK || code === 0x2c || code === 0x3e || code === 0x3d || code === 0x3b
}
