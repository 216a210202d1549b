// The layout of a W3C line whose `#Fields:` is lost: IIS and HTTPERR write few layouts, and methods,
// addresses and numbers tell which.
import { isIpv4, isIpv6 } from '../values.ts'

const METHOD = /^[A-Z][A-Z_-]{2,23}$|^-$/
const VERSION = /^HTTP\/\d(?:\.\d)?$|^-$/
const NUMBER = /^\d{1,15}$/
const REASON = /^[A-Z][A-Za-z0-9_./]{1,40}$/

const HEAD = ['date', 'time']
const SITE = [[], ['s-sitename'], ['s-sitename', 's-computername']] as const
/** What IIS calls its sites; another word there is the computer. */
const SITE_NAME = /^(?:W3|[A-Z]{2,8})SVC\d{0,10}$/i
const REQUEST = [
  's-ip',
  'cs-method',
  'cs-uri-stem',
  'cs-uri-query',
  's-port',
  'cs-username',
  'c-ip',
]
/** Site and method without the server's address. */
const ADDRESSLESS = REQUEST.slice(1)
/** What may stand between the client's address and the status. */
const MIDDLES: readonly (readonly string[])[] = [
  ['cs(User-Agent)', 'cs(Referer)'],
  ['cs(User-Agent)'],
  ['cs-version', 'cs(User-Agent)', 'cs(Cookie)', 'cs(Referer)', 'cs-host'],
  ['cs-version', 'cs(User-Agent)', 'cs(Cookie)', 'cs(Referer)'],
  ['cs-version', 'cs(User-Agent)', 'cs(Referer)', 'cs-host'],
  ['cs-version', 'cs(User-Agent)', 'cs(Referer)'],
  ['cs(User-Agent)', 'cs(Cookie)', 'cs(Referer)', 'cs-host'],
  ['cs(User-Agent)', 'cs(Cookie)', 'cs(Referer)'],
  ['cs(User-Agent)', 'cs(Referer)', 'cs-host'],
  [],
]
const STATUS = ['sc-status', 'sc-substatus', 'sc-win32-status']
const TAILS: readonly (readonly string[])[] = [
  ['sc-bytes', 'cs-bytes', 'time-taken'],
  ['time-taken'],
  ['sc-bytes', 'cs-bytes'],
  [],
]

/** The names of a line's columns, or undefined when it has none of the known shapes. */
export function guessColumns(values: readonly string[]): readonly string[] | undefined {
  if (values.length < 10 || !/^\d{4}-\d\d-\d\d$/.test(values[0]!)) return undefined
  if (!/^\d\d:\d\d:\d\d$/.test(values[1]!)) return undefined
  return accessColumns(values) ?? errorColumns(values) ?? ftpColumns(values) ?? edgeColumns(values)
}

/** CloudFront's standard log, in the one order that it has. */
const EDGE = [
  ...[
    'date',
    'time',
    'x-edge-location',
    'sc-bytes',
    'c-ip',
    'cs-method',
    'cs(Host)',
    'cs-uri-stem',
  ],
  ...['sc-status', 'cs(Referer)', 'cs(User-Agent)', 'cs-uri-query', 'cs(Cookie)'],
  ...['x-edge-result-type', 'x-edge-request-id', 'x-host-header', 'cs-protocol', 'cs-bytes'],
  ...['time-taken', 'x-forwarded-for', 'ssl-protocol', 'ssl-cipher', 'x-edge-response-result-type'],
  ...['cs-protocol-version', 'fle-status', 'fle-encrypted-fields', 'c-port', 'time-to-first-byte'],
  ...['x-edge-detailed-result-type', 'sc-content-type', 'sc-content-len', 'sc-range-start'],
  ...['sc-range-end'],
]

function edgeColumns(values: readonly string[]): readonly string[] | undefined {
  const isEdge = values.length >= 24 && /^[A-Z]{3}\d{1,3}(?:-[A-Z]\d{1,3})?$/.test(values[2]!)
  return isEdge && isAddress(values[4]) && METHOD.test(values[5]!) ? EDGE : undefined
}

const FTP = [
  ...['date', 'time', 'c-ip', 'cs-username', 's-ip', 's-port', 'cs-method', 'cs-uri-stem'],
  ...['sc-status', 'sc-win32-status', 'sc-substatus', 'x-session', 'x-fullpath'],
]
const SESSION = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** What IIS' FTP service writes as it comes. */
function ftpColumns(values: readonly string[]): readonly string[] | undefined {
  if (!isAddress(values[2]) || !isAddress(values[4]) || !NUMBER.test(values[5] ?? '')) {
    return undefined
  }
  return SESSION.test(values[11] ?? '') ? FTP : undefined
}

function accessColumns(values: readonly string[]): readonly string[] | undefined {
  return layoutOf(values, REQUEST) ?? layoutOf(values, ADDRESSLESS)
}

function layoutOf(
  values: readonly string[],
  request: readonly string[],
): readonly string[] | undefined {
  const method = request.indexOf('cs-method')
  for (const site of SITE) {
    const at = HEAD.length + site.length
    if (method > 0 && !isAddress(values[at])) continue
    const port = at + method + 3
    if (!METHOD.test(values[at + method] ?? '') || !NUMBER.test(values[port] ?? '')) continue
    if (!isAddress(values[port + 2])) continue
    const middle = at + request.length
    const found = MIDDLES.find((names) => isMiddle(names, values, middle))
    if (found === undefined) continue
    const status = middle + found.length
    const place =
      site.length === 1 && !SITE_NAME.test(values[HEAD.length]!) ? ['s-computername'] : site
    const head = [...HEAD, ...place, ...request, ...found, ...STATUS]
    return [...head, ...tailOf(values, status + STATUS.length)]
  }
  return undefined
}

function isAddress(text: string | undefined): boolean {
  if (text === undefined || text.length > 160) return false
  const linked = /^\[([^\]]{2,64})\]\(/.exec(text)?.[1] ?? text
  return isIpv4(linked) || isIpv6(linked)
}

/** Behind it stand status, substatus and Win32 status; none of it is a number; a version is where one is
 * expected. */
function isMiddle(names: readonly string[], values: readonly string[], start: number): boolean {
  const versioned = VERSION.test(values[start] ?? '') && values[start] !== '-'
  if (versioned !== (names[0] === 'cs-version')) return false
  const status = start + names.length
  for (let index = start; index < status; index++) {
    if (NUMBER.test(values[index] ?? '')) return false
  }
  const code = Number(values[status])
  if (!(code >= 100 && code <= 999)) return false
  return NUMBER.test(values[status + 1] ?? '') && NUMBER.test(values[status + 2] ?? '')
}

function tailOf(values: readonly string[], start: number): readonly string[] {
  const rest = values.slice(start)
  const numbers = rest.findIndex((value) => !NUMBER.test(value))
  const count = numbers < 0 ? rest.length : numbers
  const tail = TAILS.find((names) => names.length <= count) ?? []
  return rest.length > tail.length ? [...tail, 'x-forwarded-for'] : tail
}

/** `date time c-ip c-port s-ip s-port cs-version cs-method cs-uri [streamid] sc-status s-siteid s-reason`. */
function errorColumns(values: readonly string[]): readonly string[] | undefined {
  if (!isAddress(values[2]) || !NUMBER.test(values[3] ?? '') || !isAddress(values[4])) {
    return undefined
  }
  if (!NUMBER.test(values[5] ?? '')) return undefined
  const head = [...HEAD, 'c-ip', 'c-port', 's-ip', 's-port', 'cs-version', 'cs-method', 'cs-uri']
  const tail = ['sc-status', 's-siteid', 's-reason', 's-queuename']
  const withStream = [...head, 'streamid', ...tail]
  const stream = values.length >= withStream.length
  const reason = values[(stream ? withStream : [...head, ...tail]).indexOf('s-reason')] ?? ''
  return REASON.test(reason) ? (stream ? withStream : [...head, ...tail]) : undefined
}
