// Messages 430001 to 430005 of Firepower: `SrcIP: 10.0.0.1, DstPort: 80, Prefilter Policy: Default`.
import {
  accountName,
  hostOfUrl,
  put,
  type WritableFields,
  type WritablePivots,
} from '../device/event.ts'
import { verdictOf } from '../device/verdict.ts'

const PAIRS_MAX = 256
const NAME = /^([A-Z][\w ]{1,48}):(?: |$)/

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
    const name = NAME.exec(part.slice(0, 64))
    if (name === null) {
      if (last !== undefined) fields[last] = `${fields[last]}, ${part}`
      continue
    }
    last = name[1]!.replaceAll(' ', '')
    fields[last] = part.slice(name[0].length).trimEnd()
    count++
  }
  for (const own in NAMES) {
    const value = fields[own]
    if (typeof value === 'string') put(fields, NAMES[own]!, value)
  }
  if (count > 0) addPivots(fields, pivots)
  return count
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
