// Files: names, endings, blanks at line ends.
import { groupBy } from '../collections.ts'
import type { Check, Edit, FileSubject, Fix } from './check.ts'
import { fileNamePrefix } from './file-prefixes.ts'
import { REPLACEMENT } from './fix.ts'

const START = { line: 1, column: 1 }
/** A line that begins a block scalar, where blanks are text; it may have an anchor. */
const BLOCK_SCALAR = /(^|[:?-]\s+)([&!]\S*\s+)*[|>][-+\d]*\s*(#.*)?\r?$/
const NAME_UNITS_MIN = 10
const NAME_UNITS_MAX = 90
function fileName(subject: FileSubject): string {
  return subject.file.path.slice(subject.file.path.lastIndexOf('/') + 1)
}

function fix(title: string, edits: readonly Edit[]): Fix {
  return { title, safe: true, edits }
}

/** How the lines of a text end. */
function newlineOf(text: string): string {
  return /\r\n/.test(text) && !/[^\r]\n/.test(text) ? '\r\n' : '\n'
}

/** Places outside of block scalars cannot be told from text alone, so only ends of lines that are no text. */
export const FILE_CHECKS = {
  'file-name-form': {
    on: 'file',
    severity: 'info',
    summary: 'the file name is not lower case with underscores',
    why: `SigmaHQ names files with small letters, digits and underscores, ${NAME_UNITS_MIN} to ${NAME_UNITS_MAX} characters, ending in \`.yml\`.`,
    path: 'Web Shell.yml',
    bad: 'title: A File Called Web Shell',
    run(subject, add) {
      if (!subject.set.byPath.has(subject.file.path)) return
      const name = fileName(subject).replace(/(\.test)?\.ya?ml$/, '')
      if (!/^[a-z0-9_]+$/.test(name)) add(START, `"${name}": use small letters, digits and _`)
      else if (!name.includes('_'))
        add(START, `"${name}": put _ between the words, the log source first`)
      else if (name.length < NAME_UNITS_MIN || name.length > NAME_UNITS_MAX) {
        add(
          START,
          `"${name}" has ${name.length} characters; ${NAME_UNITS_MIN} to ${NAME_UNITS_MAX} are usual`,
        )
      }
    },
  },
  'file-extension': {
    on: 'file',
    severity: 'info',
    summary: 'the file ends in .yaml',
    why: 'SigmaHQ and most tools look for `.yml`; we read both.',
    path: 'web_shell_started.yaml',
    bad: 'title: A File Called web_shell_started.yaml',
    run(subject, add) {
      if (subject.file.path.endsWith('.yaml'))
        add(START, 'call it .yml: many tools look for nothing else')
    },
  },
  'file-name-prefix': {
    on: 'document',
    severity: 'info',
    summary: 'the file name does not begin as SigmaHQ has it for the log source',
    why: 'SigmaHQ files of one log source share a beginning (`proc_creation_win_`, `correlation_`), which makes long folders readable. Own content may name as it likes.',
    path: 'whoami_started.yml',
    bad: 'logsource:\n    category: process_creation\n    product: windows',
    good: 'logsource:\n    product: qualys',
    run(subject, add) {
      const { value, set, file } = subject
      const documents = set.byPath.get(file.path) ?? []
      const isCorrelated = documents.some((one) => one.value.kind === 'correlation')
      if (value.kind === 'filter' || (isCorrelated && value.kind !== 'correlation')) return
      const prefix = value.kind === 'correlation' ? 'correlation_' : fileNamePrefix(value.logsource)
      if (prefix !== undefined && !fileName(subject).startsWith(prefix))
        add(START, `SigmaHQ would call it ${prefix}...`)
    },
  },
  'file-name-duplicate': {
    on: 'file',
    severity: 'info',
    summary: 'a file of the same name lies in another folder',
    why: 'Links, tests and messages often give the name alone; SigmaHQ has each name once.',
    run(subject, add) {
      const { set, file } = subject
      const named = set.memo('file names', () =>
        groupBy([...set.byPath.keys()], (path) => path.slice(path.lastIndexOf('/') + 1)),
      )
      const [first] = named.get(fileName(subject)) ?? []
      if (first === undefined || first === file.path || !set.byPath.has(file.path)) return
      add(START, `${first} has this name as well`)
    },
  },
  'file-several-documents': {
    on: 'file',
    severity: 'info',
    summary: 'several documents in one file',
    why: 'One rule a file keeps history, tests and blame apart. A correlation with its rules is the exception.',
    bad: 'title: One\n---\ntitle: Two',
    run(subject, add) {
      const documents = subject.set.byPath.get(subject.file.path) ?? []
      const rules = documents.filter(({ value }) => value.kind === 'rule')
      if (rules.length > 1 && documents.length === rules.length)
        add(START, `${rules.length} rules in one file`)
    },
  },
  'file-no-final-newline': {
    on: 'file',
    severity: 'info',
    fixable: true,
    summary: 'the file does not end with a newline',
    why: 'Appending a line to it shows two changed lines in the diff.',
    run({ file }, add) {
      if (file.text === '' || file.text.endsWith('\n')) return
      const line = file.text.split('\n').length
      const end = file.text.length
      add(
        { line, column: 1 },
        'end the file with a newline',
        fix('add the newline', [{ start: end, end, text: newlineOf(file.text) }]),
      )
    },
  },
  'file-byte-order-mark': {
    on: 'file',
    severity: 'warning',
    fixable: true,
    summary: 'the file begins with a byte order mark',
    why: 'UTF-8 needs none, and some readers take it for part of the first key.',
    run({ file }, add) {
      if (file.text.startsWith('\ufeff')) {
        add(
          START,
          'remove the byte order mark',
          fix('remove the mark', [{ start: 0, end: 1, text: '' }]),
        )
      }
    },
  },
  'file-not-utf-8': {
    on: 'file',
    severity: 'warning',
    summary: 'the file holds bytes that are no UTF-8',
    why: 'Rules are read as UTF-8. Elsewhere-encoded letters become the replacement character, and a value with one never matches. Nothing in such a file is fixed; save it as UTF-8.',
    bad: 'author: Ren\ufffd',
    good: 'author: Ren\u00e9',
    run({ file }, add) {
      const at = file.text.indexOf(REPLACEMENT)
      if (at < 0) return
      const before = file.text.slice(0, at)
      const column = at - before.lastIndexOf('\n')
      add({ line: before.split('\n').length, column }, 'this is no UTF-8: save the file as UTF-8')
    },
  },
  'file-windows-line-ends': {
    on: 'file',
    severity: 'info',
    summary: 'lines end with carriage returns',
    why: 'Mixed line ends make whole files change in diffs. Set `* text=auto` in `.gitattributes`.',
    run({ file }, add) {
      const at = file.text.indexOf('\r\n')
      if (at >= 0)
        add({ line: file.text.slice(0, at).split('\n').length, column: 1 }, 'lines end with \\r\\n')
    },
  },
  'file-trailing-blanks': {
    on: 'file',
    severity: 'info',
    fixable: true,
    summary: 'blanks at the end of a line',
    why: 'They cannot be seen and make diffs of nothing.',
    run({ file }, add) {
      let start = 0
      let block = -1
      for (const [n, line] of file.text.split('\n').entries()) {
        const indent = line.search(/\S/)
        if (block >= 0 && indent >= 0 && indent <= block) block = -1
        const blanks = /[ \t]+(?=\r?$)/.exec(line)
        const isEmpty = indent < 0
        // In double quotes a backslash keeps the blank after it.
        const isEscaped = blanks !== null && line.charAt(blanks.index - 1) === '\\'
        if (blanks !== null && block < 0 && !isEmpty && !isEscaped) {
          const edit = {
            start: start + blanks.index,
            end: start + blanks.index + blanks[0].length,
            text: '',
          }
          add(
            { line: n + 1, column: blanks.index + 1 },
            'blanks at the end of the line',
            fix('remove them', [edit]),
          )
        }
        if (block < 0 && BLOCK_SCALAR.test(line)) block = indent
        start += line.length + 1
      }
    },
  },
} as const satisfies Record<string, Check>
