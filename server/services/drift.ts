// Drift (G7): what runs against what the followed branch says, each difference with a way back and a way into
// Git.
import { basename, join } from 'node:path'
import { openContent } from '../proposals/content.ts'
import { FILES_MAX } from '../proposals/paths.ts'
import { type BranchDrift, branchDrift } from '../releases/branch-drift.ts'
import { describeOverlays, overlayFiles } from '../releases/overlays.ts'
import { openRepository, type Repository } from '../releases/repository.ts'
import { mergedText, type ShippedUpdate, shippedUpdate } from '../releases/shipped.ts'
import { contentRepository } from '../releases/staging.ts'
import type { Actor } from '../stores/state/access.ts'
import type { Proposal } from '../stores/state/proposals.ts'
import type { ReleaseFinding, ReleaseOverlay } from '../stores/state/releases.ts'
import type { Suppression } from '../stores/state/suppressions.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { NewProposal, ProposalService, ProposedFile } from './proposals.ts'
import type { ReleaseService } from './releases.ts'
import { ServiceError } from './service-error.ts'
import type { RuleService } from './services.ts'

const MUTES_MAX = 200

export interface OverlayDrift extends ReleaseOverlay {
  /** `changed`: not what the live release was made with. */
  readonly state: 'same' | 'changed' | 'new'
  /** Rules of it that run, and ids that the content has too, so that the overlay's do not run. */
  readonly rules: number
  readonly shadowed: number
}

export interface Drift {
  readonly branch: BranchDrift & {
    readonly name: string
    /** Why the head was refused. */
    readonly refused?: { readonly summary: string; readonly findings: readonly ReleaseFinding[] }
    /** Why the remote could not be asked the last time. */
    readonly problem?: string
  }
  readonly overlays: readonly OverlayDrift[]
  /** Mutes that act and are not in Git. */
  readonly mutes: readonly Suppression[]
  /** Content of a newer program version that the branch does not have. */
  readonly shipped?: ShippedUpdate
  /** Whether anything runs that Git does not say: an update of the program is none. */
  readonly isDrifted: boolean
}

/** What a proposal brings into Git. */
export type DriftSubject =
  | { readonly what: 'live' }
  | { readonly what: 'shipped' }
  | { readonly what: 'overlay'; readonly path: string }

export interface DriftService {
  report(): Promise<Drift>
  /** Opens a pull request that takes a difference into the branch. Rejects `conflict` where there is none,
   * `too-large` for more files than one takes. */
  propose(subject: DriftSubject, by: Actor): Promise<Proposal>
}

export interface DriftParts {
  readonly data: string
  readonly overlays: readonly string[]
  readonly releases: Pick<ReleaseService, 'live' | 'list' | 'head' | 'branch' | 'problem'>
  readonly rules: Pick<RuleService, 'list'>
  readonly proposals: Pick<ProposalService, 'open'>
  readonly state: Pick<StateClient, 'listSuppressions'>
}

export function createDrift(parts: DriftParts): DriftService {
  const { data, releases, state } = parts
  const folder = contentRepository(data)
  let opened: Promise<Repository> | undefined
  const repository = () => {
    opened ??= openRepository(folder)
    return opened
  }

  async function report(): Promise<Drift> {
    const [branch, overlays, mutes] = await Promise.all([
      branchOf(),
      overlaysOf(parts),
      state.listSuppressions({ states: ['active'], limit: MUTES_MAX }),
    ])
    const shipped =
      branch.head === undefined
        ? undefined
        : await shippedUpdate(folder, await repository(), branch.head)
    const isDrifted =
      branch.state !== 'same' ||
      mutes.length > 0 ||
      overlays.some((overlay) => overlay.state !== 'same')
    return { branch, overlays, mutes, isDrifted, ...(shipped === undefined ? {} : { shipped }) }
  }

  async function branchOf(): Promise<Drift['branch']> {
    const live = releases.live()
    const problem = releases.problem()
    const head = live === undefined ? undefined : await releases.head()
    const drift =
      live === undefined
        ? ({ state: 'unknown', live, head, waiting: [], unmerged: [], files: [] } as const)
        : await branchDrift(await repository(), live, head)
    const refused = (await releases.list(MUTES_MAX)).find(
      ({ commit, status }) => commit === head && status === 'refused',
    )
    return {
      ...drift,
      name: releases.branch,
      ...(refused === undefined
        ? {}
        : { refused: { summary: refused.summary, findings: refused.findings } }),
      ...(problem === undefined ? {} : { problem }),
    }
  }

  return {
    report,
    propose: async (subject, by) => {
      const drift = await report()
      const made = await proposalOf(folder, drift, subject, parts.overlays)
      const files = made.files.length
      if (files === 0) throw new ServiceError('conflict', 'there is nothing to propose')
      if (files > FILES_MAX)
        throw new ServiceError(
          'too-large',
          `${files} files are more than the ${FILES_MAX} of one pull request: commit them with git`,
        )
      return parts.proposals.open(made, by)
    },
  }
}

async function overlaysOf({ overlays, releases, rules }: DriftParts): Promise<OverlayDrift[]> {
  const [now, history] = await Promise.all([describeOverlays(overlays), releases.list(MUTES_MAX)])
  const live = releases.live()
  const record = history.find(({ commit, status }) => commit === live && status === 'live')
  const all = rules.list().filter(({ overlay }) => overlay)
  return now.map((overlay) => {
    const then = record?.report?.overlays?.find(({ path }) => path === overlay.path)
    const own = all.filter(({ path }) => path.startsWith(`${basename(overlay.path)}/`))
    return {
      ...overlay,
      state: then === undefined ? 'new' : then.hash === overlay.hash ? 'same' : 'changed',
      rules: own.filter(({ refused }) => refused === undefined).length,
      shadowed: own.filter(({ refused }) => refused?.code === 'id-duplicate').length,
    }
  })
}

async function proposalOf(
  folder: string,
  { branch, shipped }: Drift,
  subject: DriftSubject,
  overlays: readonly string[],
): Promise<NewProposal> {
  const content = openContent(folder)
  if (subject.what === 'overlay') return overlayProposal(subject.path, overlays)
  const { head, live } = branch
  if (head === undefined || live === undefined)
    throw new ServiceError('conflict', 'the followed branch was not seen yet')
  if (subject.what === 'live') {
    const files = branch.files.map(async ({ status, path }) => ({
      path,
      text: status === 'D' ? null : ((await content.text(live, path)) ?? null),
    }))
    return {
      kind: 'revert',
      title: `Take over what is live (${live.slice(0, 10)})`,
      body: `The server runs \`${live}\`; \`${branch.name}\` is at \`${head}\`. Merged, both say the same.`,
      files: await proposable(files),
      base: head,
    }
  }
  if (shipped === undefined)
    throw new ServiceError('conflict', 'the branch has all that came with the program')
  const files = shipped.files.map(async ({ path }) => ({
    path,
    text: await mergedText(folder, head, shipped, path),
  }))
  const left = shipped.conflicts.map((path) => `\n- \`${path}\` stays: both sides changed it`)
  return {
    kind: 'rule',
    title: 'Take the content of the new program version',
    body: `What came with this version of Trapline and is not in \`${branch.name}\`.\n${left.join('')}`,
    files: await proposable(files),
    base: head,
  }
}

/** Settings of a repository are no content: pull requests of pages leave them alone. */
async function proposable(files: readonly Promise<ProposedFile>[]): Promise<ProposedFile[]> {
  return (await Promise.all(files)).filter(({ path }) => path.includes('/'))
}

async function overlayProposal(path: string, overlays: readonly string[]): Promise<NewProposal> {
  if (!overlays.includes(path)) throw new ServiceError('not-found', `${path} is no overlay`)
  const names = await overlayFiles(path)
  if (names.length > FILES_MAX)
    throw new ServiceError(
      'too-large',
      `${path} has ${names.length} files, a pull request takes ${FILES_MAX}: commit them with git`,
    )
  const name = basename(path)
  const files = names.map(async (file) => ({
    path: `detections/${name}/${file}`,
    text: await Bun.file(join(path, file)).text(),
  }))
  return {
    kind: 'rule',
    title: `Copy the overlay ${name} to content`,
    body: `The files of \`${path}\`. Once this is merged, leave the folder out of TRAPLINE_RULES.`,
    files: await Promise.all(files),
  }
}
