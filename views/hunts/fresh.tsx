/** @jsxImportSource hono/jsx */
import type { Event } from '../../parsers/event.ts'
import type { HuntRunDetail } from '../../server/hunts/run.ts'
import type { RunRecord } from '../../server/stores/state/runs.ts'
import { formatCount, formatDateTime, formatIso, plural, visible } from '../shared/format.ts'
import { Notice } from '../shared/section.tsx'
import { SeverityMark } from '../shared/severity.tsx'
import { urls } from '../urls.ts'

const AROUND_MS = 5 * 60_000
const MESSAGE_CHARACTERS_MAX = 300

/** The events that were new in one run, while they are stored; after that the copies of the newest. */
export function FreshPage(props: {
  readonly hunt: { readonly id: string; readonly title: string }
  readonly run: RunRecord
  readonly detail: HuntRunDetail
  readonly events: readonly Event[]
}) {
  const { hunt, run, detail, events } = props
  const count = run.fresh ?? 0
  const isCopy = events.length === 0 && count > 0
  const rows = isCopy
    ? detail.samples.map((sample) => ({ ...sample, severity: undefined }))
    : events.map(({ id, time, pivots, source, message, raw }) => ({
        ...{ id, time, host: String(pivots.host ?? ''), source, severity: pivots.severity },
        message: (message === '' ? raw : message).slice(0, MESSAGE_CHARACTERS_MAX),
      }))
  return (
    <>
      <div class="bar title">
        <div>
          <h1>{plural(count, 'new event')}</h1>
          <p class="muted">
            of{' '}
            <a class="link" href={urls.hunt.href({ id: hunt.id })}>
              {visible(hunt.title)}
            </a>
            , run {formatIso(run.started)}: what matched and came in since the run before
          </p>
        </div>
      </div>
      <div class="page flush">
        {isCopy && (
          <Notice kind="hint">
            The events are no longer stored: these are the copies that the run kept of the newest.
          </Notice>
        )}
        {rows.length < count && !isCopy && (
          <Notice kind="hint">
            {formatCount(rows.length)} of {formatCount(count)} are shown: the newest that are
            stored.
          </Notice>
        )}
        <table class="events" data-list="">
          <thead>
            <tr>
              <th class="c-date" scope="col">
                time, UTC
              </th>
              <th class="c-sev" scope="col">
                <span class="hidden">severity</span>
              </th>
              <th class="c-col wide" scope="col">
                source
              </th>
              <th class="c-col wide" scope="col">
                host
              </th>
              <th scope="col">message</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr data-row={row.id}>
                <td class="mono faint">
                  <a data-open="" href={isCopy ? undefined : eventHref(row)} title={row.id}>
                    {formatDateTime(row.time)}
                  </a>
                </td>
                <td>
                  <SeverityMark severity={row.severity} />
                </td>
                <td class="wide">{visible(row.source)}</td>
                <td class="wide">{visible(row.host)}</td>
                <td class="mono message">{visible(row.message)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function eventHref({ id, time }: { readonly id: string; readonly time: number }): string {
  return urls.search.href({
    ...{ from: formatIso(time - AROUND_MS), to: formatIso(time + AROUND_MS), sel: id },
  })
}
