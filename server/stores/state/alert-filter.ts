// An alert filter as SQL: conditions with bound values, and keyset paging.
import type { InValue } from '@libsql/client'
import type { AlertOrder } from './alerts-store.ts'
import { type AlertFilter, StateError } from './state-store.ts'

export interface Where {
  readonly sql: string
  readonly args: readonly InValue[]
}

/** The filter's condition on `alerts a`; `true` when it asks for nothing. */
export function whereOf(filter: AlertFilter): Where {
  const parts: string[] = []
  const args: InValue[] = []
  const add = (sql: string, ...values: InValue[]) => {
    parts.push(sql)
    args.push(...values)
  }
  const list = (column: string, values: readonly string[] | undefined) => {
    // `+`: reading alerts in order and leaving some out beats sorting most of them.
    if (values !== undefined) {
      add(`+a.${column} IN (${values.map(() => '?').join(', ')})`, ...values)
    }
  }
  const same = (column: string, value: string | undefined) => {
    if (value !== undefined) add(`a.${column} = ? COLLATE NOCASE`, value)
  }
  list('status', filter.status)
  list('severity', filter.severity)
  if (filter.ruleId !== undefined) add('a.rule_id = ?', filter.ruleId)
  same('host', filter.host)
  same('user', filter.user)
  if (filter.ip !== undefined) add('(a.src_ip = ? OR a.dst_ip = ?)', filter.ip, filter.ip)
  if (filter.owner === '') add('a.owner IS NULL')
  else same('owner', filter.owner)
  if (filter.from !== undefined) add('a.last_seen >= ?', filter.from)
  if (filter.activeFrom !== undefined)
    add('(a.last_seen >= ? OR a.created >= ?)', filter.activeFrom, filter.activeFrom)
  if (filter.to !== undefined) add('a.last_seen < ?', filter.to)
  if (filter.text !== undefined && filter.text !== '') {
    const like = `%${filter.text.replaceAll(/[\\%_]/g, '\\$&')}%`
    const columns = ['title', 'rule_title', 'rule_id', 'host', 'user', 'src_ip', 'source']
    add(
      `(${columns.map((column) => `a.${column} LIKE ? ESCAPE '\\'`).join(' OR ')})`,
      ...columns.map(() => like),
    )
  }
  return { sql: parts.length === 0 ? 'true' : parts.join(' AND '), args }
}

/** What each order sorts by, descending; the alert's number decides among equals. */
const ORDER_COLUMNS = {
  newest: 'a.number',
  last_seen: 'a.last_seen',
  severity: 'a.severity_rank',
  count: 'a.count',
} as const satisfies Record<AlertOrder, string>

export function orderSql(order: AlertOrder): string {
  return `${ORDER_COLUMNS[order]} DESC, a.number DESC`
}

/** The position after an alert, opaque to callers. */
export function cursorOf(order: AlertOrder, key: number, number: number): string {
  return `${order}.${key}.${number}`
}

export function sortKeyColumn(order: AlertOrder): string {
  return `${ORDER_COLUMNS[order]} AS sort_key`
}

/** Rows after a cursor. `invalid` for a text that is no cursor of this order. */
export function afterCursor(order: AlertOrder, cursor: string): Where {
  const [name, key, number] = /^([a-z_]+)\.(\d{1,16})\.(\d{1,16})$/.exec(cursor)?.slice(1) ?? []
  if (name !== order) throw new StateError('invalid', 'the cursor belongs to another list')
  return {
    sql: `(${ORDER_COLUMNS[order]}, a.number) < (?, ?)`,
    args: [Number(key), Number(number)],
  }
}
