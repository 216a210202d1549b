// Dates: when a rule was made and last changed.
import type { Check, DocumentSubject } from './check.ts'
import { replaceScalar } from './source.ts'

const ISO = /^(\d{4})-(\d{2})-(\d{2})$/
const KEYS = ['date', 'modified'] as const

function dateScalars(subject: DocumentSubject) {
  return KEYS.flatMap((key) => {
    const value = subject.entries.get(key)?.value
    return value !== undefined && 'text' in value && value.kind !== 'null' ? [{ key, value }] : []
  })
}

/** Whether there is such a day. */
export function isDay(text: string): boolean {
  const match = ISO.exec(text)
  if (match === null) return false
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function isoOf(text: string): string | undefined {
  const match = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/.exec(text)
  if (match === null) return undefined
  const iso = `${match[1]}-${match[2]!.padStart(2, '0')}-${match[3]!.padStart(2, '0')}`
  return isDay(iso) ? iso : undefined
}

export const DATE_CHECKS = {
  'date-missing': {
    on: 'document',
    severity: 'info',
    summary: 'there is no date',
    why: 'The age of a rule says much about what it was written against.',
    bad: 'date:',
    good: 'date: 2026-01-31',
    run(subject, add) {
      const value = subject.entries.get('date')
      if (value === undefined || value.value.kind === 'null') {
        add(value?.key ?? subject.value, 'give the day the rule was made: date: YYYY-MM-DD')
      }
    },
  },
  'date-format': {
    on: 'document',
    severity: 'warning',
    fixable: true,
    summary: 'a date is not written YYYY-MM-DD',
    why: 'Sigma 2 writes dates as ISO 8601 days; other orders are read differently in different countries.',
    bad: 'date: 2026/01/31',
    good: 'date: 2026-01-31',
    run(subject, add) {
      for (const { key, value } of dateScalars(subject)) {
        if (ISO.test(value.text)) continue
        const iso = isoOf(value.text)
        const fix =
          iso === undefined
            ? undefined
            : replaceScalar(subject.file.text, value, iso, `write ${iso}`)
        add(value, `${key}: "${value.text}" should be written YYYY-MM-DD`, fix)
      }
    },
  },
  'date-impossible': {
    on: 'document',
    severity: 'error',
    summary: 'a date that no calendar has',
    why: 'There is no such day.',
    bad: 'date: 2026-02-30',
    good: 'date: 2026-02-28',
    run(subject, add) {
      for (const { key, value } of dateScalars(subject)) {
        if (ISO.test(value.text) && !isDay(value.text)) {
          add(value, `${key}: there is no ${value.text}`)
        }
      }
    },
  },
  'date-in-future': {
    on: 'document',
    severity: 'warning',
    summary: 'a date lies in the future',
    why: 'Mostly a wrong year, or day and month in the wrong order.',
    bad: 'date: 2999-01-31',
    good: 'date: 2026-01-31',
    run(subject, add) {
      for (const { key, value } of dateScalars(subject)) {
        if (isDay(value.text) && value.text > subject.facts.today) {
          add(value, `${key}: ${value.text} is still to come`)
        }
      }
    },
  },
  'modified-before-date': {
    on: 'document',
    severity: 'warning',
    summary: 'modified before it was made',
    why: 'One of the two dates is wrong, or they are swapped.',
    bad: 'date: 2026-03-01\nmodified: 2026-02-01',
    good: 'date: 2026-02-01\nmodified: 2026-03-01',
    run(subject, add) {
      const { date, modified } = subject.value
      if (date === undefined || modified === undefined || !isDay(date) || !isDay(modified)) return
      const at = subject.entries.get('modified')
      if (modified < date && at !== undefined) {
        add(at.value, `${modified} is before the rule was made (${date})`)
      }
    },
  },
  'modified-same-day': {
    on: 'document',
    severity: 'info',
    summary: 'modified on the day it was made',
    why: '`modified` says when a rule that is in use changed. On the first day it says nothing; SigmaHQ leaves it out.',
    bad: 'date: 2026-02-01\nmodified: 2026-02-01',
    good: 'date: 2026-02-01\nmodified: 2026-03-01',
    run(subject, add) {
      const { date, modified } = subject.value
      const at = subject.entries.get('modified')
      if (date !== undefined && date === modified && isDay(date) && at !== undefined)
        add(at.value, `${modified} is the day it was made: leave modified out`)
    },
  },
} as const satisfies Record<string, Check>
