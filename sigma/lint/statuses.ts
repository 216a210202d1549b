// How far a rule is trusted, against its age and where it lies.
import type { Check, DocumentSubject } from './check.ts'
import { placeOf } from './check.ts'
import { isDay } from './dates.ts'
import { hasTests } from './tests.ts'

const DAY_MS = 86_400_000
/** Days that SigmaHQ leaves a rule experimental when no recorded event proves it. */
const EXPERIMENTAL_DAYS = 60
/** Statuses that SigmaHQ keeps in a folder of their own. */
const FOLDERS = ['deprecated', 'unsupported']

function foldersOf({ file }: DocumentSubject): readonly string[] {
  return file.path.split('/').slice(0, -1)
}

export const STATUS_CHECKS = {
  'status-too-early': {
    on: 'rule',
    severity: 'info',
    summary: `a rule of fewer than ${EXPERIMENTAL_DAYS} days that is called test or stable`,
    why: 'SigmaHQ keeps new rules experimental for two months, unless a recorded event shows that they work. A test beside the rule does as well.',
    bad: 'status: stable\ndate: 2026-11-01',
    good: 'status: experimental\ndate: 2026-11-01',
    run(subject, add) {
      const { status, date } = subject.value
      if ((status !== 'test' && status !== 'stable') || date === undefined || !isDay(date)) return
      const days = (Date.parse(subject.facts.today) - Date.parse(date)) / DAY_MS
      if (days < 0 || days >= EXPERIMENTAL_DAYS || hasTests(subject)) return
      add(placeOf(subject, 'status'), `${days} days old and without a test: begin as experimental`)
    },
  },
  'status-folder': {
    on: 'rule',
    severity: 'info',
    summary: 'a deprecated or unsupported rule among those in use, or the other way round',
    why: 'SigmaHQ moves such rules to the folders `deprecated` and `unsupported`, so that who copies `rules` copies rules that are meant to run.',
    path: 'rules/windows/web_server_shell.yml',
    bad: 'status: unsupported',
    good: 'status: test',
    run(subject, add) {
      const { status = '' } = subject.value
      const folders = foldersOf(subject)
      const own = FOLDERS.find((name) => folders.includes(name))
      const isOff = FOLDERS.includes(status)
      if (isOff && own === undefined && folders.some((name) => /^rules(-|$)/.test(name)))
        add(placeOf(subject, 'status'), `SigmaHQ keeps ${status} rules in a folder ${status}`)
      else if (own !== undefined && !isOff && status !== '')
        add(placeOf(subject, 'status'), `a rule of status ${status} in the folder ${own}`)
    },
  },
} as const satisfies Record<string, Check>
