// The real server as a process of its own, for tests that kill it.
import { resolve } from 'node:path'

const TRAPLINE = resolve(import.meta.dir, '../../ci/trapline.ts')
const READY = /^Trapline is ready at (\S+)$/m

export interface ServerProcess {
  readonly url: string
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number>
  /** What it printed on stderr. */
  errors(): string
}

/** What a process of a test gets of ours: where programs are, and what Bun has transpiled before. */
export function processEnvironment(): Readonly<Record<string, string>> {
  const { PATH = '', BUN_RUNTIME_TRANSPILER_CACHE_PATH: cache } = process.env
  return cache === undefined ? { PATH } : { PATH, BUN_RUNTIME_TRANSPILER_CACHE_PATH: cache }
}

/** Starts `trapline start` with these variables; resolves when it is ready, rejects when it ends before. */
export async function startProcess(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const child = Bun.spawn([process.execPath, TRAPLINE, 'start'], {
    env: { ...processEnvironment(), TRAPLINE_PORT: '0', ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let errors = ''
  const drain = async () => {
    for await (const chunk of child.stderr) errors += new TextDecoder().decode(chunk)
  }
  void drain()
  let output = ''
  for await (const chunk of child.stdout) {
    output += new TextDecoder().decode(chunk)
    const url = READY.exec(output)?.[1]
    if (url !== undefined) return running(child, url, () => errors)
  }
  throw new Error(`the server ended with ${await child.exited}: ${errors}`)
}

function running(child: Bun.Subprocess, url: string, errors: () => string): ServerProcess {
  return {
    url,
    kill: async () => {
      child.kill('SIGKILL')
      await child.exited
    },
    stop: async () => {
      child.kill('SIGTERM')
      return child.exited
    },
    errors,
  }
}
