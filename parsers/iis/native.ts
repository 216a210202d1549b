// The layout of IIS' own log files, from before W3C's: fifteen values with commas behind them, no names, times of
// the server's clock.
import { ipOf } from '../values.ts'

const NAMES = [
  ...['c-ip', 'cs-username', 'date', 'time', 's-sitename', 's-computername', 's-ip', 'time-taken'],
  ...['cs-bytes', 'sc-bytes', 'sc-status', 'sc-win32-status', 'cs-method', 'cs-uri-stem'],
  'cs-uri-query',
]
const HEAD =
  /^[\dA-Fa-f:.%]{2,60}, [^,]{1,128}, (\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4}), (\d{1,2}:\d\d:\d\d), (?:W3|[A-Z]{2,8})SVC\d{0,10}, /
const HEAD_MAX = 320
const DASH = 0x2d

/** A line's columns and its time as `2026-11-20 10:11:12`. */
export interface NativeLine {
  readonly names: readonly string[]
  readonly values: readonly string[]
  readonly clock: string
}

/** Whether a line begins as those of such a file do. */
export function isNative(text: string): boolean {
  return headOf(text) !== null
}

/** The columns of a line of such a file; undefined where it is none. */
export function nativeLine(text: string): NativeLine | undefined {
  const head = headOf(text)
  if (head === null) return undefined
  const values = text.trimEnd().replace(/,$/, '').split(', ')
  const [, first = '', second = '', year = '', clock = ''] = head
  const [month, day] = Number(first) > 12 ? [second, first] : [first, second]
  const date = `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  // Values may hold commas themselves: only those of the query, which is last.
  const own = [...values.slice(0, NAMES.length - 1), values.slice(NAMES.length - 1).join(', ')]
  return { names: NAMES, values: own, clock: `${date} ${clock.padStart(8, '0')}` }
}

function headOf(text: string): RegExpExecArray | null {
  // A date of W3C's, by far the commonest.
  if (text.charCodeAt(4) === DASH) return null
  const head = HEAD.exec(text.slice(0, HEAD_MAX))
  if (head === null) return null
  const address = text.slice(0, text.indexOf(',')).replace(/%.*$/, '')
  return ipOf(address) === undefined ? null : head
}
