// Zeek's own test baselines: the columns that a file's header names are the oracle. Times are masked there.
import { join, relative } from 'node:path'
import type { Case, Expected, Suite } from './case.ts'
import { filesBelow, linesOf } from './files.ts'

const NAMES: Readonly<Record<string, keyof Expected>> = {
  'id.orig_h': 'src_ip',
  'id.orig_p': 'src_port',
  'id.resp_h': 'dst_ip',
  'id.resp_p': 'dst_port',
  username: 'user',
  status_code: 'status',
}

const UNKNOWN: ReadonlySet<string> = new Set(['-', '(empty)', ''])

export const zeek: Suite = async (corpus) => {
  const cases: Case[] = []
  for (const path of await filesBelow(join(corpus, 'zeek-baseline'), '.log')) {
    const lines = (await linesOf(path)) ?? []
    const header = lines.filter(({ text }) => text.startsWith('#')).map(({ text }) => text)
    const columns = header
      .find((text) => text.startsWith('#fields\t'))
      ?.split('\t')
      .slice(1)
    if (columns === undefined || !header.some((text) => text.startsWith('#separator'))) continue
    for (const { text, number } of lines) {
      const cells = text.split('\t')
      if (text.startsWith('#') || cells.length !== columns.length) continue
      cases.push({
        source: 'zeek',
        file: relative(corpus, path),
        line: number,
        text,
        header,
        timeZone: 'UTC',
        expected: expectedOf(columns, cells),
      })
    }
  }
  return cases
}

function expectedOf(columns: readonly string[], cells: readonly string[]): Expected {
  const out: { -readonly [name in keyof Expected]: readonly string[] } = {}
  columns.forEach((column, index) => {
    const name = NAMES[column]
    const value = cells[index]!
    if (name !== undefined && !UNKNOWN.has(value)) out[name] = [value]
  })
  return out
}
