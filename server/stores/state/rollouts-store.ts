// Stages of rules, decisions on them, and the shadow lane as people read it.
import type { Row } from '@libsql/client'
import type { Context } from './context.ts'
import type { Database, Write } from './database.ts'
import { writeProposal } from './proposal-writer.ts'
import {
  type RolloutDecision,
  type RolloutMeasures,
  type RolloutState,
  type RolloutStore,
  type RuleStage,
  SHADOW_PAGE_MAX,
  type ShadowAlert,
} from './rollouts.ts'
import { optional, text } from './rows.ts'
import { isLost, requireRow } from './run-guard.ts'
import { StateError } from './state-store.ts'

const COLUMNS = `number, rule_id, rule_hash, stage, title, severity, count, first_seen, last_seen, host,
  user, src_ip, source, event_id, event_ids, verdict, judged_by`

export function createRolloutStore({ database, now }: Context): RolloutStore {
  const shadowAlert = async (id: string) => {
    const number = /^W-(\d{1,15})$/.exec(id)?.[1] ?? ''
    const row = await database.first(`SELECT ${COLUMNS} FROM shadow_alerts WHERE number = ?`, [
      number,
    ])
    if (row === undefined) throw new StateError('not-found', `there is no would-be alert ${id}`)
    return shadowFromRow(row)
  }
  return {
    saveStages: (stages) => database.write((write) => saveStages(write, stages, now())),
    rolloutStates: async () =>
      (await database.all('SELECT * FROM rollouts ORDER BY rule_id')).map(stateFromRow),
    rolloutState: async (ruleId) => {
      const row = await database.first('SELECT * FROM rollouts WHERE rule_id = ?', [ruleId])
      return row === undefined ? undefined : stateFromRow(row)
    },
    rolloutMeasures: (ruleId, since) => measures(database, ruleId, since),
    decideRollout: async (state, decision, proposal, by) => {
      try {
        await database.write((write) => {
          decide(write, state, decision)
          if (proposal !== undefined) writeProposal(write, proposal)
          write.audit(
            {
              action: 'rollout.decide',
              object: `rule ${state.ruleId}`,
              before: state.stage,
              after: decision.problem ?? decision.to,
            },
            by,
          )
        })
        return true
      } catch (error) {
        if (isLost(error)) return false
        throw error
      }
    },
    listShadowAlerts: async (ruleId, limit) => {
      const args = [ruleId ?? null, ruleId ?? null]
      const where = '(? IS NULL OR rule_id = ?)'
      const [rows, count] = await Promise.all([
        database.all(
          `SELECT ${COLUMNS} FROM shadow_alerts WHERE ${where}
           ORDER BY last_seen DESC, number DESC LIMIT ?`,
          [...args, Math.min(limit, SHADOW_PAGE_MAX)],
        ),
        database.first(`SELECT count(*) AS n FROM shadow_alerts WHERE ${where}`, args),
      ])
      return { alerts: rows.map(shadowFromRow), total: Number(count?.n ?? 0) }
    },
    judgeShadowAlert: async (id, verdict, by) => {
      const before = await shadowAlert(id)
      await database.write((write) => {
        write.add('UPDATE shadow_alerts SET verdict = ?, judged_by = ? WHERE number = ?', [
          verdict,
          by.name,
          id.slice(2),
        ])
        const change = { object: `would-be alert ${id}`, after: verdict }
        write.audit(
          {
            ...{ action: 'shadow.judge', ...change },
            ...(before.verdict === undefined ? {} : { before: before.verdict }),
          },
          by,
        )
      })
      return shadowAlert(id)
    },
  }
}

function saveStages(write: Write, stages: readonly RuleStage[], at: number): void {
  const rows = JSON.stringify(stages.map((one) => [one.ruleId, one.ruleHash, one.stage]))
  write.add('DELETE FROM rollouts WHERE rule_id NOT IN (SELECT value->>0 FROM json_each(?))', [
    rows,
  ])
  write.add(
    `INSERT INTO rollouts (rule_id, rule_hash, stage, since)
     SELECT value->>0, value->>1, value->>2, ? FROM json_each(?) WHERE true
     ON CONFLICT (rule_id) DO UPDATE SET rule_hash = excluded.rule_hash, stage = excluded.stage,
       since = excluded.since, decision = NULL, decided = NULL, proposal = NULL, measured = NULL,
       problem = NULL
     WHERE rule_hash <> excluded.rule_hash OR stage <> excluded.stage`,
    [at, rows],
  )
}

function decide(write: Write, state: RolloutState, decision: RolloutDecision): void {
  const key = [state.ruleId, state.ruleHash, state.stage, state.since]
  requireRow(
    write,
    `SELECT 1 FROM rollouts
     WHERE rule_id = ? AND rule_hash = ? AND stage = ? AND since = ? AND decision IS NULL`,
    key,
  )
  write.add(
    `UPDATE rollouts SET decision = ?, decided = ?, proposal = ?, measured = ?, problem = ?
     WHERE rule_id = ?`,
    [
      ...[decision.to, decision.at, decision.proposalId ?? null],
      ...[JSON.stringify(decision.criteria), decision.problem ?? null, state.ruleId],
    ],
  )
}

async function measures(
  database: Database,
  ruleId: string,
  since: number,
): Promise<RolloutMeasures> {
  const judged = (verdicts: string) => `coalesce(sum(verdict IN (${verdicts})), 0)`
  const [alerts, shadow] = await Promise.all([
    database.first(
      `SELECT coalesce(sum(status <> 'held'), 0) AS n, ${judged("'true_positive'")} AS right,
         ${judged("'false_positive_logic', 'false_positive_data'")} AS wrong
       FROM alerts WHERE rule_id = ? AND created >= ?`,
      [ruleId, since],
    ),
    database.first(
      `SELECT count(*) AS n, ${judged("'true_positive'")} AS right,
         ${judged("'false_positive'")} AS wrong
       FROM shadow_alerts WHERE rule_id = ? AND created >= ?`,
      [ruleId, since],
    ),
  ])
  const sum = (name: string) => Number(alerts?.[name] ?? 0) + Number(shadow?.[name] ?? 0)
  return {
    alerts: Number(alerts?.n ?? 0),
    shadow: Number(shadow?.n ?? 0),
    truePositives: sum('right'),
    falsePositives: sum('wrong'),
  }
}

function stateFromRow(row: Row): RolloutState {
  return {
    ruleId: text(row.rule_id),
    ruleHash: text(row.rule_hash),
    stage: text(row.stage) as RolloutState['stage'],
    since: Number(row.since),
    ...(row.decision === null
      ? {}
      : {
          decision: {
            to: text(row.decision) as RolloutDecision['to'],
            at: Number(row.decided),
            criteria: JSON.parse(text(row.measured)) as RolloutDecision['criteria'],
            ...optional('proposalId', row.proposal),
            ...optional('problem', row.problem),
          },
        }),
  }
}

function shadowFromRow(row: Row): ShadowAlert {
  return {
    id: `W-${Number(row.number)}`,
    ruleId: text(row.rule_id),
    ruleHash: text(row.rule_hash),
    stage: text(row.stage) as ShadowAlert['stage'],
    title: text(row.title),
    severity: text(row.severity) as ShadowAlert['severity'],
    count: Number(row.count),
    firstSeen: Number(row.first_seen),
    lastSeen: Number(row.last_seen),
    source: text(row.source),
    eventId: text(row.event_id),
    eventIds: text(row.event_ids)
      .split(' ')
      .filter((id) => /^\d{8}-\d{12}$/.test(id)),
    ...optional('host', row.host),
    ...optional('user', row.user),
    ...optional('srcIp', row.src_ip),
    ...(row.verdict === null
      ? {}
      : { verdict: text(row.verdict) as NonNullable<ShadowAlert['verdict']> }),
    ...optional('judgedBy', row.judged_by),
  }
}
