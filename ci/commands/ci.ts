// `trapline ci`: everything that a pull request is held to, and its reports in every form that CI systems take.
import { appendFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { spreadLists } from '../args.ts'
import { severityNamed } from '../checked.ts'
import { EXIT, UsageError } from '../command.ts'
import { tryGit } from '../git.ts'
import { commentOf, verdictOf } from '../pull-request/comment.ts'
import { webAddress } from '../pull-request/link.ts'
import { codeQuality, mergedReport } from '../pull-request/merged.ts'
import { readReports } from '../pull-request/reports.ts'
import { type CommandRun, runAll } from '../pull-request/run-all.ts'
import { FORMATS } from '../report/formats.ts'

export const summary =
  'Runs plan, check, test, coverage and backtest of a change, and writes their reports'
export const usage = `trapline ci [--base REF] [--out FOLDER] [--server URL | --events FILE...] [options]
  --base REF    what the change is compared with; without it everything is looked at, nothing replayed
  --out         folder of the reports (default: trapline-reports): NAME.json of each command,
                comment.md, junit.xml, trapline.sarif, gl-code-quality.json
  --server URL  replay what this server keeps; its key stands in TRAPLINE_API_KEY
  --events      replay files of events instead
  --days N      how far back on the server (default: 30)
  --fail-on     info|warning|error: findings of check that fail (default: error)
  --require     none|stable|all: rules that need tests (default: what trapline.yml says)
  --targets     techniques that must be covered, as for coverage
  --beside DIR  rules there are known and not checked, for filters of them (repeatable)
  --pseudonyms  users, hosts and addresses leave under pseudonyms (secrets never leave)
  --link URL    address of the server as people reach it, for links in the comment
  --annotate    findings as annotations of GitHub on standard output
Exit code: the worst of the commands'. On GitHub the outputs exit-code, verdict and reports are set.`

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: spreadLists(args, ['events']),
    options: {
      base: { type: 'string' },
      out: { type: 'string', default: 'trapline-reports' },
      server: { type: 'string' },
      events: { type: 'string', multiple: true, default: [] },
      days: { type: 'string' },
      'fail-on': { type: 'string', default: 'error' },
      require: { type: 'string' },
      targets: { type: 'string' },
      beside: { type: 'string', multiple: true, default: [] },
      pseudonyms: { type: 'boolean', default: false },
      link: { type: 'string' },
      annotate: { type: 'boolean', default: false },
    },
  })
  severityNamed(values['fail-on'], 'fail-on')
  if (values.server !== undefined && values.events.length > 0)
    throw new UsageError('either --server or --events')
  const link = values.link === undefined ? undefined : webAddress(values.link)
  const out = resolve(values.out)
  const runs = await runAll({
    ...{ base: values.base, out, failOn: values['fail-on'], require: values.require },
    ...{ targets: values.targets, server: values.server, events: values.events },
    ...{ days: values.days, pseudonyms: values.pseudonyms, beside: values.beside },
    onStart: (name) => console.error(`trapline ${name} ...`),
    onWait: (name, seconds) => console.error(`trapline ${name} ... ${seconds} s`),
  })
  return conclude(runs, out, { link, annotate: values.annotate })
}

interface Wanted {
  readonly link: string | undefined
  readonly annotate: boolean
}

async function conclude(
  runs: readonly CommandRun[],
  out: string,
  { link, annotate }: Wanted,
): Promise<number> {
  const reports = await readReports(out)
  const prefix = (await tryGit('.', ['rev-parse', '--show-prefix']))?.trim() ?? ''
  const report = mergedReport(reports, prefix)
  const code = Math.max(...runs.map((one) => one.code))
  await Promise.all([
    Bun.write(join(out, 'comment.md'), commentOf(reports, { server: link })),
    Bun.write(join(out, 'junit.xml'), FORMATS.junit(report)),
    Bun.write(join(out, 'trapline.sarif'), FORMATS.sarif(report)),
    Bun.write(join(out, 'gl-code-quality.json'), codeQuality(report)),
  ])
  await Bun.write(Bun.stdout, annotate ? FORMATS.github(report) : FORMATS.text(report))
  await setOutputs({ 'exit-code': String(code), verdict: verdictOf(reports), reports: out })
  for (const one of runs)
    if (one.code !== EXIT.ok) console.error(`trapline ${one.name}: exit code ${one.code}`)
  return code
}

/** Outputs of a step, where GitHub runs it. */
async function setOutputs(outputs: Readonly<Record<string, string>>): Promise<void> {
  const file = process.env.GITHUB_OUTPUT
  if (file === undefined || file === '') return
  const lines = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`)
  await appendFile(file, lines.join(''))
}
