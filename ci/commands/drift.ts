// `trapline drift`: what runs on a server and is not what its branch says.
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { EXIT } from '../command.ts'
import { oneLine } from '../report/plain.ts'
import { accessOf, ask, SERVER_OPTIONS } from '../send/api.ts'
import { reportOutcome } from './deploy.ts'

export const summary = 'compare what runs on a server with the branch it follows'
export const usage = `trapline drift [--server URL] [--api-key KEY] [--json] [--revert]
  --server   the server (default: TRAPLINE_SERVER, else http://127.0.0.1:8181)
  --api-key  a key that may read rules; with --revert one of an engineer or admin (default: TRAPLINE_API_KEY)
  --json     the answer as it is
  --revert   make the head of the branch live
Exit code 1: something runs that the branch does not say; 2: the head was refused.`

const Commit = z.object({ commit: z.string(), subject: z.string(), author: z.string() })
const Drift = z.object({
  drifted: z.boolean(),
  branch: z.object({
    name: z.string(),
    state: z.string(),
    live: z.string().nullable(),
    head: z.string().nullable(),
    waiting: z.array(Commit),
    unmerged: z.array(Commit),
    files: z.array(z.object({ status: z.string(), path: z.string() })),
    refused: z.object({ summary: z.string() }).optional(),
    problem: z.string().optional(),
  }),
  overlays: z.array(
    z.object({ path: z.string(), state: z.string(), files: z.number(), rules: z.number() }),
  ),
  mutes: z.array(
    z.object({ id: z.string(), reason: z.string(), owner: z.string(), expires: z.string() }),
  ),
  shipped: z
    .object({ files: z.array(z.object({ path: z.string() })), conflicts: z.array(z.string()) })
    .optional(),
})

/** Prints each difference; the exit code says whether there is one. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...SERVER_OPTIONS,
      json: { type: 'boolean', default: false },
      revert: { type: 'boolean', default: false },
    },
  })
  const access = accessOf(values)
  if (values.revert) {
    const answer = await ask(access, '/api/v1/drift/revert', { method: 'POST' }, [422])
    return reportOutcome(await answer.json())
  }
  const body: unknown = await (await ask(access, '/api/v1/drift')).json()
  const drift = Drift.parse(body)
  if (values.json) console.log(JSON.stringify(body))
  else for (const line of linesOf(drift)) console.log(oneLine(line))
  return drift.drifted ? EXIT.findings : EXIT.ok
}

function linesOf(drift: z.output<typeof Drift>): readonly string[] {
  const { branch, overlays, mutes, shipped } = drift
  const short = (commit: string | null) => commit?.slice(0, 12) ?? 'nothing'
  const commits = (mark: string, some: readonly z.output<typeof Commit>[]) =>
    some.map(({ commit, subject, author }) => `${mark} ${short(commit)}  ${subject} (${author})`)
  return [
    `branch ${branch.name}: ${branch.state}; live ${short(branch.live)}, head ${short(branch.head)}`,
    ...(branch.problem === undefined ? [] : [`  not asked: ${branch.problem}`]),
    ...(branch.refused === undefined ? [] : [`  head refused: ${branch.refused.summary}`]),
    ...commits('  not live  ', branch.waiting),
    ...commits('  not in Git', branch.unmerged),
    ...branch.files.map(({ status, path }) => `  ${status} ${path}`),
    ...overlays.map(
      ({ path, state, files, rules }) =>
        `overlay ${path}: ${state}; ${files} files, ${rules} rules run`,
    ),
    ...mutes.map(
      ({ id, reason, owner, expires }) => `mute ${id} by ${owner} until ${expires}: ${reason}`,
    ),
    ...(shipped === undefined
      ? []
      : [`the program brings ${shipped.files.length} files that the branch does not have`]),
    ...(drift.drifted ? [] : ['what runs is what the branch says']),
  ]
}
