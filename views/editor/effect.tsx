/** @jsxImportSource hono/jsx */
// What a draft would have done on stored events, beside the live version.
import type { Event } from '../../parsers/event.ts'
import type { Preview } from '../../server/services/rule-preview.ts'
import {
  formatAxis,
  formatCount,
  formatDateTime,
  formatIso,
  formatTook,
  plural,
  visible,
} from '../shared/format.ts'
import { urls } from '../urls.ts'

const ENTITIES_SHOWN = 12
const EXAMPLES_SHOWN = 5
const MESSAGE_SHOWN_CHARACTERS = 160
const WIDTH = 520
const HEIGHT = 64
const AROUND_MS = 5 * 60_000

/** The result of a preview. */
export function Effect(props: { readonly preview: Preview }) {
  const { preview } = props
  const { hasLive } = preview
  return (
    <>
      <h2 class="sub first">{scanned(preview)}</h2>
      {preview.stopped !== undefined && <Stopped preview={preview} />}
      <Figures preview={preview} />
      <Bars preview={preview} />
      <p class="small-text muted">{rates(preview)}</p>
      {hasLive && <Entities title="Who it goes quiet for" preview={preview} quiet={true} />}
      {hasLive && <Entities title="Who it newly fires for" preview={preview} quiet={false} />}
      {!hasLive && <Entities title="Who it fires for" preview={preview} quiet={false} />}
      <Examples title="Would no longer fire" events={preview.lostExamples} />
      <Examples
        title={hasLive ? 'Would newly fire' : 'Newest matches'}
        events={hasLive ? preview.addedExamples : preview.samples}
      />
      {hasLive && preview.added === 0 && (
        <Examples title="Still fires, newest" events={preview.samples} />
      )}
    </>
  )
}

function scanned({ range, covered, events, took_ms, days }: Preview): string {
  const span = `${formatDateTime(covered.from)} to ${formatDateTime(covered.to)}`
  const asked = Math.round((range.to - range.from) / 86_400_000)
  const total = `${events.exact ? '' : 'at least '}${plural(events.total, 'event')} stored`
  const shown = Math.round(days) === asked ? `the last ${plural(asked, 'day')}` : span
  return `On ${shown}, ${total}, ${formatTook(took_ms)}`
}

function Stopped(props: { readonly preview: Preview }) {
  const { stopped, covered } = props.preview
  const why = stopped === 'time' ? 'its time was up' : 'it had matched enough'
  return (
    <div class="notice problem" role="alert">
      Only events from {formatDateTime(covered.from)} to {formatDateTime(covered.to)} were looked
      at, then {why}. The figures below are of that part.
    </div>
  )
}

function Figures(props: { readonly preview: Preview }) {
  const { added, lost, verdicts, hasLive, same, days, feedsOnly } = props.preview
  const alerts = feedsOnly ? { before: lost + same, after: added + same } : props.preview.alerts
  const what = feedsOnly ? 'matches' : 'alerts'
  const judged = verdicts.kept + verdicts.lost.length
  return (
    <div class="big">
      {hasLive ? (
        <>
          <Figure value={formatCount(alerts.before)} label={`${what} before`} />
          <Figure value={formatCount(alerts.after)} label="after" />
          <Figure value={formatCount(added)} label="new matches" />
          {judged > 0 && (
            <Figure
              value={`${verdicts.kept} of ${judged}`}
              label="true positives kept"
              class={verdicts.lost.length === 0 ? 'ok-text' : 'high'}
            />
          )}
        </>
      ) : (
        <>
          <Figure value={formatCount(added + same)} label="matches" />
          {!feedsOnly && <Figure value={formatCount(alerts.after)} label="alerts" />}
          <Figure value={perDay(alerts.after, days)} label={`${what} a day`} />
        </>
      )}
    </div>
  )
}

function Figure(props: {
  readonly value: string
  readonly label: string
  readonly class?: string
}) {
  return (
    <div class={props.class}>
      {props.value}
      <small>{props.label}</small>
    </div>
  )
}

function perDay(count: number, days: number): string {
  const value = count / days
  if (value > 0 && value < 0.1) return 'under 0.1'
  return value >= 10 || value === 0 ? formatCount(Math.round(value)) : value.toFixed(1)
}

function rates(preview: Preview): string {
  const { alerts, days, cost, hasLive, same, lost, added, verdicts } = preview
  const alertsADay = preview.feedsOnly
    ? 'it feeds correlations and raises nothing itself'
    : hasLive
      ? `${perDay(alerts.before, days)} → ${perDay(alerts.after, days)} alerts a day`
      : `${perDay(alerts.after, days)} alerts a day`
  const ms = (value: number) => `${value.toFixed(1)} ms`
  const price =
    cost.sample === 0
      ? 'no events to time it on'
      : `${hasLive ? `${ms(cost.before_ms)} → ` : ''}${ms(cost.after_ms)} of one core per 100,000 events`
  const diff = hasLive
    ? `events: ${formatCount(same)} same, ${formatCount(added)} new, ${formatCount(lost)} lost; `
    : ''
  const refired = verdicts.refired.length
  const again =
    refired > 0 ? `; still fires on ${plural(refired, 'alert')} judged false positive` : ''
  return `${diff}${alertsADay}; ${price}${again}.`
}

/** Matches a bucket: grey no longer fires, coloured fires. */
function Bars(props: { readonly preview: Preview }) {
  const { histogram, range, hasLive } = props.preview
  const highest = Math.max(1, ...histogram.map((one) => Math.max(one.before, one.after)))
  const unit = WIDTH / Math.max(1, histogram.length)
  const tall = (count: number) =>
    count === 0 ? 0 : Math.max((count / highest) * (HEIGHT - 2), 1.5)
  return (
    <>
      <svg
        class="effect-bars"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`matches by time, before and after; most ${formatCount(highest)}`}
      >
        {histogram.map(({ start, before, after }, n) => (
          <g>
            <title>{`${formatDateTime(start)}  ${hasLive ? `${formatCount(before)} → ` : ''}${formatCount(after)} matches`}</title>
            <rect
              class="hit"
              x={(n * unit).toFixed(1)}
              y="0"
              width={unit.toFixed(1)}
              height={HEIGHT}
            />
            {[
              ['before', before],
              ['after', after],
            ].map(([kind, count]) => (
              <rect
                class={`b-${kind}`}
                x={(n * unit).toFixed(1)}
                y={(HEIGHT - tall(Number(count))).toFixed(1)}
                width={Math.max(unit * 0.78, 0.8).toFixed(1)}
                height={tall(Number(count)).toFixed(1)}
              />
            ))}
          </g>
        ))}
      </svg>
      <div class="axis">
        <span>{formatAxis(range.from, range.to - range.from)}</span>
        {hasLive && <span>grey: no longer fires</span>}
        <span>{formatAxis(range.to, range.to - range.from)}</span>
      </div>
    </>
  )
}

function Entities(props: {
  readonly title: string
  readonly preview: Preview
  readonly quiet: boolean
}) {
  const { preview, quiet } = props
  const rows = preview.entities.filter(({ before, after }) =>
    quiet ? after < before : after > before,
  )
  if (rows.length === 0) return null
  return (
    <>
      <h2 class="sub">{props.title}</h2>
      <table class="auto">
        <thead>
          <tr>
            <th scope="col">host</th>
            <th scope="col">user</th>
            {preview.hasLive && (
              <th scope="col" class="num">
                before
              </th>
            )}
            <th scope="col" class="num">
              {preview.hasLive ? 'after' : 'matches'}
            </th>
            {preview.hasLive && <th scope="col">verdicts</th>}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ENTITIES_SHOWN).map((row) => (
            <tr>
              <td>{visible(row.host) || <span class="faint">none</span>}</td>
              <td>{visible(row.user) || <span class="faint">none</span>}</td>
              {preview.hasLive && <td class="num">{formatCount(row.before)}</td>}
              <td class="num">{formatCount(row.after)}</td>
              {preview.hasLive && <td class="muted">{verdictText(row.verdicts)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > ENTITIES_SHOWN && (
        <p class="faint small-text">
          {ENTITIES_SHOWN} of {formatCount(rows.length)}
        </p>
      )}
    </>
  )
}

function verdictText(alerts: Preview['entities'][number]['verdicts']): string {
  const groups = Map.groupBy(alerts, ({ verdict, status }) => verdict ?? status)
  return [...groups].map(([name, own]) => `${own.length} ${name.replaceAll('_', ' ')}`).join(', ')
}

function Examples(props: { readonly title: string; readonly events: readonly Event[] }) {
  if (props.events.length === 0) return null
  return (
    <>
      <h2 class="sub">{props.title}</h2>
      <ul class="contributing">
        {props.events.slice(0, EXAMPLES_SHOWN).map((event) => (
          <li>
            <a href={eventHref(event)} target="_blank" rel="noopener">
              <time datetime={formatIso(event.time)}>{formatDateTime(event.time)}</time>
              {visible(String(event.pivots.host ?? ''))}{' '}
              {visible((event.message || event.raw).slice(0, MESSAGE_SHOWN_CHARACTERS))}
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}

function eventHref({ id, time }: Event): string {
  return urls.search.href({
    from: formatIso(time - AROUND_MS),
    to: formatIso(time + AROUND_MS),
    sel: id,
  })
}
