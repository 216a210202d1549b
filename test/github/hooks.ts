// Webhooks of the local GitHub: signed as GitHub signs them.
import { createHmac } from 'node:crypto'
import { repositoryShape } from './shapes.ts'
import { accountOf, type World } from './world.ts'

export interface Hook {
  readonly url: string
  readonly secret: string
}

const TIMEOUT_MS = 10_000

/** Sends one event. A receiver that is down misses it, as with GitHub. */
export async function deliver(
  { url, secret }: Hook,
  event: string,
  payload: object,
  world: World,
): Promise<void> {
  const sender = accountOf(world, { login: world.owner, type: 'User' })
  const body = JSON.stringify({ ...payload, repository: repositoryShape(world), sender })
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/0000000',
      'x-github-event': event,
      'x-github-delivery': crypto.randomUUID(),
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => console.error(`webhook to ${url}: ${error}`))
}
