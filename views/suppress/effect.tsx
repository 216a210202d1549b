/** @jsxImportSource hono/jsx */
// What a mute would hide: counts by verdict, the alerts themselves, and what goes to Git.
import type { SuppressionPreview } from '../../server/services/suppressions.ts'
import { STATUS_LABELS, VERDICT_LABELS } from '../alerts/state.ts'
import { formatAge, formatCount, formatIso, plural, visible } from '../shared/format.ts'
import { Notice } from '../shared/section.tsx'
import { Yaml } from '../shared/yaml.tsx'
import { urls } from '../urls.ts'

const ALERTS_SHOWN = 100
const NAMED = 5

export interface EffectProps {
  readonly preview: SuppressionPreview
  /** The second person, as typed. */
  readonly agreedBy: string
  readonly now: number
}

/** The answer to a change of the criteria. */
export function MuteEffect(props: EffectProps) {
  const { effect, problem } = props.preview
  return (
    <>
      <div class="big">
        <div>
          {formatCount(effect.hidden)}
          <small>
            of {plural(effect.looked, 'alert')} in {effect.days} days hidden
          </small>
        </div>
        <div>
          {formatCount(effect.partly)}
          <small>would have fewer events</small>
        </div>
      </div>
      <Verdicts {...props} />
      <Second {...props} />
      {problem !== undefined && <Notice kind="problem">{visible(problem)}</Notice>}
      <Alerts {...props} />
      <Files {...props} />
    </>
  )
}

/** What stands there before anything is chosen, or where the criteria are wrong. */
export function NoEffect(props: { readonly text: string; readonly agreedBy: string }) {
  return (
    <>
      <p class="muted">{visible(props.text)}</p>
      <input type="hidden" name="agreedBy" value={props.agreedBy} />
    </>
  )
}

function Verdicts({ preview }: EffectProps) {
  const counts = Object.entries(preview.effect.byVerdict)
  if (counts.length === 0) return null
  return (
    <ul class="verdict-split" aria-label="By verdict">
      {counts.map(([verdict, count]) => (
        <li class={`pill ${verdict === 'true_positive' ? 'refused' : ''}`}>
          {formatCount(count)}{' '}
          {verdict === 'none'
            ? 'without a verdict'
            : VERDICT_LABELS[verdict as keyof typeof VERDICT_LABELS].toLowerCase()}
        </li>
      ))}
    </ul>
  )
}

/** Whoever hides a true positive names a second person. */
function Second({ preview, agreedBy }: EffectProps) {
  const { truePositives } = preview.effect
  if (truePositives.length === 0) return <input type="hidden" name="agreedBy" value={agreedBy} />
  const named = truePositives.slice(0, NAMED).join(', ')
  const more = truePositives.length > NAMED ? ` and ${truePositives.length - NAMED} more` : ''
  return (
    <div class="notice problem" role="alert">
      <p>
        <strong>It hides {plural(truePositives.length, 'true positive')}</strong>: {visible(named)}
        {more}. It is refused unless a second person who may mute agrees.
      </p>
      <label>
        Ask <input name="agreedBy" value={agreedBy} maxlength={200} placeholder="name" />
      </label>
    </div>
  )
}

function Alerts({ preview, now }: EffectProps) {
  const { alerts } = preview.effect
  if (alerts.length === 0) return <p class="faint">No alert of these days would be hidden.</p>
  return (
    <>
      <h2 class="sub">The alerts</h2>
      <div class="scroll-x">
        <table class="auto">
          <thead>
            <tr>
              <th scope="col">last</th>
              <th scope="col">alert</th>
              <th scope="col">host</th>
              <th scope="col">user</th>
              <th scope="col">state</th>
              <th scope="col" class="num">
                events hidden
              </th>
            </tr>
          </thead>
          <tbody>
            {alerts.slice(0, ALERTS_SHOWN).map((alert) => (
              <tr>
                <td title={formatIso(alert.lastSeen)}>{formatAge(alert.lastSeen, now)}</td>
                <td>
                  <a class="link" href={urls.alerts.href({ selectedAlert: alert.id })}>
                    {alert.id}
                  </a>
                </td>
                <td>{visible(alert.host ?? '')}</td>
                <td>{visible(alert.user ?? '')}</td>
                <td class="muted">
                  {alert.verdict === undefined
                    ? STATUS_LABELS[alert.status]
                    : VERDICT_LABELS[alert.verdict]}
                </td>
                <td class="num">
                  {formatCount(alert.hidden)} of {formatCount(alert.looked)}
                  {alert.count > alert.looked && (
                    <span class="faint" title={`${formatCount(alert.count)} matches in all`}>
                      {' '}
                      newest
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {alerts.length > ALERTS_SHOWN && <p class="faint">The newest {ALERTS_SHOWN} are shown.</p>}
    </>
  )
}

function Files({ preview }: EffectProps) {
  const { filter } = preview
  if (filter === undefined) return null
  return (
    <details class="mute-files">
      <summary>What goes to Git: the filter and its tests</summary>
      <p class="faint mono">{filter.path}</p>
      <Yaml text={filter.text} label="Filter" />
      <p class="faint">
        Tests
        {filter.replaced.length > 0 &&
          `; ${plural(filter.replaced.length, 'value')} replaced: ${replacedText(preview)}`}
      </p>
      <Yaml text={filter.tests} label="Tests of the filter" />
    </details>
  )
}

function replacedText({ filter }: SuppressionPreview): string {
  return (filter?.replaced ?? [])
    .slice(0, NAMED * 2)
    .map(({ from, to }) => `${visible(from)} as ${to}`)
    .join(', ')
}
