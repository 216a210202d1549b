// Regular expressions: cost, and what a plainer modifier says.
import { compileRegex, isCompiledRegex } from '../regex.ts'
import type { Scalar } from '../rule.ts'
import type { Check, ItemUse } from './check.ts'
import { replaceScalar } from './source.ts'

const REPEAT_MAX = 500

/** The patterns of an item, if it has any. */
function patterns({ item }: ItemUse): readonly Scalar[] {
  return item.modifiers.includes('re') ? item.values : []
}

/** A pattern without anything special: what it matches is its own text. */
function isPlain(pattern: string): boolean {
  return pattern !== '' && !/[\\^$.|?*+()[\]{}]/.test(pattern.replace(/\\[\\.\-/ ]/g, ''))
}

/** The text outside of character classes and escapes, where syntax stands. */
function syntax(pattern: string): string {
  return pattern.replace(/\\./g, '__').replace(/\[[^\]]*\]/g, (text) => '_'.repeat(text.length))
}

export const REGEX_CHECKS = {
  'regex-plain': {
    on: 'item',
    severity: 'info',
    summary: 'a regular expression without anything special',
    why: '`contains` says the same, runs many times faster and needs no escapes. (Case: `re` minds it, `contains` does not unless `cased`.)',
    bad: 'detection:\n    selection:\n        CommandLine|re: whoami\n    condition: selection',
    good: 'detection:\n    selection:\n        CommandLine|contains: whoami\n    condition: selection',
    run(_subject, add, use) {
      for (const value of patterns(use)) {
        if (isPlain(value.text)) add(value, `"${value.text}" is plain text: contains finds it`)
      }
    },
  },
  'regex-whole-literal': {
    on: 'item',
    severity: 'info',
    summary: 'an anchored regular expression of plain text',
    why: 'An exact value, `startswith` or `endswith` says the same and is much cheaper.',
    bad: 'detection:\n    selection:\n        User|re: ^root$\n    condition: selection',
    good: 'detection:\n    selection:\n        User: root\n    condition: selection',
    run(_subject, add, use) {
      for (const value of patterns(use)) {
        const match = /^(\^?)(.*?)(\$?)$/.exec(value.text)
        const [, start, body = '', end] = match ?? []
        if ((start === '' && end === '') || !isPlain(body)) continue
        const plain = start === '' ? 'endswith' : end === '' ? 'startswith' : 'an exact value'
        add(value, `${plain} says what ${value.text} says`)
      }
    },
  },
  'regex-outer-dotstar': {
    on: 'item',
    severity: 'info',
    fixable: true,
    summary: '`.*` at an end of a regular expression',
    why: 'Patterns are looked for anywhere in the value: `.*` at the ends adds nothing but work.',
    bad: "detection:\n    selection:\n        CommandLine|re: '.*who(ami|is).*'\n    condition: selection",
    good: "detection:\n    selection:\n        CommandLine|re: 'who(ami|is)'\n    condition: selection",
    run(subject, add, use) {
      for (const value of patterns(use)) {
        if (syntax(value.text).includes('|') && !/^\.\*.*\(.*\).*|\.\*$/.test(value.text)) continue
        const to = value.text.replace(/^\.\*\??(?=[^?+*{|])/, '').replace(/(?<!\\)\.\*\??$/, '')
        if (to === value.text || to === '' || hasTopLevelOr(value.text)) continue
        add(
          value,
          'patterns are found anywhere: leave the outer .* out',
          replaceScalar(subject.file.text, value, to, 'remove the outer .*', false),
        )
      }
    },
  },
  'regex-case-flag-inline': {
    on: 'item',
    severity: 'info',
    summary: '`(?i)` inside the pattern',
    why: '`|re|i` says so where readers and other tools look for it.',
    bad: "detection:\n    selection:\n        CommandLine|re: '(?i)who(ami|is)'\n    condition: selection",
    good: "detection:\n    selection:\n        CommandLine|re|i: 'who(ami|is)'\n    condition: selection",
    run(_subject, add, use) {
      for (const value of patterns(use)) {
        if (/^\(\?[ims]+\)/.test(value.text))
          add(value, 'say |re|i in place of the flags in the pattern')
      }
    },
  },
  'regex-no-literal': {
    on: 'item',
    severity: 'info',
    summary: 'a regular expression without any text that must be there',
    why: 'Engines look for the fixed text of a pattern first and run the pattern only where it is. Without one it runs on every event.',
    bad: "detection:\n    selection:\n        CommandLine|re: '[A-Z]{8,}'\n    condition: selection",
    good: "detection:\n    selection:\n        CommandLine|re: 'key=[A-Z]{8,}'\n    condition: selection",
    run(_subject, add, use) {
      const others = use.siblings.some(
        (item) =>
          item !== use.item &&
          !item.modifiers.includes('re') &&
          item.values.some((value) => value.text.length > 2),
      )
      for (const value of patterns(use)) {
        const compiled = compileRegex(value.text)
        if (!others && isCompiledRegex(compiled) && compiled.required.length === 0) {
          add(
            value,
            'no text must be there, so the pattern runs on every event; name one, or add a cheap condition',
          )
        }
      }
    },
  },
  'regex-nested-repeat': {
    on: 'item',
    severity: 'warning',
    summary: 'a repeat inside a repeat',
    why: 'Our engine runs `(a+)+` in linear time; those that backtrack can be held up for minutes by one hostile log line. One repeat mostly says the same.',
    bad: "detection:\n    selection:\n        CommandLine|re: 'cmd(a+)+$'\n    condition: selection",
    good: "detection:\n    selection:\n        CommandLine|re: 'cmda+$'\n    condition: selection",
    run(_subject, add, use) {
      for (const value of patterns(use)) {
        if (
          /\(([^()|]|\?:)*[+*]\)[+*]/.test(syntax(value.text)) &&
          /\((\?:)?(_|\.|\w)[+*]\)[+*]/.test(syntax(value.text))
        ) {
          add(value, 'a repeat of a repeat: engines that backtrack can be held up for minutes')
        }
      }
    },
  },
  'regex-large-repeat': {
    on: 'item',
    severity: 'warning',
    summary: `a counted repeat above ${REPEAT_MAX}`,
    why: 'Counted repeats are written out inside: memory grows with the count. RE2 refuses more than 1,000.',
    bad: "detection:\n    selection:\n        CommandLine|re: 'x[A-Za-z]{900,}'\n    condition: selection",
    good: "detection:\n    selection:\n        CommandLine|re: 'x[A-Za-z]{100,}'\n    condition: selection",
    run(_subject, add, use) {
      for (const value of patterns(use)) {
        const counts = [...syntax(value.text).matchAll(/\{(\d+)(?:,(\d*))?\}/g)].flatMap(
          (match) => [Number(match[1]), Number(match[2] ?? 0)],
        )
        if (counts.some((count) => count > REPEAT_MAX))
          add(value, `repeats of more than ${REPEAT_MAX} cost much memory`)
      }
    },
  },
  'regex-dot-unescaped': {
    on: 'item',
    severity: 'info',
    summary: 'a dot before a file extension that stands for any character',
    why: 'In `cmd.exe` the dot matches every character. `cmd\\.exe` is the file.',
    bad: "detection:\n    selection:\n        CommandLine|re: '(cmd|powershell).exe'\n    condition: selection",
    good: "detection:\n    selection:\n        CommandLine|re: '(cmd|powershell)\\.exe'\n    condition: selection",
    run(subject, add, use) {
      for (const value of patterns(use)) {
        const pattern = /(?<=[\w)])(?<!\\)\.(?=(exe|dll|ps1|bat|vbs|cmd|sys|js|hta|lnk)(?![\w]))/g
        if (!pattern.test(value.text)) continue
        const to = value.text.replace(pattern, '\\.')
        add(
          value,
          'a dot that is meant as a dot is written \\.',
          replaceScalar(subject.file.text, value, to, 'escape the dot', false),
        )
      }
    },
  },
  'regex-empty-branch': {
    on: 'item',
    severity: 'warning',
    summary: 'an alternative of nothing',
    why: 'In `(a|b|)` the last branch matches the empty text, so the group always holds.',
    bad: "detection:\n    selection:\n        CommandLine|re: 'who(ami|is|)'\n    condition: selection",
    good: "detection:\n    selection:\n        CommandLine|re: 'who(ami|is)'\n    condition: selection",
    run(_subject, add, use) {
      for (const value of patterns(use)) {
        if (/\|\||\|\)|\((\?:)?\||^\||\|$/.test(syntax(value.text)))
          add(
            value,
            'a branch is empty, so the whole group always matches; use ? if it is optional',
          )
      }
    },
  },
  'regex-matches-empty': {
    on: 'item',
    severity: 'warning',
    summary: 'a regular expression that every value matches',
    why: 'It holds for the empty text, and so for any text.',
    bad: "detection:\n    selection:\n        CommandLine|re: 'a*'\n    condition: selection",
    good: "detection:\n    selection:\n        CommandLine|re: 'a+'\n    condition: selection",
    run(_subject, add, use) {
      for (const value of patterns(use)) {
        const compiled = compileRegex(value.text)
        if (isCompiledRegex(compiled) && compiled.test('') && !/[$^]/.test(value.text))
          add(value, 'matches the empty text, and so every value')
      }
    },
  },
  'regex-needless-escape': {
    on: 'item',
    severity: 'info',
    summary: 'an escape of a character that needs none',
    why: 'SigmaHQ asks for few escapes: they hide the pattern, and some engines refuse unknown ones.',
    bad: "detection:\n    selection:\n        CommandLine|re: 'a\\:b\\=c+'\n    condition: selection",
    good: "detection:\n    selection:\n        CommandLine|re: 'a:b=c+'\n    condition: selection",
    run(_subject, add, use) {
      for (const value of patterns(use)) {
        const found = /(?:^|[^\\])(?:\\\\)*\\([:=,;@%&"'<>!#~`])/.exec(value.text)
        if (found !== null) add(value, `\\${found[1]} is plain ${found[1]}`)
      }
    },
  },
} as const satisfies Record<string, Check>

/** Whether an alternative stands outside of every group. */
function hasTopLevelOr(pattern: string): boolean {
  let depth = 0
  for (const char of syntax(pattern)) {
    if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === '|' && depth === 0) return true
  }
  return false
}
