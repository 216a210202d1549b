/** @jsxImportSource hono/jsx */
// What became of an event: the mute that holds it, the alerts it is in, and making it one.
import type { AlertLink } from '../../server/stores/state/promotions.ts'
import { DialogFoot } from '../shared/dialog-foot.tsx'
import { formatSpan, visible } from '../shared/format.ts'
import { Notice } from '../shared/section.tsx'
import type { Why } from '../shared/why.tsx'
import { urls } from '../urls.ts'
import { type SearchState, searchParams } from './state.ts'

/** The mute that holds an event. */
export interface MutedBy {
  readonly id: string
  readonly reason: string
  readonly expires: number
}

export interface Triage {
  readonly muted?: MutedBy | undefined
  readonly links: readonly AlertLink[]
  readonly canPromote: boolean
  readonly canMute: boolean
  readonly csrfToken: string
  /** What the last act did or why it was refused. */
  readonly notice?: { readonly kind: 'ok' | 'problem'; readonly text: string } | undefined
}

/** A chip for each alert of a row, and for its mute. */
export function RowChips(props: {
  readonly muted: MutedBy | undefined
  readonly links: readonly AlertLink[]
}) {
  const { muted, links } = props
  const [first] = links
  return (
    <>
      {muted !== undefined && (
        <a
          class="rule muted-row"
          href={`${urls.suppressions.href()}#${muted.id}`}
          title={`Muted by ${muted.id}: ${muted.reason}`}
        >
          muted
        </a>
      )}
      {first !== undefined && (
        <a
          class="rule linked"
          href={urls.alerts.href({ selectedAlert: first.id })}
          title={`Alert ${first.id}, ${first.status}`}
        >
          {first.id}
          {links.length > 1 && ` +${links.length - 1}`}
        </a>
      )}
    </>
  )
}

/** The drawer's notes above the event. */
export function TriageNotes({ triage, now }: { readonly triage: Triage; readonly now: number }) {
  const { muted, links, notice } = triage
  return (
    <>
      {notice !== undefined && <Notice kind={notice.kind}>{visible(notice.text)}</Notice>}
      {muted !== undefined && (
        <Notice kind="hint">
          Muted by <a href={`${urls.suppressions.href()}#${muted.id}`}>{muted.id}</a> for{' '}
          {formatSpan(muted.expires - now)} more: {visible(muted.reason)}
        </Notice>
      )}
      {links.length > 0 && (
        <p class="inline small-text">
          In{' '}
          {links.map(({ id, status }) => (
            <a class="rule linked" href={urls.alerts.href({ selectedAlert: id })}>
              {id} {status.replace('_', ' ')}
            </a>
          ))}
        </p>
      )}
    </>
  )
}

/** Promote and Suppress, in the drawer's foot. */
export function TriageActs(props: {
  readonly triage: Triage
  readonly state: SearchState
  readonly eventId: string
  readonly whys: readonly Why[]
}) {
  const { triage, eventId, whys } = props
  return (
    <>
      {triage.canPromote && (
        <button type="button" class="small" data-dialog="promote" data-key="p">
          Promote <kbd>p</kbd>
        </button>
      )}
      {triage.canMute && whys.length > 0 && (
        <a class="button small" href={urls.suppress.href({ event: eventId })} data-key="t">
          Suppress <kbd>t</kbd>
        </a>
      )}
      {triage.canPromote && <PromoteDialog {...props} />}
    </>
  )
}

function PromoteDialog(props: {
  readonly triage: Triage
  readonly state: SearchState
  readonly eventId: string
  readonly whys: readonly Why[]
}) {
  const { triage, state, eventId, whys } = props
  const post = urls.searchPromote.href({ id: eventId }, searchParams({ ...state, sel: eventId }))
  const choices = [
    ...whys.filter(({ explained, correlation }) => (explained ?? correlation)?.fires !== false),
    { ruleId: '', title: 'no rule: an alert of its own' },
  ]
  return (
    <dialog id="promote" aria-labelledby="promote-title">
      <form hx-post={post} hx-target="#drawer">
        <h3 id="promote-title">Promote to an alert</h3>
        <input type="hidden" name="_csrf" value={triage.csrfToken} />
        <fieldset class="verdicts">
          <legend>Under the rule (keys 1 to 7)</legend>
          {choices.map(({ ruleId, title }, n) => (
            <label class="check">
              <input
                type="radio"
                name="rule"
                value={ruleId}
                data-choice={n + 1}
                checked={n === 0}
              />
              <kbd>{n + 1}</kbd>
              {visible(title)}
            </label>
          ))}
        </fieldset>
        {triage.muted !== undefined && (
          <label class="check">
            <input type="checkbox" name="override" value="1" required={true} />
            Although {triage.muted.id} mutes it; the audit log keeps that
          </label>
        )}
        <DialogFoot label="Promote" />
      </form>
    </dialog>
  )
}
