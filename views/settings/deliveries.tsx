/** @jsxImportSource hono/jsx */
import type { OutboxItem, OutboxKind, OutboxState } from '../../server/stores/state/outbox.ts'
import { formatAge, formatIso, plural, visible } from '../shared/format.ts'
import { Notice } from '../shared/section.tsx'
import { urls } from '../urls.ts'

export interface DeliveriesProps {
  readonly counts: Readonly<Record<OutboxState, number>>
  /** Given up or waiting, newest first. */
  readonly items: readonly OutboxItem[]
  readonly csrfToken: string
  readonly now: number
  readonly notice?: { readonly kind: 'ok' | 'problem'; readonly text: string }
}

const KINDS = {
  proposal: 'proposed change',
  webhook: 'alert to the webhook',
  'commit-status': 'commit status',
} as const satisfies Record<OutboxKind, string>

/** What must leave the server and has not: why, when it is tried again, and sending it now. */
export function Deliveries(props: DeliveriesProps) {
  const { counts, items, notice, csrfToken } = props
  return (
    <>
      <h2>Deliveries</h2>
      {notice !== undefined && <Notice kind={notice.kind}>{visible(notice.text)}</Notice>}
      <p class="muted">
        Pull requests, commit statuses and alerts that leave this server: {counts.pending} waiting,{' '}
        {counts.dead} given up; {counts.sent} sent in the last week.
      </p>
      {counts.dead > 1 && (
        <form
          hx-post={urls.settingsDeliveryReplayAll.href()}
          hx-target="#deliveries"
          class="inline"
        >
          <input type="hidden" name="_csrf" value={csrfToken} />
          <button type="submit" class="small">
            Send {plural(counts.dead, 'given-up delivery', 'given-up deliveries')} again
          </button>
        </form>
      )}
      {items.length > 0 && <Table {...props} />}
    </>
  )
}

function Table(props: DeliveriesProps) {
  return (
    <table class="auto">
      <thead>
        <tr>
          <th scope="col">what</th>
          <th scope="col">state</th>
          <th scope="col" class="wide">
            since
          </th>
          <th scope="col" class="wide">
            last answer
          </th>
          <th scope="col">
            <span class="hidden">send</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.items.map((item) => (
          <Row {...props} item={item} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ item, now, csrfToken }: DeliveriesProps & { readonly item: OutboxItem }) {
  const { id, kind, topic, state, attempts, nextAt, error, created } = item
  const isDue = nextAt <= now
  const next = isDue ? 'due now' : `again ${formatAge(nextAt, now)}`
  return (
    <tr>
      <td title={topic}>{KINDS[kind]}</td>
      <td title={error}>
        {state === 'dead' ? (
          <span class="high">given up</span>
        ) : (
          <span title={formatIso(nextAt)}>{attempts === 0 && isDue ? 'waiting' : next}</span>
        )}
        {attempts > 0 && <span class="muted"> after {plural(attempts, 'try', 'tries')}</span>}
      </td>
      <td class="wide muted" title={formatIso(created)}>
        {formatAge(created, now)}
      </td>
      <td class="wide muted" title={error}>
        {error === undefined ? '' : visible(error)}
      </td>
      <td>
        <form
          hx-post={urls.settingsDeliveryReplay.href({ id: String(id) })}
          hx-target="#deliveries"
        >
          <input type="hidden" name="_csrf" value={csrfToken} />
          <button type="submit" class="small">
            Send now
          </button>
        </form>
      </td>
    </tr>
  )
}
