/** @jsxImportSource hono/jsx */
// What is done to many alerts at once: ticks on rows, the bar of acts, and taking an act back.
import type { Child } from 'hono/jsx'
import { Notice } from '../shared/section.tsx'
import { urls } from '../urls.ts'
import { type AlertState, alertParams } from './state.ts'
import { VerdictFields } from './verdict.tsx'

export interface QueueProps {
  readonly state: AlertState
  readonly now: number
  readonly csrfToken: string
  readonly canWrite: boolean
  readonly done?: BulkDone
}

/** What a bulk change did, where one was just made, and the times under which it can be taken back. */
export interface BulkDone {
  readonly text: string
  readonly undo: readonly number[]
}

/** The box that ticks a row: an alert, or all of a rule's. */
export function Tick(props: QueueProps & { readonly value: string; readonly label: string }) {
  return (
    <td>
      <input
        type="checkbox"
        name="ids"
        value={props.value}
        aria-label={`Select ${props.label}`}
        disabled={!props.canWrite}
      />
    </td>
  )
}

/** What was just done, and how to take it back. */
export function Done(props: QueueProps & { readonly done: BulkDone }) {
  const { text, undo } = props.done
  const params = { ...alertParams({ ...props.state, sel: '' }), at: undo.join(',') }
  return (
    <Notice kind="ok">
      {text}{' '}
      {undo.length > 0 && (
        <button
          id="undo"
          type="button"
          class="small"
          data-key="u"
          hx-post={urls.alertUndo.href(params)}
          hx-target="#queue"
        >
          Undo <kbd>u</kbd>
        </button>
      )}
    </Notice>
  )
}

/** The form around the rows: what is ticked can be taken or given a verdict at once. */
export function Bulk(props: QueueProps & { readonly children?: Child }) {
  const { state, now } = props
  return (
    <form
      class="bulk"
      data-bulk=""
      hx-post={urls.alertBulk.href(alertParams({ ...state, sel: '' }))}
      hx-target="#queue"
    >
      {props.done !== undefined && <Done {...props} done={props.done} />}
      <input type="hidden" name="_csrf" value={props.csrfToken} />
      <input type="hidden" name="before" value={now} />
      <div class="bulk-bar">
        <span>Selected:</span>
        <button type="submit" name="action" value="take" class="small">
          Take
        </button>
        <button type="submit" name="action" value="acknowledge" class="small">
          Acknowledge
        </button>
        <button type="button" data-dialog="bulk-verdict" class="small">
          Verdict
        </button>
        <button type="reset" class="small quiet">
          Clear
        </button>
        <span class="muted">a group's tick applies to all of its alerts that fit the filters</span>
      </div>
      {props.children}
      <dialog id="bulk-verdict" aria-labelledby="bulk-verdict-title">
        <h2 id="bulk-verdict-title">Verdict for all that is selected</h2>
        <VerdictFields idPrefix="bulk" reasonAlways={true} />
        <div class="dialog-foot">
          <button type="submit" name="action" value="verdict" class="primary small">
            Close them
          </button>
          <button type="button" class="small" data-dialog-close="">
            Cancel
          </button>
        </div>
      </dialog>
    </form>
  )
}
