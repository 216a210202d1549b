// Releases (G6): a commit is staged whole, checked as in CI and against what is kept, then swapped in at once,
// or refused with why. One at a time.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTurns } from '../in-turn.ts'
import { describeChanges, type ReleaseChanges } from '../releases/changes.ts'
import {
  comesAfter,
  createFollower,
  type Followed,
  RELEASES_KNOWN_MAX,
} from '../releases/follow.ts'
import { describeOverlays } from '../releases/overlays.ts'
import { createReleaser, type Offer, type ReleaseOutcome } from '../releases/releaser.ts'
import { GitError, openRepository, type Repository } from '../releases/repository.ts'
import { OWN_BRANCH, refreshShipped } from '../releases/seed.ts'
import { signerOf } from '../releases/signature.ts'
import { contentRepository, liveCommit, readLive } from '../releases/staging.ts'
import type { Actor } from '../stores/state/access.ts'
import type { ReleaseRecord } from '../stores/state/releases.ts'
import type { StateClient } from '../workers/state-client.ts'
import { agreedFilters } from './agreed-mutes.ts'
import { ServiceError } from './service-error.ts'
import type { IngestService } from './services.ts'

export type { ReleaseOutcome } from '../releases/releaser.ts'

/** Newest verdicts that a release is held to. */
const VERDICTS_MAX = 10_000

export interface Push {
  readonly bundle: Uint8Array
  readonly commit: string
  /** Take a commit that does not come after the live one. */
  readonly force: boolean
  /** Armoured SSH signature over the bundle (`signature.ts`). */
  readonly signature: string | undefined
  /** What the sender says of the tests it ran, one line. */
  readonly report?: string | undefined
}

export interface ReleaseService {
  /** Undefined where there is no git for releases: then the program's own content runs as it is. */
  live(): string | undefined
  list(limit: number): Promise<readonly ReleaseRecord[]>
  /** Rejects `conflict` for a commit that does not descend from the live one, `invalid` for a bundle that
   * cannot be read or does not hold the commit, `forbidden` without the signature that this server asks. */
  push(push: Push, by: Actor): Promise<ReleaseOutcome>
  /** Looks at the followed branch; undefined when its head is live or was refused before. Rejects
   * `unavailable` when the remote cannot be reached: what is live stays live. */
  pull(by: Actor): Promise<ReleaseOutcome | undefined>
  /** Makes the commit that was live before, or a named one of the history, live again. */
  rollback(commit: string | undefined, by: Actor): Promise<ReleaseOutcome>
  /** Makes the head of the followed branch live, also one that does not come after what is live. Rejects
   * `conflict` where it is live. */
  adopt(by: Actor): Promise<ReleaseOutcome>
  /** The branch that is followed, its head as it was seen last, and why it could not be asked the last time. */
  readonly branch: string
  head(): Promise<string | undefined>
  problem(): string | undefined
  /** Files that differ between two commits that were offered, with the rules in them and how they differ. */
  changes(before: string, after: string): Promise<ReleaseChanges>
}

export interface ReleaseParts {
  readonly data: string
  readonly ingest: Pick<IngestService, 'reload'>
  readonly state: Pick<
    StateClient,
    'recordRelease' | 'listReleases' | 'verdictEvents' | 'listSuppressions'
  >
  /** Read-only folders of rules beside the content. */
  readonly overlays: readonly string[]
  readonly follow: Followed
  /** An allowed_signers file; pushes must be signed where it is set. */
  readonly signers?: string | undefined
}

/** The service, and how the server's start reaches it. */
export interface Releases extends ReleaseService {
  /** Records what is live where the history does not know it. */
  begin(rules: number): Promise<void>
  /** Looks at what this version of the program brings; nothing live changes. */
  refreshShipped(): Promise<void>
}

export function createReleases(parts: ReleaseParts): Releases {
  const { data, state, signers } = parts
  let opened: Promise<Repository> | undefined
  const repository = () => (opened ??= openRepository(contentRepository(data)))
  const inTurn = createTurns()
  const releaser = releaserOf(parts)
  // What a swap is on its way to is live once it is recorded.
  let running = liveCommit(data)

  async function release(commit: string, by: Actor, offer: Omit<Offer, 'commit'>) {
    const git = await repository()
    const facts = await git.facts(commit)
    if (facts === undefined) throw new ServiceError('invalid', `commit ${commit} is not there`)
    const outcome = await releaser.release(git, { ...offer, commit: facts }, by)
    running = liveCommit(data)
    return outcome
  }

  const follower = createFollower({ ...parts, repository, release, refuse: releaser.refuse })

  return {
    live: () => running,
    list: (limit) => state.listReleases(limit),
    branch: parts.follow.branch,
    head: follower.head,
    problem: follower.problem,
    changes: async (before, after) =>
      describeChanges(contentRepository(data), await repository(), before, after),
    push: ({ bundle, commit, force, signature, report }, by) =>
      inTurn(async () => {
        if (signers !== undefined) await checkSignature(bundle, signature, signers)
        const git = await repository()
        await takeBundle(git, bundle)
        const live = liveCommit(data)
        if ((await git.facts(commit)) === undefined)
          throw new ServiceError('invalid', `commit ${commit} is not there`)
        if (!force && !(await comesAfter(git, commit, live)))
          throw new ServiceError(
            'conflict',
            `${commit} does not come after the live commit ${live}: merge it first, or force`,
          )
        const offer = { way: 'push', isChecked: true, sender: report } as const
        const outcome = await release(commit, by, offer)
        if (outcome.status === 'live' && parts.follow.remote === undefined)
          await git.point(OWN_BRANCH, commit)
        return outcome
      }),
    pull: (by) => inTurn(() => follower.pull(by)),
    refreshShipped: () =>
      inTurn(async () => {
        if (liveCommit(data) === undefined) return
        await refreshShipped(contentRepository(data), await repository())
      }),
    adopt: (by) => inTurn(() => follower.adopt(by)),
    rollback: (commit, by) =>
      inTurn(async () => {
        const history = (await state.listReleases(RELEASES_KNOWN_MAX)).filter(
          (r) => r.status === 'live',
        )
        const live = liveCommit(data)
        const target = commit ?? beforeOf(history, live)
        if (target === undefined)
          throw new ServiceError('conflict', 'the first release is live: nothing came before it')
        if (!history.some((r) => r.commit === target))
          throw new ServiceError('not-found', `${target} was never live`)
        return release(target, by, { way: 'rollback', isChecked: false })
      }),
    begin: (rules) => inTurn(() => recordUnrecorded(parts, repository, rules)),
  }
}

/** Records what is live where the history does not say so: the first start's content, or a release whose
 * server was killed between the swap and the record. */
async function recordUnrecorded(
  { data, state, overlays }: ReleaseParts,
  repository: () => Promise<Repository>,
  rules: number,
): Promise<void> {
  const live = readLive(data)
  if (live === undefined) return
  const known = await state.listReleases(RELEASES_KNOWN_MAX)
  const last = known.find(({ status }) => status === 'live')
  if (last?.commit === live.commit) return
  const facts = await (await repository()).facts(live.commit)
  if (facts === undefined) return
  const way = live.way ?? (last === undefined ? 'seed' : 'pull')
  const summary = way === 'seed' ? 'first start' : 'went live; the server ended before it said so'
  const { commit, author, subject } = facts
  await state.recordRelease(
    {
      ...{ commit, author, subject, way, rules, summary, status: 'live', findings: [] },
      ...(last === undefined ? {} : { previous: last.commit }),
      report: { overlays: await describeOverlays(overlays) },
    },
    { name: live.by ?? 'trapline' },
  )
}

function releaserOf({ data, state, ingest, overlays }: ReleaseParts) {
  return createReleaser({
    data,
    reload: () => ingest.reload(),
    record: (release, by) => state.recordRelease(release, by),
    verdicts: async () => {
      const verdicts = await state.verdictEvents(VERDICTS_MAX)
      const agreed = await agreedFilters(state, verdicts)
      return verdicts.map(({ verdict, ...kept }, n) => ({
        ...{ ...kept, agreedFilters: agreed[n] ?? [] },
        isTruePositive: verdict === 'true_positive',
      }))
    },
    overlays,
    describeOverlays: () => describeOverlays(overlays),
    now: Date.now,
  })
}

/** What was live before a commit went live; going back itself does not count. */
function beforeOf(history: readonly ReleaseRecord[], live: string | undefined) {
  return history.find(({ commit, way }) => commit === live && way !== 'rollback')?.previous
}

async function checkSignature(bundle: Uint8Array, signature: string | undefined, signers: string) {
  if (signature === undefined)
    throw new ServiceError('forbidden', 'this server takes signed releases only: deploy --sign KEY')
  if ((await signerOf(bundle, signature, signers)) === undefined)
    throw new ServiceError('forbidden', 'the signature is not good, or not by an allowed signer')
}

async function takeBundle(git: Repository, bundle: Uint8Array): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'trapline-bundle-'))
  try {
    const path = join(folder, 'content.bundle')
    await writeFile(path, bundle)
    await git.take(path)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    throw new ServiceError('invalid', `the bundle cannot be taken: ${error.message}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
