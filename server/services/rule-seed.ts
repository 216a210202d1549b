// A new rule out of a search: its text, the log source of what was found, the file it would be.
import { stringify } from 'yaml'
import type { Event } from '../../parsers/event.ts'
import { isRefusal, queryToSigma, type Refusal } from '../../query/to-sigma.ts'
import { ruleAccepts } from '../../sigma/eval/routing.ts'
import { LOG_SOURCES } from '../../sigma/facts/facts.ts'
import type { LogSource } from '../../sigma/rule.ts'

const COMMON_CATEGORIES = LOG_SOURCES['']?.category ?? {}
const TITLE_MAX_CHARACTERS = 100
const SLUG_MAX_CHARACTERS = 50

export interface SeededRule {
  readonly text: string
  readonly path: string
  readonly logsource: LogSource
  /** How many of the events found are of that log source. */
  readonly accepted: number
  /** Columns that it reads: other Sigma engines have no such fields. */
  readonly columns: readonly string[]
}

export interface SeedFacts {
  readonly query: string
  /** Events that the search found, for the log source. */
  readonly found: readonly Event[]
  readonly title?: string
  readonly level?: string
  readonly author: string
  /** Milliseconds since 1970 UTC. */
  readonly now: number
}

/** The rule of a search, or by name why there is none. */
export function seedRule(facts: SeedFacts): SeededRule | Refusal {
  const detection = queryToSigma(facts.query)
  if (isRefusal(detection)) return detection
  if (facts.found.length === 0) {
    const message = 'the search finds no event in this range: its log source cannot be told'
    return { code: 'no-events', message }
  }
  const logsource = logsourceOf(facts.found)
  if (logsource === undefined) {
    const message = 'the events found are of no known log source: write the rule by hand'
    return { code: 'no-log-source', message }
  }
  const title = (facts.title ?? titleOf(facts.query)).slice(0, TITLE_MAX_CHARACTERS)
  const head = {
    title,
    id: crypto.randomUUID(),
    status: 'experimental',
    description: 'Made from a search. Say what it finds, why that matters, and what to do.',
    author: facts.author,
    date: new Date(facts.now).toISOString().slice(0, 10),
    logsource,
  }
  const foot = { falsepositives: ['Unknown'], level: facts.level ?? 'medium' }
  const text = yaml(head) + detection.yaml + yaml(foot)
  const accepted = facts.found.filter((event) => ruleAccepts(logsource, event.logsource)).length
  const path = pathOf(logsource, title)
  return { text, path, logsource, accepted, columns: detection.columns }
}

/** An empty rule, to be filled in. */
export function blankRule(author: string, now: number): Pick<SeededRule, 'text' | 'path'> {
  const head = {
    title: 'New Rule',
    id: crypto.randomUUID(),
    status: 'experimental',
    description: 'Say what it finds, why that matters, and what to do.',
    author,
    date: new Date(now).toISOString().slice(0, 10),
    logsource: { category: 'process_creation', product: 'windows' },
    detection: { selection: { 'Image|endswith': '\\example.exe' }, condition: 'selection' },
    falsepositives: ['Unknown'],
    level: 'medium',
  }
  return { text: yaml(head), path: pathOf(head.logsource, head.title) }
}

/** What a rule goes through before it may page anyone. */
const ROLLOUT = { stage: 'shadow', min_days: 7, max_alerts_per_day: 20 } as const

/** The rule begun in shadow: what it would raise is counted, and nobody is told. */
export function inShadow(text: string): string {
  return text + yaml({ trapline: { rollout: ROLLOUT } })
}

function yaml(value: object): string {
  return stringify(value, { indent: 4, lineWidth: 0 })
}

/** The log source that most of the events have, as rules of it name it. */
function logsourceOf(events: readonly Event[]): LogSource | undefined {
  const counts = new Map<string, { readonly logsource: LogSource; count: number }>()
  for (const { logsource: own } of events) {
    const [category] = own.category
    // A category that the taxonomy has without a product is every product's.
    const isCommon = category !== undefined && Object.hasOwn(COMMON_CATEGORIES, category)
    const product = isCommon ? undefined : own.product
    const service = category === undefined ? own.service[0] : undefined
    const logsource = {
      ...(product === undefined ? {} : { product }),
      ...(category === undefined ? {} : { category }),
      ...(service === undefined ? {} : { service }),
    }
    if (Object.keys(logsource).length === 0) continue
    const key = JSON.stringify(logsource)
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { logsource, count: 1 })
    else known.count++
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)[0]?.logsource
}

function titleOf(query: string): string {
  const words = query.replace(/[^\p{L}\p{N}.*\\/-]+/gu, ' ').trim()
  return words === '' ? 'New Rule' : `Search ${words}`.slice(0, TITLE_MAX_CHARACTERS)
}

/** `detections/windows/proc_creation_....yml`: the folder is the product, else the category. */
export function pathOf({ product, category, service }: LogSource, title: string): string {
  const slug = (text: string) =>
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '')
  const folder = slug(product ?? category ?? service ?? 'other')
  const name = slug(title).slice(0, SLUG_MAX_CHARACTERS).replace(/_+$/, '') || 'rule'
  return `detections/${folder}/${name}.yml`
}
