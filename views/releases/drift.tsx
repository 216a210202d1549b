/** @jsxImportSource hono/jsx */
// What runs and is not what the followed branch says, each with a way back and a way into Git.
import type { Drift, OverlayDrift } from '../../server/services/drift.ts'
import type { ReleaseCommit } from '../../server/stores/state/releases.ts'
import type { Suppression } from '../../server/stores/state/suppressions.ts'
import { DialogFoot } from '../shared/dialog-foot.tsx'
import { formatAge, formatIso, plural, visible } from '../shared/format.ts'
import { Notice } from '../shared/section.tsx'
import { urls } from '../urls.ts'
import { FindingList, shortCommit } from './list.tsx'

export interface DriftProps {
  readonly drift: Drift
  readonly canChange: boolean
  readonly csrfToken: string
  readonly now: number
  readonly notice?: { readonly kind: 'ok' | 'problem'; readonly text: string }
}

/** The section. */
export function DriftPart(props: DriftProps) {
  const { drift, notice } = props
  const { branch, overlays, mutes, shipped } = drift
  return (
    <>
      {notice !== undefined && <Notice kind={notice.kind}>{visible(notice.text)}</Notice>}
      <h2>Drift</h2>
      {branch.problem !== undefined && (
        <Notice kind="problem">
          The branch could not be asked, what is live stays live: {visible(branch.problem)}
        </Notice>
      )}
      {!drift.isDrifted && (
        <p class="faint">
          What runs is what branch <span class="mono">{visible(branch.name)}</span> says.
        </p>
      )}
      {(drift.isDrifted || overlays.length > 0 || shipped !== undefined) && (
        <ol class="releases">
          {branch.state !== 'same' && branch.state !== 'unknown' && <Branch {...props} />}
          {branch.state === 'unknown' && branch.problem === undefined && (
            <li class="release">
              <p class="muted">
                Branch <span class="mono">{visible(branch.name)}</span> was not seen yet.
              </p>
            </li>
          )}
          {mutes.map((mute) => (
            <Mute {...props} mute={mute} />
          ))}
          {overlays.map((overlay) => (
            <Overlay {...props} overlay={overlay} />
          ))}
          {shipped !== undefined && <Shipped {...props} />}
        </ol>
      )}
    </>
  )
}

const BRANCH_WORDS = {
  behind: 'The branch has changes that are not live',
  ahead: 'What is live is not in the branch',
  diverged: 'What is live and the branch went different ways',
} as const

function Branch(props: DriftProps) {
  const { drift, canChange } = props
  const { state, name, live, head, waiting, unmerged, files, refused } = drift.branch
  if (state === 'same' || state === 'unknown' || live === undefined || head === undefined)
    return null
  return (
    <li class="release" id="drift-branch">
      <div class="release-head">
        <span class={`pill ${refused === undefined ? '' : 'refused'}`}>
          {refused === undefined ? 'differs' : 'head refused'}
        </span>
        <strong>{BRANCH_WORDS[state]}</strong>
        {canChange && (
          <>
            <Act
              {...props}
              what="revert"
              label="Revert"
              title={`Make the head of ${name} live?`}
              text={`${shortCommit(head)}, the head of ${name}, replaces ${shortCommit(live)} for everyone. ${
                unmerged.length > 0 ? 'What is live and not in the branch is gone then.' : ''
              }`}
            />
            {files.length > 0 && (
              <Act
                {...props}
                what="live"
                label="Open pull request"
                title={`Bring what is live into ${name}?`}
                text={`A pull request takes ${plural(files.length, 'file')} over as they are live now.`}
              />
            )}
          </>
        )}
      </div>
      <p class="muted small-text">
        live <span class="mono">{shortCommit(live)}</span>, head of{' '}
        <span class="mono">{visible(name)}</span> <span class="mono">{shortCommit(head)}</span>
      </p>
      {refused !== undefined && <FindingList findings={refused.findings.slice(0, REFUSED_SHOWN)} />}
      <Commits title="Live and not in the branch" commits={unmerged} />
      <Commits title="In the branch and not live" commits={waiting} />
      {files.length > 0 && (
        <details>
          <summary>{plural(files.length, 'file')} from the branch to what is live</summary>
          <ul class="findings">
            {files.map(({ status, path }) => (
              <li>
                <span class="mono muted">{status}</span> <span class="mono">{visible(path)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  )
}

const REFUSED_SHOWN = 5

function Commits(props: { readonly title: string; readonly commits: readonly ReleaseCommit[] }) {
  if (props.commits.length === 0) return null
  return (
    <>
      <p class="small-text">{props.title}:</p>
      <ul class="findings">
        {props.commits.map(({ commit, author, subject }) => (
          <li>
            <span class="mono muted">{shortCommit(commit)}</span> {visible(subject)}{' '}
            <span class="faint">{visible(author)}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

function Mute(props: DriftProps & { readonly mute: Suppression }) {
  const { mute, now, canChange } = props
  const { id, reason, owner, expires, ruleId, matches, path } = mute
  return (
    <li class="release">
      <div class="release-head">
        <span class="pill">muted</span>
        <strong>{visible(reason)}</strong>
        <a class="link mono" href={urls.suppressions.href()}>
          {id}
        </a>
        {canChange && (
          <Act
            {...props}
            action={urls.suppressionEnd.href({ id })}
            what={`end-${id}`}
            label="End it"
            title="End this mute?"
            text="What it holds back comes to the queue with its own times. Its proposal stays as it is."
          />
        )}
      </div>
      <p class="muted small-text">
        by {visible(owner)}; ends{' '}
        <time datetime={formatIso(expires)} title={formatIso(expires)}>
          {formatAge(expires, now)}
        </time>
        ; {plural(matches, 'match', 'matches')} held back; its filter{' '}
        <span class="mono">{visible(path)}</span> waits among the proposed changes
        {ruleId !== undefined && (
          <>
            ;{' '}
            <a class="link" href={urls.rule.href({ id: ruleId })}>
              the rule
            </a>
          </>
        )}
      </p>
    </li>
  )
}

const OVERLAY_WORDS = {
  same: 'read only, as with the release',
  changed: 'changed on disk since the release',
  new: 'not there when the release was made',
} as const

function Overlay(props: DriftProps & { readonly overlay: OverlayDrift }) {
  const { overlay, canChange } = props
  const { path, files, hash, state, rules, shadowed } = overlay
  return (
    <li class="release">
      <div class="release-head">
        <span class={`pill ${state === 'same' ? '' : 'refused'}`}>overlay</span>
        <strong class="mono">{visible(path)}</strong>
        {canChange && (
          <Act
            {...props}
            what="overlay"
            path={path}
            label="Copy to content"
            title="Copy this overlay to content?"
            text={`A pull request adds its ${plural(files, 'file')}. Once it is merged, leave the folder out of TRAPLINE_RULES.`}
          />
        )}
      </div>
      <p class="muted small-text">
        {OVERLAY_WORDS[state]}; {plural(files, 'file')}, {plural(rules, 'rule')} run, hash{' '}
        <span class="mono">{hash.slice(0, 12)}</span>
        {shadowed > 0 && `; ${plural(shadowed, 'rule')} of the same id as the content’s do not run`}
      </p>
    </li>
  )
}

function Shipped(props: DriftProps) {
  const { drift, canChange } = props
  const { shipped, branch } = drift
  if (shipped === undefined) return null
  const { files, conflicts } = shipped
  return (
    <li class="release" id="drift-shipped">
      <div class="release-head">
        <span class="pill">update</span>
        <strong>This version of the program brings other content</strong>
        {canChange && files.length > 0 && (
          <Act
            {...props}
            what="shipped"
            label="Open pull request"
            title="Propose the content of this version?"
            text={`A pull request merges ${plural(files.length, 'file')} into ${branch.name}. Nothing changes before it is merged.`}
          />
        )}
      </div>
      <p class="muted small-text">
        {plural(files.length, 'file')} that <span class="mono">{visible(branch.name)}</span> does
        not have
        {conflicts.length > 0 &&
          `; ${plural(conflicts.length, 'file')} stay, for both sides changed them: ${conflicts.slice(0, 5).join(', ')}`}
        . Nothing live was changed.
      </p>
    </li>
  )
}

interface ActProps extends DriftProps {
  readonly what: string
  readonly path?: string
  /** Where the form goes; by default to the section's own. */
  readonly action?: string
  readonly label: string
  readonly title: string
  readonly text: string
}

/** A button and what it asks before it acts. */
function Act(props: ActProps) {
  const { what, path = '', label, title, text, csrfToken } = props
  const id = `drift-${what}-${path.replaceAll(/[^a-zA-Z0-9]/g, '-')}`
  const own = what === 'revert' ? urls.releaseDriftRevert : urls.releaseDriftPropose
  const action = props.action ?? own.href()
  return (
    <>
      <button type="button" class="small" data-dialog={id}>
        {label}
      </button>
      <dialog id={id} aria-labelledby={`${id}-title`}>
        <form method="post" action={action} hx-boost="false">
          <h2 id={`${id}-title`}>{title}</h2>
          <p>{visible(text)}</p>
          <input type="hidden" name="_csrf" value={csrfToken} />
          <input type="hidden" name="what" value={what} />
          <input type="hidden" name="path" value={path} />
          <DialogFoot label={label} />
        </form>
      </dialog>
    </>
  )
}
