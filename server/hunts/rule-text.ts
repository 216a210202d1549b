// The file of a rule made from a hunt.
import { stringify } from 'yaml'
import type { Hunt } from '../../query/hunt/hunt.ts'
import type { SigmaDetection } from '../../query/to-sigma.ts'
import type { Level, LogSource } from '../../sigma/rule.ts'

export interface NewRule {
  readonly id: string
  readonly title: string
  readonly level: Level
  readonly logsource: LogSource
  readonly author: string
  /** `2026-11-21`. */
  readonly date: string
}

/** The rule's YAML, the hunt named as what it comes from. */
export function ruleText(hunt: Hunt, detection: SigmaDetection, rule: NewRule): string {
  const { id, title, level, logsource, author, date } = rule
  const description = hunt.hypothesis ?? hunt.description ?? `Made from the hunt “${hunt.title}”.`
  const { product, category, service } = logsource
  const head = {
    ...{ title, id, related: [{ id: hunt.id, type: 'derived' }], status: 'experimental' },
    description: description.trim(),
    ...(hunt.references.length === 0 ? {} : { references: hunt.references }),
    ...{ author, date },
    ...(hunt.tags.length === 0 ? {} : { tags: hunt.tags }),
    logsource: JSON.parse(JSON.stringify({ product, category, service })),
  }
  const tail = {
    ...{ falsepositives: ['Unknown'], level },
    ...(hunt.owner === undefined ? {} : { trapline: { owner: hunt.owner } }),
  }
  return written(head) + detection.yaml + written(tail)
}

function written(part: object): string {
  return stringify(part, { indent: 4, lineWidth: 0, singleQuote: true })
}
