// A whole server in a folder of its own on a free port, for browser tests.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createApp } from '../../server/app.ts'
import { loadSettings } from '../../server/config.ts'
import { pages } from '../../server/routes/pages/pages.ts'
import { deriveKey, loadServerKey } from '../../server/secret.ts'
import { ServiceError } from '../../server/services/service-error.ts'
import type { Services } from '../../server/services/services.ts'
import { startServices } from '../../server/start-services.ts'
import type { EventReader } from '../../server/stores/events/event-store.ts'
import { startWeb } from '../../server/web.ts'

export const PASSWORD = 'correct horse battery staple'
export const API_KEY = 'tlk_browser_test_0123456789abcdef0123456789'

export interface TestServer {
  readonly url: string
  readonly services: Services
  /** Fields whose facet fails while they are in here. */
  readonly failing: Set<string>
  stop(): Promise<void>
}

/** Starts it; `stop` removes the folder. */
export async function startTestServer(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'trapline-browser-'))
  const loaded = loadSettings({
    TRAPLINE_DATA: folder,
    TRAPLINE_PORT: '0',
    TRAPLINE_BOOTSTRAP_PASSWORD: PASSWORD,
    TRAPLINE_BOOTSTRAP_API_KEY: API_KEY,
    TRAPLINE_DISK_MIN_FREE_MIB: '0',
  })
  if (!('settings' in loaded)) throw new Error(JSON.stringify(loaded.problems))
  const { settings } = loaded
  const running = await startServices(settings, {
    tokenKey: deriveKey(loadServerKey(folder, undefined), 'tokens'),
    scenarios: resolve(import.meta.dir, '../../scripts/scenarios'),
  })
  const failing = new Set<string>()
  const services = { ...running.services, events: faulty(running.services.events, failing) }
  const forget = () => services.credentials.forget()
  const app = createApp({ services, pages: pages(services, { countTry: () => {}, forget }) })
  const web = startWeb(app, settings)
  return {
    url: web.url,
    services,
    failing,
    stop: async () => {
      await web.stop()
      await running.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The reader, but with facets that fail on demand: a fault, not a stand-in. */
function faulty(reader: EventReader, failing: ReadonlySet<string>): EventReader {
  const top: EventReader['top'] = async (request, signal) => {
    if (failing.has(request.field)) throw new ServiceError('unavailable', 'query worker ended')
    return reader.top(request, signal)
  }
  return new Proxy(reader, {
    get: (target, name) => (name === 'top' ? top : target[name as keyof EventReader]),
  })
}
