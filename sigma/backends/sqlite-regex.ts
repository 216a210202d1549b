// Regular expressions in SQLite, which has none: the pattern's automaton as a table, walked by a recursive query over
// the bytes of the text. Texts without a literal that every match holds are not walked.
import type { Assertion } from '../regex/ast.ts'
import { requiredTexts } from '../regex/literals.ts'
import { parseRegex } from '../regex/parse.ts'
import { byteAutomaton, type Edge } from './byte-automaton.ts'
import { SqlRefusal } from './dialect.ts'

/** Edges that one pattern may have. */
export const SQL_REGEX_EDGES_MAX = 8_000
/** Groups of literals that are looked for beforehand, and literals of one. */
const GROUPS_MAX = 3
const GROUP_LITERALS_MAX = 16

const LENGTH = 'length(b.x)'
const HERE = 'substr(b.x, r.p, 1)'
const BEFORE = 'substr(b.x, r.p - 1, 1)'
const NEWLINE = "x'0A'"

function isWord(byte: string): string {
  const ranges = [
    ['30', '39'],
    ['41', '5A'],
    ['5F', '5F'],
    ['61', '7A'],
  ].map(([lo, hi]) => `${byte} BETWEEN x'${lo}' AND x'${hi}'`)
  return `(length(${byte}) = 1 AND (${ranges.join(' OR ')}))`
}

const AT_BEGIN = 'r.p = 1'
const AT_END = `r.p = ${LENGTH} + 1`
const BOUNDARY = `(${AT_BEGIN} OR NOT ${isWord(BEFORE)}) <> (${AT_END} OR NOT ${isWord(HERE)})`

/** What edges ask of a position, in SQL; the order gives them their numbers. */
const ASSERTIONS: Readonly<Record<Assertion, string>> = {
  textBegin: AT_BEGIN,
  textEnd: AT_END,
  lineBegin: `${AT_BEGIN} OR ${BEFORE} = ${NEWLINE}`,
  lineEnd: `${AT_END} OR ${HERE} = ${NEWLINE}`,
  word: BOUNDARY,
  notWord: `NOT (${BOUNDARY})`,
}
const NUMBER_OF = new Map(Object.keys(ASSERTIONS).map((what, n) => [what, n + 1]))

/** How a dialect looks for a folded literal in a text. */
export type FindFolded = (text: string, literal: string) => string

/** The condition that a pattern matches somewhere in a text. */
export function sqliteRegex(
  text: string,
  pattern: string,
  flags: string,
  find: FindFolded,
): string {
  const node = parseRegex(pattern, flags)
  if (node === undefined) {
    throw new SqlRefusal('sql-regex-unsupported', 'the pattern has no automaton here')
  }
  const automaton = byteAutomaton(node, SQL_REGEX_EDGES_MAX)
  if (automaton === undefined) {
    const message = `the pattern's automaton has more than ${SQL_REGEX_EDGES_MAX} edges`
    throw new SqlRefusal('sql-regex-too-large', message)
  }
  const { edges, accepting } = automaton
  const walk = accepting.includes(0) ? '1' : walkSql(text, edges, accepting)
  const groups = requiredTexts(node)
    .filter((group) => group.length <= GROUP_LITERALS_MAX && !group.join('').includes('\0'))
    .slice(0, GROUPS_MAX)
    .map((group) => `(${group.map((literal) => find(text, literal)).join(' OR ')})`)
  return `CASE WHEN ${[`${text} IS NOT NULL`, ...groups].join(' AND ')} THEN ${walk} ELSE 0 END`
}

function walkSql(text: string, edges: readonly Edge[], accepting: readonly number[]): string {
  const rows = edges.map((edge) => {
    const { from, to } = edge
    if (edge.kind === 'assert') return `(${from},${NUMBER_OF.get(edge.what)},NULL,NULL,${to})`
    return `(${from},0,x'${hex(edge.lo)}',x'${hex(edge.hi)}',${to})`
  })
  const asked = [...new Set(edges.flatMap((edge) => (edge.kind === 'assert' ? [edge.what] : [])))]
  const cases = asked.map((what) => `WHEN ${NUMBER_OF.get(what)} THEN ${ASSERTIONS[what]}`)
  const byte = `${HERE} BETWEEN t.l AND t.h`
  const holds = cases.length === 0 ? byte : `CASE t.k WHEN 0 THEN ${byte} ${cases.join(' ')} END`
  const tables = [
    `b(x) AS (SELECT CAST(${text} AS BLOB))`,
    `t(s, k, l, h, d) AS MATERIALIZED (VALUES ${rows.join(',')})`,
    `r(p, s) AS (SELECT 1, 0 UNION SELECT r.p + (t.k = 0), t.d FROM r JOIN b JOIN t ON t.s = r.s WHERE ${holds})`,
  ]
  return `EXISTS (WITH RECURSIVE ${tables.join(', ')} SELECT 1 FROM r WHERE r.s IN (${accepting.join(', ')}))`
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0')
}
