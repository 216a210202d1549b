// The table of formats: a new one is a function and a line here.
import { UsageError } from '../command.ts'
import { github } from './github.ts'
import { json } from './json.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import type { Report } from './report.ts'
import { sarif } from './sarif.ts'
import { text } from './text.ts'

export type FormatName = 'text' | 'json' | 'junit' | 'sarif' | 'github' | 'markdown'

export const FORMATS = { text, json, junit, sarif, github, markdown } as const satisfies Record<
  FormatName,
  (report: Report) => string
>

/** For usage texts: `text|json|...`. */
export const FORMAT_NAMES = Object.keys(FORMATS).join('|')

/** The format of an option; rejects names that are none. */
export function formatNamed(name: string | undefined): FormatName {
  if (name === undefined) return 'text'
  const found = Object.keys(FORMATS).find((format): format is FormatName => format === name)
  if (found === undefined) throw new UsageError(`unknown format "${name}", one of ${FORMAT_NAMES}`)
  return found
}

/** Writes a report to standard output. */
export async function printReport(report: Report, format: FormatName): Promise<void> {
  await Bun.write(Bun.stdout, FORMATS[format](report))
}
