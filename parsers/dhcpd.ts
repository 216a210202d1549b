// ISC dhcpd, and the same messages as dnsmasq and Kea's relatives write them.
import { daemonLine } from './device/daemon.ts'
import { deviceEvent, put, type WritableFields, type WritablePivots } from './device/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'

const LOGSOURCE = closedLogSource('dhcpd', ['dhcp'], ['dhcpd', 'syslog'])
const PROGRAMS: ReadonlySet<string> = new Set(['dhcpd', 'dhcpd6', 'dnsmasq-dhcp'])

const VERB =
  /^(DHCP(?:DISCOVER|OFFER|REQUEST|DECLINE|ACK|NAK|RELEASE|INFORM|EXPIRE|LEASEQUERY|LEASEACTIVE|LEASEUNASSIGNED|LEASEUNKNOWN)|BOOTREQUEST|BOOTREPLY|DHCPV6 \w+|(?:Solicit|Advertise|Request|Confirm|Renew|Rebind|Reply|Release|Decline|Information-request|Relay-forward)(?= message| NA| (?:to|from))|(?:Sending|Received) [A-Z][a-z]{2,16}(?= (?:to|from))|Picking pool|Reusing lease(?= for)|Released lease(?= for))\b/
const MAC = '(?:[0-9A-Fa-f]{1,2}:){5,19}[0-9A-Fa-f]{1,2}'
/** `on|for|of|to|from address`. */
const ADDRESS =
  /\b(?:on|for|of|to|from|address|for:) ((?:\d{1,3}\.){3}\d{1,3}|(?=[0-9A-Fa-f:]{0,40}::)[0-9A-Fa-f:]{2,45}|(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4})(?=[\s,(]|$)(?! ?\/)/
const SERVER = /^ ?\(((?:\d{1,3}\.){3}\d{1,3})\)/
const CLIENT = new RegExp(`\\b(?:from|to) (${MAC})(?: \\(([^)]{1,255})\\))?`)
const LEASED = new RegExp(`\\((${MAC})\\)(?: via|$)`)
const RELAY = /\bvia (\S{1,64}?)(?::|,|\s|$)/
const DNSMASQ = new RegExp(
  `^(?:\\d{1,12} )?DHCP(\\w+)\\((\\S{1,32}?)\\) (?:((?:\\d{1,3}\\.){3}\\d{1,3}) )?(?:(${MAC}))?(?: (\\S{1,255}))?`,
)

const ABANDONED = /^[Aa]bandoning IP address ([0-9A-Fa-f:.]{2,45}): (.{1,255})$/

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  if (input.json !== undefined) return { code: 'dhcpd-no-line', message: 'JSON, no log line' }
  const { header, program, text } = daemonLine(input, context)
  const fields: WritableFields = {}
  const pivots: WritablePivots = {}
  const start = text.slice(0, 1024)
  const masq = DNSMASQ.exec(start)
  const verb = masq === null ? VERB.exec(start) : null
  const abandoned = ABANDONED.exec(start)
  if (masq !== null) readDnsmasq(masq, fields)
  else if (verb !== null) readVerb(verb, start, fields)
  else if (abandoned !== null) {
    fields.action = 'abandon'
    pivots.action = 'abandon'
    pivots.outcome = 'failure'
    put(fields, 'assigned_ip', abandoned[1])
    put(fields, 'src_ip', abandoned[1])
    put(fields, 'reason', abandoned[2])
  } else if (program === undefined || !PROGRAMS.has(program)) {
    return { code: 'dhcpd-no-line', message: 'no line of a DHCP server' }
  }
  const action = fields.action
  if (typeof action === 'string') {
    pivots.action = action
    if (/ACK|OFFER|Reply|Advertise/.test(action)) pivots.outcome = 'success'
    else if (/NAK|DECLINE/.test(action) || /no free leases|ignored|unknown client/.test(start)) {
      pivots.outcome = 'failure'
    }
  }
  return deviceEvent(header, { logsource: LOGSOURCE, message: text, fields, pivots })
}

function readDnsmasq(match: RegExpExecArray, fields: WritableFields): void {
  const [, verb, device, address, mac, name] = match
  fields.action = `DHCP${verb}`
  put(fields, 'interface', device)
  put(fields, 'assigned_ip', address)
  put(fields, 'src_ip', address)
  put(fields, 'mac', mac)
  put(fields, 'client_name', name)
}

function readVerb(verb: RegExpExecArray, text: string, fields: WritableFields): void {
  fields.action = verb[1]!
  const rest = text.slice(verb[0].length)
  const address = ADDRESS.exec(rest)
  if (address !== null) {
    put(fields, 'assigned_ip', address[1])
    put(fields, 'src_ip', address[1])
    const port = /^ port (\d{1,5})/.exec(rest.slice(address.index + address[0].length))
    put(fields, 'src_port', port?.[1])
    put(fields, 'dst_ip', SERVER.exec(rest.slice(address.index + address[0].length))?.[1])
  }
  const client = CLIENT.exec(rest)
  put(fields, 'mac', client?.[1] ?? LEASED.exec(rest)?.[1])
  put(fields, 'client_name', client?.[2])
  const via = RELAY.exec(rest)?.[1]
  put(fields, 'interface', via)
  const reason = /: ([^:]{3,200})$/.exec(rest)?.[1]
  put(fields, 'reason', reason)
}

export const dhcpd: Parser = {
  name: 'dhcpd',
  title: 'ISC dhcpd and dnsmasq DHCP',
  aliases: ['isc_dhcpd', 'isc-dhcp', 'dnsmasq-dhcp'],
  keys: [],
  recognise(input, context) {
    if (input.json !== undefined) return false
    const { program, text } = daemonLine(input, context)
    if (program !== undefined && PROGRAMS.has(program)) return true
    return (
      (text.startsWith('DHCP') || text.startsWith('BOOTRE')) &&
      / (?:via|from|to|on) /.test(text.slice(0, 256)) &&
      VERB.test(text.slice(0, 64))
    )
  },
  parse,
}
