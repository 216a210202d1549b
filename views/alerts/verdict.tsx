/** @jsxImportSource hono/jsx */
import type { Verdict } from '../../server/stores/state/state-store.ts'
import { needsReason, VERDICT_LABELS } from './state.ts'

/** The seven verdicts with their keys, and the reason. */
export function VerdictFields(props: {
  readonly idPrefix: string
  readonly chosen?: Verdict
  readonly reason?: string
  /** True where a reason is always asked for (many alerts at once). */
  readonly reasonAlways: boolean
}) {
  return (
    <>
      <fieldset class="verdicts">
        <legend>Keys 1 to 7 choose</legend>
        {Object.entries(VERDICT_LABELS).map(([verdict, label], index) => (
          <label class="check">
            <input
              type="radio"
              name="verdict"
              value={verdict}
              data-choice={index + 1}
              data-reason={props.reasonAlways || needsReason(verdict) ? 'required' : 'optional'}
              checked={verdict === props.chosen}
            />
            <kbd>{index + 1}</kbd>
            {label}
          </label>
        ))}
      </fieldset>
      <label class="stack" for={`${props.idPrefix}-reason`}>
        Reason{' '}
        <span class="faint">
          {props.reasonAlways ? 'required' : 'required for a false positive'}
        </span>
      </label>
      <textarea id={`${props.idPrefix}-reason`} name="reason" rows={3} maxlength={4000}>
        {props.reason ?? ''}
      </textarea>
    </>
  )
}
