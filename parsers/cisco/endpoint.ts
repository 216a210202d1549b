// An address as ASA messages write it: `inside:10.0.0.1/80`, `inside/10.0.0.1(80)`, `10.0.0.1/https`,
// `Local:10.0.0.1:500`, with `(LOCAL\anna)` behind it.
import { isIpv4, isIpv6 } from '../values.ts'

export interface Endpoint {
  readonly interface?: string
  readonly ip?: string
  /** Where the device was told to write names instead of addresses. */
  readonly name?: string
  readonly port?: string
  readonly user?: string
}

const WORD_UNITS_MAX = 300

/** Reads one word; undefined when it is no endpoint. `named`: a name with a port is one too. */
export function readEndpoint(word: string, named: boolean): Endpoint | undefined {
  if (word.length > WORD_UNITS_MAX) return undefined
  // `outside(acl):10.0.0.1/80` names the rule of a translation behind the interface.
  const rule = word.indexOf('):')
  const open = word.indexOf('(', rule + 1)
  const whole = (open > 0 ? word.slice(0, open) : word).slice(rule < 0 ? 0 : rule + 2)
  const main = whole.endsWith(')') ? whole.slice(0, -1) : whole
  const suffix = open > 0 ? suffixOf(word, open + 1) : ''
  const at = main.lastIndexOf('@')
  const user = at > 0 ? main.slice(0, at) : undefined
  const text = main.slice(at + 1)
  const port = isPort(suffix) ? suffix : undefined
  const found = addressOf(text) ?? (named ? nameOf(text, port !== undefined) : undefined)
  if (found === undefined) return undefined
  if (port !== undefined) {
    // `10.0.0.1(56575)(LOCAL\\anna)`: an account may stand behind the port.
    const next = word.indexOf(')(', open)
    const behind = next < 0 ? '' : suffixOf(word, next + 2)
    const own = behind === '' || isPort(behind) ? found : { ...found, user: behind }
    return own.port === undefined ? { ...own, port } : own
  }
  const account = suffix === '' || suffix === 'type' || suffix === 'no' ? user : suffix
  return account === undefined ? found : { ...found, user: account }
}

/** An address and a port that stand in a text as such, and the name in front of them if it says something. */
export interface PlainEndpoint {
  readonly interface: string | undefined
  readonly ip: string
  readonly port: string | undefined
  readonly portNumber: number
}

/** By far the most of them, read where they stand: `inside:10.0.0.1/80`, `10.0.0.1/80`, `inside/10.0.0.1(80)`, with
 * `)` behind it or not. Undefined for any other form, which may still be an endpoint. */
export function plainEndpoint(text: string, start: number, end: number): PlainEndpoint | undefined {
  const last = text.charCodeAt(end - 1) === CLOSE ? end - 1 : end
  let at = start
  while (at < last && isNameUnit(text.charCodeAt(at))) at++
  const mark = text.charCodeAt(at)
  const named = at > start && (mark === COLON || mark === SLASH)
  const first = named && !isDigit(text.charCodeAt(start)) ? at + 1 : start
  const behind = ipv4End(text, first, last)
  // A name that is only `-` is none.
  if (behind < 0 || (first === start + 2 && text.charCodeAt(start) === DASH)) return undefined
  const ip = text.slice(first, behind)
  const own = first === start ? undefined : text.slice(start, at)
  if (behind === last) return { interface: own, ip, port: undefined, portNumber: 0 }
  const open = text.charCodeAt(behind)
  // `inside/10.0.0.1(80)`: the bracket at the end is the port's own.
  const bracketed = open === OPEN && own !== undefined && mark === SLASH && last < end
  if (!bracketed && !(open === SLASH && mark !== SLASH)) return undefined
  const port = behind + 1
  if (last === port || last - port > 6) return undefined
  let portNumber = 0
  for (let index = port; index < last; index++) {
    const code = text.charCodeAt(index)
    if (!isDigit(code)) return undefined
    portNumber = portNumber * 10 + code - 0x30
  }
  // A number with five digits at most is a port, `000080` is a text.
  if (portNumber > PORT_MAX || last - port > 5) return undefined
  return { interface: own, ip, port: text.slice(port, last), portNumber }
}

const PORT_MAX = 65_535
const DASH = 0x2d
const COLON = 0x3a
const SLASH = 0x2f
const OPEN = 0x28
const CLOSE = 0x29

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** Letters, digits, `_` and `-`: the names of most interfaces. */
function isNameUnit(code: number): boolean {
  const letter = code | 0x20
  return (letter >= 0x61 && letter <= 0x7a) || isDigit(code) || code === 0x5f || code === 0x2d
}

/** Where the IPv4 address that starts at `start` ends, or -1. */
function ipv4End(text: string, start: number, end: number): number {
  let at = start
  for (let part = 0; part < 4; part++) {
    if (part > 0 && text.charCodeAt(at++) !== 0x2e) return -1
    let value = 0
    const first = at
    while (at < end && at - first < 3 && isDigit(text.charCodeAt(at))) {
      value = value * 10 + text.charCodeAt(at++) - 0x30
    }
    if (at === first || value > 255) return -1
  }
  return at
}

/** What is in the last brackets, up to a comma: `LOCAL\anna` of `(10.0.0.1/1)(LOCAL\anna, 123)`. */
function suffixOf(word: string, start: number): string {
  let end = start
  while (end < word.length) {
    const code = word.charCodeAt(end)
    if (code === 0x29 || code === 0x2c) break
    end++
  }
  return word.slice(start, end)
}

/** One to six digits. */
function isPort(text: string): boolean {
  const { length } = text
  if (length === 0 || length > 6) return false
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index)
    if (!(code >= 0x30 && code <= 0x39)) return false
  }
  return true
}

function isIp(text: string): boolean {
  return isIpv4(text) || isIpv6(text)
}

function addressOf(text: string): Endpoint | undefined {
  const slash = text.lastIndexOf('/')
  if (slash < 0) return hostOf(text)
  const left = text.slice(0, slash)
  const right = text.slice(slash + 1)
  const host = hostOf(left)
  if (host !== undefined) return { ...host, port: right }
  const inner = hostOf(right)
  return inner === undefined ? undefined : { interface: left, ...inner }
}

/** `10.0.0.1`, `inside:10.0.0.1`, `Local:10.0.0.1:500`. */
function hostOf(text: string): Endpoint | undefined {
  if (isIp(text)) return { ip: text }
  const colon = text.indexOf(':')
  if (colon <= 0) return undefined
  const name = text.slice(0, colon)
  const rest = text.slice(colon + 1)
  // IKEv2's ends always have a port.
  const behind = name === 'Local' || name === 'Remote' ? rest.lastIndexOf(':') : -1
  if (behind > 0 && isIpv6(rest.slice(0, behind)) && isPort(rest.slice(behind + 1))) {
    return { interface: name, ip: rest.slice(0, behind), port: rest.slice(behind + 1) }
  }
  if (isIp(rest) && !isIpv4(name)) return { interface: name, ip: rest }
  const last = rest.lastIndexOf(':')
  // `v1:outside:10.0.0.1`: an interface with a colon in its name.
  const inner = last > 0 ? rest.slice(last + 1) : ''
  if (inner.includes('.') && isIpv4(inner) && !isIpv4(rest.slice(0, last))) {
    return { interface: text.slice(0, text.length - inner.length - 1), ip: inner }
  }
  const port = rest.slice(last + 1)
  if (last > 0 && isIpv4(rest.slice(0, last)) && isPort(port)) {
    return { interface: name, ip: rest.slice(0, last), port }
  }
  return isIpv4(name) && isPort(rest) ? { ip: name, port: rest } : undefined
}

/** `SERVERS:exp-srv/50578`, `target.example/80`. */
function nameOf(text: string, portBehind: boolean): Endpoint | undefined {
  const slash = text.lastIndexOf('/')
  const inner = text.slice(slash + 1)
  if (portBehind && slash > 0 && /^[\w.-]{1,255}$/.test(inner)) {
    return { interface: text.slice(0, slash), name: inner }
  }
  const port = text.slice(slash + 1)
  const whole = slash < 0 ? text : text.slice(0, slash)
  const colon = whole.indexOf(':')
  if (slash < 0 && colon <= 0) return undefined
  if (slash >= 0 && !isPort(port)) return undefined
  const name = whole.slice(colon + 1)
  if (!/^[\w.<>-]{1,255}$/.test(name)) return undefined
  return {
    name,
    ...(colon > 0 ? { interface: whole.slice(0, colon) } : {}),
    ...(slash < 0 ? {} : { port }),
  }
}
