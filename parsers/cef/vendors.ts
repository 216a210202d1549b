// Sigma's product for the vendors that send CEF and LEEF. The log source stays open: which of a product's
// logs it is only its own keys say.
import type { EventLogSource } from '../../sigma/event.ts'
import { accountName, put, type WritableFields, type WritablePivots } from '../device/event.ts'
import { epochTime } from '../epoch-time.ts'
import { OPEN_LOGSOURCE } from '../logsource.ts'

const PRODUCTS: readonly (readonly [RegExp, string])[] = [
  [/^fortinet\b/i, 'fortigate'],
  [/^palo alto/i, 'paloalto'],
  [/^check ?point/i, 'checkpoint'],
  [/^cisco/i, 'cisco'],
  [/^zscaler/i, 'zscaler'],
  [/^(?:huawei)/i, 'huawei'],
  [/^juniper/i, 'juniper'],
  [/^(?:f5)\b/i, 'f5'],
]
const SOURCES: ReadonlyMap<string, EventLogSource> = new Map(
  PRODUCTS.map(([, product]) => [
    product,
    Object.freeze({ product, category: [], service: [], closed: false }),
  ]),
)

/** The log source of a vendor and product. */
export function vendorLogsource(vendor: string, _product: string): EventLogSource {
  const product = PRODUCTS.find(([pattern]) => pattern.test(vendor))?.[1]
  return (product === undefined ? undefined : SOURCES.get(product)) ?? OPEN_LOGSOURCE
}

/** FortiGate's own time, in whatever part of a second; undefined for other vendors. */
export function ownTime(vendor: string, fields: WritableFields): number | undefined {
  const { eventtime } = fields
  const isEpoch = vendor === 'Fortinet' && typeof eventtime === 'string'
  return isEpoch && /^\d{10,19}$/.test(eventtime) ? epochTime(Number(eventtime)) : undefined
}

/** What FortiGate puts in front of the names of its own log format. */
const PREFIXES = ['FTNTFGT', 'ad.']

/** Columns that Strata Logging Service has under names of its own, best first; LEEF's are without `PanOS`. */
const STRATA: readonly (readonly ['user' | 'host' | 'action' | 'outcome', readonly string[]])[] = [
  ['user', ['PanOSSourceUserName', 'PanOSUserName', 'PanOSUser']],
  ['host', ['PanOSDeviceName', 'DeviceName']],
  ['action', ['PanOSEventIDValue']],
  ['outcome', ['PanOSEventStatus', 'EventStatus']],
]
const STRATA_SOURCES = ['PrivateIPv4', 'PrivateIPv6', 'PublicIPv4', 'PublicIPv6'].flatMap(
  (name) => [`PanOS${name}`, name],
)
/** No address at all. */
const NOWHERE = new Set(['0.0.0.0', '::', '0:0:0:0:0:0:0:0'])

/** Adds the names that a vendor's own format has, where the event has none of that name, and its columns. */
export function addOwnNames(vendor: string, fields: WritableFields, pivots: WritablePivots): void {
  if (vendor === 'Fortinet') addFortinetNames(fields, pivots)
  else if (vendor === 'Palo Alto Networks') addStrataNames(fields, pivots)
}

function addStrataNames(fields: WritableFields, pivots: WritablePivots): void {
  for (const [pivot, names] of STRATA) {
    if (pivots[pivot] !== undefined) continue
    const value = textOf(fields, names)
    if (value !== undefined) pivots[pivot] = pivot === 'user' ? accountName(value) : value
  }
  if (fields.src_ip === undefined) put(fields, 'src_ip', textOf(fields, STRATA_SOURCES))
}

function textOf(fields: WritableFields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fields[name]
    if (typeof value === 'string' && value !== '' && !NOWHERE.has(value)) return value
  }
  return undefined
}

function addFortinetNames(fields: WritableFields, pivots: WritablePivots): void {
  for (const name of Object.keys(fields)) {
    const prefix = PREFIXES.find((start) => name.startsWith(start))
    const own = prefix === undefined ? '' : name.slice(prefix.length)
    if (own !== '' && own !== '__proto__') fields[own] ??= fields[name]!
  }
  const query = textOf(fields, ['qname'])
  if (query === undefined) return
  fields.query ??= query
  pivots.domain ??= query
}
