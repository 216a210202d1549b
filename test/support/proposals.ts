// A content repository, a state store and what a server makes of its settings for proposals, without the server.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { git } from '../../ci/git.ts'
import { drainOutbox } from '../../server/outbox/worker.ts'
import { type Content, openContent } from '../../server/proposals/content.ts'
import {
  type DeliverParts,
  deliverProposal,
  proposalFailed,
} from '../../server/proposals/deliver.ts'
import type { GitHubClient } from '../../server/proposals/github.ts'
import { createHead, type Head } from '../../server/proposals/head.ts'
import { tokenEnvironment } from '../../server/proposals/push.ts'
import { deliverStatus } from '../../server/proposals/status.ts'
import { createWatch } from '../../server/proposals/watch.ts'
import { openRepository } from '../../server/releases/repository.ts'
import { createProposals, type ProposalService } from '../../server/services/proposals.ts'
import { type OpenStore, openStore, stateUrl } from '../../server/stores/state/open.ts'

export const ANA = { name: 'ana' }
export const RULE = 'detections/a.yml'
export const CHANGE = {
  kind: 'filter',
  title: 'Leave the backup account out',
  body: 'It signs in **every** night.',
  files: [{ path: RULE, text: 'title: A\nlevel: high\n' }],
} as const

export interface Stage {
  /** Where everything lies; `work` in it is a working copy with one commit on main. */
  readonly folder: string
  readonly work: string
  readonly store: OpenStore['store']
  /** The store's clock, milliseconds. */
  now(): number
  /** Writes files in the working copy and commits them. */
  save(files: Readonly<Record<string, string>>, message: string): Promise<void>
  /** A server's side of a remote. */
  side(remote: string, github?: GitHubClient, token?: string): Promise<Side>
  close(): Promise<void>
}

export interface Side {
  readonly proposals: ProposalService
  readonly content: Content
  readonly head: Head
  /** Sends what is due; time goes on by `later_ms` before. */
  send(later_ms?: number): Promise<void>
  watch(): Promise<void>
  readonly pulls: () => number
}

export async function openStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'trapline proposals '))
  const work = join(folder, 'work')
  const save = async (files: Readonly<Record<string, string>>, message: string) => {
    for (const [path, text] of Object.entries(files)) writeFileSync(join(work, path), text)
    await git(work, 'add', '-A')
    await git(work, 'commit', '--quiet', '-m', message)
  }
  mkdirSync(join(work, 'detections'), { recursive: true })
  await git(work, 'init', '--quiet', '--initial-branch=main')
  await git(work, 'config', 'user.name', 'Eve')
  await git(work, 'config', 'user.email', 'eve@example.org')
  await save({ [RULE]: 'title: A\nlevel: low\n' }, 'first')
  const clock = { now: Date.now() }
  const { store } = await openStore({ url: stateUrl(folder), now: () => clock.now })
  return {
    ...{ folder, work, store, save },
    now: () => clock.now,
    side: (remote, github, token) => openSide({ folder, store, clock }, remote, github, token),
    close: async () => {
      await store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function openSide(
  stage: Pick<Stage, 'folder' | 'store'> & { readonly clock: { now: number } },
  remote: string,
  github?: GitHubClient,
  token?: string,
): Promise<Side> {
  const { folder, store, clock } = stage
  const repository = join(folder, 'content.git')
  await openRepository(repository)
  const content = openContent(repository)
  const environment = async () => (token === undefined ? {} : tokenEnvironment(remote, token))
  const at = { content, branch: 'main', remote, environment, state: store }
  const head = createHead({ ...at, data: folder, now: () => clock.now })
  const parts: DeliverParts = { ...at, github, secrets: () => (token ? [token] : []) }
  let pulls = 0
  const pull = async () => {
    pulls++
    return undefined
  }
  const outbox = {
    state: store,
    now: () => clock.now,
    lanes: {
      proposal: {
        deliver: (item: Parameters<typeof deliverProposal>[0]) => deliverProposal(item, parts),
        onFailure: (item: Parameters<typeof deliverProposal>[0], error: string, isDead: boolean) =>
          proposalFailed(item, error, isDead, store),
      },
      'commit-status': {
        deliver: (item: Parameters<typeof deliverStatus>[0]) => deliverStatus(item, github),
      },
      webhook: { deliver: async () => ({ result: 'sent' as const }) },
    },
  }
  return {
    content,
    head,
    pulls: () => pulls,
    proposals: createProposals({
      ...{ content, head, state: store, releases: { pull, list: async () => [] }, branch: 'main' },
      ...{ target: github === undefined ? 'git' : 'github', emailDomain: 'example.org' },
      ...{ ready: async () => undefined, onOpened: () => undefined, now: () => clock.now },
    }),
    send: async (later_ms = 0) => {
      clock.now += later_ms
      await drainOutbox(outbox)
    },
    watch: createWatch({
      ...{ content, head, github, state: store },
      onMerged: () => void pulls++,
    }),
  }
}
