// Titles and descriptions: what an analyst reads first.
import { groupBy } from '../collections.ts'
import type { Check, DocumentSubject } from './check.ts'
import { placeOf } from './check.ts'
import { replaceScalar } from './source.ts'

const TITLE_UNITS_MAX = 120
const DESCRIPTION_UNITS_MIN = 16
const NAME_UNITS_MAX = 256
const DESCRIPTION_UNITS_MAX = 65_535
const UNITS_MAX = {
  name: NAME_UNITS_MAX,
  taxonomy: NAME_UNITS_MAX,
  description: DESCRIPTION_UNITS_MAX,
}
const SMALL_WORDS = new Set(
  'a an and as at but by for from if in into nor of on onto or over per so than the then to up via vs with within without yet is are be via not no its'.split(
    ' ',
  ),
)

function titleScalar(subject: DocumentSubject) {
  const value = subject.entries.get('title')?.value
  return value !== undefined && 'text' in value && value.text !== '' ? value : undefined
}

/** Words of a title that begin with a small letter but should not. */
function lowerCaseWords(title: string): string[] {
  return title
    .split(/[\s/]+/)
    .slice(1)
    .filter((word) => /^[a-z]{4,}$/.test(word) && !SMALL_WORDS.has(word))
}

export const TITLE_CHECKS = {
  'title-too-long': {
    on: 'document',
    severity: 'warning',
    summary: `the title has more than ${TITLE_UNITS_MAX} characters`,
    why: 'Titles stand in lists, notifications and ticket subjects. Put the detail into the description.',
    bad: `title: ${'Suspicious Process Started By An Office Application With A Very Long Command Line '.repeat(2).trim()}`,
    good: 'title: Suspicious Office Child Process',
    run(subject, add) {
      const title = titleScalar(subject)
      if (title !== undefined && title.text.length > TITLE_UNITS_MAX) {
        add(title, `the title has ${title.text.length} characters; ${TITLE_UNITS_MAX} are enough`)
      }
    },
  },
  'title-ends-with-dot': {
    on: 'document',
    severity: 'info',
    fixable: true,
    summary: 'the title ends with a dot',
    why: 'A title is a name, not a sentence; SigmaHQ leaves the dot out.',
    bad: 'title: Shell Started By Web Server.',
    good: 'title: Shell Started By Web Server',
    run(subject, add) {
      const title = titleScalar(subject)
      if (title === undefined || !/[^.]\.$/.test(title.text)) return
      const fix = replaceScalar(subject.file.text, title, title.text.slice(0, -1), 'remove the dot')
      add(title, 'a title is a name: leave the final dot out', fix)
    },
  },
  'title-starts-with-detects': {
    on: 'document',
    severity: 'info',
    summary: 'the title begins with "Detect", "Detects" or "Detection of"',
    why: 'Every rule detects something. Say what: the first words are all that narrow lists show.',
    bad: 'title: Detects Shell Started By Web Server',
    good: 'title: Shell Started By Web Server',
    run(subject, add) {
      const title = titleScalar(subject)
      if (title !== undefined && /^detect(s|ion of|ing)?\b/i.test(title.text)) {
        add(title, 'begin the title with what is detected; "Detects" belongs in the description')
      }
    },
  },
  'title-case': {
    on: 'document',
    severity: 'info',
    summary: 'words of the title begin with a small letter',
    why: 'SigmaHQ writes titles in title case; one style makes lists easy to scan. Names that are written small (whoami, svchost) are fine.',
    bad: 'title: Shell started by Web Server',
    good: 'title: Shell Started by Web Server',
    run(subject, add) {
      const title = titleScalar(subject)
      const words = title === undefined ? [] : lowerCaseWords(title.text)
      if (title !== undefined && words.length > 0) {
        add(title, `write ${words.slice(0, 3).join(', ')} with a capital letter, as titles are`)
      }
    },
  },
  'title-untrimmed': {
    on: 'document',
    severity: 'warning',
    fixable: true,
    summary: 'the title has blanks at its ends, or two in a row',
    why: 'Such titles sort apart, and searching for the title as it looks does not find it.',
    bad: "title: 'Shell Started  By Web Server '",
    good: 'title: Shell Started By Web Server',
    run(subject, add) {
      const title = titleScalar(subject)
      const tidy = title?.text.trim().replace(/\s+/g, ' ')
      if (title === undefined || tidy === title.text || tidy === '') return
      const fix = replaceScalar(subject.file.text, title, tidy!, 'remove the extra blanks')
      add(title, 'the title has blanks that cannot be seen', fix)
    },
  },
  'title-duplicate': {
    on: 'document',
    severity: 'warning',
    summary: 'another rule has the same title',
    why: 'Alerts, lists and test files name rules by title. Two of one title cannot be told apart.',
    bad: 'title: One Title\n---\ntitle: One Title',
    good: 'title: One Title\n---\ntitle: Another Title',
    run(subject, add) {
      const titles = subject.set.memo('titles', () =>
        groupBy(subject.set.documents, (document) => document.value.title.toLowerCase()),
      )
      const title = titleScalar(subject)
      const [first] = titles.get(subject.value.title.toLowerCase()) ?? []
      if (title === undefined || first === undefined || first.value === subject.value) return
      if (first.value.line === subject.value.line && first.file === subject.file) return
      add(title, `this is also the title of ${first.file.path}:${first.value.line}`)
    },
  },
  'text-too-long': {
    on: 'document',
    severity: 'warning',
    summary: 'a name, taxonomy or description that is longer than the specification allows',
    why: `The JSON Schemas of Sigma allow ${NAME_UNITS_MAX} characters for title, name and taxonomy, ${DESCRIPTION_UNITS_MAX} for the description; other tools refuse more.`,
    bad: `name: ${'failed_logon_'.repeat(20)}`,
    good: 'name: failed_logon',
    run(subject, add) {
      for (const [key, units] of Object.entries(UNITS_MAX)) {
        const value = subject.entries.get(key)?.value
        if (value !== undefined && 'text' in value && value.text.length > units)
          add(value, `${key}: ${value.text.length} characters; ${units} are allowed`)
      }
    },
  },
  'description-missing': {
    on: 'document',
    severity: 'info',
    summary: 'there is no description',
    why: 'Whoever gets the alert at night needs to know what it means: what is detected and why that is bad.',
    bad: 'description:',
    good: 'description: Detects a shell that a web server started.',
    run(subject, add) {
      if ((subject.value.description ?? '').trim() === '') {
        add(
          placeOf(subject, 'description'),
          'say in a description what is detected and why it matters',
        )
      }
    },
  },
  'description-too-short': {
    on: 'document',
    severity: 'info',
    summary: `the description has fewer than ${DESCRIPTION_UNITS_MIN} characters`,
    why: 'A description that says less than the title helps nobody.',
    bad: 'description: Bad shell',
    good: 'description: Detects a shell that a web server started.',
    run(subject, add) {
      const text = (subject.value.description ?? '').trim()
      if (text !== '' && text.length < DESCRIPTION_UNITS_MIN) {
        add(
          placeOf(subject, 'description'),
          `"${text}" says too little for the one who gets the alert`,
        )
      }
    },
  },
  'description-repeats-title': {
    on: 'document',
    severity: 'info',
    summary: 'the description is the title again',
    why: 'It adds nothing. Say what the behaviour is, what it is used for and what to look at next.',
    bad: 'title: Shell Started By Web Server\ndescription: Detects shell started by web server.',
    good: 'title: Shell Started By Web Server\ndescription: A web server that starts a shell is often a web shell.',
    run(subject, add) {
      const plain = (text: string) =>
        text
          .toLowerCase()
          .replace(/^detects?\s+/, '')
          .replace(/[^\p{L}\p{N}]+/gu, '')
      const description = plain(subject.value.description ?? '')
      if (description !== '' && description === plain(subject.value.title)) {
        add(placeOf(subject, 'description'), 'the description says no more than the title')
      }
    },
  },
  'description-has-link': {
    on: 'document',
    severity: 'info',
    summary: 'a link stands in the description',
    why: 'Links belong under `references`, where they are checked and shown as links.',
    bad: 'description: Detects a web shell, see https://example.org/webshell for more',
    good: 'description: Detects a shell that a web server started.\nreferences:\n    - https://example.org/webshell',
    run(subject, add) {
      const link = /https?:\/\/[^\s)>\]]+/.exec(subject.value.description ?? '')?.[0]
      if (link !== undefined) add(placeOf(subject, 'description'), `put ${link} under references`)
    },
  },
} as const satisfies Record<string, Check>
