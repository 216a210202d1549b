/** @jsxImportSource hono/jsx */
// What people say of a rule: how often it was right, what is muted of it.
import type { RuleFeedback } from '../../server/services/feedback.ts'
import type { Suppression } from '../../server/stores/state/suppressions.ts'
import {
  formatAge,
  formatCount,
  formatIso,
  formatShare,
  plural,
  visible,
} from '../shared/format.ts'
import { urls } from '../urls.ts'

const ENTRIES_SHOWN = 5

export interface FeedbackProps {
  readonly ruleId: string
  readonly feedback: RuleFeedback
  /** It asks for a case with each alert. */
  readonly wantsCase: boolean
  /** Open mutes of the rule. */
  readonly mutes: readonly Suppression[]
  /** Matches that mutes held back since ever. */
  readonly suppressed: number
  readonly now: number
}

export function RuleFeedbackPart(props: FeedbackProps) {
  const { feedback } = props
  const { counts, falsePositiveRatio } = feedback
  return (
    <>
      <div class="big">
        <div>
          {formatCount(counts.truePositive)}
          <small>true positives</small>
        </div>
        <div>
          {formatCount(counts.falsePositive)}
          <small>false positives</small>
        </div>
        <div>
          {falsePositiveRatio === undefined ? '–' : formatShare(falsePositiveRatio)}
          <small>of those judged are false</small>
        </div>
      </div>
      {counts.other > 0 && <p class="faint">{plural(counts.other, 'verdict')} say neither.</p>}
      {props.wantsCase && (
        <p class="small-text">
          It has <code>auto_create_case</code>: kept, but this server has no cases yet.
        </p>
      )}
      <Mutes {...props} />
      <Entries {...props} />
    </>
  )
}

function Mutes({ mutes, suppressed }: FeedbackProps) {
  if (mutes.length === 0 && suppressed === 0) return null
  return (
    <p class="small-text">
      {plural(suppressed, 'match', 'matches')} held back
      {mutes.length > 0 && (
        <>
          ;{' '}
          <a class="link" href={urls.suppressions.href()}>
            {plural(mutes.length, 'open mute')}
          </a>
          : {mutes.map(({ reason }) => visible(reason)).join('; ')}
        </>
      )}
    </p>
  )
}

function Entries({ feedback, now }: FeedbackProps) {
  const shown = feedback.entries.slice(0, ENTRIES_SHOWN)
  if (shown.length === 0) return null
  return (
    <ul class="plain">
      {shown.map(({ verdict, reason, by, at, alertId }) => (
        <li>
          {verdict === 'true_positive' ? 'true' : 'false'} positive,{' '}
          {alertId !== undefined && (
            <>
              <a class="link" href={urls.alerts.href({ selectedAlert: alertId })}>
                {alertId}
              </a>
              ,{' '}
            </>
          )}
          <span class="muted">
            {visible(by)} <time title={formatIso(at)}>{formatAge(at, now)}</time>
          </span>
          {reason !== '' && `: ${visible(reason)}`}
        </li>
      ))}
    </ul>
  )
}
