// Processing pipelines, as pySigma writes them.
import type { Position, Yaml } from '../rule.ts'
import type { Check, YamlSubject } from './check.ts'
import { placeOf } from './check.ts'

type Step = Extract<Yaml, { readonly kind: 'map' }>

function steps(subject: YamlSubject): Step[] {
  const value = subject.entries.get('transformations')?.value
  return value?.kind === 'list' ? value.items.filter((item) => item.kind === 'map') : []
}

function text(step: Step, key: string): (Position & { readonly text: string }) | undefined {
  const value = step.entries.get(key)?.value
  return value !== undefined && 'text' in value && value.kind !== 'null' ? value : undefined
}

const HEAD = 'name: Map Fields\npriority: 20\ntransformations:\n'

export const PIPELINE_CHECKS = {
  'pipeline-empty': {
    on: 'pipeline',
    severity: 'warning',
    summary: 'a pipeline without transformations',
    why: 'It changes nothing.',
    bad: 'name: Map Fields\npriority: 20\ntransformations: []',
    good: `${HEAD}    - id: names\n      type: field_name_prefix\n      prefix: win.`,
    run(subject, add) {
      if (steps(subject).length === 0)
        add(placeOf(subject, 'transformations'), 'there is no transformation')
    },
  },
  'pipeline-priority-missing': {
    on: 'pipeline',
    severity: 'info',
    summary: 'a pipeline without a priority',
    why: 'Pipelines run in order of priority, smallest first; those without one run first.',
    bad: 'name: Map Fields\ntransformations:\n    - id: names\n      type: field_name_prefix\n      prefix: win.',
    good: `${HEAD}    - id: names\n      type: field_name_prefix\n      prefix: win.`,
    run(subject, add) {
      if (!subject.entries.has('priority')) add(subject.root, 'say with priority: when it runs')
    },
  },
  'pipeline-name-missing': {
    on: 'pipeline',
    severity: 'info',
    summary: 'a pipeline without a name',
    why: 'Findings and alerts say which pipelines a rule went through, by name.',
    bad: 'priority: 20\ntransformations:\n    - id: names\n      type: field_name_prefix\n      prefix: win.',
    good: `${HEAD}    - id: names\n      type: field_name_prefix\n      prefix: win.`,
    run(subject, add) {
      if (!subject.entries.has('name')) add(subject.root, 'give it a name')
    },
  },
  'pipeline-id-duplicate': {
    on: 'pipeline',
    severity: 'error',
    summary: 'two transformations of one id',
    why: '`processing_item_applied` asks for a step by id; with two of them the answer is a guess.',
    bad: `${HEAD}    - id: names\n      type: field_name_prefix\n      prefix: a.\n    - id: names\n      type: field_name_suffix\n      suffix: .b`,
    good: `${HEAD}    - id: first\n      type: field_name_prefix\n      prefix: a.\n    - id: second\n      type: field_name_suffix\n      suffix: .b`,
    run(subject, add) {
      const seen = new Set<string>()
      for (const step of steps(subject)) {
        const id = text(step, 'id')
        if (id !== undefined && seen.has(id.text)) add(id, `${id.text} is taken`)
        if (id !== undefined) seen.add(id.text)
      }
    },
  },
  'pipeline-mapping-to-itself': {
    on: 'pipeline',
    severity: 'info',
    summary: 'a field mapped to its own name',
    why: 'The line does nothing.',
    bad: `${HEAD}    - id: names\n      type: field_name_mapping\n      mapping:\n          User: User`,
    good: `${HEAD}    - id: names\n      type: field_name_mapping\n      mapping:\n          User: user.name`,
    run(subject, add) {
      for (const step of steps(subject)) {
        const mapping = step.entries.get('mapping')?.value
        for (const [name, entry] of mapping?.kind === 'map' ? mapping.entries : []) {
          if ('text' in entry.value && entry.value.text === name)
            add(entry.key, `${name} stays ${name}`)
        }
      }
    },
  },
} as const satisfies Record<string, Check>
