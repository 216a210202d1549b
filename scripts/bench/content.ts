// What content costs on its way: checks and tests of thousands of rules, a backtest over a million events, a
// release from push to live, a rollback. Commands run as in CI, each a process; the server is one too.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from '../../ci/command.ts'
import { RULE_SETS, SIGMAHQ } from './corpus.ts'
import { eventBody } from './events.ts'

export const summary = 'check, test, backtest, release and rollback of all of SigmaHQ and ours'
export const usage = `bun run bench content [--events N] [--json]
  --events  events of the backtests, default 1000000
Needs the corpus beside the project. Seconds on the wall clock, and of the command's own processor time.`

const ROOT = resolve(import.meta.dir, '../..')
const TRAPLINE = join(ROOT, 'ci/trapline.ts')
const API_KEY = 'bench-key-0123456789abcdef'
const BODY_EVENTS = 20_000
const READY_MS = 60_000
/** The rule that the backtest's change narrows: events of the generator fire it. */
const CHANGED = `title: Whoami With Privileges
id: 3a4c2f0e-3f43-4b0c-9df0-7a0e9e6d5d99
status: test
logsource: {service: sensor}
detection:
    whoami:
        Image|endswith: '\\whoami.exe'
    condition: whoami
level: low
`

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '1000000' },
      json: { type: 'boolean', default: false },
    },
  })
  const events = Number(values.events)
  if (!Number.isInteger(events) || events < 1) throw new UsageError('--events takes a whole number')
  if (!existsSync(SIGMAHQ)) throw new UsageError(`no rules: ${SIGMAHQ} is not there`)
  const folder = mkdtempSync(join(tmpdir(), 'trapline-bench-content-'))
  const figures: Record<string, { readonly wall_s: number; readonly cpu_s: number }> = {}
  const took: Took = async (name, work) => {
    const started = performance.now()
    const cpu_s = await work()
    const wall_s = Math.round((performance.now() - started) / 10) / 100
    figures[name] = { wall_s, cpu_s }
    if (!values.json) console.log(`${name.padEnd(30)} ${wall_s} s, ${cpu_s} s of a core`)
  }
  try {
    await measure(folder, events, took)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  if (values.json) console.log(JSON.stringify({ events, figures }))
}

/** Times a command, which tells its own processor time in seconds. */
type Took = (name: string, work: () => Promise<number>) => Promise<void>

async function measure(folder: string, events: number, took: Took): Promise<void> {
  const work = join(folder, 'rules')
  mkdirSync(work)
  cpSync(join(ROOT, 'detections'), join(work, 'detections'), { recursive: true })
  cpSync(join(SIGMAHQ, 'regression_data'), join(work, 'regression_data'), { recursive: true })
  for (const set of RULE_SETS)
    cpSync(join(SIGMAHQ, set), join(work, 'detections/sigmahq', set), { recursive: true })
  // Two rules of SigmaHQ ask for the values of a placeholder.
  await Bun.write(join(work, 'detections/lists/known_cdcs.txt'), 'dc-1.example.org\n')
  const changed = join(work, 'detections/bench/whoami.yml')
  await Bun.write(changed, CHANGED)
  const git = (...args: string[]) => call(['git', ...WHO, ...args], work)
  await git('init', '--quiet', '--initial-branch=main')
  await git('add', '--all')
  await git('commit', '--quiet', '-m', 'first')
  const trapline = (...args: string[]) => call([process.execPath, TRAPLINE, ...args], work)
  await took('check, first time', () => trapline('check', '--fail-on=error', '--show=error'))
  await took('check, again', () => trapline('check', '--fail-on=error', '--show=error'))
  await took('test', () => trapline('test', '--require=none', '--format=json'))
  await backtests({ folder, changed, events, took, trapline })
  const server = await startServer(join(folder, 'data'))
  try {
    const at = [`--server=${server.url}`, `--api-key=${API_KEY}`]
    await send(server.url, events)
    await took(`backtest, ${events} on a server`, () =>
      trapline('backtest', '--base=main', '--days=1', '--format=json', ...at),
    )
    await git('checkout', '--quiet', '.')
    await took('release, push to live', () => trapline('deploy', '--force', ...at))
    await Bun.write(changed, CHANGED.replace('level: low', 'level: high'))
    await git('commit', '--quiet', '--all', '-m', 'second')
    await took('release, one rule changed', () => trapline('deploy', ...at))
    await took('rollback', () => trapline('rollback', ...at))
  } finally {
    server.stop()
  }
}

interface Parts {
  readonly folder: string
  readonly changed: string
  readonly events: number
  readonly took: Took
  trapline(...args: string[]): Promise<number>
}

async function backtests({ folder, changed, events, took, trapline }: Parts): Promise<void> {
  const file = join(folder, 'events.ndjson')
  const sink = Bun.file(file).writer()
  for (let n = 0; n < events; n += BODY_EVENTS)
    sink.write(eventBody(n, Math.min(BODY_EVENTS, events - n), Date.now()))
  await sink.end()
  await Bun.write(
    changed,
    CHANGED.replace('condition: whoami', 'condition: whoami and not w\n    w: {dst_port: 443}'),
  )
  await took(`backtest, ${events} of a file`, () =>
    trapline('backtest', '--base=main', '--format=json', `--events=${file}`),
  )
  rmSync(file)
}

const WHO = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost']

/** Runs a program; findings are no failure. Its processor time, seconds. */
async function call(program: readonly string[], cwd: string): Promise<number> {
  const child = Bun.spawn([...program], { cwd, stdout: 'pipe', stderr: 'pipe' })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  const code = await child.exited
  if (code > 1)
    throw new UsageError(`${program.slice(0, 4).join(' ')}: ${code}: ${err || out.slice(0, 500)}`)
  return Math.round(Number(child.resourceUsage()?.cpuTime.total ?? 0) / 10_000) / 100
}

async function startServer(data: string): Promise<{ url: string; stop(): void }> {
  const probe = Bun.serve({ port: 0, fetch: () => new Response() })
  const port = probe.port
  await probe.stop(true)
  const url = `http://127.0.0.1:${port}`
  const child = Bun.spawn([process.execPath, TRAPLINE, 'start'], {
    ...{ stdout: 'ignore', stderr: 'ignore' },
    env: {
      ...process.env,
      ...{ TRAPLINE_DATA: data, TRAPLINE_PORT: String(port), TRAPLINE_DISK_MIN_FREE_MIB: '0' },
      ...{
        TRAPLINE_BOOTSTRAP_API_KEY: API_KEY,
        TRAPLINE_BOOTSTRAP_PASSWORD: 'a password of the bench',
      },
    },
  })
  for (const end = Date.now() + READY_MS; ; await Bun.sleep(200)) {
    const ready = await fetch(`${url}/ready`).then(
      ({ ok }) => ok,
      (error: unknown) => {
        if (Date.now() > end) throw error
        return false
      },
    )
    if (ready) return { url, stop: () => child.kill() }
    if (Date.now() > end) throw new UsageError('the server is not ready')
  }
}

async function send(url: string, events: number): Promise<void> {
  for (let n = 0; n < events; n += BODY_EVENTS) {
    const body = eventBody(n, Math.min(BODY_EVENTS, events - n), Date.now())
    const headers = { 'x-api-key': API_KEY, 'content-type': 'application/x-ndjson' }
    for (;;) {
      const answer = await fetch(`${url}/ingest`, { method: 'POST', headers, body })
      if (answer.ok) break
      if (answer.status !== 429 && answer.status !== 503)
        throw new UsageError(`ingest answered ${answer.status}: ${await answer.text()}`)
      await Bun.sleep(200)
    }
  }
}
