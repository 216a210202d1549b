import type { Condition, Position } from '../rule.ts'
import type { Check, DetectionSubject } from './check.ts'
import { conditionNodes } from './conditions.ts'
import { excludes, exprKey, implies } from './implication.ts'

/** Selections up to which all combinations are tried. */
const SELECTIONS_TRIED_MAX = 12

function conditionPlace(subject: DetectionSubject): Position {
  const own = subject.entries.get(subject.value.kind === 'filter' ? 'filter' : 'detection')?.value
  const value = own?.kind === 'map' ? own.entries.get('condition')?.value : undefined
  return value ?? subject.value.detection
}

/** Which truth values the condition takes over every combination of its selections. */
function outcomes(subject: DetectionSubject): Set<boolean> {
  const { condition } = subject.value.detection
  const { exprs } = subject
  const atoms = [...new Set([...exprs.values()].map(exprKey))]
  const known = exprs.size === subject.value.detection.selections.size
  if (condition === undefined || !known || atoms.length > SELECTIONS_TRIED_MAX) {
    return new Set([true, false])
  }
  const out = new Set<boolean>()
  const named = new Map([...exprs].map(([name, expr]) => [name, atoms.indexOf(exprKey(expr))]))
  for (let bits = 0; bits < 1 << atoms.length && out.size < 2; bits++) {
    const value = truthOf(condition, (name) => ((bits >> (named.get(name) ?? 0)) & 1) === 1)
    out.add(value)
  }
  return out
}

function truthOf(condition: Condition, holds: (name: string) => boolean): boolean {
  switch (condition.kind) {
    case 'selection':
      return holds(condition.name)
    case 'not':
      return !truthOf(condition.arg, holds)
    case 'and':
      return condition.args.every((arg) => truthOf(arg, holds))
    case 'or':
      return condition.args.some((arg) => truthOf(arg, holds))
    case 'of': {
      const count = condition.names.filter(holds).length
      return condition.quantity === 'all'
        ? count === condition.names.length
        : count >= condition.quantity
    }
  }
}

/** Operands of a node that stand for selections, `1 of x*` and `all of x*` included. */
function operands(node: Condition, kind: 'and' | 'or'): string[] {
  if (node.kind === kind)
    return node.args.flatMap((arg) => (arg.kind === 'selection' ? [arg.name] : []))
  const wanted = kind === 'and' ? 'all' : 1
  return node.kind === 'of' && node.quantity === wanted ? [...node.names] : []
}

function pairs(names: readonly string[]): [string, string][] {
  return names.flatMap((a) => names.filter((b) => a !== b).map((b): [string, string] => [a, b]))
}

export const LOGIC_CHECKS = {
  'condition-never-matches': {
    on: 'detection',
    severity: 'error',
    summary: 'the condition can never hold',
    why: 'Whatever the event is, the parts contradict each other. The rule is silent for ever.',
    bad: 'detection:\n    selection:\n        User: root\n    condition: selection and not selection',
    good: 'detection:\n    selection:\n        User: root\n    condition: selection',
    run(subject, add) {
      if (!outcomes(subject).has(true)) add(conditionPlace(subject), 'no event can satisfy this')
    },
  },
  'condition-always-matches': {
    on: 'detection',
    severity: 'error',
    summary: 'the condition always holds',
    why: 'Whatever the event is, the rule fires.',
    bad: 'detection:\n    selection:\n        User: root\n    condition: selection or not selection',
    good: 'detection:\n    selection:\n        User: root\n    condition: selection',
    run(subject, add) {
      if (!outcomes(subject).has(false)) add(conditionPlace(subject), 'every event satisfies this')
    },
  },
  'selections-exclude-each-other': {
    on: 'detection',
    severity: 'warning',
    summary: 'two selections that must both hold exclude each other',
    why: 'One field would need two values at once. Unless the field is a list, the rule never fires.',
    bad: 'detection:\n    a:\n        Image|endswith: /sh\n    b:\n        Image|endswith: /python\n    condition: a and b',
    good: 'detection:\n    a:\n        ParentImage|endswith: /sh\n    b:\n        Image|endswith: /python\n    condition: a and b',
    run(subject, add) {
      const { condition } = subject.value.detection
      for (const node of condition === undefined ? [] : conditionNodes(condition)) {
        for (const [a, b] of pairs(operands(node, 'and'))) {
          const [left, right] = [subject.exprs.get(a), subject.exprs.get(b)]
          if (a < b && left !== undefined && right !== undefined && excludes(left, right)) {
            add(conditionPlace(subject), `${a} and ${b} ask one field for different values`)
          }
        }
      }
    },
  },
  'selection-duplicate': {
    on: 'detection',
    severity: 'warning',
    summary: 'two selections ask for the same',
    why: 'Mostly a copied block that was not changed.',
    bad: 'detection:\n    a:\n        User: root\n    b:\n        User: root\n    condition: a or b',
    good: 'detection:\n    a:\n        User: root\n    b:\n        User: toor\n    condition: a or b',
    run(subject, add) {
      const seen = new Map<string, string>()
      for (const [name, expr] of subject.exprs) {
        const key = exprKey(expr)
        const first = seen.get(key)
        if (first !== undefined) {
          add(subject.value.detection.selections.get(name)!, `${name} asks for what ${first} does`)
        } else seen.set(key, name)
      }
    },
  },
  'selection-subsumed': {
    on: 'detection',
    severity: 'info',
    summary: 'a selection that another one makes needless',
    why: 'In an or, what follows from another operand adds nothing; in an and, what every match of another operand has anyway.',
    bad: 'detection:\n    a:\n        CommandLine|contains: whoami\n    b:\n        CommandLine|contains: whoami /priv\n    condition: a or b',
    good: 'detection:\n    a:\n        CommandLine|contains: whoami\n    b:\n        CommandLine|contains: quser\n    condition: a or b',
    run(subject, add) {
      const { condition, selections } = subject.value.detection
      for (const node of condition === undefined ? [] : conditionNodes(condition)) {
        for (const kind of ['and', 'or'] as const) {
          for (const [a, b] of pairs(operands(node, kind))) {
            const [left, right] = [subject.exprs.get(a), subject.exprs.get(b)]
            if (left === undefined || right === undefined || exprKey(left) === exprKey(right))
              continue
            if (!implies(left, right)) continue
            const needless = kind === 'or' ? a : b
            add(
              selections.get(needless)!,
              `${needless} adds nothing: whatever matches ${a} matches ${b}`,
            )
          }
        }
      }
    },
  },
  'value-subsumed': {
    on: 'item',
    severity: 'info',
    summary: 'a value that a shorter one of the list already finds',
    why: 'Where `whoami /all` is contained, `whoami` is too. Leave out one of the two.',
    bad: 'detection:\n    selection:\n        CommandLine|contains:\n            - whoami\n            - whoami /all\n    condition: selection',
    good: 'detection:\n    selection:\n        CommandLine|contains:\n            - whoami\n            - quser\n    condition: selection',
    run(_subject, add, { item }) {
      const [place] = item.modifiers
      if (item.modifiers.length !== 1 || !['contains', 'startswith', 'endswith'].includes(place!))
        return
      const texts = item.values.map((value) => value.text.toLowerCase())
      const holds = {
        contains: 'includes',
        startswith: 'startsWith',
        endswith: 'endsWith',
      } as const
      const method = holds[place as keyof typeof holds]
      const hits = item.values.flatMap((value, n) => {
        const text = texts[n]!
        const shorter = texts.findIndex(
          (other, m) =>
            m !== n &&
            other !== '' &&
            other.length < text.length &&
            !/[*?\\]$|[*?]/.test(other) &&
            text[method](other),
        )
        return shorter < 0 ? [] : [{ value, shorter: item.values[shorter]!.text }]
      })
      const [first] = hits
      if (first === undefined) return
      const more = hits.length > 1 ? `; so it is with ${hits.length - 1} more of the list` : ''
      add(first.value, `"${first.shorter}" finds "${first.value.text}" already${more}`)
    },
  },
  'filter-without-effect': {
    on: 'rule',
    severity: 'info',
    summary: 'a filter that leaves nothing out',
    why: 'What it excludes cannot match the rest of the rule: one field would need two values.',
    bad: 'detection:\n    selection:\n        Image|endswith: /sh\n    filter:\n        Image|endswith: /python\n    condition: selection and not filter',
    good: 'detection:\n    selection:\n        Image|endswith: /sh\n    filter:\n        ParentImage|endswith: /python\n    condition: selection and not filter',
    run(subject, add) {
      const { condition, selections } = subject.value.detection
      if (condition?.kind !== 'and') return
      const required = condition.args.flatMap((arg) =>
        arg.kind === 'selection'
          ? [arg.name]
          : arg.kind === 'of' && arg.quantity === 'all'
            ? [...arg.names]
            : [],
      )
      for (const arg of condition.args) {
        if (arg.kind !== 'not') continue
        const inner = arg.arg
        const names =
          inner.kind === 'selection'
            ? [inner.name]
            : inner.kind === 'of' && inner.quantity === 1
              ? inner.names
              : []
        for (const name of names) {
          const filter = subject.exprs.get(name)
          const rival = required.find(
            (one) =>
              filter !== undefined &&
              subject.exprs.has(one) &&
              excludes(subject.exprs.get(one)!, filter),
          )
          if (rival !== undefined)
            add(
              selections.get(name)!,
              `${name} cannot match what ${rival} does: it leaves nothing out`,
            )
        }
      }
    },
  },
} as const satisfies Record<string, Check>
