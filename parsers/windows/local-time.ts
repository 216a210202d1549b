// Times as consoles of Windows write them, in forms that say which number is the month.
import type { ParseContext } from '../event.ts'
import { usTime } from '../time/us.ts'
import { parseTime } from '../time.ts'

const DOTTED = /^(\d{1,2})\.(\d{1,2})\.(\d{4}),? (\d{1,2}):(\d\d)(?::(\d\d(?:\.\d{1,9})?))?$/
const SLASHED = /^(\d{1,2})\/\d{1,2}\/\d{4} /
const MONTHS = 12
const HALF_DAY_HOURS = 12
/** `Nov 20, 2026 10:11:12 AM`. */
const NAMED = /^([A-Z][a-z]{2} \d{1,2}), (\d{4}),? (\d{1,2})(:\d\d:\d\d) ([AP]M)$/

/** Milliseconds of `11/20/2026 10:11:12 AM`, `Nov 20, 2026 10:11:12 AM`, `20.11.2026 10:11:12` and
 * `20/11/2026 10:11:12`; undefined where day and month cannot be told apart. */
export function consoleTime(text: string, context: ParseContext): number | undefined {
  const named = NAMED.exec(text)
  if (named !== null) {
    const [, day, year, hour, rest, half] = named
    const hours = (Number(hour) % HALF_DAY_HOURS) + (half === 'PM' ? HALF_DAY_HOURS : 0)
    return parseTime(`${day} ${year} ${String(hours).padStart(2, '0')}${rest}`, context)
  }
  if (/ [AP]M$/.test(text)) return usTime(text, context)
  const dotted = DOTTED.exec(dayFirst(text) ? text.replaceAll('/', '.') : text)
  if (dotted === null) return undefined
  const [, day = '', month = '', year, hour = '', minute, second = '00'] = dotted
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return parseTime(`${date}T${hour.padStart(2, '0')}:${minute}:${second}`, context)
}

/** Whether the first number of a date can be no month. */
function dayFirst(text: string): boolean {
  const first = SLASHED.exec(text)?.[1]
  return first !== undefined && Number(first) > MONTHS
}
