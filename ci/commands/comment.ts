// `trapline comment`: one comment on a pull request, or note on a merge request, out of the reports of a CI run.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Octokit } from '@octokit/core'
import { z } from 'zod'
import { EXIT, UsageError } from '../command.ts'
import { createClient } from '../pull-request/client.ts'
import { commentOf, verdictOf } from '../pull-request/comment.ts'
import { gitLabOf, isGitLab, mergeRequestOf } from '../pull-request/gitlab-job.ts'
import { postNote } from '../pull-request/gitlab-note.ts'
import { webAddress } from '../pull-request/link.ts'
import { readReports } from '../pull-request/reports.ts'
import { type Posted, type PullRequestRef, postComment } from '../pull-request/sticky.ts'
import { uploadSarif } from '../pull-request/upload-sarif.ts'

export const summary =
  'Writes the comment of a pull request or merge request out of the reports of a CI run'
export const usage = `trapline comment REPORTS [--print | --repository OWNER/NAME --pull N] [--link URL] [--only-sarif]
  REPORTS       folder with plan.json, check.json, test.json, coverage.json, backtest.json, as far as
                there are such (--format json); NAME.stderr of one that wrote none
  --only-sarif  send trapline.sarif to code scanning for GITHUB_SHA and GITHUB_REF, and write no comment
  --print       the comment on standard output; nothing is sent
  --to          github|gitlab (default: gitlab where GITLAB_CI is true)
  --repository  default: GITHUB_REPOSITORY; GitLab: path or id of the merge request's project
  --pull        number of the pull request or merge request; default: that of the CI run
  --link        address of the Trapline server as people reach it, for links
  --details     where the whole reports are; default: the run of CI
The token comes from GITHUB_TOKEN, the API's address from GITHUB_API_URL; for GitLab from TRAPLINE_GITLAB_TOKEN
and CI_API_V4_URL. The comment is found by its first line and changed in place.`

const PUBLIC_API = 'https://api.github.com'

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      print: { type: 'boolean', default: false },
      'only-sarif': { type: 'boolean', default: false },
      to: { type: 'string', default: isGitLab(process.env) ? 'gitlab' : 'github' },
      repository: { type: 'string' },
      pull: { type: 'string' },
      link: { type: 'string' },
      details: { type: 'string' },
    },
  })
  const [folder] = positionals
  if (folder === undefined || positionals.length > 1)
    throw new UsageError('name one folder of reports')
  if (values['only-sarif']) return sendSarif(values.repository, join(folder, 'trapline.sarif'))
  const reports = await readReports(folder)
  const server = values.link === undefined ? undefined : webAddress(values.link)
  const body = commentOf(reports, { server, details: values.details ?? runAddress() })
  if (values.print) {
    await Bun.write(Bun.stdout, body)
    return EXIT.ok
  }
  const { url, way } = await post(values, body)
  console.log(`${verdictOf(reports)}: comment ${way}: ${url}`)
  return EXIT.ok
}

interface Where {
  readonly to: string
  readonly repository?: string | undefined
  readonly pull?: string | undefined
}

async function post({ to, repository, pull }: Where, body: string): Promise<Posted> {
  if (to === 'gitlab') {
    const merge = mergeRequestOf(process.env, repository, pull)
    return postNote(
      gitLabOf(process.env, (message) => console.error(message)),
      merge,
      body,
    )
  }
  if (to !== 'github') throw new UsageError(`--to ${to}: say github or gitlab`)
  const wanted = await pullOf(repository, pull)
  return postComment(clientOf(), wanted, body)
}

function clientOf(): Octokit {
  const token = process.env.GITHUB_TOKEN
  if (token === undefined || token === '') throw new UsageError('no token: set GITHUB_TOKEN')
  const api = process.env.GITHUB_API_URL ?? PUBLIC_API
  return createClient({ token, api, onWait: (message) => console.error(message) })
}

async function sendSarif(repository: string | undefined, path: string): Promise<number> {
  const { GITHUB_SHA: commit, GITHUB_REF: ref } = process.env
  if (!commit || !ref) throw new UsageError('no commit: set GITHUB_SHA and GITHUB_REF')
  const file = Bun.file(path)
  if (!(await file.exists())) throw new UsageError(`there is no ${path}`)
  const text = await file.text()
  const id = await uploadSarif(clientOf(), { ...repositoryOf(repository), commit, ref, text })
  console.log(`code scanning: upload ${id}`)
  return EXIT.ok
}

function runAddress(): string | undefined {
  if (isGitLab(process.env)) return process.env.CI_JOB_URL || undefined
  const { GITHUB_SERVER_URL: web, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = process.env
  return web && repository && id ? `${web}/${repository}/actions/runs/${id}` : undefined
}

const Event = z.looseObject({
  pull_request: z.looseObject({ number: z.number() }).optional(),
  number: z.number().optional(),
})

function repositoryOf(repository = process.env.GITHUB_REPOSITORY): { owner: string; repo: string } {
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(repository ?? '') ?? []
  if (owner === undefined || repo === undefined)
    throw new UsageError('which repository? --repository OWNER/NAME')
  return { owner, repo }
}

async function pullOf(
  repository: string | undefined,
  pull: string | undefined,
): Promise<PullRequestRef> {
  const number = pull === undefined ? await eventNumber() : Number(pull)
  if (number === undefined || !Number.isInteger(number) || number < 1)
    throw new UsageError('which pull request? --pull N')
  return { ...repositoryOf(repository), number }
}

async function eventNumber(): Promise<number | undefined> {
  const path = process.env.GITHUB_EVENT_PATH
  if (path === undefined || path === '' || !(await Bun.file(path).exists())) return undefined
  const event = Event.parse(await Bun.file(path).json())
  return event.pull_request?.number ?? event.number
}
