// Numbers, times and log text as people read them. Everything in UTC; pure.

const SECOND_ms = 1000
const MINUTE_ms = 60 * SECOND_ms
const HOUR_ms = 60 * MINUTE_ms
const DAY_ms = 24 * HOUR_ms

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** `43516` as `43,516`. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US')
}

/** Milliseconds as `41 ms`, `4.1 s`. */
export function formatTook(value_ms: number): string {
  if (value_ms < 10) return `${value_ms.toFixed(1)} ms`
  if (value_ms < SECOND_ms) return `${Math.round(value_ms)} ms`
  return `${(value_ms / SECOND_ms).toFixed(1)} s`
}

/** A number of events a second: `0.2`, `12,480`. */
export function formatRate(value: number): string {
  return value >= 10 ? formatCount(Math.round(value)) : value.toFixed(value === 0 ? 0 : 1)
}

/** A span of time: `4 s`, `17 min`, `1 h`, `3 d`. */
export function formatSpan(value_ms: number): string {
  const value = Math.abs(value_ms)
  if (value < MINUTE_ms) return `${Math.round(value / SECOND_ms)} s`
  if (value < HOUR_ms) return `${Math.round(value / MINUTE_ms)} min`
  if (value < 2 * DAY_ms) return `${Math.round(value / HOUR_ms)} h`
  return `${Math.round(value / DAY_ms)} d`
}

/** How long ago: `17 min ago`, `in 4 s`. */
export function formatAge(time: number, now: number): string {
  return time > now + SECOND_ms ? `in ${formatSpan(time - now)}` : `${formatSpan(now - time)} ago`
}

/** `2026-11-21T14:14:58.211Z`, or the number itself where it is no date. */
export function formatIso(time: number): string {
  return Number.isFinite(time) && Math.abs(time) <= 8.64e15
    ? new Date(time).toISOString()
    : String(time)
}

/** `14:14:58.211`. */
export function formatClock(time: number): string {
  return formatIso(time).slice(11, 23)
}

/** `21 Nov 14:14:58`, with milliseconds when asked. */
export function formatDateTime(time: number, milliseconds = false): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return String(time)
  const clock = formatIso(time).slice(11, milliseconds ? 23 : 19)
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${clock}`
}

/** Whether the times of rows over a range have their date with them: the clock says enough within a day. */
export function hasRowDates(range_ms: number): boolean {
  return range_ms > DAY_ms
}

/** A row's time: the clock alone within a day, the date with it over longer ranges. */
export function formatRowTime(time: number, range_ms: number): string {
  return hasRowDates(range_ms) ? formatDateTime(time, true) : formatClock(time)
}

/** Label of a histogram's axis: as much as the range needs. */
export function formatAxis(time: number, range_ms: number): string {
  const iso = formatIso(time)
  if (range_ms <= 10 * MINUTE_ms) return iso.slice(11, 19)
  if (range_ms < DAY_ms) return iso.slice(11, 16)
  const date = new Date(time)
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`
  return range_ms <= 8 * DAY_ms ? `${day} ${iso.slice(11, 16)}` : day
}

/** `1,204 B`, `3.1 MiB`. */
export function formatBytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let unit = 0
  let rest = value
  while (rest >= 1024 && unit < units.length - 1) {
    rest /= 1024
    unit++
  }
  return `${unit === 0 ? formatCount(rest) : rest.toFixed(1)} ${units[unit]}`
}

/** A share 0..1 as `0.2%`. */
export function formatShare(value: number): string {
  const percent = value * 100
  return `${percent === 0 || percent >= 10 ? Math.round(percent) : percent.toFixed(1)}%`
}

/** `1 alert`, `148 alerts`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: making control characters visible is the point
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Log text with nothing invisible in it: control characters, direction overrides and zero-width
 * characters as escapes (`\\x1b`, `\\u202e`). `keep-lines` keeps newlines and tabs. */
export function visible(text: string, lines: 'keep-lines' | 'one-line' = 'one-line'): string {
  return text.replace(HIDDEN, (character) => {
    if (lines === 'keep-lines' && (character === '\n' || character === '\t')) return character
    const named = NAMED[character]
    if (named !== undefined) return named
    const code = character.charCodeAt(0)
    const hex = code.toString(16)
    return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`
  })
}
