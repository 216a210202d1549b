// A real server on a free port and an empty data folder, for tests through the front door.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadSettings } from '../../server/config.ts'
import { type RunningServer, startServer } from '../../server/main.ts'

export const API_KEY = 'test-key-0123456789abcdef'
export const PASSWORD = 'correct horse battery'

export interface TestServer extends RunningServer {
  readonly data: string
  /** A request with the admin's key unless headers name another credential. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** The JSON answer of a request that must succeed. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers as they are
  json(path: string, init?: RequestInit): Promise<any>
  /** Sends events and waits for the commit. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers as they are
  ingest(body: BodyInit, path?: string, headers?: Record<string, string>): Promise<any>
  /** Stops it and removes the data folder. */
  dispose(): Promise<void>
}

/** Settings of an environment; throws with the problems. */
export function testSettings(data: string, env: Readonly<Record<string, string>> = {}) {
  const loaded = loadSettings({
    TRAPLINE_DATA: data,
    TRAPLINE_PORT: '0',
    TRAPLINE_BOOTSTRAP_PASSWORD: PASSWORD,
    TRAPLINE_BOOTSTRAP_API_KEY: API_KEY,
    TRAPLINE_DISK_MIN_FREE_MIB: '0',
    ...env,
  })
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems))
  return loaded.settings
}

/** Starts a server with these variables beside the test's own, in a new data folder unless one is named. */
export async function startTestServer(
  env: Readonly<Record<string, string>> = {},
  data = mkdtempSync(join(tmpdir(), 'trapline-test-')),
): Promise<TestServer> {
  const server = await startServer(testSettings(data, env))
  const request = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    const named = ['authorization', 'cookie', 'x-api-key', 'anonymous']
    if (!named.some((name) => headers.has(name))) headers.set('x-api-key', API_KEY)
    return fetch(server.url + path, { redirect: 'manual', ...init, headers })
  }
  const json = async (path: string, init?: RequestInit) => {
    const answer = await request(path, init)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
    return JSON.parse(text)
  }
  return {
    ...server,
    data,
    fetch: request,
    json,
    ingest: (body, path = '/ingest', headers = {}) => json(path, { method: 'POST', body, headers }),
    dispose: async () => {
      await server.stop()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** A busy machine takes its time; only what never comes is waited for so long. */
const PATIENCE_MS = 30_000

/** Asks again and again until `ready` holds, for at most `patience_ms`. */
export async function eventually<T>(
  ask: () => Promise<T>,
  ready: (value: T) => boolean,
  patience_ms = PATIENCE_MS,
): Promise<T> {
  for (const end = Date.now() + patience_ms; ; await Bun.sleep(50)) {
    const value = await ask()
    if (ready(value)) return value
    if (Date.now() > end)
      throw new Error(`never came: ${String(JSON.stringify(value)).slice(0, 2_000)}`)
  }
}
