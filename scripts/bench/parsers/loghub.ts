// loghub's structured CSV: what each line's header holds.
import { join } from 'node:path'
import type { Case, Expected, Suite } from './case.ts'
import { linesOf } from './files.ts'

type Row = Readonly<Record<string, string>>

const SETS: readonly { readonly name: string; readonly source: string; of(row: Row): Expected }[] =
  [
    {
      name: 'OpenSSH',
      source: 'linux_auth',
      of: (row) => ({
        timestamp: [`${row.Date} ${row.Day} ${row.Time}`],
        process: ['sshd'],
        host: [row.Component ?? ''],
      }),
    },
    {
      name: 'Linux',
      source: 'linux_auth',
      of: (row) => ({
        timestamp: [`${row.Month} ${row.Date} ${row.Time}`],
        process: processesOf(row.Component ?? ''),
        host: [row.Level ?? ''],
      }),
    },
    { name: 'Apache', source: 'apache', of: (row) => ({ timestamp: [row.Time ?? ''] }) },
  ]

export const loghub: Suite = async (corpus) => {
  const cases: Case[] = []
  for (const { name, source, of } of SETS) {
    const file = `loghub/${name}/${name}_2k.log`
    const lines = (await linesOf(join(corpus, file))) ?? []
    const [header, ...rows] = (await linesOf(join(corpus, `${file}_structured.csv`))) ?? []
    const columns = header?.text.split(',') ?? []
    rows.forEach(({ text }, index) => {
      const line = lines[index]
      if (line === undefined) return
      const cells = text.split(',')
      const row = Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']))
      const expected = of(row)
      cases.push({ source, file, line: line.number, text: line.text, timeZone: 'UTC', expected })
    })
  }
  return cases
}

/** `sshd(pam_unix)` is sshd. */
function processesOf(component: string): readonly string[] {
  const bracket = component.indexOf('(')
  const names = [component.trim(), ...(bracket < 0 ? [] : [component.slice(0, bracket)])]
  return names.filter((name) => name !== '')
}
