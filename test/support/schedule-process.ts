// A scheduler as a process of its own over a state file: `bun schedule-process.ts FILE-URL WORK...`. A work
// named `hang` never ends in the first process that runs it.
import { createSchedules } from '../../server/services/schedules.ts'
import { openStore } from '../../server/stores/state/open.ts'

const [url = '', hang = '', ...ids] = process.argv.slice(2)
const INTERVAL_MS = 300

const { store } = await openStore({ url })
const schedules = createSchedules(store, { poll_ms: 25, beat_ms: 100, lease_ms: 1_000 })
schedules.register('rule', async ({ id }) => {
  if (id === hang) await new Promise(() => undefined)
  await Bun.sleep(5)
  return { matches: process.pid }
})
for (const id of ids) await schedules.put({ kind: 'rule', id }, INTERVAL_MS)
console.log('ready')
process.on('SIGTERM', async () => {
  await schedules.stop()
  await store.close()
  process.exit(0)
})
