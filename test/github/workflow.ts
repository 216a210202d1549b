// What `on: pull_request` does at GitHub: checks out the merge, runs our Action's own steps, sets the check.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { git } from '../../ci/git.ts'
import { type ActionResult, runAction } from './runner.ts'
import type { GitHub } from './server.ts'

const ACTION = resolve(import.meta.dir, '../..')

export interface Workflow {
  readonly hub: GitHub
  readonly token: string
  readonly inputs: Readonly<Record<string, string>>
}

export interface WorkflowResult extends ActionResult {
  /** Reports of the run by name: `comment.md`. */
  readonly files: Readonly<Record<string, string>>
}

/** Runs the workflow of a pull request as it stands now, in a checkout that is gone afterwards. */
export async function runWorkflow(
  { hub, token, inputs }: Workflow,
  number: number,
): Promise<WorkflowResult> {
  const { owner, repo } = hub.world
  const headers = { authorization: `Bearer ${token}`, 'user-agent': 'test' }
  const repository = `${owner}/${repo}`
  const answer = await fetch(`${hub.apiUrl}/repos/${repository}/pulls/${number}`, { headers })
  const pull = await answer.json()
  const folder = await mkdtemp(join(tmpdir(), 'trapline-workflow-'))
  try {
    const ref = `refs/pull/${number}/merge`
    const workspace = join(folder, 'workspace')
    const remote = hub.gitUrl.replace('://', `://x:${token}@`)
    await git(folder, 'init', '--quiet', workspace)
    await git(workspace, 'remote', 'add', 'origin', remote)
    await git(
      workspace,
      'fetch',
      '--quiet',
      '--depth=1',
      'origin',
      `+${ref}:refs/remotes/pull/merge`,
    )
    await git(workspace, 'checkout', '--quiet', '--detach', 'refs/remotes/pull/merge')
    const sha = (await git(workspace, 'rev-parse', 'HEAD')).trim()
    const github = {
      event: { number, pull_request: pull },
      ...{ token, repository, sha, ref, api_url: hub.apiUrl, server_url: hub.pageUrl },
    }
    const temp = join(folder, 'temp')
    const result = await runAction({ action: ACTION, workspace, temp, inputs, github })
    await fetch(`${hub.apiUrl}/repos/${repository}/statuses/${pull.head.sha}`, {
      ...{ method: 'POST', headers },
      body: JSON.stringify({ state: result.ok ? 'success' : 'failure', context: 'rules' }),
    })
    return { ...result, files: await reportsOf(join(temp, 'trapline-reports')) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function reportsOf(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  if (!existsSync(folder)) return files
  for await (const name of new Bun.Glob('*').scan({ cwd: folder }))
    files[name] = await Bun.file(join(folder, name)).text()
  return files
}
