// Reading alerts: lists, groups, counts, activity.

import { afterCursor, cursorOf, orderSql, sortKeyColumn, whereOf } from './alert-filter.ts'
import { ALERT_COLUMNS, ALERT_TABLES, alertFromRow, alertId, alertNumber } from './alert-rows.ts'
import type { AlertCounts, AlertFacet, AlertStore, AlertTop } from './alerts-store.ts'
import type { Context } from './context.ts'
import { optional, optionalNumber, text } from './rows.ts'
import {
  ALERT_STATUSES,
  type AlertGroup,
  type AlertSeverity,
  type AlertStatus,
  SEVERITIES,
} from './state-store.ts'

export const ALERT_PAGE_MAX = 1000
export const GROUP_PAGE_MAX = 1000
/** Hosts that a group names. */
const GROUP_HOSTS = 5

type Queue = Pick<
  AlertStore,
  | 'listAlerts'
  | 'getAlert'
  | 'groupAlerts'
  | 'countAlerts'
  | 'topAlerts'
  | 'alertActivity'
  | 'ruleCounters'
>

/** The reading half of the alert store. */
export function createAlertQueue(context: Context): Queue {
  const { database } = context
  return {
    listAlerts: async ({ filter, limit, order = 'newest', cursor }) => {
      const where = whereOf(filter)
      const after = cursor === undefined ? undefined : afterCursor(order, cursor)
      const size = Math.max(1, Math.min(limit, ALERT_PAGE_MAX))
      const total = await database.first(
        `SELECT count(*) AS n FROM alerts a WHERE ${where.sql}`,
        where.args,
      )
      const rows = await database.all(
        `SELECT ${ALERT_COLUMNS}, ${sortKeyColumn(order)} FROM ${ALERT_TABLES}
         WHERE a.number IN (SELECT a.number FROM alerts a
           WHERE ${where.sql} AND ${after?.sql ?? 'true'} ORDER BY ${orderSql(order)} LIMIT ?)
         ORDER BY ${orderSql(order)}`,
        [...where.args, ...(after?.args ?? []), size + 1],
      )
      const page = rows.slice(0, size)
      const last = page.at(-1)
      return {
        alerts: page.map(alertFromRow),
        total: Number(total?.n),
        ...(rows.length > size && last !== undefined
          ? { cursor: cursorOf(order, Number(last.sort_key), Number(last.number)) }
          : {}),
      }
    },
    getAlert: async (id) => {
      const number = alertNumber(id)
      if (number === undefined) return undefined
      const row = await database.first(
        `SELECT ${ALERT_COLUMNS} FROM ${ALERT_TABLES} WHERE a.number = ?`,
        [number],
      )
      return row === undefined ? undefined : alertFromRow(row)
    },
    groupAlerts: (filter, limit) => groupAlerts(context, whereOf(filter), limit),
    countAlerts: (filter) => countAlerts(context, whereOf(filter)),
    topAlerts: (filter, field, order, limit) =>
      topAlerts(context, whereOf(filter), field, order, limit),
    alertActivity: async (id) => {
      const rows = await database.all('SELECT * FROM alert_activity WHERE alert = ? ORDER BY id', [
        alertNumber(id) ?? 0,
      ])
      return rows.map((row) => ({
        at: Number(row.at),
        who: text(row.who),
        what: text(row.what),
        ...optional('before', row.before),
        ...optional('after', row.after),
      }))
    },
    ruleCounters: async () => {
      const rows = await database.all('SELECT * FROM rule_counters')
      return Object.fromEntries(
        rows.map((row) => [
          text(row.rule_id),
          {
            matches: Number(row.matches),
            suppressed: Number(row.suppressed),
            alerts: Number(row.alerts),
            ...optionalNumber('last', row.last),
          },
        ]),
      )
    },
  }
}

async function groupAlerts(
  { database }: Context,
  where: ReturnType<typeof whereOf>,
  limit: number,
): Promise<{ groups: readonly AlertGroup[]; total: number }> {
  const statuses = ALERT_STATUSES.map((status) => `sum(a.status = '${status}') AS "${status}"`)
  const rows = await database.all(
    `SELECT a.rule_id, count(*) AS alerts, sum(a.count) AS matches, max(a.severity_rank) AS rank,
       count(DISTINCT a.host) AS hosts, count(DISTINCT a.user) AS users,
       min(a.first_seen) AS first_seen, max(a.last_seen) AS last_seen, max(a.number) AS newest,
       ${statuses.join(', ')}, count(*) OVER () AS total
     FROM alerts a WHERE ${where.sql} GROUP BY a.rule_id
     ORDER BY rank DESC, last_seen DESC, a.rule_id LIMIT ?`,
    [...where.args, Math.max(1, Math.min(limit, GROUP_PAGE_MAX))],
  )
  const rules = JSON.stringify(rows.map((row) => row.rule_id))
  const hosts = await database.all(
    `SELECT rule_id, host FROM (
       SELECT a.rule_id, a.host,
         row_number() OVER (PARTITION BY a.rule_id ORDER BY count(*) DESC, a.host) AS place
       FROM alerts a WHERE ${where.sql} AND a.host IS NOT NULL
         AND a.rule_id IN (SELECT value FROM json_each(?))
       GROUP BY a.rule_id, a.host) WHERE place <= ? ORDER BY place`,
    [...where.args, rules, GROUP_HOSTS],
  )
  const newest = await database.all(
    'SELECT number, rule_title FROM alerts WHERE number IN (SELECT value FROM json_each(?))',
    [JSON.stringify(rows.map((row) => row.newest))],
  )
  const titles = new Map(newest.map((row) => [row.number, text(row.rule_title)]))
  const groups = rows.map((row) => ({
    ruleId: text(row.rule_id),
    ruleTitle: titles.get(row.newest ?? null) ?? '',
    severity: SEVERITIES[Number(row.rank)] ?? 'informational',
    alerts: Number(row.alerts),
    matches: Number(row.matches),
    hosts: hosts.filter((host) => host.rule_id === row.rule_id).map((host) => text(host.host)),
    hostCount: Number(row.hosts),
    users: Number(row.users),
    statuses: Object.fromEntries(
      ALERT_STATUSES.map((status) => [status, Number(row[status])]).filter(([, n]) => n !== 0),
    ) as Partial<Record<AlertStatus, number>>,
    firstSeen: Number(row.first_seen),
    lastSeen: Number(row.last_seen),
    newestAlertId: alertId(Number(row.newest)),
  }))
  return { groups, total: Number(rows[0]?.total ?? 0) }
}

async function countAlerts(
  { database }: Context,
  where: ReturnType<typeof whereOf>,
): Promise<AlertCounts> {
  const rows = await database.all(
    `SELECT a.status, a.severity, count(*) AS n FROM alerts a WHERE ${where.sql}
     GROUP BY a.status, a.severity`,
    where.args,
  )
  const byStatus = zeros<AlertStatus>(ALERT_STATUSES)
  const bySeverity = zeros<AlertSeverity>(SEVERITIES)
  let total = 0
  for (const row of rows) {
    const n = Number(row.n)
    byStatus[text(row.status) as AlertStatus] += n
    bySeverity[text(row.severity) as AlertSeverity] += n
    total += n
  }
  return { total, byStatus, bySeverity }
}

const FACET_COLUMNS = {
  severity: 'severity',
  status: 'status',
  rule: 'rule_id',
  host: 'host',
  user: 'user',
  owner: 'owner',
} as const satisfies Record<AlertFacet, string>

async function topAlerts(
  { database }: Context,
  where: ReturnType<typeof whereOf>,
  field: AlertFacet,
  order: 'most' | 'fewest',
  limit: number,
): Promise<AlertTop> {
  const column = `a.${FACET_COLUMNS[field]}`
  const label = field === 'rule' ? 'max(a.rule_title)' : column
  const first =
    field === 'severity' ? 'max(a.severity_rank) DESC' : `n ${order === 'most' ? 'DESC' : 'ASC'}`
  const rows = await database.all(
    `SELECT ${column} AS value, ${label} AS label, count(*) AS n, count(*) OVER () AS total
     FROM alerts a WHERE ${where.sql} AND ${column} IS NOT NULL AND ${column} <> ''
     GROUP BY ${column} ORDER BY ${first}, value LIMIT ?`,
    [...where.args, Math.max(1, Math.min(limit, GROUP_PAGE_MAX))],
  )
  return {
    values: rows.map((row) => ({
      value: text(row.value),
      label: text(row.label),
      count: Number(row.n),
    })),
    distinct: Number(rows[0]?.total ?? 0),
  }
}

function zeros<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>
}
