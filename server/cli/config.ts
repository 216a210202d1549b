// `trapline config`: every setting, its value, and where the value comes from.
import { parseArgs } from 'node:util'
import { EXIT } from '../../ci/command.ts'
import { describeSettings, loadSettings } from '../config.ts'

export const summary = 'list all settings with their values, and check them'
export const usage = `trapline config [--json]

Prints every setting of the server: variable, value, where it comes from, what it is for. Secrets are
masked. Exits 3 when a value is wrong, naming the variable.`

/** Runs `trapline config`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } })
  const rows = describeSettings(process.env)
  const loaded = loadSettings(process.env)
  const problems = 'problems' in loaded ? loaded.problems : []
  const warnings = 'warnings' in loaded ? loaded.warnings : []
  if (values.json) console.log(JSON.stringify({ settings: rows, problems, warnings }, null, 2))
  else {
    const width = Math.max(...rows.map((row) => row.variable.length))
    for (const { variable, value, from, type, help } of rows) {
      console.log(`${variable.padEnd(width)}  ${value === '' ? '(empty)' : value}  [${from}]`)
      console.log(`${' '.repeat(width)}  ${help} (${type})`)
    }
  }
  for (const { variable, message } of warnings) console.error(`warning: ${variable} ${message}`)
  for (const { variable, message } of problems) console.error(`error: ${variable} ${message}`)
  return problems.length > 0 ? EXIT.badConfiguration : EXIT.ok
}
