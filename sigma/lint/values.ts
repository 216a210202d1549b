// Values of field items: wildcards, backslashes, lists, what cannot be seen.

import type { DetectionItem, Scalar } from '../rule.ts'
import { fold } from '../text/fold.ts'
import type { Check } from './check.ts'
import { keyOf } from './items.ts'
import { keyRange, offsetOf, removeListLine, scalarRange } from './source.ts'

const PLACES = ['contains', 'startswith', 'endswith'] as const
/** Modifiers whose value is no text with wildcards. */
const NO_TEXT = new Set([
  're',
  'cidr',
  'exists',
  'fieldref',
  'lt',
  'lte',
  'gt',
  'gte',
  'expand',
  'base64',
  'base64offset',
])
/** A number that is written as everyone writes it, short enough to be exact. */
const PLAIN_NUMBER = /^-?(0|[1-9]\d{0,14})$/
/** A field's name, its modifiers, and a value right behind the colon (a full-width one, or a blank that is none). */
const LIKE_FIELD = /^([A-Za-z_][\w.@-]*)((?:\|[a-z0-9]+)*)(?::\u00a0?|：)(?![\s:]|\/\/|\\)\S/u
const INVISIBLE = /[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00a0]/u

/** Whether an item's values are text in which `*` and `?` are wildcards. */
export function isTextItem(item: DetectionItem): boolean {
  return !item.modifiers.some((modifier) => NO_TEXT.has(modifier))
}

export const VALUE_CHECKS = {
  'value-control-character': {
    on: 'item',
    severity: 'warning',
    summary: 'a value holds a control character',
    why: 'Mostly `"C:\\temp"` in double quotes, where YAML reads `\\t` as a tab. Single quotes keep backslashes as they are.',
    bad: 'detection:\n    selection:\n        CommandLine|contains: "C:\\temp"\n    condition: selection',
    good: "detection:\n    selection:\n        CommandLine|contains: 'C:\\temp'\n    condition: selection",
    run(_subject, add, { item }) {
      for (const value of item.values) {
        const found = /(?!\n)\p{Cc}/u.exec(value.text)
        const isEscaped = found !== null && !/^\t?\s*$/.test(value.text)
        if (isEscaped && item.modifiers.every((modifier) => modifier !== 're')) {
          const code = found[0].codePointAt(0)!.toString(16).padStart(4, '0')
          add(value, `holds the control character U+${code}; use single quotes for backslashes`)
        }
      }
    },
  },
  'value-invisible-character': {
    on: 'item',
    severity: 'warning',
    summary: 'a value holds a character that cannot be seen',
    why: 'No-break and zero-width blanks come with text copied from web pages, and then nothing matches. Where they are meant, write them as `"\\u200b"` in double quotes.',
    bad: 'detection:\n    selection:\n        CommandLine|contains: net\u00a0user\n    condition: selection',
    good: 'detection:\n    selection:\n        CommandLine|contains: net user\n    condition: selection',
    run(subject, add, { item }) {
      const hits = item.values.filter((value) => {
        const start = offsetOf(subject.file.text, value)
        const written = subject.file.text.slice(start, start + value.text.length * 2)
        return INVISIBLE.test(value.text) && INVISIBLE.test(written)
      })
      const [first] = hits
      const found = first === undefined ? null : INVISIBLE.exec(first.text)
      if (first === undefined || found === null) return
      const code = found[0].codePointAt(0)!.toString(16).padStart(4, '0')
      const more = hits.length > 1 ? ` (as do ${hits.length - 1} more values of the list)` : ''
      add(first, `holds U+${code}, which cannot be seen${more}`)
    },
  },
  'value-smart-quote': {
    on: 'item',
    severity: 'info',
    summary: 'a value holds typographic quotes',
    why: 'Word processors turn quotes and dashes into prettier ones; command lines seldom have these.',
    bad: 'detection:\n    selection:\n        CommandLine|contains: “net user”\n    condition: selection',
    good: 'detection:\n    selection:\n        CommandLine|contains: \'"net user"\'\n    condition: selection',
    run(_subject, add, { item }) {
      for (const value of item.values) {
        if (/[“”‘’„‚«»]/u.test(value.text))
          add(value, 'these quotes are not those of a keyboard; is that meant?')
      }
    },
  },
  'value-duplicate': {
    on: 'item',
    severity: 'warning',
    fixable: true,
    summary: 'a value stands in its list twice',
    why: 'Text is compared without regard to case, so `CMD` and `cmd` are one value. Mostly the second was meant to be something else.',
    bad: 'detection:\n    selection:\n        CommandLine|contains:\n            - whoami\n            - WhoAmI\n    condition: selection',
    good: 'detection:\n    selection:\n        CommandLine|contains:\n            - whoami\n            - quser\n    condition: selection',
    run(subject, add, { item }) {
      const keepsCase = item.modifiers.some((modifier) =>
        ['cased', 're', 'base64', 'base64offset'].includes(modifier),
      )
      const seen = new Map<string, Scalar>()
      for (const value of item.values) {
        const key = `${value.kind} ${keepsCase ? value.text : fold(value.text)}`
        const first = seen.get(key)
        if (first === undefined) {
          seen.set(key, value)
          continue
        }
        const edit = removeListLine(subject.file.text, value)
        const fix =
          edit === undefined
            ? undefined
            : { title: 'remove the repeated value', safe: true, edits: [edit] }
        add(value, `"${value.text}" stands in line ${first.line} already`, fix)
      }
    },
  },
  'value-untrimmed': {
    on: 'item',
    severity: 'info',
    summary: 'an exact value with blanks at its ends',
    why: 'The blank must be there for the value to match. With `contains` that is often meant; without a modifier hardly ever.',
    bad: "detection:\n    selection:\n        User: 'root '\n    condition: selection",
    good: 'detection:\n    selection:\n        User: root\n    condition: selection',
    run(_subject, add, { item }) {
      if (item.field === undefined || item.modifiers.length > 0) return
      for (const value of item.values) {
        if (
          value.kind === 'string' &&
          value.text.trim() !== value.text &&
          value.text.trim() !== '' &&
          !/[*?]/.test(value.text)
        ) {
          add(value, `"${value.text}" has a blank at its end that must be there to match`)
        }
      }
    },
  },
  'value-matches-everything': {
    on: 'item',
    severity: 'warning',
    summary: 'an empty text that every value contains',
    why: "`contains: ''` holds whatever the value is. Empty values are asked for without a modifier.",
    bad: "detection:\n    selection:\n        User|contains: ''\n    condition: selection",
    good: "detection:\n    selection:\n        User: ''\n    condition: selection",
    run(_subject, add, { item }) {
      if (
        !isTextItem(item) ||
        !item.modifiers.some((modifier) => PLACES.some((place) => place === modifier))
      )
        return
      for (const value of item.values) {
        if (value.kind === 'string' && value.text === '')
          add(value, `${keyOf(item)}: every value has the empty text in it`)
      }
    },
  },
  'value-number-quoted': {
    on: 'item',
    severity: 'info',
    summary: 'numbers in quotes',
    why: 'Plain numbers compare as numbers too, quoted ones as text only: an event that has 4624.0 is found by the first alone. In one list a mixture is hardly meant.',
    bad: "detection:\n    selection:\n        EventID:\n            - 4624\n            - '4625'\n    condition: selection",
    good: 'detection:\n    selection:\n        EventID:\n            - 4624\n            - 4625\n    condition: selection',
    run(_subject, add, { item }) {
      const isNumber = (value: Scalar) => value.kind === 'string' && PLAIN_NUMBER.test(value.text)
      const odd = item.values.find(isNumber)
      if (odd === undefined || item.field === undefined) return
      if (item.values.some((value) => value.kind === 'number')) {
        add(odd, `'${odd.text}' is text, its neighbours are numbers`)
      } else if (item.modifiers.length === 0 && item.values.every(isNumber)) {
        add(odd, `'${odd.text}' is text; write the number without quotes`)
      }
    },
  },
  'single-element-list': {
    on: 'item',
    severity: 'info',
    fixable: true,
    summary: 'a list of one value',
    why: 'A single value can stand beside its key. SigmaHQ writes it so.',
    bad: 'detection:\n    selection:\n        CommandLine|contains:\n            - whoami\n    condition: selection',
    good: 'detection:\n    selection:\n        CommandLine|contains: whoami\n    condition: selection',
    run(subject, add, { item }) {
      const [value] = item.values
      if (item.field === undefined || item.values.length !== 1 || value === undefined) return
      const { text } = subject.file
      const key = keyRange(text, item, keyOf(item))
      const range = scalarRange(text, value)
      if (key === undefined || range === undefined) return
      const between = text.slice(key.end + 1, range.start)
      if (!/^[ \t]*\r?\n[ \t]*- *$/.test(between)) return
      const edits = [{ start: key.end + 1, end: range.start, text: ' ' }]
      add(value, `${keyOf(item)}: one value needs no list`, {
        title: 'put the value beside its key',
        safe: true,
        edits,
      })
    },
  },
  'single-map-list': {
    on: 'detection',
    severity: 'info',
    fixable: true,
    summary: 'a selection that is a list of one map',
    why: 'A list of maps asks for any of them; of one there is nothing to choose. A second entry may be missing, or the dash is too much.',
    bad: 'detection:\n    selection:\n        - User: root\n          CommandLine|contains: whoami\n    condition: selection',
    good: 'detection:\n    selection:\n        User: root\n        CommandLine|contains: whoami\n    condition: selection',
    run(subject, add) {
      const { text } = subject.file
      for (const [name, node] of subject.value.detection.selections) {
        const [only] = node.kind === 'list' && node.nodes.length === 1 ? node.nodes : []
        if (only?.kind !== 'map') continue
        const at = offsetOf(text, only)
        const dash = /(^|\n)[ \t]*-[ ]+$/.exec(text.slice(0, at))
        const start = dash === null ? -1 : text.lastIndexOf('-', at - 1)
        const fix = {
          title: 'take the dash away',
          safe: true,
          edits: [{ start, end: start + 1, text: ' ' }],
        }
        add(only, `${name}: one map needs no list`, start < 0 ? undefined : fix)
      }
    },
  },
  'keyword-short': {
    on: 'item',
    severity: 'warning',
    summary: 'a keyword of one or two characters',
    why: 'Keywords are looked for in every field of every event: so short a text is in nearly all of them.',
    bad: 'detection:\n    keywords:\n        - nc\n    condition: keywords',
    good: "detection:\n    keywords:\n        - 'nc -e'\n    condition: keywords",
    run(_subject, add, { item }) {
      if (item.field !== undefined || item.modifiers.length > 0) return
      for (const value of item.values) {
        const letters = value.text.replaceAll('*', '')
        if (value.kind !== 'null' && letters !== '' && letters.length < 3) {
          add(value, `"${value.text}" will be found in nearly every event`)
        }
      }
    },
  },
  'keyword-like-field': {
    on: 'item',
    severity: 'warning',
    summary: 'a keyword that reads like a field and its value',
    why: 'Without a blank behind the colon YAML has no key there: the whole is one text, looked for in every field, and the field is never compared.',
    bad: 'detection:\n    selection:\n        Image|endswith:/sh\n    condition: selection',
    good: "detection:\n    keywords:\n        - 'user:root'\n        - 'user:admin'\n    condition: keywords",
    run({ file: { text }, value: { detection } }, add, { item, selection }) {
      if (item.field !== undefined || item.modifiers.length > 0) return
      const isAlone =
        detection.selections.get(selection)?.kind === 'list' || item.values.length === 1
      for (const value of item.values) {
        const [, name, modifiers] = LIKE_FIELD.exec(value.text) ?? []
        if (name === undefined) continue
        const isQuoted = /['"|>]/.test(text.charAt(offsetOf(text, value)))
        if (modifiers === '' && (isQuoted || !isAlone)) continue
        add(value, `this is a text, not the field ${name}: put a blank behind the colon`)
      }
    },
  },
  'account-localised': {
    on: 'item',
    severity: 'info',
    summary: 'an account name that other languages of Windows write differently',
    why: 'SYSTEM is `NT-AUTORITÄT\\SYSTEM` in German and `AUTORITE NT` in French. `User|contains: AUTHORI` with `AUTORI`, or the SID, finds them all.',
    bad: "detection:\n    selection:\n        User: 'NT AUTHORITY\\SYSTEM'\n    condition: selection",
    good: "detection:\n    selection:\n        User|contains:\n            - 'AUTHORI'\n            - 'AUTORI'\n    condition: selection",
    run(_subject, add, { item }) {
      for (const value of item.values) {
        const isAlone = item.values.length === 1 && /AUTH?ORI/i.test(value.text)
        const isEnglish = /^NT AUTHORITY\\/i.test(value.text)
        if ((isAlone || isEnglish) && /user/i.test(item.field ?? '')) {
          add(value, `"${value.text}" is called so in some languages only`)
        }
      }
    },
  },
  'image-without-separator': {
    on: 'item',
    severity: 'info',
    summary: 'the end of a path without the separator before the file name',
    why: "`Image|endswith: 'net.exe'` also matches `dotnet.exe`. A leading `\\` makes it the whole name.",
    bad: "detection:\n    selection:\n        Image|endswith: 'net.exe'\n    condition: selection",
    good: "detection:\n    selection:\n        Image|endswith: '\\net.exe'\n    condition: selection",
    run(_subject, add, { item }) {
      if (!/^(Parent|GrandParent|Source|Target)?(Image|ImageLoaded)$/.test(item.field ?? '')) return
      if (item.modifiers.join('|') !== 'endswith') return
      for (const value of item.values) {
        if (/^[\w-]+\.\w+$/.test(value.text))
          add(value, `also matches other names that end in ${value.text}; begin with \\`)
      }
    },
  },
} as const satisfies Record<string, Check>
