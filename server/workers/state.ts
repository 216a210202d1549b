// The state worker: the only thread that opens state.db. It answers the state store's calls and follows
// the matches of the intake.
import { openState } from '../services/state.ts'
import { openIntakeReadonly } from '../stores/events/intake-read.ts'
import { openMatchFeed } from '../stores/events/match-feed.ts'
import { stateUrl } from '../stores/state/open.ts'
import { StateError, type StateStore } from '../stores/state/state-store.ts'
import { serve } from './rpc.ts'
import type { StateOptions } from './state-client.ts'

let store: StateStore | undefined

async function open(options: StateOptions): Promise<void> {
  const { folder, url = stateUrl(folder), authToken, alerts = true } = options
  const { lateness_ms } = options
  store = await openState({
    url,
    ...(authToken === undefined ? {} : { authToken }),
    ...(lateness_ms === undefined ? {} : { lateness_ms }),
    ...(alerts ? { openFeed: () => feedOf(folder) } : {}),
    onCredentials: () => notify('credentials', null),
    onAlerts: (notice) => notify('alerts', notice),
    onAlertsStopped: (reason) => notify('alerts-stopped', reason),
  })
}

/** The matches of the folder's intake; undefined before the ingest worker has made it. */
function feedOf(folder: string) {
  const intake = openIntakeReadonly(folder)
  if (intake === undefined) return undefined
  intake.close()
  return openMatchFeed(folder)
}

/** Any method of the store, once it is open. */
const handlers = new Proxy({} as Record<string, (...args: unknown[]) => unknown>, {
  get: (_, name: string) => {
    if (name === 'open') return open
    if (store === undefined) throw new StateError('unavailable', 'the state store is not open')
    if (!Object.hasOwn(store, name)) return undefined
    return store[name as keyof StateStore]
  },
})
const notify = serve(handlers)
