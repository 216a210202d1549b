// What may stand at a position: keys, fields of the log source, modifiers, tags, selections.
import { type AttackFacts, type LintFacts, techniqueOf } from '../../sigma/lint/facts.ts'
import { fieldsOf } from '../../sigma/lint/logsources.ts'
import { NAMESPACES } from '../../sigma/lint/tags.ts'
import { MODIFIERS } from '../../sigma/lower/modifiers.ts'
import type { Entries } from '../../sigma/parse/reader.ts'
import { CORRELATION_TYPES, LEVELS, type LogSource, STATUSES } from '../../sigma/rule.ts'
import { type CompletionItem, KIND, type Position } from '../lsp/protocol.ts'
import { type KnownRule, rulesIn } from './known-rules.ts'
import { pipelineItems } from './pipeline-completion.ts'
import { contextAt } from './position-context.ts'
import { referenceItems } from './reference-completion.ts'
import { type SchemaName, schemaNameOf } from './schema.ts'
import { schemaItems } from './schema-completion.ts'

/** Items of one answer: when there are as many, there may be more. */
export const ITEMS_MAX = 1_000
const TOP_KEYS =
  'title id name related status description references author date modified tags logsource detection correlation filter fields falsepositives level license taxonomy scope trapline'.split(
    ' ',
  )
const TRAPLINE_KEYS =
  'owner schedule rollout title description severity dedup dedup_window_minutes auto_create_case exceptions'.split(
    ' ',
  )
const CORRELATION_KEYS = 'type rules group-by timespan condition aliases generate'.split(' ')

/** The items for a position; the client filters them by what is typed. The path tells what kind of file it is, `rules`
 * are those that correlations and filters may name. */
export function completionsAt(
  text: string,
  { line, character }: Position,
  facts: LintFacts,
  file = 'rule.yml',
  rules: readonly KnownRule[] = rulesIn(file, text),
): readonly CompletionItem[] {
  const { path, before, key } = contextAt(text, line, character)
  const typed = /[^\s|:'",[\]{}-][^\s|:'",[\]{}]*$/.exec(before)?.[0] ?? ''
  const at = (labels: Iterable<CompletionItem>) =>
    edited([...labels].slice(0, ITEMS_MAX), line, character, typed.length)
  const parents = key === undefined ? path : path.slice(0, -1)
  const [top] = parents
  const schema = schemaNameOf(file, keysIn(text))
  if (schema !== undefined && !SIGMA.has(schema)) {
    if (schema === 'pipeline') return at(pipelineItems(path, key, text, line))
    if (path.at(-1) === 'fields') return at(fieldItems(facts, text, line))
    return at(schemaItems(schema, key === undefined ? parents : path, key !== undefined))
  }
  if (top === 'tags' || path[0] === 'tags') return tagItems(before, line, character, facts.attack)
  const references = referenceItems(path, key, rules)
  if (references !== undefined) {
    const isMuch = references.length > ITEMS_MAX
    return at(isMuch ? references.filter((item) => isMeant(item, typed)) : references)
  }
  if (key !== undefined) return at(values(path, text, facts))
  if (top === undefined) return at(TOP_KEYS.map((label) => ({ label, kind: KIND.property })))
  if (top === 'logsource') return at(['product', 'category', 'service', 'definition'].map(asKey))
  if (top === 'trapline') return at(TRAPLINE_KEYS.map(asKey))
  if (top === 'correlation' && parents.length === 1) return at(CORRELATION_KEYS.map(asKey))
  if (top !== 'detection' && top !== 'filter') return []
  if (parents.length === 1)
    return at(['condition', ...(top === 'filter' ? ['rules'] : [])].map(asKey))
  if (/\|[\w|]*$/.test(before)) return at(modifierItems())
  return at(fieldItems(facts, text, line))
}

/** Whether an item has what is typed, in its label or in the title that says what it is. */
function isMeant({ label, detail = '' }: CompletionItem, typed: string): boolean {
  const wanted = typed.toLowerCase()
  return label.toLowerCase().includes(wanted) || detail.toLowerCase().includes(wanted)
}

/** Files of these have completion of their own; of the others the schema says what may stand there. */
const SIGMA: ReadonlySet<SchemaName> = new Set(['rule', 'correlation', 'filter'])

/** Top-level keys, read line by line: a text that is being typed is seldom YAML. */
function keysIn(text: string): Entries {
  const place = { line: 1, column: 1 }
  const names = [...text.matchAll(/^([A-Za-z_]\w*):/gm)].map(([, name]) => name!)
  const nothing = { ...place, kind: 'null', text: '' } as const
  const keyOf = (name: string) => ({ ...place, kind: 'string', text: name }) as const
  return new Map(names.map((name) => [name, { key: keyOf(name), value: nothing }])) as Entries
}

function fieldItems(facts: LintFacts, text: string, line: number): CompletionItem[] {
  const fields = fieldsOf(facts, logSourceIn(text, line)) ?? new Set<string>()
  return [...fields].map((label) => ({ label, kind: KIND.field }))
}

const asKey = (label: string): CompletionItem => ({ label, kind: KIND.property })
const asValue = (label: string): CompletionItem => ({ label, kind: KIND.value })

function edited(
  items: readonly CompletionItem[],
  line: number,
  character: number,
  typed: number,
): CompletionItem[] {
  const range = { start: { line, character: character - typed }, end: { line, character } }
  return items.map((item) => ({ ...item, textEdit: { range, newText: item.label } }))
}

/** Every modifier with its help. */
function modifierItems(): CompletionItem[] {
  return Object.entries(MODIFIERS).map(([label, { help }]) => ({
    label,
    kind: KIND.function,
    detail: help,
  }))
}

function values(path: readonly string[], text: string, facts: LintFacts): CompletionItem[] {
  const key = path.at(-1)!
  if (path.length === 1) {
    if (key === 'level') return LEVELS.map(asValue)
    return key === 'status' ? STATUSES.map(asValue) : []
  }
  if (path[0] === 'logsource') return logSourceValues(key, text, facts)
  if (key === 'condition' && path.length === 2) {
    const words = ['and', 'or', 'not', '1 of', 'all of', 'them'].map((label) => ({
      label,
      kind: KIND.keyword,
    }))
    return [...selectionNames(text, path[0]!).map(asValue), ...words]
  }
  if (path[0] === 'correlation' && key === 'type') return CORRELATION_TYPES.map(asValue)
  if (path[0] === 'related' && key === 'type')
    return ['derived', 'obsolete', 'merged', 'renamed', 'similar'].map(asValue)
  if (path[0] === 'trapline' && key === 'stage') return ['shadow', 'canary', 'live'].map(asValue)
  return path[0] === 'trapline' && key === 'severity' ? LEVELS.map(asValue) : []
}

function logSourceValues(key: string, text: string, facts: LintFacts): CompletionItem[] {
  const products = Object.keys(facts.logsources).filter((name) => name !== '')
  if (key === 'product') return products.map(asValue)
  if (key !== 'category' && key !== 'service') return []
  const { product } = logSourceIn(text, 0)
  const chosen =
    product === undefined
      ? Object.values(facts.logsources)
      : [facts.logsources[product], facts.logsources['']]
  return [...new Set(chosen.flatMap((one) => Object.keys(one?.[key] ?? {})))].sort().map(asValue)
}

/** The log source of the document around a line, read line by line. */
export function logSourceIn(text: string, line: number): LogSource {
  const documents = text.split(/^---.*$/m)
  let passed = 0
  const own = documents.find((document) => {
    passed += document.split('\n').length - 1
    return passed >= line
  })
  const block =
    /^logsource:[ \t]*\r?\n((?:[ \t]+.*(?:\r?\n|$)|\s*\n)*)/m.exec(own ?? text)?.[1] ?? ''
  const out: Record<string, string> = {}
  for (const [, name = '', value = ''] of block.matchAll(
    /^\s+(product|category|service):\s*['"]?([\w.-]+)/gm,
  ))
    out[name] = value
  return out
}

function selectionNames(text: string, top: string): string[] {
  const block =
    new RegExp(`^${top}:[ \\t]*\\r?\\n((?:[ \\t]+.*(?:\\r?\\n|$)|\\s*\\n)*)`, 'm').exec(
      text,
    )?.[1] ?? ''
  const indent = /^[ \t]+/.exec(block)?.[0].length ?? 0
  return [...block.matchAll(/^([ \t]+)([\w*-]+):/gm)]
    .filter(
      ([, blanks, name]) => blanks!.length === indent && name !== 'condition' && name !== 'rules',
    )
    .map(([, , name]) => name!)
}

/** Tags: namespaces, then tactics and techniques with their names. */
function tagItems(
  before: string,
  line: number,
  character: number,
  attack: AttackFacts,
): readonly CompletionItem[] {
  const typed = /[\w.-]*$/.exec(before)?.[0] ?? ''
  const tactics = Object.keys(attack.tactics).map(
    (name): CompletionItem => ({ label: `attack.${name}`, kind: KIND.value }),
  )
  const techniques = Object.keys(attack.techniques).map((id): CompletionItem => {
    const { name, tactics: of } = techniqueOf(attack, id)!
    return {
      label: `attack.${id.toLowerCase()}`,
      kind: KIND.value,
      detail: name,
      documentation: of.join(', '),
    }
  })
  const others = Object.values(NAMESPACES).map(
    ({ example }): CompletionItem => ({ label: example, kind: KIND.value }),
  )
  return edited(
    [...tactics, ...others.filter(({ label }) => !label.startsWith('attack.')), ...techniques],
    line,
    character,
    typed.length,
  )
}
