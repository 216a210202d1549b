// Rules with simple conditions (`contains`, `equals`, `regex` under `any`, `all`, `not`) to Sigma. Pure: text in,
// text out. What has no meaning in Sigma is refused by name, never left out.
import { isMap, isNode, isSeq, LineCounter, parseAllDocuments, stringify } from 'yaml'
import type { Diagnostic } from '../../sigma/diagnostic.ts'
import { loadRules } from '../../sigma/load.ts'
import { LEVELS } from '../../sigma/rule.ts'

export interface ImportedRule {
  /** File name that fits the title: `ssh_root_login.yml`. */
  readonly file: string
  /** The Sigma rule. */
  readonly text: string
}

export interface Imported {
  readonly rules: readonly ImportedRule[]
  readonly diagnostics: readonly Diagnostic[]
}

type Plain = { readonly [name: string]: unknown }

const OPERATORS: Readonly<Record<string, string>> = {
  equals: '',
  eq: '',
  contains: '|contains',
  regex: '|re',
  matches: '|re',
  startswith: '|startswith',
  endswith: '|endswith',
  any: '',
  in: '',
}
const GROUPS: Readonly<Record<string, 'and' | 'or'>> = {
  all: 'and',
  and: 'and',
  any: 'or',
  or: 'or',
}
const KNOWN_KEYS = new Set(
  'id name title description severity level author date tags mitre techniques conditions condition match when source log_type product category service enabled references falsepositives'.split(
    ' ',
  ),
)
const SEVERITIES: Readonly<Record<string, string>> = { info: 'informational', warning: 'medium' }

class Refused extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Converts a file of simple rules: a rule, a list of rules, `rules: [...]`, or several documents. */
export function importSimpleRules(text: string, path: string): Imported {
  const lines = new LineCounter()
  const rules: ImportedRule[] = []
  const diagnostics: Diagnostic[] = []
  const fail = (code: string, message: string, line = 1) =>
    diagnostics.push({ code, severity: 'error', message, path, line, column: 1 })
  for (const document of parseAllDocuments(text, { lineCounter: lines })) {
    const [error] = document.errors
    if (error !== undefined) {
      fail('yaml-syntax', error.message, error.linePos?.[0].line)
      continue
    }
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    const list = isPlain(value) && Array.isArray(value['rules']) ? value['rules'] : value
    const nodes = isMap(document.contents) ? document.get('rules') : document.contents
    for (const [index, rule] of (Array.isArray(list) ? list : [list]).entries()) {
      try {
        if (!isPlain(rule)) throw new Refused('import-shape', 'a rule must be a map')
        rules.push(importRule(rule))
      } catch (problem) {
        if (!(problem instanceof Refused)) throw problem
        const title = isPlain(rule) ? String(rule['title'] ?? rule['name'] ?? '') : ''
        const node = Array.isArray(list) && isSeq(nodes) ? nodes.items[index] : document.contents
        const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
        fail(problem.code, `rule "${title}": ${problem.message}`, lines.linePos(offset).line)
      }
    }
  }
  return { rules, diagnostics }
}

function importRule(rule: Plain): ImportedRule {
  for (const key of Object.keys(rule)) {
    if (!KNOWN_KEYS.has(key)) throw new Refused('import-unknown-key', `unknown key ${key}`)
  }
  const title = text(rule['title'] ?? rule['name'])
  if (title === undefined) throw new Refused('import-shape', 'has neither title nor name')
  const conditions = rule['conditions'] ?? rule['condition'] ?? rule['match'] ?? rule['when']
  if (conditions === undefined) throw new Refused('import-shape', 'has no conditions')
  const selections = new Map<string, unknown>()
  const condition = groupOf(
    Array.isArray(conditions) ? { all: conditions } : conditions,
    selections,
  )
  const severity = text(rule['severity'] ?? rule['level'])?.toLowerCase()
  const level = severity === undefined ? undefined : (SEVERITIES[severity] ?? severity)
  if (level !== undefined && !LEVELS.some((known) => known === level)) {
    throw new Refused('import-severity', `unknown severity ${severity}`)
  }
  const id = text(rule['id'])
  const isUuid = id !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)
  const sigma = {
    title,
    ...(isUuid ? { id } : { id: uuidOf(id ?? title), ...(id === undefined ? {} : { name: id }) }),
    status: rule['enabled'] === false ? 'unsupported' : 'test',
    ...optional('description', text(rule['description'])),
    ...optional('author', text(rule['author'])),
    ...optional('references', rule['references']),
    ...optional('tags', tagsOf(rule)),
    logsource: logsourceOf(rule),
    detection: { ...Object.fromEntries(selections), condition },
    ...optional('falsepositives', rule['falsepositives']),
    level: level ?? 'medium',
  }
  const words = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '')
  const file = `${words || `rule_${uuidOf(title).slice(0, 8)}`}.yml`
  return { file, text: runnable(stringify(sigma, { lineWidth: 0, indent: 4 }), file) }
}

/** The text of a rule that loads. */
function runnable(text: string, path: string): string {
  const [refused] = loadRules([{ path, text }]).refused
  if (refused !== undefined) throw new Refused('import-refused', refused.message)
  return text
}

/** The condition text of a group, a leaf or a list; selections are added under names of their own. */
function groupOf(node: unknown, selections: Map<string, unknown>): string {
  if (Array.isArray(node)) return groupOf({ all: node }, selections)
  if (!isPlain(node)) throw new Refused('import-condition', 'a condition must be a map')
  if ('field' in node) return leafOf(node, selections)
  const parts = Object.entries(node).map(([key, value]) => {
    if (key === 'not' || key === 'none') {
      return `not (${groupOf(key === 'none' ? { any: value } : value, selections)})`
    }
    const joint = GROUPS[key]
    if (joint !== undefined && isPlain(value) && 'field' in value) return groupOf(value, selections)
    if (joint !== undefined && Array.isArray(value)) {
      if (value.length === 0) throw new Refused('import-condition', `${key}: is empty`)
      const inner = value.map((one) => groupOf(one, selections))
      return inner.length === 1 ? inner[0]! : `(${inner.join(` ${joint} `)})`
    }
    const operator = OPERATORS[key]
    if (operator !== undefined && isPlain(value)) {
      const items = Object.entries(value).map(([field, one]) => [
        named(field) + operator,
        valuesOf(key, one),
      ])
      return select(Object.fromEntries(items), selections)
    }
    throw new Refused('import-condition', `unknown condition ${key}`)
  })
  if (parts.length === 0) throw new Refused('import-condition', 'an empty condition')
  return parts.length === 1 ? parts[0]! : `(${parts.join(' and ')})`
}

/** `{field, op, value}` or `{field, contains: value}`. */
function leafOf(leaf: Plain, selections: Map<string, unknown>): string {
  const { field, op, operator, value, values, ...rest } = leaf
  const name = text(field)
  if (name === undefined) throw new Refused('import-condition', 'field: must be text')
  const given = text(op ?? operator)
  const tests: [string, unknown][] =
    given === undefined ? Object.entries(rest) : [[given, value ?? values]]
  if (given === undefined && value !== undefined) tests.push(['equals', value])
  if (tests.length === 0) throw new Refused('import-condition', `${name}: says no operator`)
  if (given !== undefined && Object.keys(rest).length > 0) {
    throw new Refused('import-condition', `${name}: unknown key ${Object.keys(rest)[0]}`)
  }
  const items = tests.map(([key, one]): [string, unknown] => {
    const all = key === 'all'
    const modifier = all ? '|contains|all' : OPERATORS[key]
    if (modifier === undefined) throw new Refused('import-condition', `unknown operator ${key}`)
    return [named(name) + modifier, valuesOf(key, one)]
  })
  return select(Object.fromEntries(items), selections)
}

/** A field's name, as Sigma takes it for one. */
function named(field: string): string {
  if (field !== '' && !field.includes('|')) return field
  throw new Refused('import-condition', `"${field}" is no field's name in Sigma`)
}

function select(items: Plain, selections: Map<string, unknown>): string {
  const name = selections.size === 0 ? 'selection' : `selection_${selections.size + 1}`
  selections.set(name, items)
  return name
}

/** Values as Sigma writes them: `*`, `?` and backslashes before them stand for themselves. */
function valuesOf(operator: string, value: unknown): unknown {
  if (Array.isArray(value) && value.length > 0) return value.map((one) => valuesOf(operator, one))
  if (value === undefined || (typeof value === 'object' && value !== null)) {
    throw new Refused('import-condition', `${operator}: needs a value`)
  }
  if (typeof value !== 'string' || operator === 'regex' || operator === 'matches') return value
  return value.replaceAll(/\\(?=[\\*?])|[*?]/g, '\\$&')
}

function logsourceOf(rule: Plain): Plain {
  const { product, category, service } = rule
  const source = rule['log_type'] ?? rule['source']
  const own = { ...optional('product', product), ...optional('category', category) }
  const named = { ...own, ...optional('service', service ?? source) }
  if (Object.keys(named).length === 0) {
    throw new Refused('import-logsource', 'names no source, log_type, product, category or service')
  }
  return named
}

function tagsOf(rule: Plain): string[] | undefined {
  const listOf = (value: unknown) =>
    Array.isArray(value) ? value : value === undefined ? [] : [value]
  const techniques = [...listOf(rule['mitre']), ...listOf(rule['techniques'])]
  const tags = [
    ...listOf(rule['tags']).map((tag) =>
      String(tag).includes('.') ? String(tag) : `custom.${String(tag)}`,
    ),
    ...techniques.map((technique) => `attack.${String(technique).toLowerCase()}`),
  ]
  return tags.length === 0 ? undefined : [...new Set(tags)]
}

/** The same id each time a rule is imported. */
function uuidOf(text: string): string {
  const hex = new Bun.CryptoHasher('sha256').update(`trapline-import:${text}`).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`
}

function optional(name: string, value: unknown): Plain {
  return value === undefined || value === '' ? {} : { [name]: value }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
