// Sysmon for Linux: the XML of Windows events in a syslog line, or that XML alone. Its log source is Linux,
// its fields are those of Sysmon.
import type { Fields } from '../sigma/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { isFields } from './json-text.ts'
import { syslogFields } from './syslog/fields.ts'
import { splitSyslog } from './syslog-header.ts'
import { parseEventXml } from './windows/xml.ts'
import { parseWindowsJson } from './windows.ts'

const PROVIDER = 'Linux-Sysmon'
const CHANNEL = 'Linux-Sysmon/Operational'
/** The provider stands in the first element of an event. */
const HEAD_UNITS = 400

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  if (input.json !== undefined) return parseWindowsJson(input.json, context)
  const start = eventStart(input.text)
  const json = start < 0 ? undefined : parseEventXml(input.text.slice(start))
  if (json === undefined) {
    return { code: 'sysmon-xml-invalid', message: 'no whole XML of a Sysmon event' }
  }
  const parsed = parseWindowsJson(json, context)
  const line = start === 0 ? undefined : splitSyslog(input.text, context)
  if ('code' in parsed || line === undefined) return parsed
  return {
    ...(line.time === undefined ? {} : { time: line.time }),
    ...parsed,
    pivots: { ...(line.host === undefined ? {} : { host: line.host }), ...parsed.pivots },
    fields: { ...syslogFields(line), ...parsed.fields },
  }
}

/** Where the event's element begins, with or without a name space; -1 where there is none. */
function eventStart(text: string): number {
  const start = text.indexOf('<Event')
  const next = text.charCodeAt(start + '<Event'.length)
  return next === 0x3e || next === 0x20 ? start : -1
}

/** JSON of a shipper that names the channel. */
function isLinuxSysmon({ winlog }: Fields): boolean {
  return winlog !== undefined && isFields(winlog) && winlog.channel === CHANNEL
}

export const sysmonLinux: Parser = {
  name: 'sysmon_linux',
  title: 'Sysmon for Linux (syslog)',
  aliases: ['linux_sysmon'],
  keys: ['winlog'],
  recognise: ({ json, text }) => {
    if (json !== undefined) return isLinuxSysmon(json)
    const start = eventStart(text)
    if (start < 0 || start > HEAD_UNITS) return false
    const provider = text.indexOf(PROVIDER, start)
    return provider > 0 && provider - start < HEAD_UNITS
  },
  parse,
}
