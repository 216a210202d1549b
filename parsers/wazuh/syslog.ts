// Wazuh's and OSSEC's syslog output: the default text, and JSON. Its CEF is read as CEF.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import type { ParseContext } from '../event.ts'
import { JsonError, parseJsonObject } from '../json-text.ts'
import { splitSyslog } from '../syslog-header.ts'

const TEXT = /^Alert Level: (\d{1,2}); Rule: (\d{1,7}) - /
const LOCATION = '; Location: '
/** Values that may stand in front of the alert's own line. */
const PAIR = /^; (srcip|dstip|srcport|dstport|user|classification): ([^;]{0,256})/
const PAIRS_MAX = 16
const NAMES: Readonly<Record<string, string>> = { user: 'dstuser' }

/** An alert as alerts.json has it, and the header's time; undefined for any other line. */
export function syslogAlert(
  text: string,
  context: ParseContext,
): { readonly json: Fields; readonly time: number | undefined } | undefined {
  if (!text.includes('ossec')) return undefined
  const line = splitSyslog(text, context)
  if (line === undefined || line.program !== 'ossec') return undefined
  const json = textAlert(line.message) ?? jsonAlert(line.message)
  if (json === undefined) return undefined
  const manager = line.host === undefined ? {} : { manager: { name: line.host } }
  return { json: { ...manager, ...json }, time: line.time }
}

/** `Alert Level: 10; Rule: 5712 - sshd: brute force.; Location: (web1) 10.0.0.8->/var/log/auth.log; srcip: ...; line`. */
function textAlert(message: string): Fields | undefined {
  const match = TEXT.exec(message)
  const location = match === null ? -1 : message.indexOf(LOCATION, match[0].length)
  if (match === null || location < 0) return undefined
  const end = message.indexOf(';', location + LOCATION.length)
  const place = message.slice(location + LOCATION.length, end < 0 ? message.length : end)
  const rule = {
    level: Number(match[1]),
    id: match[2]!,
    description: message.slice(match[0].length, location),
  }
  const { data, rest } = pairsOf(end < 0 ? '' : message.slice(end))
  return {
    rule,
    ...agentOf(place),
    location: place,
    data,
    ...(rest === '' ? {} : { full_log: rest }),
  }
}

function pairsOf(text: string): { readonly data: Fields; readonly rest: string } {
  const data: { [name: string]: FieldValue } = {}
  let rest = text
  for (let count = 0; count < PAIRS_MAX; count++) {
    const match = PAIR.exec(rest)
    if (match === null) break
    data[NAMES[match[1]!] ?? match[1]!] = match[2]!
    rest = rest.slice(match[0].length)
  }
  return { data, rest: rest.startsWith(';') ? rest.slice(1).trim() : rest.trim() }
}

/** `(web1) 10.0.0.8->/var/log/auth.log`; without an agent it is the manager's own. */
function agentOf(place: string): Fields {
  const match = /^\(([^)]{1,255})\) ([^ ]{1,64}?)->/.exec(place)
  if (match !== null) return { agent: { name: match[1]!, ip: match[2]! } }
  const arrow = place.indexOf('->')
  return arrow > 0 ? { agent: { name: place.slice(0, arrow) } } : {}
}

/** `{"crit":7,"id":510,"component":"...","classification":"...","description":"...","message":"..."}`. */
function jsonAlert(message: string): Fields | undefined {
  const json = parseJsonObject(message)
  if (json === undefined || json instanceof JsonError) return undefined
  const { crit, id, component, description, classification, src_ip, user, message: line } = json
  if (typeof crit !== 'number' || id === undefined) return undefined
  const place = typeof component === 'string' ? component : ''
  return {
    rule: {
      level: crit,
      id: String(typeof id === 'object' ? '' : id),
      description: description ?? '',
      groups:
        typeof classification === 'string' ? classification.trim().split(',').filter(Boolean) : [],
    },
    ...agentOf(place),
    location: place,
    data: {
      ...(src_ip === undefined ? {} : { srcip: src_ip }),
      ...(user === undefined ? {} : { dstuser: user }),
    },
    ...(typeof line === 'string' ? { full_log: line } : {}),
  }
}
