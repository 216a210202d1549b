// What is read of runs.
import type { Database } from './database.ts'
import { text } from './rows.ts'
import { HOUR_MS } from './rule-writer.ts'
import { runFromRow } from './run-rows.ts'
import {
  RUNS_PAGE_MAX,
  type RuleVolume,
  type RunStore,
  type RunTotals,
  type WorkKind,
} from './runs.ts'

/** The reading half of the store of runs. */
export function createRunReads(
  database: Database,
): Pick<RunStore, 'getRun' | 'listRuns' | 'runTotals' | 'ruleVolumes' | 'runCosts'> {
  return {
    getRun: async (run) => {
      const row = await database.first('SELECT * FROM runs WHERE run = ?', [run])
      return row === undefined ? undefined : runFromRow(row)
    },
    listRuns: async ({ kind, id, limit }) =>
      (
        await database.all(
          `SELECT * FROM runs WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR id = ?2)
           ORDER BY number DESC LIMIT ?3`,
          [kind ?? null, id ?? null, Math.min(limit, RUNS_PAGE_MAX)],
        )
      ).map(runFromRow),
    runTotals: (kind, since) => runTotals(database, kind, since),
    runCosts: async (kind, since, limit) =>
      (
        await database.all(
          `SELECT id, count(*) AS runs, coalesce(sum(duration_ms), 0) AS duration_ms FROM runs
           WHERE kind = ? AND started >= ? GROUP BY id ORDER BY duration_ms DESC LIMIT ?`,
          [kind, since, limit],
        )
      ).map((row) => ({
        id: text(row.id),
        runs: Number(row.runs),
        duration_ms: Number(row.duration_ms),
      })),
    ruleVolumes: (since) => ruleVolumes(database, since),
  }
}

async function ruleVolumes(database: Database, since: number): Promise<Record<string, RuleVolume>> {
  const rows = await database.all(
    `SELECT rule_id, sum(matches) AS matches, sum(suppressed) AS suppressed, sum(alerts) AS alerts,
       sum(shadow) AS shadow FROM rule_hours WHERE hour >= ? GROUP BY rule_id`,
    [Math.floor(since / HOUR_MS)],
  )
  const volumes: Record<string, RuleVolume> = {}
  for (const row of rows) {
    const sum = (name: string) => Number(row[name])
    volumes[text(row.rule_id)] = {
      ...{ matches: sum('matches'), suppressed: sum('suppressed') },
      ...{ alerts: sum('alerts'), shadow: sum('shadow') },
    }
  }
  return volumes
}

async function runTotals(database: Database, kind: WorkKind, since: number): Promise<RunTotals> {
  const row = await database.first(
    `SELECT count(*) AS runs, coalesce(sum(status = 'failed'), 0) AS failed,
       coalesce(sum(matches) FILTER (WHERE mode = 'detect'), 0) AS matches, coalesce(sum(suppressed), 0) AS suppressed,
       coalesce(sum(alerts), 0) AS alerts, coalesce(sum(duration_ms), 0) AS duration_ms
     FROM runs WHERE kind = ? AND started >= ?`,
    [kind, since],
  )
  const sum = (name: string) => Number(row?.[name] ?? 0)
  return {
    ...{ runs: sum('runs'), failed: sum('failed'), matches: sum('matches') },
    ...{ suppressed: sum('suppressed'), alerts: sum('alerts') },
    duration_ms: sum('duration_ms'),
  }
}
