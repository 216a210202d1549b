// The stage of the whole loop: a GitHub with a repository of rules, whose pull requests our Action looks at,
// and a server that follows it.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { git } from '../../ci/git.ts'
import { type GitHub, startGitHub } from '../github/server.ts'
import { runWorkflow, type WorkflowResult } from '../github/workflow.ts'
import { API_KEY, startTestServer, type TestServer } from '../support/server.ts'

const ROOT = resolve(import.meta.dir, '../..')
const SERVER_TOKEN = 'github_pat_server0123456789'
const WORKFLOW_TOKEN = 'ghs_workflow0123456789'
const HOOK_SECRET = 'a secret of the webhook'

export interface Stage {
  readonly hub: GitHub
  readonly server: TestServer
  /** The commit that is live. */
  live(): Promise<string | null>
  /** Waits for the pull request of a proposal and runs its workflow. */
  check(title: RegExp): Promise<{ readonly number: number; readonly run: WorkflowResult }>
  /** Merges as a reviewer does on GitHub, where the check is green; waits until the merge is live. */
  merge(number: number): Promise<string>
  /** Tokens that nothing may print. */
  readonly tokens: readonly string[]
  dispose(): Promise<void>
}

/** Starts both; the server's content is the repository's. */
export async function startStage(): Promise<Stage> {
  const hub = await startGitHub({
    ...{ owner: 'acme', repo: 'rules', token: SERVER_TOKEN, login: 'trapline' },
    accounts: {
      [WORKFLOW_TOKEN]: { login: 'github-actions[bot]', type: 'Bot' },
      reviewer: { login: 'rita', type: 'User' },
    },
  })
  await pushFirst(hub)
  const server = await startTestServer({
    TRAPLINE_CONTENT: hub.gitUrl,
    TRAPLINE_CONTENT_POLL_S: '86400',
    TRAPLINE_GITHUB_TOKEN: SERVER_TOKEN,
    TRAPLINE_GITHUB_API: hub.apiUrl,
    TRAPLINE_GITHUB_WEBHOOK_SECRET: HOOK_SECRET,
  })
  hub.addHook({ url: `${server.url}/webhooks/github`, secret: HOOK_SECRET })
  const live = async () => (await server.json('/api/v1/releases?limit=1')).live
  const head = await hub.world.git.branch('main')
  await until(live, (commit) => commit === head)
  return {
    ...{ hub, server, live },
    tokens: [SERVER_TOKEN, WORKFLOW_TOKEN, API_KEY],
    check: (title) => check(hub, server, title),
    merge: (number) => merge(hub, live, number),
    dispose: async () => {
      await server.dispose()
      await hub.stop()
    },
  }
}

/** Our own rules as the first commit of the repository, with a workflow that needs tests of every rule. */
async function pushFirst(hub: GitHub): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'trapline-loop-rules-'))
  for (const path of ['detections/linux', 'trapline.yml'])
    cpSync(join(ROOT, path), join(work, path), { recursive: true })
  await git(work, 'init', '--quiet', '--initial-branch=main')
  await git(work, 'add', '--all')
  const who = ['-c', 'user.name=Rita', '-c', 'user.email=rita@example.com']
  await git(work, ...who, 'commit', '--quiet', '-m', 'Our rules')
  await git(work, 'push', '--quiet', hub.gitUrl.replace('://', `://x:${SERVER_TOKEN}@`), 'main')
  rmSync(work, { recursive: true })
}

async function check(hub: GitHub, server: TestServer, title: RegExp) {
  const pull = await until(
    async () => hub.world.pulls.find((one) => title.test(one.title)),
    (found) => found !== undefined,
  )
  const inputs = { server: server.url, 'api-key': API_KEY, 'require-tests': 'all', days: '1' }
  const number = pull!.number
  const run = await runWorkflow({ hub, token: WORKFLOW_TOKEN, inputs }, number)
  return { number, run }
}

async function merge(hub: GitHub, live: () => Promise<string | null>, number: number) {
  const base = `${hub.apiUrl}/repos/acme/rules`
  const headers = { authorization: 'Bearer reviewer', 'user-agent': 'browser' }
  const { head } = await (await fetch(`${base}/pulls/${number}`, { headers })).json()
  const statuses = await (await fetch(`${base}/commits/${head.sha}/statuses`, { headers })).json()
  const state = statuses.find((one: { context: string }) => one.context === 'rules')?.state
  if (state !== 'success') throw new Error(`the check is ${state}: nobody merges that`)
  const merged = await fetch(`${base}/pulls/${number}/merge`, { method: 'PUT', headers })
  if (!merged.ok) throw new Error(`merge: ${merged.status} ${await merged.text()}`)
  const { sha } = await merged.json()
  await until(live, (commit) => commit === sha)
  return sha as string
}

/** A release is checked and tested before it is live. */
const WAIT_MAX_MS = 60_000

/** Asks again and again until `ready` holds. */
export async function until<T>(ask: () => Promise<T>, ready: (value: T) => boolean): Promise<T> {
  for (const end = Date.now() + WAIT_MAX_MS; ; await Bun.sleep(100)) {
    const value = await ask()
    if (ready(value)) return value
    if (Date.now() > end) throw new Error(`never came: ${JSON.stringify(value)?.slice(0, 2_000)}`)
  }
}
