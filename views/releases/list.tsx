/** @jsxImportSource hono/jsx */
import type { PullRequest } from '../../server/releases/pull-request.ts'
import type { ReleaseFinding, ReleaseRecord } from '../../server/stores/state/releases.ts'
import { DialogFoot } from '../shared/dialog-foot.tsx'
import { formatAge, formatIso, plural, visible } from '../shared/format.ts'
import { urls } from '../urls.ts'
import { ReleaseFacts, type Volume } from './report.tsx'

export interface ReleasesProps {
  /** Newest first. */
  readonly releases: readonly ReleaseRecord[]
  /** The live commit; undefined where there are no releases. */
  readonly live: string | undefined
  /** By number of the release. */
  readonly volumes: ReadonlyMap<number, Volume>
  readonly pullRequests: ReadonlyMap<number, readonly PullRequest[]>
  readonly canRelease: boolean
  readonly csrfToken: string
  /** This server's address, for the commands shown. */
  readonly origin: string
  readonly now: number
}

const WAYS = {
  seed: 'first start',
  push: 'pushed',
  pull: 'pulled',
  rollback: 'rolled back',
} as const
const SHORT_chars = 10
const FINDINGS_SHOWN = 10
/** How often the history asks whether there is something new, milliseconds. */
const POLL_MS = 3_000

/** A commit as people name it. */
export function shortCommit(commit: string): string {
  return commit.slice(0, SHORT_chars)
}

/** The record of what is live now. */
export function currentOf({
  releases,
  live,
}: Pick<ReleasesProps, 'releases' | 'live'>): ReleaseRecord | undefined {
  return releases.find((one) => one.status === 'live' && one.commit === live)
}

/** The history. It asks by itself whether there is a newer entry, but not while something in it is open. */
export function ReleaseList(props: ReleasesProps) {
  const { releases } = props
  const now = currentOf(props)
  return (
    <>
      <h2>History</h2>
      {releases.length > 0 && (
        <ol class="releases">
          {releases.map((release) => (
            <Release {...props} release={release} isLive={release === now} />
          ))}
        </ol>
      )}
      {releases.every(({ way }) => way === 'seed') && <HowTo {...props} />}
      {!props.canRelease && (
        <p class="faint">Deploying and rolling back need the role engineer or admin.</p>
      )}
      <div
        hx-get={urls.releaseList.href({ seen: String(releases[0]?.number ?? 0) })}
        hx-trigger="poll"
        hx-target="#release-list"
        hx-swap="innerHTML"
        data-poll-ms={POLL_MS}
        data-poll-unless="#release-list details[open], .releases-page dialog[open], #release-title dialog[open]"
      />
    </>
  )
}

function HowTo({ origin }: ReleasesProps) {
  return (
    <div class="empty">
      <h2>The content that came with the program is live</h2>
      <p>
        What you change on these pages becomes a change to review, above. Rules of your own live in
        a Git repository with a folder <code>detections/</code>: each commit is checked and tested,
        and goes live whole or not at all.
      </p>
      <pre class="raw">{`trapline check\ntrapline test\ntrapline deploy --server ${origin} --api-key KEY`}</pre>
      <p>
        The key is one of an engineer or admin, made under{' '}
        <a class="link" href={urls.settings.href()}>
          Settings
        </a>
        . A server that has <code>TRAPLINE_CONTENT</code> follows a branch by itself.
      </p>
    </div>
  )
}

function Release(props: ReleasesProps & { readonly release: ReleaseRecord; isLive: boolean }) {
  const { release, isLive, now, canRelease, releases, live } = props
  const { number, commit, subject, author, way, status, by, at, rules, previous } = release
  const newest = releases.find((one) => one.status === 'live' && one.commit === commit) === release
  const state = isLive ? 'live' : status === 'live' ? 'was live' : 'refused'
  return (
    <li class="release" id={`release-${number}`}>
      <div class="release-head">
        <span class={`pill ${isLive ? 'on' : ''} ${status === 'refused' ? 'refused' : ''}`}>
          {state}
        </span>
        <strong>{visible(subject)}</strong>
        <span class="mono muted" title={commit}>
          {shortCommit(commit)}
        </span>
        {canRelease && status === 'live' && newest && commit !== live && (
          <GoBack {...props} to={release} label="Make live again" />
        )}
      </div>
      <p class="muted small-text">
        {visible(author)}; {WAYS[way]} by {visible(by)}{' '}
        <time datetime={formatIso(at)} title={formatIso(at)}>
          {formatAge(at, now)}
        </time>
        {status === 'live' && `; ${plural(rules, 'rule')}`}
      </p>
      <ReleaseFacts
        release={release}
        volume={props.volumes.get(number)}
        pullRequests={props.pullRequests.get(number) ?? []}
      />
      {release.findings.length > 0 && <Findings findings={release.findings} />}
      {previous !== undefined && previous !== commit && (
        <details hx-get={urls.releaseChanged.href({ number: String(number) })} {...LOAD_ONCE}>
          <summary>
            Changed since <span class="mono">{shortCommit(previous)}</span>
          </summary>
          <div class="release-files">
            <a class="link" href={urls.releaseChanged.href({ number: String(number) })}>
              Files
            </a>
          </div>
        </details>
      )}
    </li>
  )
}

const LOAD_ONCE = { 'hx-trigger': 'toggle once', 'hx-target': 'find .release-files' } as const

function Findings(props: { readonly findings: readonly ReleaseFinding[] }) {
  const { findings } = props
  const rest = findings.slice(FINDINGS_SHOWN)
  return (
    <>
      <FindingList findings={findings.slice(0, FINDINGS_SHOWN)} />
      {rest.length > 0 && (
        <details>
          <summary>{plural(rest.length, 'more finding')}</summary>
          <FindingList findings={rest} />
        </details>
      )}
    </>
  )
}

/** Findings with their places. */
export function FindingList(props: { readonly findings: readonly ReleaseFinding[] }) {
  return (
    <ul class="findings">
      {props.findings.map(({ severity, code, message, path, line }) => (
        <li>
          <span class={severity === 'error' ? 'high' : 'medium'}>{severity}</span>{' '}
          {path !== undefined && (
            <span class="mono">
              {visible(path)}
              {line !== undefined && `:${line}`}{' '}
            </span>
          )}
          {visible(message)} <span class="mono faint">{code}</span>
        </li>
      ))}
    </ul>
  )
}

/** The button and what it asks before it acts. */
export function GoBack(
  props: ReleasesProps & { readonly to: ReleaseRecord; readonly label: string },
) {
  const { to, label, csrfToken } = props
  const id = `${label.toLowerCase().replaceAll(' ', '-')}-${to.number}`
  return (
    <>
      <button type="button" class="small" data-dialog={id}>
        {label}
      </button>
      <dialog id={id} aria-labelledby={`${id}-title`}>
        <form method="post" action={urls.releaseRollback.href()} hx-boost="false">
          <h2 id={`${id}-title`}>{label}?</h2>
          <p>
            <span class="mono">{shortCommit(to.commit)}</span> “{visible(to.subject)}” goes live
            again with its {plural(to.rules, 'rule')}, for everyone. It is written to the audit log.
          </p>
          <input type="hidden" name="_csrf" value={csrfToken} />
          <input type="hidden" name="commit" value={to.commit} />
          <DialogFoot label={label} />
        </form>
      </dialog>
    </>
  )
}
