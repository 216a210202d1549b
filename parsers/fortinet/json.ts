// FortiGate's pairs that a collector has made JSON of: they are put together again, so that one reader makes the
// event.
import type { Fields } from '../../sigma/event.ts'

const TYPES: ReadonlySet<string> = new Set(['traffic', 'utm', 'event', 'anomaly', 'voip', 'dns'])
const DEVICE = ['vd', 'devid', 'devname', 'eventtime'] as const
const NAME = /^[\w.@/-]{1,64}$/

/** Whether JSON has the names that every log of FortiGate's has. */
export function isFortiJson(json: Fields): boolean {
  const { type, subtype } = json
  if (typeof type !== 'string' || !TYPES.has(type) || typeof subtype !== 'string') return false
  const isNumbered = json.logid !== undefined || json.log_id !== undefined
  return (isNumbered || json.logdesc !== undefined) && DEVICE.some((name) => name in json)
}

/** The line, its date and time in front. */
export function fortiLine(json: Fields): string {
  const pairs: string[] = []
  for (const name of ['date', 'time', ...Object.keys(json)]) {
    const value = json[name]
    if ((name === 'date' || name === 'time') && pairs.some((pair) => pair.startsWith(`${name}=`))) {
      continue
    }
    if (!NAME.test(name) || (typeof value !== 'string' && typeof value !== 'number')) continue
    const text = String(value)
    const isPlain = typeof value === 'number' || /^[\w.:-]+$/.test(text)
    pairs.push(`${name}=${isPlain ? text : `"${text.replace(/(["\\])/g, '\\$1')}"`}`)
  }
  return pairs.join(' ')
}
