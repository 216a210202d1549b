// Alerts to try state stores with.
import { expect } from 'bun:test'
import type { Event } from '../../../parsers/event.ts'
import type { AlertInsert, AlertWriter } from './alert-writer.ts'
import type { ContractStore } from './state-store.contract.ts'
import type { AlertSeverity, RuleFacts } from './state-store.ts'

export const ANA = { name: 'ana' }
export const NOON = Date.UTC(2026, 10, 21, 12)
export const rejects = (code: string, message = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

export const event = (id: string, pivots: Event['pivots']): Event => ({
  id,
  time: NOON,
  ingested: NOON,
  source: 'nginx',
  parser: 'json',
  logsource: { category: [], service: [], closed: false },
  pivots,
  message: 'm "quoted" \u0000 ünï',
  fields: { a: [1, null, { b: 'c' }] },
  raw: '{}',
})

/** A rule as the store keeps it. */
export const facts = (id: string): RuleFacts => ({
  id,
  title: `Rule ${id}`,
  level: 'high',
  hash: `hash-${id}`,
  text: `title: Rule ${id}`,
  tags: [],
  dedup: ['host'],
  dedupWindow_ms: 3600_000,
})

/** What differs of an alert. */
export interface Made {
  readonly rule?: string
  readonly severity?: AlertSeverity
  readonly host?: string
  readonly minute?: number
  readonly count?: number
  readonly ip?: string
  readonly title?: string
}

/** A store with the writer of its alerts. */
export type OpenAlerts = () => Promise<ContractStore & { readonly alerts: AlertWriter }>

export interface AlertsStore {
  readonly opened: Awaited<ReturnType<OpenAlerts>>
  readonly store: ContractStore['store']
  /** Commits new alerts after `sequence`, by default after what was inserted last. */
  insert(made: readonly Made[], sequence?: number): ReturnType<AlertWriter['commit']>
}

export async function openAlerts(open: OpenAlerts): Promise<AlertsStore> {
  const opened = await open()
  let last = 0
  return {
    opened,
    store: opened.store,
    insert: (made, sequence = last) => {
      last = sequence + 1
      return opened.alerts.commit({ epoch: 'e', sequence }, last, {
        missing: () => [],
        fold: (_, next) => ({
          created: made.map((one, i) => toInsert(one, next + i)),
          updated: [],
          rules: new Map(),
        }),
      })
    },
  }
}

export function toInsert(made: Made, number: number): AlertInsert {
  const { rule = 'r1', severity = 'high', host, minute = 0, count = 1, ip, title } = made
  const id = `20261121-${String(number).padStart(12, '0')}`
  return {
    number,
    ruleId: rule,
    ruleHash: `hash-${rule}`,
    ruleTitle: `Rule ${rule}`,
    title: title ?? `Rule ${rule}`,
    severity,
    tags: ['attack.t1059'],
    dedupHash: `d${number}`,
    previous: null,
    event: event(id, {
      ...(host === undefined ? {} : { host }),
      ...(ip === undefined ? {} : { src_ip: ip }),
    }),
    count,
    firstSeen: NOON + minute * 60_000,
    lastSeen: NOON + minute * 60_000,
    eventIds: [id],
  }
}
