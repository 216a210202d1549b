// ClickHouse. JSON is a String column; a field's values are an array of raw JSON texts.
import { type Dialect, SqlRefusal, type SqlTable, type ValueSql, wellFormed } from './dialect.ts'
import { foldReplacements } from './fold-sql.ts'

const NAME_PARTS_MAX = 5

/** What ClickHouse reads of a statement (`max_query_size`), bytes; no statement can raise it for itself. */
const STATEMENT_BYTES_MAX = 256 * 1024
/** Texts that one call of `multiSearchAny` takes. */
const NEEDLES_MAX = 255

function quoteName(identifier: string): string {
  return `\`${identifier.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}

function literal(text: string): string {
  const escaped = wellFormed(text)
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\0', '\\0')
    .replaceAll('\n', '\\n')
  return `'${escaped}'`
}

/** Ways to cut a name at dots, the whole first: arguments of JSON functions. */
function cutsOf(field: string): string[] {
  const parts = field.split('.')
  if (parts.length > NAME_PARTS_MAX) return [literal(field)]
  const cuts = 1 << (parts.length - 1)
  return Array.from({ length: cuts }, (_, cut) => {
    const keys = [parts[0]!]
    for (let n = 1; n < parts.length; n++) {
      if ((cut >> (parts.length - 1 - n)) & 1) keys.push(parts[n]!)
      else keys[keys.length - 1] += `.${parts[n]}`
    }
    return keys.map(literal).join(', ')
  })
}

/** Raw JSON values of a field: elements of a list, one value, or none. */
function valuesOf({ layout, fields }: SqlTable, field: string): string {
  if (layout === 'columns') {
    const own = quoteName(field)
    return `if(isNull(${own}), [], [toJSONString(${own})])`
  }
  const doc = quoteName(fields)
  const tests = cutsOf(field).map((keys) => {
    const list = `JSONExtractArrayRaw(${doc}, ${keys})`
    const one = `[JSONExtractRaw(${doc}, ${keys})]`
    return `JSONHas(${doc}, ${keys}), if(JSONType(${doc}, ${keys}) = 'Array', ${list}, ${one})`
  })
  return `multiIf(${tests.join(', ')}, emptyArrayString())`
}

const DECIMAL = '^[+-]?(?:[0-9]+(?:\\\\.[0-9]*)?|\\\\.[0-9]+)(?:[eE][+-]?[0-9]+)?$'

const TEXT = `if(startsWith(v, '"'), JSONExtractString(v), if(v IN ('true', 'false'), v, if(v = 'null' OR startsWith(v, '{') OR startsWith(v, '['), NULL, toString(toFloat64OrNull(v)))))`
const IS_NUMBER = `match(v, '^-?[0-9]')`

const VALUE: ValueSql = {
  text: `(${TEXT})`,
  isText: `startsWith(v, '"')`,
  isNumber: IS_NUMBER,
  isNull: "v = 'null'",
  isTrue: "v = 'true'",
  isFalse: "v = 'false'",
  number: `if(${IS_NUMBER}, toFloat64OrNull(v), if(startsWith(v, '"') AND match(JSONExtractString(v), '${DECIMAL}'), toFloat64OrNull(JSONExtractString(v)), NULL))`,
}

/** Every leaf of a JSON object, as raw texts. */
function leavesOf(doc: string): string {
  return `arrayFilter(x -> NOT (startsWith(x, '{') OR startsWith(x, '[') OR x = 'null'), arrayFlatten(arrayMap(k -> if(JSONType(${doc}, k.1) = 'Array', JSONExtractArrayRaw(${doc}, k.1), [k.2]), JSONExtractKeysAndValuesRaw(${doc}))))`
}

/** Whether a condition holds for any of the values: the text of each is made once, however often it is compared. */
function overValues(condition: (value: ValueSql) => string): (values: string) => string {
  let readsText = false
  const value: ValueSql = {
    ...VALUE,
    get text() {
      readsText = true
      return 't'
    },
  }
  const test = `ifNull(${condition(value)}, false)`
  return (values) =>
    readsText
      ? `arrayExists((v, t) -> ${test}, ${values}, arrayMap(v -> ${TEXT}, ${values}))`
      : `arrayExists(v -> ${test}, ${values})`
}

export const clickhouse: Dialect = {
  name: 'clickhouse',
  statementBytesMax: STATEMENT_BYTES_MAX,
  quoteName,
  literal,
  anyValue: (table, target, condition) => {
    const over = overValues(condition)
    const text = (name: string, more = '') =>
      `(${quoteName(name)} <> ''${more} AND ${over(`[toJSONString(${quoteName(name)})]`)})`
    switch (target.scope) {
      case 'field':
        return over(valuesOf(table, target.name))
      case 'column':
        return over(
          `if(isNull(${quoteName(target.name)}), [], [toJSONString(${quoteName(target.name)})])`,
        )
      case 'message':
        return text(table.message)
      case 'raw':
        return text(table.raw)
      case 'any':
      case 'keyword': {
        if (table.layout === 'columns') {
          throw new SqlRefusal(
            'sql-keywords-need-json',
            'keywords look at every field: use one JSON column',
          )
        }
        const plain = ` AND NOT match(${quoteName(table.raw)}, '^[{\\\\[]')`
        const raw = text(table.raw, target.scope === 'any' ? '' : plain)
        return `(${text(table.message)} OR ${over(`arrayMap(v -> toJSONString(ifNull(${TEXT}, '')), ${leavesOf(quoteName(table.fields))})`)} OR ${raw})`
      }
      case 'auto':
        throw new SqlRefusal(
          'sql-target-unsupported',
          'names of the search language are resolved by event',
        )
    }
  },
  exists: (table, name) => {
    if (table.layout === 'columns') return `isNotNull(${quoteName(name)})`
    const doc = quoteName(table.fields)
    return cutsOf(name)
      .map((keys) => `JSONHas(${doc}, ${keys})`)
      .join(' OR ')
  },
  isNull: (table, name) =>
    `(empty(${valuesOf(table, name)}) OR has(${valuesOf(table, name)}, 'null'))`,
  fold: (text, compared) =>
    foldReplacements(compared).reduce(
      (sql, [from, to]) => `replaceAll(${sql}, ${literal(from)}, ${literal(to)})`,
      `lower(${text})`,
    ),
  equals: (text, value) => `${text} = ${literal(value)}`,
  contains: (text, value) => `position(${text}, ${literal(value)}) > 0`,
  containsAny: (text, values) =>
    Array.from({ length: Math.ceil(values.length / NEEDLES_MAX) }, (_, part) => {
      const own = values.slice(part * NEEDLES_MAX, (part + 1) * NEEDLES_MAX)
      return `multiSearchAny(${text}, [${own.map(literal).join(', ')}])`
    }).join(' OR '),
  startswith: (text, value) => `startsWith(${text}, ${literal(value)})`,
  endswith: (text, value) => `endsWith(${text}, ${literal(value)})`,
  wildcard: (text, parts) => {
    const pattern = parts
      .map((part) => {
        if (typeof part === 'string') return part === '*' ? '.*' : '.'
        return part.literal.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      })
      .join('')
    return `match(${text}, ${literal(`(?s)\\A(?:${pattern})\\z`)})`
  },
  regex: (text, pattern, flags) => {
    const on = flags === '' ? '' : `(?${flags})`
    const off = flags.includes('s') ? '' : '(?-s)'
    return `match(${text}, ${literal(`${off}${on}${pattern}`)})`
  },
  cidr: (text, network) => {
    const plain = `replaceRegexpOne(replaceRegexpOne(${text}, '%.*$', ''), '(?i)^::ffff:([0-9.]+)$', '\\\\1')`
    const isAddress = network.includes(':') ? 'isIPv6String' : 'isIPv4String'
    return `(${isAddress}(${plain}) AND isIPAddressInRange(if(${isAddress}(${plain}), ${plain}, '${network.includes(':') ? '::' : '0.0.0.0'}'), ${literal(network)}))`
  },
  groupText: (table, name) => {
    const values = valuesOf(table, name)
    return `nullIf(arrayElementOrNull(arrayMap(v -> ${VALUE.text}, ${values}), 1), '')`
  },
  groupNumber: (table, name) => {
    const values = valuesOf(table, name)
    return `arrayElementOrNull(arrayMap(v -> ${VALUE.number}, ${values}), 1)`
  },
}
