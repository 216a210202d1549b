// Conditions: how they are written, and selections that they use oddly.

import { selectionsOf } from '../parse/condition.ts'
import type { Condition, Position, Scalar } from '../rule.ts'
import type { Check, DetectionSubject } from './check.ts'
import { replaceScalar } from './source.ts'

/** The condition's scalars in the file (several when it is a list). */
function conditionScalars(subject: DetectionSubject): readonly Scalar[] {
  const key = subject.value.kind === 'filter' ? 'filter' : 'detection'
  const own = subject.entries.get(key)?.value
  const value = own?.kind === 'map' ? own.entries.get('condition')?.value : undefined
  if (value === undefined || value.kind === 'map') return []
  const items = value.kind === 'list' ? value.items : [value]
  return items.flatMap((item) => ('text' in item ? [item] : []))
}

function conditionPlace(subject: DetectionSubject): Position {
  return conditionScalars(subject)[0] ?? subject.value.detection
}

/** Every node of a condition. */
export function conditionNodes(condition: Condition): readonly Condition[] {
  if (condition.kind === 'not') return [condition, ...conditionNodes(condition.arg)]
  if (condition.kind === 'and' || condition.kind === 'or') {
    return [condition, ...condition.args.flatMap(conditionNodes)]
  }
  return [condition]
}

/** Selections by whether they are used under an even number of `not` (true), an odd one (false) or both. */
function polarity(condition: Condition, positive = true, out = new Map<string, Set<boolean>>()) {
  if (condition.kind === 'not') polarity(condition.arg, !positive, out)
  else if (condition.kind === 'and' || condition.kind === 'or') {
    for (const arg of condition.args) polarity(arg, positive, out)
  } else
    for (const name of selectionsOf(condition)) {
      out.set(name, (out.get(name) ?? new Set()).add(positive))
    }
  return out
}

const FILTER_NAME = /^(filter|exclu|exception|falsepositive|fp|whitelist|allowlist)/i

export const CONDITION_CHECKS = {
  'condition-upper-case': {
    on: 'detection',
    severity: 'info',
    fixable: true,
    summary: 'keywords of the condition are written with capital letters',
    why: 'The specification writes `and`, `or`, `not`, `1 of`, `them` small; some tools accept nothing else.',
    bad: 'detection:\n    selection:\n        CommandLine|contains: whoami\n    other:\n        User: root\n    condition: selection AND other',
    good: 'detection:\n    selection:\n        CommandLine|contains: whoami\n    other:\n        User: root\n    condition: selection and other',
    run(subject, add) {
      for (const value of conditionScalars(subject)) {
        const names = [...subject.value.detection.selections.keys()]
        const to = value.text.replace(
          /(?<![^\s()])(and|or|not|of|all|any|them)(?![^\s()])/gi,
          (word) => (names.includes(word) ? word : word.toLowerCase()),
        )
        if (to !== value.text) {
          add(
            value,
            'write and, or, not, of, them small',
            replaceScalar(subject.file.text, value, to, 'write the keywords small'),
          )
        }
      }
    },
  },
  'condition-list': {
    on: 'detection',
    severity: 'info',
    summary: 'several conditions as a list',
    why: 'The entries are joined with or. One condition says so in words, and all tools read it.',
    bad: 'detection:\n    a:\n        User: root\n    b:\n        User: toor\n    condition:\n        - a\n        - b',
    good: 'detection:\n    a:\n        User: root\n    b:\n        User: toor\n    condition: a or b',
    run(subject, add) {
      const values = conditionScalars(subject)
      if (values.length > 1)
        add(values[0]!, `write ${values.map((one) => one.text).join(' or ')} as one condition`)
    },
  },
  'condition-double-not': {
    on: 'detection',
    severity: 'warning',
    summary: '`not not` in a condition',
    why: 'Two of them do nothing.',
    bad: 'detection:\n    selection:\n        User: root\n    condition: not not selection',
    good: 'detection:\n    selection:\n        User: root\n    condition: selection',
    run(subject, add) {
      const { condition } = subject.value.detection
      if (condition === undefined) return
      if (
        conditionNodes(condition).some((node) => node.kind === 'not' && node.arg.kind === 'not')
      ) {
        add(conditionPlace(subject), 'not not does nothing')
      }
    },
  },
  'condition-repeated-operand': {
    on: 'detection',
    severity: 'warning',
    summary: 'the same operand twice',
    why: '`a and a` is `a`. Mostly the second was meant to be another selection.',
    bad: 'detection:\n    selection:\n        User: root\n    condition: selection and selection',
    good: 'detection:\n    selection:\n        User: root\n    condition: selection',
    run(subject, add) {
      const { condition } = subject.value.detection
      for (const node of condition === undefined ? [] : conditionNodes(condition)) {
        if (node.kind !== 'and' && node.kind !== 'or') continue
        const seen = node.args.map((arg) => JSON.stringify(arg))
        const twice = seen.findIndex((text, n) => seen.indexOf(text) < n)
        if (twice >= 0) {
          const names = selectionsOf(node.args[twice]!).join(', ')
          add(conditionPlace(subject), `${names} stands on both sides of ${node.kind}`)
        }
      }
    },
  },
  'condition-of-single': {
    on: 'detection',
    severity: 'info',
    summary: '`1 of` or `all of` a pattern that stands for one selection',
    why: 'The name says it more plainly; when a second selection comes, decide then. (SigmaHQ keeps `filter_main_*` and `filter_optional_*` open on purpose.)',
    bad: 'detection:\n    selection_one:\n        User: root\n    condition: all of selection_*',
    good: 'detection:\n    selection:\n        User: root\n    condition: selection',
    run(subject, add) {
      const { condition } = subject.value.detection
      for (const node of condition === undefined ? [] : conditionNodes(condition)) {
        if (node.kind === 'of' && node.names.length === 1 && !FILTER_NAME.test(node.pattern)) {
          add(conditionPlace(subject), `"of ${node.pattern}" stands for ${node.names[0]} only`)
        }
      }
    },
  },
  'condition-them-with-filter': {
    on: 'detection',
    severity: 'warning',
    summary: '`of them` includes a filter',
    why: '`1 of them` holds when the filter alone does: the rule then fires on what it should leave out.',
    bad: 'detection:\n    selection:\n        User: root\n    filter:\n        Image: /bin/true\n    condition: 1 of them',
    good: 'detection:\n    selection:\n        User: root\n    filter:\n        Image: /bin/true\n    condition: selection and not filter',
    run(subject, add) {
      const { condition } = subject.value.detection
      for (const node of condition === undefined ? [] : conditionNodes(condition)) {
        if (node.kind !== 'of' || node.pattern !== 'them') continue
        const filter = node.names.find((name) => FILTER_NAME.test(name))
        if (filter !== undefined && node.names.length > 1)
          add(conditionPlace(subject), `"of them" includes ${filter}`)
      }
    },
  },
  'condition-all-of-them': {
    on: 'detection',
    severity: 'info',
    summary: '`all of them` in a condition',
    why: 'A selection that is added later, a filter above all, is then asked for as well. SigmaHQ writes `all of selection_*`.',
    bad: 'detection:\n    selection_a:\n        User: root\n    selection_b:\n        Image: /bin/sh\n    condition: all of them',
    good: 'detection:\n    selection_a:\n        User: root\n    selection_b:\n        Image: /bin/sh\n    condition: all of selection_*',
    run(subject, add) {
      for (const value of conditionScalars(subject)) {
        if (/\ball\s+of\s+them\b/i.test(value.text))
          add(value, 'all of them takes in what is added later: name the selections')
      }
    },
  },
  'condition-mixed-without-parentheses': {
    on: 'detection',
    severity: 'info',
    summary: '`and` and `or` side by side without parentheses',
    why: '`and` binds tighter than `or`, which not every reader remembers.',
    bad: 'detection:\n    a:\n        User: root\n    b:\n        User: toor\n    c:\n        Image: /bin/sh\n    condition: a or b and c',
    good: 'detection:\n    a:\n        User: root\n    b:\n        User: toor\n    c:\n        Image: /bin/sh\n    condition: a or (b and c)',
    run(subject, add) {
      for (const value of conditionScalars(subject)) {
        const levels: Set<string>[] = [new Set()]
        for (const word of value.text.toLowerCase().match(/[()]|[^\s()]+/g) ?? []) {
          if (word === '(') levels.push(new Set())
          else if (word === ')') levels.pop()
          else if (word === 'and' || word === 'or') levels.at(-1)?.add(word)
          if (levels.at(-1)?.size === 2) {
            add(value, 'put parentheses where and and or meet')
            break
          }
        }
      }
    },
  },
  'condition-needless-parentheses': {
    on: 'detection',
    severity: 'info',
    summary: 'parentheses around the whole condition or a single name',
    why: 'They hide the ones that matter.',
    bad: 'detection:\n    selection:\n        User: root\n    condition: (selection)',
    good: 'detection:\n    selection:\n        User: root\n    condition: selection',
    run(subject, add) {
      for (const value of conditionScalars(subject)) {
        if (value.text.includes('|')) continue
        if (/\(\s*[^\s()]+\s*\)|\(\s*\(([^()]*)\)\s*\)/.test(value.text))
          add(value, 'these parentheses do nothing')
      }
    },
  },
  'condition-only-negative': {
    on: 'detection',
    severity: 'warning',
    summary: 'the condition asks only for what must not be',
    why: 'Such a rule fires on nearly every event of its log source. Say what must be there, then what not.',
    bad: 'detection:\n    known:\n        User: root\n    condition: not known',
    good: 'detection:\n    selection:\n        Image|endswith: /su\n    known:\n        User: root\n    condition: selection and not known',
    run(subject, add) {
      const { condition } = subject.value.detection
      if (condition === undefined || subject.value.kind === 'filter') return
      const uses = [...polarity(condition).values()]
      if (uses.length > 0 && uses.every((use) => !use.has(true))) {
        add(conditionPlace(subject), 'name something that must be there')
      }
    },
  },
  'filter-used-positively': {
    on: 'rule',
    severity: 'info',
    summary: 'a selection called filter that must hold',
    why: 'Readers take a filter for what is left out. Call it `selection_...`, or is a `not` missing?',
    bad: 'detection:\n    selection:\n        User: root\n    filter:\n        Image: /bin/true\n    condition: selection and filter',
    good: 'detection:\n    selection:\n        User: root\n    filter:\n        Image: /bin/true\n    condition: selection and not filter',
    run(subject, add) {
      const { condition, selections } = subject.value.detection
      if (condition === undefined || subject.value.kind !== 'rule') return
      for (const [name, use] of polarity(condition)) {
        if (FILTER_NAME.test(name) && !use.has(false))
          add(selections.get(name)!, `${name} must hold here: is a not missing?`)
      }
    },
  },
  'selection-used-negatively': {
    on: 'rule',
    severity: 'info',
    summary: 'a selection called selection that must not hold',
    why: 'SigmaHQ calls what is left out `filter_main_...` or `filter_optional_...`.',
    bad: 'detection:\n    selection:\n        User: root\n    selection_known:\n        Image: /bin/true\n    condition: selection and not selection_known',
    good: 'detection:\n    selection:\n        User: root\n    filter_main_known:\n        Image: /bin/true\n    condition: selection and not filter_main_known',
    run(subject, add) {
      const { condition, selections } = subject.value.detection
      if (condition === undefined || subject.value.kind !== 'rule') return
      for (const [name, use] of polarity(condition)) {
        if (/^selection/i.test(name) && !use.has(true))
          add(selections.get(name)!, `${name} is left out: call it filter_...`)
      }
    },
  },
  'selection-name-reserved': {
    on: 'detection',
    severity: 'warning',
    summary: 'a selection is called like a keyword of conditions',
    why: 'In a condition the name reads as the keyword, and other tools take it for that.',
    bad: 'detection:\n    all:\n        User: root\n    condition: all',
    good: 'detection:\n    selection:\n        User: root\n    condition: selection',
    run(subject, add) {
      for (const [name, node] of subject.value.detection.selections) {
        if (/^(and|or|not|of|all|any|them|\d+)$/i.test(name))
          add(node, `"${name}" is a word of conditions`)
      }
    },
  },
  'selection-name-form': {
    on: 'detection',
    severity: 'info',
    summary: 'a selection whose name is no identifier',
    why: 'Letters, digits and `_` can be written in a condition without doubt; dashes and dots not everywhere.',
    bad: 'detection:\n    sel-1:\n        User: root\n    condition: sel-1',
    good: 'detection:\n    sel_1:\n        User: root\n    condition: sel_1',
    run(subject, add) {
      for (const [name, node] of subject.value.detection.selections) {
        if (!/^\w+$/.test(name)) add(node, `"${name}": use letters, digits and _`)
      }
    },
  },
} as const satisfies Record<string, Check>
