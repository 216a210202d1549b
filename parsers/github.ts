// GitHub's audit log of organisations and enterprises, also as tables of Sentinel.
import type { Fields } from '../sigma/event.ts'
import { mappedParser } from './mapping/parser.ts'
import table from './mappings/github.yml' with { type: 'yaml' }
import { customRow, isCustomRow, renamed } from './renamed.ts'

/** Columns of the table `GitHubAuditData`. */
const COLUMNS: Readonly<Record<string, string>> = {
  Action: 'action',
  Actor: 'actor',
  ActorIPAddress: 'actor_ip',
  ActorLocation: 'actor_location',
  Business: 'business',
  CreatedAt: 'created_at',
  ExternalIdentityUsername: 'external_identity_username',
  ImpactedUser: 'user',
  OperationType: 'operation_type',
  Organization: 'org',
  Repository: 'repo',
  TeamName: 'team',
  TimeGenerated: '@timestamp',
  UserAgent: 'user_agent',
  Visibility: 'visibility',
}

function auditEvent(json: Fields): Fields {
  if (json.Type === 'GitHubAuditData') return renamed(json, COLUMNS)
  if (!isCustomRow(json, 'action') || json.actor_s === undefined) return json
  const row = customRow(json, '_')
  return row['@timestamp'] === undefined && row.TimeGenerated !== undefined
    ? { ...row, '@timestamp': row.TimeGenerated }
    : row
}

export const github = mappedParser(table, auditEvent, ['action_s', 'Type'])
