// Sends the webhooks of a state folder until it is killed: `outbox-sender.ts FOLDER URL`.
import { sendWebhook } from '../../server/outbox/webhook.ts'
import { startOutboxWorker } from '../../server/outbox/worker.ts'
import { openStore, stateUrl } from '../../server/stores/state/open.ts'

const [folder = '', url = ''] = process.argv.slice(2)
const { store } = await openStore({ url: stateUrl(folder) })
const skip = { deliver: async () => ({ result: 'skipped' as const }) }
startOutboxWorker({
  state: store,
  lanes: {
    proposal: skip,
    'commit-status': skip,
    webhook: { deliver: (item) => sendWebhook(item, { url, secret: undefined }) },
  },
  lease_ms: 300,
  poll_ms: 20,
})
