// Everything that leaves the server, put together by the settings: proposals, commit statuses, webhooks, and
// the worker that sends them.
import { readFileSync } from 'node:fs'
import type { Settings } from '../config.ts'
import { sendWebhook, WEBHOOK_DESTINATION } from '../outbox/webhook.ts'
import { openRepository } from '../releases/repository.ts'
import { contentRepository } from '../releases/staging.ts'
import { type OutboxService, startOutbox } from '../services/outbox.ts'
import {
  createProposals,
  type ProposalService,
  type ProposalTarget,
} from '../services/proposals.ts'
import type { ReleaseService } from '../services/releases.ts'
import type { StateClient } from '../workers/state-client.ts'
import { openContent } from './content.ts'
import { deliverProposal, proposalFailed, TRAPLINE } from './deliver.ts'
import { createGitHub, type GitHubClient, type GitHubCredentials } from './github.ts'
import { createHead } from './head.ts'
import { tokenEnvironment } from './push.ts'
import { remoteName } from './remote.ts'
import { deliverStatus } from './status.ts'
import { createWatch } from './watch.ts'

/** The branch of the data folder's own content repository. */
const OWN_BRANCH = 'main'
/** How often open proposals of the content repository itself are looked at, milliseconds. */
const OWN_WATCH_MS = 5_000
/** Webhooks sent at the same time. */
const WEBHOOKS_AT_ONCE = 4
/** Commit statuses leased at once: each may take as long as GitHub's time limit. */
const STATUSES_BATCH = 4

export interface EgressParts {
  readonly state: StateClient
  readonly releases: Pick<ReleaseService, 'pull' | 'list'>
}

export interface Egress {
  readonly proposals: ProposalService
  readonly outbox: OutboxService
  /** Variables with which git may fetch the followed branch. */
  readonly fetchEnvironment: () => Promise<Readonly<Record<string, string>>>
  stop(): Promise<void>
}

/** Starts sending. Throws when a key file cannot be read. */
export function startEgress(settings: Settings, { state, releases }: EgressParts): Egress {
  const { data, content: remote, webhookUrl: url, webhookSecret: secret } = settings
  const github = gitHubOf(settings)
  const branch = remote === undefined ? OWN_BRANCH : settings.contentBranch
  const content = openContent(contentRepository(data))
  const target: ProposalTarget = remote === undefined ? 'local' : github ? 'github' : 'git'
  const pushTo = github === undefined ? remote : pushAddress(settings, github)
  const reach = createReach(github)
  const fetchEnvironment = () => reach.environment(remote)
  const head = createHead({ content, data, branch, remote, environment: fetchEnvironment })
  const place = { ...{ content, state, branch, remote, pushTo, github }, secrets: reach.secrets }
  const environment = () => reach.environment(pushTo)
  const outbox = startOutbox({
    state,
    lanes: {
      proposal: {
        deliver: (item) => deliverProposal(item, { ...place, environment }),
        onFailure: (item, error, isDead) => proposalFailed(item, error, isDead, state),
        batch: 1,
      },
      'commit-status': { deliver: (item) => deliverStatus(item, github), batch: STATUSES_BATCH },
      webhook: {
        deliver: async (item) =>
          url === undefined
            ? { result: 'skipped', note: 'no webhook is set' }
            : sendWebhook(item, { url, secret }),
        concurrency: WEBHOOKS_AT_ONCE,
      },
    },
  })
  const proposals = createProposals({
    ...{ content, state, releases, head, branch, target, emailDomain: settings.authorDomain },
    ready: once(() => openRepository(contentRepository(data))),
    onOpened: outbox.wake,
  })
  const onMerged = () => {
    releases.pull(TRAPLINE).catch((error: unknown) => console.error(`content: ${String(error)}`))
  }
  const watch = createWatch({ content, head, state, github, onMerged })
  const every_ms = remote === undefined ? OWN_WATCH_MS : settings.contentPoll_s * 1000
  const stopWatch = repeat(watch, every_ms)
  return {
    proposals,
    outbox,
    fetchEnvironment,
    stop: async () => {
      stopWatch()
      await outbox.stop()
    },
  }
}

/** Before anything is enqueued or sent: receivers of new alerts by the settings, and an end to what a killed
 * process was sending. The folder's lock says that nobody else sends from this state.db. */
export async function readyOutbox({ webhookUrl }: Settings, state: StateClient): Promise<void> {
  await state.endOutboxLeases()
  await state.setAlertDestinations(webhookUrl === undefined ? [] : [WEBHOOK_DESTINATION])
}

function gitHubOf(settings: Settings): GitHubClient | undefined {
  const credentials = credentialsOf(settings)
  const name = repositoryOf(settings)
  if (credentials === undefined || name === undefined) return undefined
  return createGitHub({ ...name, credentials, api: settings.githubApi })
}

/** Owner and name of the repository at GitHub, as far as the settings tell. */
export function repositoryOf(
  settings: Pick<Settings, 'githubRepository' | 'content'>,
): { readonly owner: string; readonly repo: string } | undefined {
  const { githubRepository, content } = settings
  if (githubRepository === undefined) {
    const name = content === undefined ? undefined : remoteName(content)
    return name === undefined || name.owner.includes('/')
      ? undefined
      : { owner: name.owner, repo: name.repo }
  }
  const [owner, repo] = githubRepository.split('/')
  return { owner: owner!, repo: repo! }
}

function credentialsOf(settings: Settings): GitHubCredentials | undefined {
  const { githubToken: token, githubAppId: appId, githubAppKey, githubInstallationId } = settings
  if (token !== undefined) return { token }
  if (appId === undefined || githubAppKey === undefined || githubInstallationId === undefined)
    return undefined
  const privateKey = keyOf(githubAppKey)
  return { appId, privateKey, installationId: Number(githubInstallationId) }
}

function keyOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`TRAPLINE_GITHUB_APP_KEY cannot be read: ${why}`, { cause: error })
  }
}

/** Where branches are pushed with the token: the repository over HTTPS, however it is followed. */
function pushAddress({ content = '', githubApi }: Settings, { owner, repo }: GitHubClient): string {
  if (/^https?:\/\//.test(content)) return content
  const host = remoteName(content)?.host
  const origin = host === undefined ? githubOrigin(githubApi) : `https://${host}`
  return `${origin}/${owner}/${repo}.git`
}

function githubOrigin(api: string | undefined): string {
  const origin = api === undefined ? '' : new URL(api).origin
  return origin === '' || origin === 'https://api.github.com' ? 'https://github.com' : origin
}

/** Lets git in: an installation's token changes every hour, so each call asks. */
function createReach(github: GitHubClient | undefined) {
  const used = new Set<string>()
  return {
    secrets: () => [...used],
    environment: async (remote: string | undefined): Promise<Record<string, string>> => {
      if (github === undefined || remote === undefined || !/^https?:\/\//.test(remote)) return {}
      const token = await github.token()
      used.add(token)
      used.add(Buffer.from(`x-access-token:${token}`).toString('base64'))
      return tokenEnvironment(remote, token)
    },
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

/** Runs `work` again and again, one at a time. What it says when it fails is said once. */
function repeat(work: () => Promise<void>, every_ms: number): () => void {
  let underWay = false
  let told = ''
  const run = async () => {
    if (underWay) return
    underWay = true
    try {
      await work()
      told = ''
    } catch (error) {
      const text = `changes: ${error instanceof Error ? error.message : String(error)}`
      if (text !== told) console.error(text)
      told = text
    } finally {
      underWay = false
    }
  }
  const timer = setInterval(() => void run(), every_ms)
  return () => clearInterval(timer)
}
