// Runs the steps of our own action.yml as a runner does: inputs with defaults, expressions, environment files.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { evaluate, filled } from './expressions.ts'

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}
interface Step {
  readonly name: string
  readonly id?: string
  readonly if?: string
  readonly shell: string
  readonly run: string
  readonly env?: Readonly<Record<string, string>>
  readonly 'working-directory'?: string
}

export interface ActionRun {
  /** Folder with action.yml. */
  readonly action: string
  /** The checkout. */
  readonly workspace: string
  /** A folder of the runner's, emptied by nobody. */
  readonly temp: string
  readonly inputs: Readonly<Record<string, string>>
  /** The `github` context: `event`, `token`, `repository`, `sha`, `ref`, `api_url`, `server_url`. */
  readonly github: {
    readonly event: object
    readonly token: string
    readonly repository: string
    readonly sha: string
    readonly ref: string
    readonly api_url: string
    readonly server_url: string
  }
  /** Variables beside PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>
}

export interface ActionResult {
  readonly ok: boolean
  /** Name and exit code of every step that ran. */
  readonly steps: readonly { readonly name: string; readonly code: number }[]
  readonly log: string
  readonly summary: string
  readonly outputs: Readonly<Record<string, string>>
}

/** Runs a composite action. A step that fails ends it, as on a runner. */
export async function runAction(run: ActionRun): Promise<ActionResult> {
  const action = parse(await Bun.file(join(run.action, 'action.yml')).text()) as Action
  if (action.runs.using !== 'composite') throw new Error('no composite action')
  await mkdir(run.temp, { recursive: true })
  const files = await runnerFiles(run)
  const inputs: Record<string, string> = {}
  for (const [name, input] of Object.entries(action.inputs))
    inputs[name] = run.inputs[name] ?? filled(input.default ?? '', { github: run.github })
  const unknown = Object.keys(run.inputs).filter((name) => !(name in action.inputs))
  if (unknown.length > 0) throw new Error(`the action has no input ${unknown.join(', ')}`)
  const steps: Record<string, { outputs: Record<string, string> }> = {}
  const contexts = { inputs, github: run.github, steps, runner: { temp: run.temp } }
  const done: { name: string; code: number }[] = []
  let log = ''
  for (const step of action.runs.steps) {
    if (step.if !== undefined && !evaluate(step.if, contexts)) continue
    await Bun.write(files.output, '')
    const env = Object.entries(step.env ?? {}).map(([k, v]) => [k, filled(v, contexts)])
    const { code, text } = await runStep(step, run, {
      folder: resolve(run.workspace, filled(step['working-directory'] ?? '.', contexts)),
      env: { ...files.env, ...Object.fromEntries(env) },
    })
    log += `## ${step.name}\n${text}`
    done.push({ name: step.name, code })
    if (step.id !== undefined)
      steps[step.id] = { outputs: outputsOf(await Bun.file(files.output).text()) }
    if (code !== 0) break
  }
  const outputs = Object.entries(action.outputs).map(([k, { value }]) => [
    k,
    filled(value, contexts),
  ])
  const summary = await Bun.file(files.summary).text()
  const ok = done.every(({ code }) => code === 0)
  return { ok, steps: done, log, summary, outputs: Object.fromEntries(outputs) }
}

async function runnerFiles({ temp, github, action, workspace }: ActionRun) {
  const [output, summary, event] = ['output', 'summary', 'event.json'].map((name) =>
    join(temp, `_runner_${name}`),
  ) as [string, string, string]
  await Promise.all([Bun.write(summary, ''), Bun.write(event, JSON.stringify(github.event))])
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION_PATH: action,
    GITHUB_WORKSPACE: workspace,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_EVENT_PATH: event,
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_REPOSITORY: github.repository,
    GITHUB_API_URL: github.api_url,
    GITHUB_SERVER_URL: github.server_url,
    GITHUB_SHA: github.sha,
    GITHUB_REF: github.ref,
    GITHUB_RUN_ID: '1',
    RUNNER_TEMP: temp,
    CI: 'true',
  }
  return { output, summary, env }
}

async function runStep(
  { run, shell }: Step,
  { env: more = {} }: ActionRun,
  { folder, env }: { folder: string; env: Readonly<Record<string, string>> },
): Promise<{ code: number; text: string }> {
  if (shell !== 'bash') throw new Error(`no shell ${shell} here`)
  const child = Bun.spawn(['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
    cwd: folder,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, ...more },
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, text: out + err }
}

function outputsOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.includes('='))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}
