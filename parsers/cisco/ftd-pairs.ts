// Messages 430001 to 430005 of Firepower: `SrcIP: 10.0.0.1, DstPort: 80, Prefilter Policy: Default`.
import {
  accountName,
  hostOfUrl,
  put,
  type WritableFields,
  type WritablePivots,
} from '../device/event.ts'
import { verdictOf } from '../device/verdict.ts'
import { internedAt } from '../names.ts'

const PAIRS_MAX = 256
const NAME_UNITS_MAX = 49
const NAME = /^[A-Z][\w ]+$/
const NAMES_MAX = 1024
/** Names as fields have them, by how messages write them; empty for what is no name. */
const seen = new Map<string, string>()

function nameOf(text: string): string {
  const known = seen.get(text)
  if (known !== undefined) return known
  const name = NAME.test(text) ? text.replaceAll(' ', '') : ''
  if (seen.size >= NAMES_MAX) seen.clear()
  seen.set(text, name)
  return name
}

/** The names that other sources use for the same thing. */
const NAMES: Readonly<Record<string, string>> = {
  SrcIP: 'src_ip',
  DstIP: 'dst_ip',
  SrcPort: 'src_port',
  DstPort: 'dst_port',
  Protocol: 'protocol',
  User: 'user',
  URL: 'c-uri',
  URI: 'c-uri',
  UserAgent: 'c-useragent',
  HTTPReferer: 'cs-referrer',
  HTTPResponse: 'sc-status',
  DNSQuery: 'query',
  DNSRecordType: 'record_type',
}

/** Adds the pairs of a message, those with a common name under it too; how many there were. */
export function readFtdPairs(
  message: string,
  fields: WritableFields,
  pivots: WritablePivots,
): number {
  let last: string | undefined
  let count = 0
  for (const part of message.split(', ', PAIRS_MAX)) {
    const colon = part.indexOf(':')
    const name = colon < 2 || colon > NAME_UNITS_MAX ? '' : nameOf(internedAt(part, 0, colon))
    const end = part.charCodeAt(colon + 1)
    if (name === '' || !(end === 0x20 || Number.isNaN(end))) {
      if (last !== undefined) fields[last] = `${fields[last]}, ${part}`
      continue
    }
    last = name
    const value = part.slice(colon + 2)
    fields[last] = isClosed(value) ? value : value.trimEnd()
    count++
  }
  for (const own in NAMES) {
    const value = fields[own]
    if (typeof value === 'string') put(fields, NAMES[own]!, value)
  }
  if (count > 0) addPivots(fields, pivots)
  return count
}

/** Whether a value ends in a character of ASCII that is no blank. */
function isClosed(value: string): boolean {
  const code = value.charCodeAt(value.length - 1)
  return code > 0x20 && code < 0x80
}

function text(fields: WritableFields, name: string): string | undefined {
  const value = fields[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function addPivots(fields: WritableFields, pivots: WritablePivots): void {
  const user = text(fields, 'user')
  if (user !== undefined) pivots.user = accountName(user)
  const url = text(fields, 'c-uri')
  if (url !== undefined) pivots.url = url
  const domain = text(fields, 'query') ?? (url === undefined ? undefined : hostOfUrl(url))
  if (domain !== undefined) pivots.domain = domain
  const hash = text(fields, 'FileSHA256')
  if (hash !== undefined) pivots.hash = hash
  const action = text(fields, 'AccessControlRuleAction') ?? text(fields, 'FileAction')
  if (action === undefined) return
  const [word = ''] = action.split(/[, ]/, 1)
  fields.action = verdictOf(word) ?? action
  pivots.action = fields.action
  pivots.outcome = 'success'
}
