// `trapline comment`: one comment on a pull request out of the reports of a CI run.
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { EXIT, UsageError } from '../command.ts'
import { createClient } from '../pull-request/client.ts'
import { commentOf, verdictOf } from '../pull-request/comment.ts'
import { readReports } from '../pull-request/reports.ts'
import { type PullRequestRef, postComment } from '../pull-request/sticky.ts'

export const summary = 'Writes the comment of a pull request out of the reports of a CI run'
export const usage = `trapline comment REPORTS [--print | --repository OWNER/NAME --pull N] [--link URL] [--details URL]
  REPORTS       folder with plan.json, check.json, test.json, coverage.json, backtest.json, as far as
                there are such (--format json); NAME.stderr of one that wrote none
  --print       the comment on standard output; nothing is sent
  --repository  default: GITHUB_REPOSITORY
  --pull        number of the pull request; default: that of GITHUB_EVENT_PATH
  --link        address of the Trapline server as people reach it, for links
  --details     where the whole reports are; default: the run of GITHUB_RUN_ID
The token comes from GITHUB_TOKEN, the API's address from GITHUB_API_URL. The comment is found by its first
line and changed in place.`

const PUBLIC_API = 'https://api.github.com'

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      print: { type: 'boolean', default: false },
      repository: { type: 'string' },
      pull: { type: 'string' },
      link: { type: 'string' },
      details: { type: 'string' },
    },
  })
  const [folder] = positionals
  if (folder === undefined || positionals.length > 1)
    throw new UsageError('name one folder of reports')
  const reports = await readReports(folder)
  const server = values.link === undefined ? undefined : linkOf(values.link)
  const body = commentOf(reports, { server, details: values.details ?? runAddress() })
  if (values.print) {
    await Bun.write(Bun.stdout, body)
    return EXIT.ok
  }
  const token = process.env.GITHUB_TOKEN
  if (token === undefined || token === '') throw new UsageError('no token: set GITHUB_TOKEN')
  const pull = await pullOf(values.repository, values.pull)
  const octokit = createClient({
    token,
    api: process.env.GITHUB_API_URL ?? PUBLIC_API,
    onWait: (message) => console.error(message),
  })
  const { url, way } = await postComment(octokit, pull, body)
  console.log(`${verdictOf(reports)}: comment ${way}: ${url}`)
  return EXIT.ok
}

/** The server's address without credentials, query or slash at its end. */
function linkOf(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text))
    throw new UsageError(`--link: ${text} is no web address`)
  const { origin, pathname } = new URL(text)
  return `${origin}${pathname.replace(/\/$/, '')}`
}

function runAddress(): string | undefined {
  const { GITHUB_SERVER_URL: web, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = process.env
  return web && repository && id ? `${web}/${repository}/actions/runs/${id}` : undefined
}

const Event = z.looseObject({
  pull_request: z.looseObject({ number: z.number() }).optional(),
  number: z.number().optional(),
})

async function pullOf(
  repository = process.env.GITHUB_REPOSITORY,
  pull?: string,
): Promise<PullRequestRef> {
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(repository ?? '') ?? []
  if (owner === undefined || repo === undefined)
    throw new UsageError('which repository? --repository OWNER/NAME')
  const number = pull === undefined ? await eventNumber() : Number(pull)
  if (number === undefined || !Number.isInteger(number) || number < 1)
    throw new UsageError('which pull request? --pull N')
  return { owner, repo, number }
}

async function eventNumber(): Promise<number | undefined> {
  const path = process.env.GITHUB_EVENT_PATH
  if (path === undefined || path === '' || !(await Bun.file(path).exists())) return undefined
  const event = Event.parse(await Bun.file(path).json())
  return event.pull_request?.number ?? event.number
}
