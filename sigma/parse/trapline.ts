// The `trapline:` key: operational data beside Sigma's own. Unknown keys are errors, for a misspelt one
// would silently change how a rule runs.
import {
  LEVELS,
  ROLLOUT_STAGES,
  type Rollout,
  type RuleException,
  type TraplineSettings,
} from '../rule.ts'
import {
  type Entries,
  isScalar,
  kindName,
  mapOf,
  refuseUnknownKeys,
  textOf,
  textsOf,
  wordOf,
} from './reader.ts'
import { fail, type Report } from './report.ts'

const CODE = 'trapline-invalid'
const KEYS = [
  'owner',
  'schedule',
  'rollout',
  'title',
  'description',
  'severity',
  'dedup',
  'dedup_window_minutes',
  'auto_create_case',
  'exceptions',
]
const ROLLOUT_KEYS = ['stage', 'share', 'min_days', 'max_alerts_per_day', 'min_precision']
const EXCEPTION_KEYS = ['id', 'owner', 'reason', 'expires']
const DURATION = /^[1-9]\d{0,5}[smhd]$/

/** Drops keys whose value is undefined, as exact optional properties want it. */
type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }
function defined<T extends object>(values: T): Defined<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Defined<T>
}

/** The settings of a document, or undefined when it has none. */
export function readTrapline(report: Report, entries: Entries): TraplineSettings | undefined {
  const own = mapOf(report, entries, 'trapline')
  if (own === undefined) return undefined
  refuseUnknownKeys(report, own, KEYS, 'trapline-unknown-key', 'trapline')
  const schedule = textOf(report, own, 'schedule')
  if (schedule !== undefined && !DURATION.test(schedule)) {
    const message = `trapline: schedule: "${schedule}" is no duration like 15m, 1h or 1d`
    fail(report, CODE, message, own.get('schedule')!.value)
  }
  return defined({
    owner: textOf(report, own, 'owner'),
    schedule,
    rollout: readRollout(report, own),
    title: textOf(report, own, 'title'),
    description: textOf(report, own, 'description'),
    severity: wordOf(report, own, 'severity', LEVELS, 'error'),
    dedup: own.has('dedup') ? textsOf(report, own, 'dedup') : undefined,
    dedup_window_minutes: numberOf(report, own, 'dedup_window_minutes', 1, 525_600),
    auto_create_case: booleanOf(report, own, 'auto_create_case'),
    exceptions: readExceptions(report, own),
  })
}

function readRollout(report: Report, own: Entries): Rollout | undefined {
  const entries = mapOf(report, own, 'rollout')
  if (entries === undefined) return undefined
  refuseUnknownKeys(report, entries, ROLLOUT_KEYS, 'trapline-unknown-key', 'trapline: rollout')
  const stage = wordOf(report, entries, 'stage', ROLLOUT_STAGES, 'error')
  if (!entries.has('stage')) {
    fail(report, CODE, 'trapline: rollout: has no stage', own.get('rollout')!.key)
  }
  if (stage === 'canary' && !entries.has('share')) {
    const message = 'trapline: rollout: a canary needs the share of the hosts it runs on'
    fail(report, CODE, message, entries.get('stage')!.value)
  }
  if (stage === undefined) return undefined
  return {
    stage,
    ...defined({
      share: numberOf(report, entries, 'share', 0, 1),
      min_days: numberOf(report, entries, 'min_days', 0, 3_650),
      max_alerts_per_day: numberOf(report, entries, 'max_alerts_per_day', 0, 1e9),
      min_precision: numberOf(report, entries, 'min_precision', 0, 1),
    }),
  }
}

function readExceptions(report: Report, own: Entries): readonly RuleException[] | undefined {
  const value = own.get('exceptions')?.value
  if (value === undefined) return undefined
  if (value.kind !== 'list') {
    fail(report, CODE, `trapline: exceptions: must be a list, not ${kindName(value)}`, value)
    return undefined
  }
  return value.items.flatMap((item) => {
    if (item.kind !== 'map') {
      fail(report, CODE, `trapline: exceptions: entries are maps, not ${kindName(item)}`, item)
      return []
    }
    const where = 'trapline: exceptions'
    refuseUnknownKeys(report, item.entries, EXCEPTION_KEYS, 'trapline-unknown-key', where)
    const [id, owner, reason, expires] = EXCEPTION_KEYS.map((key) =>
      textOf(report, item.entries, key),
    )
    if (id === undefined || owner === undefined || reason === undefined || expires === undefined) {
      fail(report, CODE, `${where}: an entry needs ${EXCEPTION_KEYS.join(', ')}`, item)
      return []
    }
    return [{ id, owner, reason, expires }]
  })
}

function numberOf(
  report: Report,
  entries: Entries,
  key: string,
  min: number,
  max: number,
): number | undefined {
  const value = entries.get(key)?.value
  if (value === undefined) return undefined
  if (value.kind === 'number' && value.value >= min && value.value <= max) return value.value
  fail(report, CODE, `trapline: ${key}: must be a number from ${min} to ${max}`, value)
  return undefined
}

function booleanOf(report: Report, entries: Entries, key: string): boolean | undefined {
  const value = entries.get(key)?.value
  if (value === undefined) return undefined
  if (isScalar(value) && value.kind === 'boolean') return value.value
  fail(report, CODE, `trapline: ${key}: must be true or false`, value)
  return undefined
}
