// The real server in a process of its own for the ingest benchmark, and what it and its data folder take.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

const CLOCK_TICKS_PER_S = 100
/** Key that may do everything. */
export const KEY = 'bench-key-0123456789abcdef'

export interface Server {
  readonly url: string
  readonly pid: number
  /** JSON of a path. Throws with the answer's text. */
  json(path: string): Promise<unknown>
  /** Value of a metric without labels, or with those in its name. */
  metric(name: string): Promise<number>
  stop(): Promise<void>
}

/** Starts it on a data folder and waits until it serves. */
export async function startServer(data: string, rules: readonly string[]): Promise<Server> {
  const trapline = new URL('../../ci/trapline.ts', import.meta.url).pathname
  const child = Bun.spawn([process.execPath, trapline, 'start'], {
    env: {
      ...process.env,
      TRAPLINE_DATA: data,
      TRAPLINE_PORT: '0',
      TRAPLINE_RULES: rules.join(':'),
      TRAPLINE_BOOTSTRAP_PASSWORD: crypto.randomUUID(),
      TRAPLINE_BOOTSTRAP_API_KEY: KEY,
      TRAPLINE_DISK_MIN_FREE_MIB: '0',
    },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const url = await readyUrl(child.stdout)
  const get = async (path: string) => {
    const answer = await fetch(url + path, { headers: { 'x-api-key': KEY } })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.text()
  }
  return {
    url,
    pid: child.pid,
    json: async (path) => JSON.parse(await get(path)),
    metric: async (name) => {
      const lines = (await get('/metrics')).split('\n')
      return Number(
        lines
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')
          .at(-1),
      )
    },
    stop: async () => {
      child.kill('SIGTERM')
      const code = await child.exited
      if (code !== 0) throw new Error(`the server ended with ${code}`)
    },
  }
}

async function readyUrl(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of output) {
    text += decoder.decode(chunk, { stream: true })
    const url = /^Trapline is ready at (\S+)$/m.exec(text)?.[1]
    if (url !== undefined) return url
  }
  throw new Error(`the server did not start: ${text}`)
}

/** CPU time of each thread so far, seconds, by name (Linux). */
export function threadSeconds(pid: number): Readonly<Record<string, number>> {
  const seconds: Record<string, number> = {}
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8')
    const name = /\((.*)\)/s.exec(stat)?.[1] ?? ''
    const fields = stat.replace(/^.*\) /s, '').split(' ')
    const shown = threadName(name, task === String(pid))
    const used = (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_S
    seconds[shown] = (seconds[shown] ?? 0) + used
  }
  return seconds
}

const WORKER_THREADS = new Set(['ingest', 'seal', 'index', 'state'])

function threadName(name: string, isMain: boolean): string {
  if (isMain) return 'main'
  if (WORKER_THREADS.has(name)) return name
  if (name.startsWith('query')) return 'query'
  if (name === 'HeapHelper') return 'gc'
  return name === 'JITWorker' ? 'jit' : 'other'
}

/** The most that was resident so far, MiB. */
export function residentMib(pid: number): number {
  const kib = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) / 1_024
}

/** Bytes below a data folder by its parts: day files (`events`), `index`, `intake`, `state`, ... */
export function folderBytes(folder: string): Readonly<Record<string, number>> {
  const parts: Record<string, number> = {}
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const part = /^[^/.]+/.exec(relative(folder, path))?.[0] ?? 'other'
    parts[part] = (parts[part] ?? 0) + statSync(path).size
  }
  return parts
}
