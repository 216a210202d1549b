// Liveness, readiness and metrics (R2).
import { z } from 'zod'
import type { Figures } from '../../services/services.ts'
import { formatOutbox } from './outbox.ts'
import { route } from './route.ts'

export const health = route({
  method: 'get',
  path: '/health',
  access: 'public',
  tag: 'operations',
  summary: 'The process answers',
  answer: z.object({ status: z.literal('ok') }),
  handle: () => ({ status: 'ok' as const }),
})

export const ready = route({
  method: 'get',
  path: '/ready',
  access: 'public',
  tag: 'operations',
  summary: 'Whether events can be taken and searched: 200, or 503 with every reason why not',
  answer: z.object({ ready: z.boolean(), problems: z.array(z.string()) }),
  handle: async ({ services, c }) => {
    const problems = await services.health.problems()
    if (problems.length === 0) return { ready: true, problems }
    return c.json({ ready: false, problems: [...problems] }, 503)
  },
})

interface Metric {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly value: (figures: Figures) => number
}

const METRICS: readonly Metric[] = [
  {
    name: 'trapline_events_total',
    type: 'counter',
    help: 'Events stored.',
    value: (f) => f.eventsTotal,
  },
  {
    name: 'trapline_events_unparsed_total',
    type: 'counter',
    help: 'Events that no parser could read.',
    value: (f) => f.unparsedTotal,
  },
  {
    name: 'trapline_matches_total',
    type: 'counter',
    help: 'Matches of rules.',
    value: (f) => f.matchesTotal,
  },
  {
    name: 'trapline_events_per_second',
    type: 'gauge',
    help: 'Events a second, lately.',
    value: (f) => f.eventsPerSecond,
  },
  { name: 'trapline_rules', type: 'gauge', help: 'Rules that run.', value: (f) => f.rules },
  {
    name: 'trapline_rules_refused',
    type: 'gauge',
    help: 'Rules that cannot run.',
    value: (f) => f.refusedRules,
  },
  {
    name: 'trapline_ingest_queue',
    type: 'gauge',
    help: 'Batches waiting for their commit.',
    value: (f) => f.queue,
  },
  {
    name: 'trapline_index_lag_seconds',
    type: 'gauge',
    help: 'How far the index is behind what is stored.',
    value: (f) => f.indexLag_ms / 1_000,
  },
  {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    help: 'Resident memory.',
    value: (f) => f.residentBytes,
  },
]

type Correlations = NonNullable<Figures['correlations']>

const CORRELATION_METRICS: readonly [
  name: string,
  type: Metric['type'],
  help: string,
  value: (stats: Correlations) => number,
][] = [
  ['matches_total', 'counter', 'Matches that correlations read.', (s) => s.matches],
  ['firings_total', 'counter', 'Times that a correlation held.', (s) => s.firings],
  ['late_total', 'counter', 'Matches behind their watermark, left out.', (s) => s.late],
  ['behind_total', 'counter', 'Matches older than what is kept.', (s) => s.behind],
  ['evicted_groups_total', 'counter', 'Groups that the limit cost.', (s) => s.evicted_groups],
  ['evicted_entries_total', 'counter', 'Entries that the limit cost.', (s) => s.evicted_entries],
  ['dropped_values_total', 'counter', 'Values left out.', (s) => s.dropped_values],
  ['ungrouped_total', 'counter', 'Matches without a value to group by.', (s) => s.ungrouped],
  ['groups', 'gauge', 'Live groups.', (s) => s.groups],
  ['entries', 'gauge', 'Live entries.', (s) => s.entries],
  ['state_bytes', 'gauge', 'Estimated size of the state.', (s) => s.bytes],
]

function correlationLines(stats: Correlations | undefined): string[] {
  if (stats === undefined) return []
  return CORRELATION_METRICS.flatMap(([name, type, help, value]) => [
    `# HELP trapline_correlation_${name} ${help}`,
    `# TYPE trapline_correlation_${name} ${type}`,
    `trapline_correlation_${name} ${value(stats)}`,
  ])
}

/** Figures in Prometheus' text format. */
export function formatMetrics(figures: Figures): string {
  const lines = METRICS.flatMap(({ name, type, help, value }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    `${name} ${value(figures)}`,
  ])
  const { p50, p99 } = figures.commit_ms
  return [
    ...lines,
    ...correlationLines(figures.correlations),
    '# HELP trapline_commit_seconds Time from a batch to its durable commit.',
    '# TYPE trapline_commit_seconds gauge',
    `trapline_commit_seconds{quantile="0.5"} ${p50 / 1_000}`,
    `trapline_commit_seconds{quantile="0.99"} ${p99 / 1_000}`,
    '',
  ].join('\n')
}

export const metrics = route({
  method: 'get',
  path: '/metrics',
  access: 'siem:read',
  tag: 'operations',
  summary: 'Figures for Prometheus',
  answerType: 'text/plain',
  handle: async ({ services, c }) =>
    c.body(
      formatMetrics(await services.health.figures()) + formatOutbox(await services.outbox.counts()),
      200,
      { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    ),
})
