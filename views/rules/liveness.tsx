/** @jsxImportSource hono/jsx */
import type { LivenessReport, RuleLiveness } from '../../server/services/services.ts'
import {
  formatAge,
  formatCount,
  formatIso,
  formatShare,
  plural,
  visible,
} from '../shared/format.ts'
import { urls } from '../urls.ts'

/** Beside a rule's title: that it cannot match, or hardly can. */
export function LivenessPill(props: { readonly liveness: RuleLiveness | undefined }) {
  const { liveness } = props
  if (liveness === undefined || liveness.state === 'alive') return null
  return (
    <span class={`pill ${liveness.state}`} title={liveness.cause?.message}>
      {liveness.state}: {liveness.cause?.code.replaceAll('-', ' ')}
    </span>
  )
}

/** How many rules can match what arrives: each number lists its rules. */
export function LivenessSummary(props: { readonly report: LivenessReport; readonly now: number }) {
  const { report } = props
  const counts = Object.groupBy(
    report.rules.filter((rule) => rule.cause?.code === undefined || !isRefusal(rule)),
    (rule) => rule.state,
  )
  const link = (state: 'dead' | 'rare' | 'silent', text: string) => {
    const count = counts[state]?.length ?? 0
    return count === 0 ? null : (
      <a class="link" href={urls.rules.href({ state })}>
        {formatCount(count)} {text}
      </a>
    )
  }
  const title = `Judged by the newest ${formatCount(report.events)} events that were sampled, ${formatAge(report.at, props.now)}`
  return (
    <span class="muted liveness-summary" title={title}>
      {formatCount(counts.alive?.length ?? 0)} can match {link('silent', 'silent')}{' '}
      {link('rare', 'rarely')} {link('dead', 'dead')}
    </span>
  )
}

/** Refusals are dead too, and have a filter of their own. */
function isRefusal(rule: RuleLiveness): boolean {
  return !['no-events', 'fields-missing', 'fields-rare', 'silent'].includes(rule.cause?.code ?? '')
}

/** One rule: whether it can match, by which events, and how often its fields come. */
export function RuleLivenessPart(props: {
  readonly liveness: RuleLiveness | undefined
  readonly now: number
}) {
  const { liveness, now } = props
  if (liveness === undefined)
    return <p class="muted">It reads no events itself: it is as alive as the rules it reads.</p>
  const { state, cause, lastEvent, events, able, fields } = liveness
  return (
    <>
      <p class="small-text">
        <span class={`pill ${state === 'alive' ? 'on' : state}`} id="liveness-state">
          {state}
        </span>{' '}
        {cause !== undefined && visible(cause.message)}
        {cause === undefined && events > 0 && (
          <>
            {formatCount(able)} of the newest {plural(events, 'event')} of its log source{' '}
            {able === 1 ? 'carries' : 'carry'} the fields it needs
            {lastEvent !== undefined && (
              <>
                , the last <span title={formatIso(lastEvent)}>{formatAge(lastEvent, now)}</span>
              </>
            )}
            .
          </>
        )}
      </p>
      {fields.length > 0 && (
        <table class="auto fill">
          <thead>
            <tr>
              <th scope="col">field it asks for</th>
              <th scope="col" class="num">
                filled
              </th>
              <th scope="col">
                <span class="hidden">share drawn</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr>
                <td class="mono">{visible(field.name)}</td>
                <td class={`num ${field.share === 0 ? 'high' : ''}`}>{formatShare(field.share)}</td>
                <td>
                  <ShareBar share={field.share} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

/** A share as a bar; the number stands beside it. */
export function ShareBar(props: { readonly share: number }) {
  return (
    <svg class="sharebar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect width={(props.share * 100).toFixed(1)} height="1" />
    </svg>
  )
}
