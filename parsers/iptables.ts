// Netfilter's LOG target, with or without UFW's prefix: `[UFW BLOCK] IN=eth0 OUT= SRC=10.0.0.1 DPT=22 SYN`.
import { deviceEvent, put, type WritableFields, type WritablePivots } from './device/event.ts'
import { HEADER_UNITS_MAX, readHeader } from './device/header.ts'
import { verdictOf } from './device/verdict.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { internedAt } from './names.ts'
import { type SyslogLine, splitSyslog } from './syslog-header.ts'
import { timeAt } from './time.ts'

const LOGSOURCE = closedLogSource('linux', ['firewall'], ['iptables', 'syslog'])
const PAIRS_MAX = 64

/** Where `IN=` starts, or -1 when the line is none of netfilter's. */
function pairsStart(text: string): number {
  const out = text.indexOf(' OUT=')
  if (out < 0 || out > HEADER_UNITS_MAX) return -1
  const start = text.lastIndexOf('IN=', out)
  if (start < 0 || (start > 0 && /\w/.test(text[start - 1]!))) return -1
  return text.includes(' SRC=', out) || text.includes(' MAC=', out) || text.includes(' ARP', out)
    ? start
    : -1
}

/** Also where the end of a packet starts that a device cut in two. */
function partStart(text: string): number {
  const whole = pairsStart(text)
  if (whole >= 0) return whole
  const part = /(?:^| )[A-Z]{1,8}=\S{1,64} .{0,256}?\bPROTO=/.exec(text.slice(0, HEADER_UNITS_MAX))
  return part === null ? -1 : part.index + (part[0].startsWith(' ') ? 1 : 0)
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { text } = input
  const start = input.json === undefined ? partStart(text) : -1
  if (start < 0) return { code: 'iptables-no-packet', message: 'no IN= and OUT= of netfilter' }
  const { header, prefix } = headOf(text, start, context)
  const fields: WritableFields = {}
  const flags: string[] = []
  readPacket(text, start, fields, flags)
  if (flags.length > 0) fields.flags = flags
  put(fields, 'prefix', prefix)
  put(fields, 'src_ip', fields.SRC as string | undefined)
  put(fields, 'dst_ip', fields.DST as string | undefined)
  if (fields.SPT !== undefined) fields.src_port = fields.SPT
  if (fields.DPT !== undefined) fields.dst_port = fields.DPT
  if (typeof fields.PROTO === 'string') fields.protocol = fields.PROTO.toLowerCase()
  const pivots: WritablePivots = {}
  const verdict = verdictIn(prefix)
  if (verdict !== undefined) {
    fields.action = verdict
    pivots.action = verdict
  }
  const message = text.slice(start - prefix.length < 0 ? start : text.indexOf(prefix))
  return deviceEvent(header, { logsource: LOGSOURCE, message, fields, pivots })
}

/** The syslog header and the rule's prefix; a prefix that reads like a program's tag is one. */
function headOf(
  text: string,
  start: number,
  context: ParseContext,
): { readonly header?: SyslogLine; readonly prefix: string } {
  const kernel = text.lastIndexOf('kernel:', start)
  if (kernel >= 0) {
    const prefix = cleaned(text.slice(kernel + 7, start))
    if (kernel === 0) return { prefix }
    return { header: { ...readHeader(text.slice(0, kernel), context), program: 'kernel' }, prefix }
  }
  const line = splitSyslog(text, context)
  if (line === undefined) {
    const stamp = timeAt(text, 0, context)
    const prefix = cleaned(text.slice(stamp?.end ?? 0, start))
    const header = { form: 'rfc3164' as const, message: '', time: stamp?.time ?? 0 }
    return stamp === undefined ? { prefix } : { header, prefix }
  }
  const own = line.message.slice(0, Math.max(line.message.length - (text.length - start), 0))
  const { program, ...rest } = line
  if (
    program === undefined ||
    program === 'kernel' ||
    program.startsWith('ulog') ||
    line.pid !== undefined
  ) {
    return { header: line, prefix: cleaned(own) }
  }
  return { header: rest, prefix: cleaned(`${program} ${own}`) }
}

/** Without the kernel's uptime and tag: `kernel: [16571.459614] [UFW BLOCK] `. */
function cleaned(prefix: string): string {
  return prefix
    .replace(/^\s*(?:kernel:)?\s*/, '')
    .replace(/^\[\s{0,16}\d{1,12}\.\d{1,9}\]\s*/, '')
    .trim()
}

const NAMES: ReadonlySet<string> = new Set([
  ...['IN', 'OUT', 'PHYSIN', 'PHYSOUT', 'MAC', 'SRC', 'DST', 'LEN', 'TOS', 'PREC', 'TTL', 'ID'],
  ...['PROTO', 'SPT', 'DPT', 'WINDOW', 'RES', 'URGP', 'TYPE', 'CODE', 'SEQ', 'TC', 'HOPLIMIT'],
  ...['FLOWLBL', 'MARK', 'UID', 'GID', 'MTU', 'SPI', 'VRF', 'OPT'],
])
const NAME = /^[A-Za-z]\w{0,31}$/
const FLAGS: ReadonlySet<string> = new Set([
  ...['DF', 'MF', 'CE', 'SYN', 'ACK', 'PSH', 'RST', 'FIN', 'URG', 'ECE', 'CWR', 'ECN'],
])

/** `NAME=value`, `NAME=` and bare flags. What is in brackets is the packet that an ICMP error quotes. */
function readPacket(text: string, start: number, fields: WritableFields, flags: string[]): void {
  let at = start
  for (let count = 0; at < text.length && count < PAIRS_MAX; count++) {
    let end = at
    let equals = -1
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (code === 0x20) break
      if (code === 0x3d && equals < 0) equals = end
    }
    if (text.charCodeAt(at) === 0x5b) {
      const close = text.indexOf(']', at)
      if (close < 0) return
      fields.quoted_packet = text.slice(at + 1, close).trim()
      at = close + 1
      continue
    }
    if (equals > at) addPair(fields, text, at, equals, end)
    else if (end > at && end - at <= 8) {
      const flag = text.slice(at, end)
      if (FLAGS.has(flag)) flags.push(flag)
    }
    at = end + 1
  }
}

function addPair(
  fields: WritableFields,
  text: string,
  start: number,
  equals: number,
  end: number,
): void {
  const name = internedAt(text, start, equals)
  if (!NAMES.has(name) && !NAME.test(name)) return
  const number = integerAt(text, equals + 1, end)
  const value = number >= 0 ? number : text.slice(equals + 1, end)
  // The second LEN is the UDP header's.
  fields[name === 'LEN' && fields.LEN !== undefined ? 'UDP_LEN' : name] = value
}

/** The decimal number that fills a range, or -1 where there is none or it has leading zeros. */
function integerAt(text: string, start: number, end: number): number {
  const first = text.charCodeAt(start)
  if (end <= start || end - start > 15 || (first === 0x30 && end - start > 1)) return -1
  let value = 0
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - 0x30
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

/** The verdict that a prefix names: `UFW BLOCK`, `DROP_INPUT`, `wan-lan-default-D` of EdgeOS. */
function verdictIn(prefix: string): string | undefined {
  const known = verdicts.get(prefix)
  if (known !== undefined) return known === '' ? undefined : known
  const verdict = findVerdict(prefix)
  if (verdicts.size >= VERDICTS_MAX) verdicts.clear()
  verdicts.set(prefix, verdict ?? '')
  return verdict
}

/** Rules have few prefixes: those seen are remembered. */
const verdicts = new Map<string, string>()
const VERDICTS_MAX = 1024

function findVerdict(prefix: string): string | undefined {
  if (prefix.length > HEADER_UNITS_MAX) return undefined
  const edge = /-([ADR])\]?$/.exec(prefix)?.[1]
  if (edge !== undefined) return edge === 'A' ? 'allowed' : 'denied'
  for (const word of prefix.toLowerCase().split(/[^a-z]+/)) {
    const verdict = verdictOf(word)
    if (verdict !== undefined && word !== 'forward' && word !== 'start') return verdict
    // SuSEfirewall2 accepts with `SFW2-INext-ACC-TCP`.
    if (word === 'acc') return 'allowed'
  }
  return undefined
}

export const iptables: Parser = {
  name: 'iptables',
  title: 'Linux netfilter (iptables, nftables log, UFW)',
  aliases: ['ufw', 'netfilter', 'nftables'],
  keys: [],
  recognise: (input) => input.json === undefined && pairsStart(input.text) >= 0,
  parse,
}
