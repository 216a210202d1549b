// A mapping table: how a product's JSON becomes an event, as data. The tables are YAML files beside the
// parsers; a content repository may bring its own of the same name.
import { PIVOTS, type PivotName } from '../../sigma/event.ts'

/** When a condition holds: every named path is there, or has a listed value (`*` at either end is open). */
export interface Condition {
  readonly has?: readonly string[]
  readonly not?: readonly string[]
  readonly is?: Readonly<Record<string, readonly string[]>>
}

/** One way to fill a column. Without `path` the constant `as`; with both `as`, where the path has a value. */
export interface Rule {
  readonly path?: string
  /** Our word for each of the source's, compared without case; others are left as they are. */
  readonly words?: Readonly<Record<string, string>>
  /** `only`: words that are not listed give nothing. */
  readonly only?: boolean
  readonly as?: string
  /** A form in which the value is kept. */
  readonly form?: Form
  readonly when?: Condition
}

export const FORMS = [
  'address',
  'port',
  'domain',
  'first',
  'last',
  'lower',
  'score',
  'stem',
] as const
/** `address` and `port` of `address:port`; `first` part up to `/`, `last` part behind `/` or `:`;
 * `domain` of an account's name; `score` 0-10 or 0-100 as severity;
 * `stem` of a URL, up to its query. */
export type Form = (typeof FORMS)[number]

export interface LogSourceRule {
  readonly when?: Condition
  readonly product?: string
  readonly category?: readonly string[]
  readonly service: readonly string[]
}

export interface MappingTable {
  readonly name: string
  readonly title: string
  readonly aliases: readonly string[]
  /** Any of them holding means that the JSON is surely this product's. */
  readonly recognise: readonly Condition[]
  /** What must hold where a sender names the parser; as `recognise` where absent. */
  readonly accept: readonly Condition[]
  readonly product: string
  /** The first whose condition holds. */
  readonly logsources: readonly LogSourceRule[]
  readonly time: readonly string[]
  /** Paths, or texts with paths in braces; the first that is whole. */
  readonly message: readonly string[]
  readonly pivots: { readonly [name in PivotName]?: readonly Rule[] }
  /** Fields added under a second name: name to paths, first that is there. */
  readonly fields: Readonly<Record<string, readonly Rule[]>>
  /** Objects whose JSON text rules look into: kept as text, their members under dotted names. */
  readonly texts: readonly string[]
  /** Texts that hold JSON, read as what they hold. */
  readonly json: readonly string[]
  /** Lists of name and value, each also a field `list.name`. */
  readonly pairs: readonly {
    readonly path: string
    readonly name: string
    readonly value: readonly string[]
    readonly prefix: string
  }[]
}

type Json = { readonly [name: string]: unknown }

/** Keys of a table. */
export const TABLE_KEYS: ReadonlySet<string> = new Set([
  ...['name', 'title', 'aliases', 'recognise', 'accept', 'product', 'logsources', 'time'],
  ...['message', 'pivots', 'fields', 'texts', 'json', 'pairs'],
])

/** A table out of a YAML file's value. Throws what is wrong with it. */
export function mappingTable(value: unknown): MappingTable {
  const table = objectOf(value, 'mapping table')
  const name = textOf(table.name, 'name')
  const fail = (message: string): never => {
    throw new Error(`mapping table ${name}: ${message}`)
  }
  for (const key in table) if (!TABLE_KEYS.has(key)) fail(`unknown key ${key}`)
  const pivots = objectOf(table.pivots ?? {}, 'pivots')
  for (const pivot in pivots) {
    if (!(PIVOTS as readonly string[]).includes(pivot)) fail(`pivots: ${pivot} is no column`)
  }
  const recognise = listOf(table.recognise).map(conditionOf)
  const sources = listOf(table.logsources).map(logSourceOf)
  if (sources.length === 0) fail('logsources: none')
  return {
    name,
    title: textOf(table.title, 'title'),
    aliases: textsOf(table.aliases),
    recognise,
    accept: table.accept === undefined ? recognise : listOf(table.accept).map(conditionOf),
    product: textOf(table.product, 'product'),
    logsources: sources,
    time: textsOf(table.time),
    message: textsOf(table.message),
    pivots: mapValues(pivots, rulesOf),
    fields: mapValues(objectOf(table.fields ?? {}, 'fields'), rulesOf),
    texts: textsOf(table.texts),
    json: textsOf(table.json),
    pairs: listOf(table.pairs).map(pairOf),
  }
}

/** A condition out of YAML. Throws what is wrong with it, as the readers below do. */
export function conditionOf(value: unknown): Condition {
  const { has, not, is, ...rest } = objectOf(value, 'condition')
  const other = Object.keys(rest)[0]
  if (other !== undefined) throw new Error(`condition: unknown key ${other}`)
  return {
    ...(has === undefined ? {} : { has: textsOf(has) }),
    ...(not === undefined ? {} : { not: textsOf(not) }),
    ...(is === undefined ? {} : { is: mapValues(objectOf(is, 'is'), textsOf) }),
  }
}

/** The rules of a column or field. */
export function rulesOf(value: unknown): readonly Rule[] {
  return listOf(value).map((rule) => {
    if (typeof rule === 'string') return { path: rule }
    const { path, words, only, as, form, when, ...rest } = objectOf(rule, 'rule')
    const other = Object.keys(rest)[0]
    if (other !== undefined) throw new Error(`rule: unknown key ${other}`)
    if (path === undefined && as === undefined) throw new Error('rule: neither path nor as')
    if (form !== undefined && !(FORMS as readonly unknown[]).includes(form)) {
      throw new Error(`rule: form ${String(form)} is none of ${FORMS.join(', ')}`)
    }
    return {
      ...(path === undefined ? {} : { path: textOf(path, 'path') }),
      ...(words === undefined ? {} : { words: wordsOf(words) }),
      ...(only === true ? { only } : {}),
      ...(as === undefined ? {} : { as: as === '' ? '' : textOf(as, 'as') }),
      ...(form === undefined ? {} : { form: form as Form }),
      ...(when === undefined ? {} : { when: conditionOf(when) }),
    }
  })
}

function wordsOf(value: unknown): Readonly<Record<string, string>> {
  const words = Object.entries(objectOf(value, 'words'))
  return Object.fromEntries(words.map(([from, to]) => [from.toLowerCase(), textOf(to, from)]))
}

/** One entry of `logsources`. */
export function logSourceOf(value: unknown): LogSourceRule {
  const { when, product, category, service } = objectOf(value, 'logsources')
  return {
    ...(when === undefined ? {} : { when: conditionOf(when) }),
    ...(product === undefined ? {} : { product: textOf(product, 'product') }),
    ...(category === undefined ? {} : { category: textsOf(category) }),
    service: textsOf(service),
  }
}

/** One entry of `pairs`. */
export function pairOf(value: unknown): MappingTable['pairs'][number] {
  const { path, name, value: names, prefix } = objectOf(value, 'pairs')
  const list = textOf(path, 'path')
  return {
    path: list,
    name: textOf(name, 'name'),
    value: textsOf(names),
    prefix: prefix === undefined ? `${list}.` : String(prefix),
  }
}

function objectOf(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${what}: no table`)
  }
  return value as Json
}

function textOf(value: unknown, what: string): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string' || value === '') throw new Error(`${what}: no text`)
  return value
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/** A text or a list of texts. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value).map((item) => textOf(item, 'list'))
}

function mapValues<T>(object: Json, read: (value: unknown) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, read(value)]))
}
