// Pushes a proposal's branch to the remote.

import { scrub } from '../../ci/scrub.ts'
import { DeliveryError } from '../outbox/delivery.ts'
import { GitError } from '../releases/repository.ts'
import type { Content } from './content.ts'

/** One push may take this long, milliseconds. */
const PUSH_TIMEOUT_MS = 45_000

/** Variables that give git a token for one origin: neither its arguments nor its configuration hold it. */
export function tokenEnvironment(remote: string, token: string): Record<string, string> {
  const { origin } = new URL(remote)
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64')
  return {
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: `http.${origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
    // What another program of this machine stored is not tried instead.
    GIT_CONFIG_KEY_1: 'credential.helper',
    GIT_CONFIG_VALUE_1: '',
    GIT_TRACE_REDACT: '1',
  }
}

/** Makes `branch` of the remote name `commit`; nothing where it does already. Rejects `DeliveryError`, final
 * when someone else has commits on that branch. */
export async function pushBranch(
  content: Content,
  { remote, commit, branch }: { remote: string; commit: string; branch: string },
  env: Readonly<Record<string, string>>,
  secrets: readonly string[],
): Promise<void> {
  const refs = `${commit}:refs/heads/${branch}`
  try {
    await content.git(['push', '--quiet', '--no-verify', '--', remote, refs], {
      env,
      timeout_ms: PUSH_TIMEOUT_MS,
    })
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    throw new DeliveryError(scrub(`${branch} cannot be pushed: ${error.message}`, secrets))
  }
}
