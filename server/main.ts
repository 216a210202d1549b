// The server: takes the data folder, starts the workers, wires what they say to each other, serves.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { createApp } from './app.ts'
import type { Settings } from './config.ts'
import { LockedError, lockFolder } from './lock.ts'
import { takeOne } from './middleware/rate-limit.ts'
import { pages } from './routes/pages/pages.ts'
import { deriveKey, loadServerKey } from './secret.ts'
import { createRateLimits } from './services/rate-limit.ts'
import { runInReverse, startServices } from './start-services.ts'
import { startSyslog } from './syslog/listen.ts'
import { startWeb } from './web.ts'

export interface RunningServer {
  /** `http://127.0.0.1:8181`; the real port where 0 was asked for. */
  readonly url: string
  /** Bound syslog addresses. */
  readonly syslog: readonly string[]
  /** The first admin's password when this start made one. */
  readonly oneTimePassword: string | undefined
  /** Reads the rules again. */
  reload(): Promise<void>
  /** Takes nothing new, commits what was accepted, ends the workers, frees the folder. */
  stop(): Promise<void>
  /** Resolves with the reason when a worker ended by itself: the process should end too. */
  readonly failed: Promise<Error>
}

/** Starts a server; rejects `LockedError` when the folder is in use. */
export async function startServer(settings: Settings): Promise<RunningServer> {
  mkdirSync(settings.data, { recursive: true, mode: 0o700 })
  const lock = lockFolder(settings.data)
  const stops = [async () => lock.release()]
  try {
    return await start(settings, stops)
  } catch (error) {
    await runInReverse(stops)
    throw error
  }
}

async function start(settings: Settings, stops: (() => Promise<void>)[]): Promise<RunningServer> {
  const key = loadServerKey(settings.data, settings.key)
  const running = await startServices(settings, {
    tokenKey: deriveKey(key, 'tokens'),
    scenarios: resolve(import.meta.dir, '../scripts/scenarios'),
  })
  stops.push(running.stop)
  const { services } = running
  const limits = createRateLimits()
  const app = createApp({
    services,
    limits,
    pages: pages(services, {
      countTry: (ip) => takeOne(limits, 'auth', ip),
      forget: () => services.credentials.forget(),
    }),
  })
  const web = startWeb(app, settings)
  stops.push(web.stop)
  const syslog = await startSyslog(settings, services.ingest)
  stops.push(syslog.stop)
  return {
    url: web.url,
    syslog: syslog.addresses,
    oneTimePassword: running.oneTimePassword,
    failed: running.failed,
    reload: running.reload,
    stop: () => runInReverse(stops),
  }
}

/** Runs until a signal or a failure; resolves with the exit code. What `trapline start` does. */
export async function runServer(settings: Settings): Promise<number> {
  let server: RunningServer
  try {
    server = await startServer(settings)
  } catch (error) {
    console.error(`trapline: ${error instanceof Error ? error.message : String(error)}`)
    return error instanceof LockedError ? 4 : 1
  }
  // Who reads that it is ready may send a signal at once.
  process.on('SIGHUP', () => void server.reload())
  const signal = signalled()
  announce(server, settings)
  const ended = await Promise.race([signal, server.failed])
  if (ended instanceof Error) console.error(`trapline: ${ended.message}`)
  await server.stop()
  return ended instanceof Error ? 1 : 0
}

function announce(server: RunningServer, settings: Settings): void {
  if (server.oneTimePassword !== undefined) {
    console.log(`First user: admin, password: ${server.oneTimePassword} (shown this once)`)
  }
  for (const address of server.syslog) console.log(`Syslog on ${address}`)
  if (!isLoopback(settings.host) && settings.tlsCert === undefined) {
    console.error(
      `warning: TRAPLINE_HOST ${settings.host} is reachable from the network without TLS: ` +
        'passwords and keys can be read on the way. Set TRAPLINE_TLS_CERT and TRAPLINE_TLS_KEY.',
    )
  }
  console.log(`Trapline is ready at ${server.url}`)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

function signalled(): Promise<string> {
  return new Promise((done) => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => done(signal))
  })
}
