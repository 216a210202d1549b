// SQLite, without functions of our own. Its `lower` folds ASCII, `glob` ends at NUL, and regular expressions are walked
// by recursive queries.
import type { Target } from '../ir/expr.ts'
import { type Dialect, SqlRefusal, type SqlTable, type ValueSql, wellFormed } from './dialect.ts'
import { foldReplacements } from './fold-sql.ts'
import { sqliteCidr } from './sqlite-cidr.ts'
import { sqliteRegex } from './sqlite-regex.ts'

/** GLOB takes no longer patterns, bytes. */
const GLOB_BYTES_MAX = 50_000
/** A name is looked up under every way to cut it at dots, up to so many parts. */
const NAME_PARTS_MAX = 5

function quoteName(identifier: string): string {
  if (identifier.includes('\0')) throw new SqlRefusal('sql-name', 'a name cannot hold NUL')
  // Not double quotes: SQLite takes an unknown name in them for text.
  return `\`${identifier.replaceAll('`', '``')}\``
}

function literal(text: string): string {
  const parts = wellFormed(text).split('\0')
  const quoted = parts.map((part) => `'${part.replaceAll("'", "''")}'`)
  return quoted.length === 1 ? quoted[0]! : `(${quoted.join(' || char(0) || ')})`
}

/** JSON paths of a field, in the order in which they are tried. */
function pathsOf(field: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/["\\\0-\x1f]/.test(field)) {
    throw new SqlRefusal('sql-field-name-unsupported', `SQLite has no path to the field ${field}`)
  }
  const parts = field.split('.')
  if (parts.length > NAME_PARTS_MAX) return [`$."${field}"`]
  const cuts = 1 << (parts.length - 1)
  return Array.from({ length: cuts }, (_, cut) => {
    let path = `$."${parts[0]}`
    for (let n = 1; n < parts.length; n++) {
      path += (cut >> (parts.length - 1 - n)) & 1 ? `"."${parts[n]}` : `.${parts[n]}`
    }
    return `${path}"`
  })
}

function pathSql({ fields }: SqlTable, field: string): string {
  const paths = pathsOf(field)
  const last = paths.pop()!
  if (paths.length === 0) return literal(last)
  const tests = paths.map(
    (path) =>
      `WHEN json_type(${quoteName(fields)}, ${literal(path)}) IS NOT NULL THEN ${literal(path)}`,
  )
  return `CASE ${tests.join(' ')} ELSE ${literal(last)} END`
}

const TEXT = `CASE v.type WHEN 'text' THEN v.value WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'
 WHEN 'integer' THEN CAST(v.value AS TEXT)
 WHEN 'real' THEN CASE WHEN abs(v.value) < 1e15 AND v.value = CAST(v.value AS INTEGER)
  THEN CAST(CAST(v.value AS INTEGER) AS TEXT) ELSE CAST(v.value AS TEXT) END END`.replaceAll(
  '\n',
  '',
)

/** Text that is wholly a decimal number: sign, digits with at most one point, maybe an exponent. */
const NUMBER = decimalSql('v.value')

function decimalSql(value: string): string {
  const mark = `instr(lower(${value}), 'e')`
  const mantissa = `CASE ${mark} WHEN 0 THEN ${value} ELSE substr(${value}, 1, ${mark} - 1) END`
  const bare = (text: string) =>
    `CASE WHEN substr(${text}, 1, 1) IN ('+', '-') THEN substr(${text}, 2) ELSE ${text} END`
  const digits = bare(`(${mantissa})`)
  const exponent = bare(`substr(${value}, ${mark} + 1)`)
  const isDigits = `(${digits}) NOT GLOB '*[^0-9.]*' AND (${digits}) GLOB '*[0-9]*' AND (${digits}) NOT GLOB '*.*.*'`
  const isExponent = `(${mark} = 0 OR ((${exponent}) NOT GLOB '*[^0-9]*' AND (${exponent}) <> ''))`
  return `CASE WHEN v.type IN ('integer', 'real') THEN v.value WHEN v.type = 'text' AND instr(${value}, char(0)) = 0 AND ${isDigits} AND ${isExponent} THEN CAST(${value} AS REAL) END`
}

const VALUE: ValueSql = {
  text: 'v.text',
  isText: "v.type = 'text'",
  isNumber: "v.type IN ('integer', 'real')",
  isNull: "v.type = 'null'",
  isTrue: "v.type = 'true'",
  isFalse: "v.type = 'false'",
  number: `(${NUMBER})`,
}

function column(name: string): string {
  return withText(`(SELECT typeof(${quoteName(name)}) AS type, ${quoteName(name)} AS value) AS v`)
}

/** Rows of values with their text worked out at one place. */
function withText(rows: string): string {
  return `(SELECT v.type AS type, v.value AS value, ${TEXT} AS text FROM ${rows}) AS v`
}

function rowsOf(table: SqlTable, target: Target): string[] {
  const { fields, message, raw, layout } = table
  switch (target.scope) {
    case 'field':
      return layout === 'columns'
        ? [`${column(target.name)} WHERE v.type <> 'null'`]
        : [
            `${withText(`json_each(${quoteName(fields)}, ${pathSql(table, target.name)}) AS v`)} WHERE true`,
          ]
    case 'column':
      return [`${column(target.name)} WHERE v.type <> 'null'`]
    case 'message':
      return [`${column(message)} WHERE v.value <> ''`]
    case 'raw':
      return [`${column(raw)} WHERE v.value <> ''`]
    case 'any':
    case 'keyword': {
      if (layout === 'columns') {
        throw new SqlRefusal(
          'sql-keywords-need-json',
          'keywords look at every field: use one JSON column',
        )
      }
      const isText = target.scope === 'any' ? '' : " AND substr(v.value, 1, 1) NOT IN ('{', '[')"
      return [
        `${column(message)} WHERE v.value <> ''`,
        `(SELECT 'text' AS type, ${TEXT} AS value, ${TEXT} AS text FROM json_tree(${quoteName(fields)}) AS v WHERE v.atom IS NOT NULL) AS v WHERE true`,
        `${column(raw)} WHERE v.value <> ''${isText}`,
      ]
    }
    case 'auto':
      throw new SqlRefusal(
        'sql-target-unsupported',
        'names of the search language are resolved by event',
      )
  }
}

function refuse(code: string, what: string): never {
  throw new SqlRefusal(code, `SQLite has no ${what}`)
}

const blob = (text: string) => `CAST(${text} AS BLOB)`

/** What SQLite reads of a statement as it is built (`SQLITE_MAX_SQL_LENGTH`), bytes. */
const STATEMENT_BYTES_MAX = 1_000_000_000

export const sqlite: Dialect = {
  name: 'sqlite',
  statementBytesMax: STATEMENT_BYTES_MAX,
  quoteName,
  literal,
  anyValue: (table, target, condition) => {
    const parts = rowsOf(table, target).map(
      (rows) => `EXISTS (SELECT 1 FROM ${rows} AND (${condition(VALUE)}))`,
    )
    return parts.length === 1 ? parts[0]! : `(${parts.join(' OR ')})`
  },
  exists: (table, name) => {
    if (table.layout === 'columns') return `${quoteName(name)} IS NOT NULL`
    return `json_type(${quoteName(table.fields)}, ${pathSql(table, name)}) IS NOT NULL`
  },
  isNull: (table, name) => {
    if (table.layout === 'columns') return `${quoteName(name)} IS NULL`
    const path = pathSql(table, name)
    const each = `FROM json_each(${quoteName(table.fields)}, ${path}) AS v`
    const type = `json_type(${quoteName(table.fields)}, ${path})`
    return `CASE coalesce(${type}, 'null') WHEN 'null' THEN 1 WHEN 'array' THEN NOT EXISTS (SELECT 1 ${each}) OR EXISTS (SELECT 1 ${each} WHERE v.type = 'null') ELSE 0 END`
  },
  fold: (text, compared) =>
    foldReplacements(compared).reduce(
      (sql, [from, to]) => `replace(${sql}, ${literal(from)}, ${literal(to)})`,
      `lower(${text})`,
    ),
  equals: (text, value) => `${text} = ${literal(value)}`,
  contains: (text, value) => `instr(${text}, ${literal(value)}) > 0`,
  startswith: (text, value) => {
    const bytes = new TextEncoder().encode(value).length
    if (bytes === 0) return `${text} IS NOT NULL`
    return `substr(${blob(text)}, 1, ${bytes}) = ${blob(literal(value))}`
  },
  endswith: (text, value) => {
    const bytes = new TextEncoder().encode(value).length
    if (bytes === 0) return `${text} IS NOT NULL`
    return `substr(${blob(text)}, -${bytes}) = ${blob(literal(value))}`
  },
  wildcard: (text, parts) => {
    const pattern = parts
      .map((part) => (typeof part === 'string' ? part : part.literal.replaceAll(/[*?[]/g, '[$&]')))
      .join('')
    if (pattern.includes('\0')) refuse('sql-nul-unsupported', 'pattern with NUL')
    if (new TextEncoder().encode(pattern).length > GLOB_BYTES_MAX) {
      refuse('sql-pattern-too-long', `pattern over ${GLOB_BYTES_MAX} bytes`)
    }
    return `${text} GLOB ${literal(pattern)}`
  },
  regex: (text, pattern, flags) =>
    sqliteRegex(text, pattern, flags, (value, part) =>
      sqlite.contains(sqlite.fold(value, part), part),
    ),
  cidr: sqliteCidr,
  groupText: (table, name) => {
    const [rows] = rowsOf(table, { scope: 'field', name })
    return `(SELECT nullif(${VALUE.text}, '') FROM ${rows} LIMIT 1)`
  },
  groupNumber: (table, name) => {
    const [rows] = rowsOf(table, { scope: 'field', name })
    return `(SELECT ${VALUE.number} FROM ${rows} LIMIT 1)`
  },
}
