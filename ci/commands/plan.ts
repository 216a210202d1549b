// `trapline plan`: what a deploy of the work tree would change.
import { parseArgs } from 'node:util'
import { EXIT, UsageError } from '../command.ts'
import { CONTENT_FOLDERS } from '../content-files.ts'
import { tryGit } from '../git.ts'
import { narrowed } from '../narrow.ts'
import { liveCommit, liveRules } from '../plan/live.ts'
import { planAgainst, planBetween } from '../plan/plan.ts'
import { type PlanSubject, planReport } from '../plan/report.ts'
import { FORMAT_NAMES, formatNamed, printReport } from '../report/formats.ts'
import { accessOf, SERVER_OPTIONS, type ServerAccess } from '../send/api.ts'
import { readVersions } from '../versions.ts'

export const summary = 'Shows what a deploy would change'
export const usage = `trapline plan (--base REF | --server URL) [--format ${FORMAT_NAMES}]
  --base     compare the work tree with where it parted from this commit or branch
  --server   compare it with what is live on a running server
  --api-key  a key that may read rules (default: TRAPLINE_API_KEY)
Rules, filters, hunts, pipelines, parsers, lists and tests, by id. Exit code 1: the server would refuse the commit
without --force; 2: something of the new version cannot run.`

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...SERVER_OPTIONS, base: { type: 'string' }, format: { type: 'string' } },
  })
  const format = formatNamed(values.format)
  if (positionals.length > 0) throw new UsageError('a plan takes no paths')
  if ((values.base === undefined) === (values.server === undefined))
    throw new UsageError('say what to compare with: --base REF or --server URL')
  const subject =
    values.base === undefined
      ? await againstServer(accessOf(values))
      : await againstBase(values.base)
  await printReport(planReport(subject), format)
  if (subject.plan.refused.length > 0) return EXIT.badRule
  return subject.warnings.length > 0 ? EXIT.findings : EXIT.ok
}

const PLANNED = [...CONTENT_FOLDERS, 'parsers/mappings', 'parsers/severity.yml']

async function againstBase(base: string): Promise<PlanSubject> {
  const { before, after } = narrowed(await readVersions(base, PLANNED))
  return { plan: planBetween(before, after), against: base, warnings: [] }
}

const SHORT = 12

/** The live commit where this clone has it: then everything is compared; else rules alone, by their hashes. */
async function againstServer(access: ServerAccess): Promise<PlanSubject> {
  const live = await liveCommit(access)
  const known =
    live !== undefined &&
    (await tryGit('.', ['rev-parse', '--verify', '--quiet', `${live}^{commit}`])) !== undefined
  if (!known) {
    const { after } = await readVersions('HEAD', PLANNED)
    const against =
      live === undefined
        ? 'the rules that came with the server'
        : `the rules of the live release ${live.slice(0, SHORT)}, which is not in this clone`
    return { plan: planAgainst(await liveRules(access), after), against, warnings: [] }
  }
  const { before, after } = narrowed(await readVersions(live, PLANNED, { exact: true }))
  const isAfter = (await tryGit('.', ['merge-base', '--is-ancestor', live, 'HEAD'])) !== undefined
  const against = `the live release ${live.slice(0, SHORT)}`
  const warnings = isAfter
    ? []
    : [`HEAD does not come after ${against}: a deploy would need --force`]
  return { plan: planBetween(before, after), against, warnings }
}
