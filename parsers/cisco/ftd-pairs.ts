// Messages 430001 to 430005 of Firepower: `SrcIP: 10.0.0.1, DstPort: 80, Prefilter Policy: Default`.
import {
  accountName,
  hostOfUrl,
  put,
  type WritableFields,
  type WritablePivots,
} from '../device/event.ts'
import { verdictOf } from '../device/verdict.ts'
import { asKey, NAME_SEED, nameHash, nameIn, SLOTS, slotAt } from '../names.ts'

const PAIRS_MAX = 256
const NAME_UNITS_MAX = 49
const COLON = 0x3a
const BLANK = 0x20
const NAME = /^[A-Z][\w ]+$/

/** The names that other sources use for the same thing. */
const COMMON = [
  ['SrcIP', 'src_ip'],
  ['DstIP', 'dst_ip'],
  ['SrcPort', 'src_port'],
  ['DstPort', 'dst_port'],
  ['Protocol', 'protocol'],
  ['User', 'user'],
  ['URL', 'c-uri'],
  ['URI', 'c-uri'],
  ['UserAgent', 'c-useragent'],
  ['HTTPReferer', 'cs-referrer'],
  ['HTTPResponse', 'sc-status'],
  ['DNSQuery', 'query'],
  ['DNSRecordType', 'record_type'],
] as const
const COMMON_PLACES: ReadonlyMap<string, number> = new Map(
  COMMON.map(([own], place) => [own, place]),
)

/** A name as messages write it, as fields have it, and the bit of its place in `COMMON`. */
interface Name {
  readonly written: string
  readonly name: string
  readonly bit: number
}

/** By slot, what was made of the name there. */
const seen = new Array<Name | undefined>(SLOTS).fill(undefined)

/** The name that ends at `colon`; undefined for what is none. */
function nameOf(text: string, start: number, colon: number, hash: number): Name | undefined {
  const slot = slotAt(text, start, colon, hash)
  const written = slot < 0 ? text.slice(start, colon) : nameIn(slot)
  const known = slot < 0 ? undefined : seen[slot]
  if (known !== undefined && known.written === written) return known.name === '' ? undefined : known
  const name = NAME.test(written) ? asKey(written.replaceAll(' ', '')) : ''
  const place = COMMON_PLACES.get(name)
  const made = { written, name, bit: place === undefined ? 0 : 1 << place }
  if (slot >= 0) seen[slot] = made
  return name === '' ? undefined : made
}

/** Where the first colon of a part stands behind a possible name, or -1; the hash of the units in front of it. */
let hashBefore = NAME_SEED
function colonOf(text: string, start: number, end: number): number {
  const limit = Math.min(end, start + NAME_UNITS_MAX + 1)
  let hash = NAME_SEED
  for (let index = start; index < limit; index++) {
    const code = text.charCodeAt(index)
    if (code === COLON) {
      hashBefore = hash
      return index - start < 2 ? -1 : index
    }
    hash = nameHash(hash, code)
  }
  return -1
}

/** Adds the pairs of a message from `start` on, those with a common name under it too; how many there were. */
export function readFtdPairs(
  message: string,
  start: number,
  fields: WritableFields,
  pivots: WritablePivots,
): number {
  const { length } = message
  let last: string | undefined
  let count = 0
  let common = 0
  for (let at = start, parts = 0; at <= length && parts < PAIRS_MAX; parts++) {
    const comma = message.indexOf(', ', at)
    const end = comma < 0 ? length : comma
    const colon = colonOf(message, at, end)
    const closed = colon < 0 || colon + 1 === end || message.charCodeAt(colon + 1) === BLANK
    const found = colon < 0 || !closed ? undefined : nameOf(message, at, colon, hashBefore)
    if (found === undefined) {
      if (last !== undefined) fields[last] = `${fields[last]}, ${message.slice(at, end)}`
    } else {
      last = found.name
      common |= found.bit
      const value = message.slice(Math.min(colon + 2, end), end)
      fields[last] = isClosed(message, end) ? value : value.trimEnd()
      count++
    }
    at = end + 2
  }
  for (let place = 0; common !== 0; place++, common >>>= 1) {
    if ((common & 1) === 0) continue
    const [own, name] = COMMON[place]!
    const value = fields[own]
    if (typeof value === 'string') put(fields, name, value)
  }
  if (count > 0) addPivots(fields, pivots)
  return count
}

/** Whether the text in front of `end` ends in a character of ASCII that is no blank. */
function isClosed(text: string, end: number): boolean {
  const code = text.charCodeAt(end - 1)
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
  const action =
    text(fields, 'AccessControlRuleAction') ??
    text(fields, 'FileAction') ??
    text(fields, 'InlineResult')
  if (action === undefined) return
  const [word = ''] = action.split(/[, ]/, 1)
  fields.action = verdictOf(word) ?? action
  pivots.action = fields.action
  pivots.outcome = 'success'
}
