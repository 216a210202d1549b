// The columns of a Windows event.
import type { Fields, FieldValue, Pivots } from '../../sigma/event.ts'
import { accountName } from '../device/event.ts'
import { type EventSeverity, severityOf } from '../severity.ts'
import { pivotValue } from '../values.ts'
import type { WindowsEvent } from './event.ts'
import { actionOf } from './titles.ts'

/** Fields of each column, first usable value wins. */
const PIVOT_FIELDS = {
  src_ip: ['SourceIp', 'IpAddress', 'SourceAddress', 'ClientAddress', 'Source', 'Address'],
  src_port: ['SourcePort', 'IpPort', 'ClientPort'],
  dst_ip: ['DestinationIp', 'DestAddress', 'DestinationAddress', 'Destination'],
  dst_port: ['DestinationPort', 'DestPort'],
  process: [
    ...['Image', 'NewProcessName', 'SourceImage', 'ProcessName', 'Application', 'processPath'],
    ...['AppPath', 'ProcessPath', 'ModifyingApplication', 'HostApplication'],
  ],
  hash: ['Hashes', 'Hash'],
  domain: ['QueryName', 'QNAME', 'DestinationHostname'],
  url: ['RemoteName', 'url'],
} as const satisfies Partial<Record<keyof Pivots, readonly string[]>>

const PIVOT_COLUMNS = Object.entries(PIVOT_FIELDS).map(([name, candidates]) => ({
  name: name as keyof typeof PIVOT_FIELDS,
  candidates: candidates as readonly string[],
}))

/** Security events whose target account is the one that acts: it logs on, off or asks for a ticket. */
const TARGET_ACTS: ReadonlySet<number> = new Set([
  ...[4624, 4625, 4626, 4627, 4634, 4647, 4768, 4769, 4770, 4771, 4772, 4773, 4776, 4777, 4800],
  ...[4801, 4802, 4803, 4964],
])
const ACTING_USER = [
  ...['User', 'SubjectUserName', 'TargetUserName', 'UserName', 'AccountName', 'UserId'],
  ...['ClientUserName', 'UserContext', 'Detection User', 'Security_UserName'],
]
const TARGET_USER = ['TargetUserName', 'SubjectUserName', 'User', 'UserName', 'AccountName']

type Writable = { -readonly [name in keyof Pivots]: Pivots[name] }

/** Host, user, addresses, process and the rest, as far as the event has them. */
export function pivotsOf(event: WindowsEvent, fields: Fields, service: string | undefined): Pivots {
  const pivots: Writable = {}
  if (event.computer !== undefined) pivots.host = event.computer
  const target = service === 'security' && TARGET_ACTS.has(event.eventId)
  const user = firstPivot('user', target ? TARGET_USER : ACTING_USER, fields) ?? event.user
  if (user !== undefined) pivots.user = accountName(String(user))
  for (const { name, candidates } of PIVOT_COLUMNS) {
    const value = firstPivot(name, candidates, fields)
    if (value !== undefined) pivots[name] = value
  }
  if (service === 'dns-server-analytic') addPort(pivots, fields)
  const action = actionOf(service, event.eventId)
  if (action !== undefined) pivots.action = action
  const outcome = outcomeOf(event) ?? outcomeOfId(event, fields, service)
  if (outcome !== undefined) pivots.outcome = outcome
  const severity = levelSeverity(event)
  if (severity !== undefined) pivots.severity = severity
  return pivots
}

/** DNS servers log one address and one port: of who asked, or of who is answered. */
function addPort(pivots: Writable, fields: Fields): void {
  const port = fields.Port === undefined ? undefined : pivotValue('src_port', fields.Port)
  if (port === undefined) return
  if (fields.Source === undefined) pivots.dst_port = port
  else pivots.src_port = port
}

function firstPivot(
  name: keyof Pivots,
  candidates: readonly string[],
  fields: Fields,
): string | number | undefined {
  for (const candidate of candidates) {
    const value = fields[candidate]
    if (value === undefined) continue
    if (name === 'src_ip' && value === 'LOCAL') return '127.0.0.1'
    const usable = pivotValue(name, value)
    if (usable !== undefined) return usable
  }
  return undefined
}

/** Audit success and failure, from the keywords' bits or words, or from what a collector says. */
function outcomeOf({ keywords, outcome }: WindowsEvent): string | undefined {
  if (typeof keywords !== 'string') return keywordsOutcome(keywords) ?? outcome
  if (keywords !== lastKeywords) {
    lastKeywords = keywords
    lastOutcome = keywordsOutcome(keywords)
  }
  return lastOutcome ?? outcome
}

/** Events of one kind have the same keywords. */
let lastKeywords = ''
let lastOutcome: string | undefined

function keywordsOutcome(keywords: FieldValue | undefined): string | undefined {
  const text = (Array.isArray(keywords) ? keywords.join(' ') : String(keywords ?? '')).toLowerCase()
  if (text.includes('audit success') || text.startsWith('0x802')) return 'success'
  if (text.includes('audit failure') || text.startsWith('0x801')) return 'failure'
  if (text === '-9214364837600034816' || text === '9232379236109516800') return 'success'
  if (text === '-9218868437227405312' || text === '9227875636482146304') return 'failure'
  return undefined
}

/** Security events that are logged for what failed alone. */
const FAILURES: ReadonlySet<number> = new Set([
  ...[
    529, 530, 531, 532, 533, 534, 535, 536, 537, 539, 675, 676, 4625, 4649, 4771, 4772, 4773, 4777,
  ],
  ...[
    4821, 4822, 4823, 4824, 5031, 5035, 5037, 5038, 5150, 5151, 5152, 5153, 5155, 5157, 5159, 6281,
  ],
])
/** Security events that may say either: what they were asked for is granted or not. */
const EITHER: ReadonlySet<number> = new Set([
  ...[
    4656, 4661, 4662, 4663, 4673, 4674, 4723, 4724, 4738, 4793, 4794, 5058, 5059, 5061, 5140, 5145,
  ],
  ...[5376, 5377, 5632, 5633, 6272, 6273, 6274],
])
/** Security events with a status: zero where it succeeded. */
const WITH_STATUS: ReadonlySet<number> = new Set([4768, 4769, 4776])

/** The auditing's provider, and none. */
const AUDITING: ReadonlySet<string> = new Set(['Microsoft-Windows-Security-Auditing', ''])

/** The Security log's outcome where the sender left the keywords out, and that of DNS answers. */
function outcomeOfId(
  { eventId, provider }: WindowsEvent,
  { Status: status, RCODE: code }: Fields,
  service: string | undefined,
): string | undefined {
  if (service === 'dns-server-analytic') return code === undefined ? undefined : ofZero(code)
  if (service !== 'security' || !AUDITING.has(provider)) return undefined
  if (FAILURES.has(eventId)) return 'failure'
  if (EITHER.has(eventId)) return undefined
  if (!WITH_STATUS.has(eventId)) return 'success'
  return status === undefined ? undefined : ofZero(status)
}

/** A status or code of an answer: zero where it succeeded. */
function ofZero(status: FieldValue): string {
  return Number(status) === 0 ? 'success' : 'failure'
}

/** Warnings and worse; what Windows calls information is left to the patterns. */
function levelSeverity({ level }: WindowsEvent): EventSeverity | undefined {
  if (level === 1 || level === '1') return 'high'
  if (level === 2 || level === '2') return 'medium'
  if (level === 3 || level === '3') return 'low'
  const severity = typeof level === 'string' ? severityOf(level) : undefined
  return severity === 'informational' ? undefined : severity
}
