// Networks in SQLite, without functions of our own: an address becomes 8 or 32 hexadecimal digits, of which the
// network's leading ones are compared. It takes the same texts for addresses as `sigma/cidr.ts`.
import { parseCidr } from '../cidr.ts'
import { SqlRefusal } from './dialect.ts'

/** Longer texts are no addresses; nothing shorter is lost. */
const ADDRESS_CHARACTERS_MAX = 64

/** Whether a text is an address within the network; NULL or 0 where it is not. */
export function sqliteCidr(text: string, network: string): string {
  const parsed = parseCidr(network)
  if (parsed === undefined) throw new SqlRefusal('sql-cidr-unsupported', `no network: ${network}`)
  const { bytes, prefix_bits } = parsed
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const whole = prefix_bits >> 2
  const tests = [`length(a.x) = ${hex.length}`]
  if (whole > 0) tests.push(`substr(a.x, 1, ${whole}) = '${hex.slice(0, whole)}'`)
  const left = prefix_bits & 3
  if (left > 0) {
    const first = Number.parseInt(hex[whole]!, 16) & (15 << (4 - left))
    const digits = Array.from({ length: 1 << (4 - left) }, (_, n) => (first + n).toString(16))
    tests.push(`substr(a.x, ${whole + 1}, 1) IN (${digits.map((one) => `'${one}'`).join(', ')})`)
  }
  return `coalesce((SELECT ${tests.join(' AND ')} FROM (${addressSql(text)}) AS a), 0)`
}

/** A number of an IPv4 address, or NULL: four octets without leading zeros. */
function ipv4Sql(text: string): string {
  const octets = `CASE WHEN ${text} <> '' AND ${text} NOT GLOB '*[^0-9.]*' THEN '["' || replace(${text}, '.', '","') || '"]' ELSE '[]' END`
  const number = 'CAST(o.value AS INTEGER)'
  const isOctet = `o.value = CAST(${number} AS TEXT) AND ${number} <= 255`
  return `(SELECT CASE WHEN count(*) = 4 AND min(${isOctet}) THEN sum(${number} << (8 * (3 - o.key))) END FROM json_each(${octets}) AS o)`
}

// Without a limit on each level SQLite writes each into the next, and what is looked at twice doubles every time.

/** A query of one row whose \`x\` is the address in hexadecimal digits, or NULL. */
function addressSql(text: string): string {
  const blob = 'CAST(t AS BLOB)'
  const beforeZone = `CAST(substr(${blob}, 1, instr(${blob}, CAST('%' AS BLOB)) - 1) AS TEXT)`
  const head = `SELECT instr(t, ':') > 0 AS six, CASE WHEN instr(t, ':') = 0 OR instr(t, '%') = 0 THEN t ELSE ${beforeZone} END AS h FROM (SELECT ${text} AS t LIMIT 1) LIMIT 1`
  // GLOB and substr end at NUL, so that it is looked for first.
  const clean = `instr(h, char(0)) = 0 AND length(h) <= ${ADDRESS_CHARACTERS_MAX} AND h NOT GLOB '*[^0-9a-fA-F:.]*'`
  const checked = `SELECT six, CASE WHEN ${clean} THEN h END AS h FROM (${head}) LIMIT 1`
  const isMixed = `six AND instr(h, '.') > 0`
  const front = `CASE WHEN ${isMixed} THEN rtrim(h, '0123456789.') ELSE '' END`
  const cut = `SELECT six, h, ${front} AS p, substr(h, length(${front}) + 1) AS d FROM (${checked}) LIMIT 1`
  const octets = `SELECT six, h, p, ${ipv4Sql('d')} AS q FROM (${cut}) LIMIT 1`
  const groups = `CASE WHEN NOT six THEN NULL WHEN instr(h, '.') = 0 THEN h WHEN q IS NOT NULL THEN p || printf('%x:%x', q >> 16, q & 65535) END`
  const joined = `SELECT six, q, ${groups} AS g FROM (${octets}) LIMIT 1`
  const isOnce = `instr(g, ':::') = 0 AND length(g) - length(replace(g, '::', '')) <= 2`
  const marked = `SELECT six, q, CASE WHEN ${isOnce} THEN replace(g, '::', ':z:') END AS z FROM (${joined}) LIMIT 1`
  const start = `CASE WHEN substr(z, 1, 2) = ':z' THEN substr(z, 2) ELSE z END`
  const trimmed = `SELECT six, q, ${start} AS z FROM (${marked}) LIMIT 1`
  const end = `CASE WHEN substr(z, -2) = 'z:' THEN substr(z, 1, length(z) - 1) ELSE z END`
  const bare = `SELECT six, q, ${end} AS z FROM (${trimmed}) LIMIT 1`
  const full = `SELECT six, q, ${ipv6Sql('z')} AS f FROM (${bare}) LIMIT 1`
  const mapped = `substr(f, 1, 24) = '00000000000000000000ffff'`
  return `SELECT CASE WHEN NOT six THEN CASE WHEN q IS NOT NULL THEN printf('%08x', q) END WHEN ${mapped} THEN substr(f, 25) ELSE f END AS x FROM (${full}) LIMIT 1`
}

/** 32 digits of groups with \`z\` for the gap, or NULL. */
function ipv6Sql(groups: string): string {
  const list = `CASE WHEN ${groups} IS NULL THEN '[]' ELSE '["' || replace(${groups}, ':', '","') || '"]' END`
  const isGroup = `o.value = 'z' OR (length(o.value) BETWEEN 1 AND 4 AND instr(o.value, '.') = 0)`
  const isWhole = `CASE WHEN sum(o.value = 'z') = 1 THEN count(*) <= 8 ELSE count(*) = 8 END`
  const digits = `group_concat(CASE o.value WHEN 'z' THEN 'z' ELSE substr('000' || lower(o.value), -4) END, '')`
  const zeros = `substr('${'0'.repeat(32)}', 1, 33 - length(${digits}))`
  return `(SELECT CASE WHEN count(*) > 0 AND min(${isGroup}) AND ${isWhole} THEN replace(${digits}, 'z', ${zeros}) END FROM json_each(${list}) AS o)`
}
