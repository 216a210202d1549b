// Attack scenarios (R3): list them, play one, see how it goes.
import { z } from 'zod'
import { ServiceError } from '../../services/service-error.ts'
import type { ScenarioRun } from '../../services/services.ts'
import { route } from './route.ts'
import { defined, iso, Time } from './schemas.ts'

/** A scenario plays at most this many times faster than real. */
const SPEED_MAX = 1_000

const Run = z.object({
  id: z.string(),
  scenario: z.string(),
  started: Time,
  sent: z.number(),
  total: z.number(),
  finished: Time.optional(),
  error: z.string().optional(),
})

function runJson(run: ScenarioRun) {
  const finished = run.finished === undefined ? undefined : iso(run.finished)
  return defined({ ...run, started: iso(run.started), finished })
}

export const listScenarios = route({
  method: 'get',
  path: '/api/v1/scenarios',
  access: 'siem:read',
  tag: 'operations',
  summary: 'Scenarios that can be played, and the latest runs',
  answer: z.object({
    scenarios: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        description: z.string(),
        techniques: z.array(z.string()),
        events: z.number(),
        duration_s: z.number(),
      }),
    ),
    runs: z.array(Run),
  }),
  handle: async ({ services }) => ({
    scenarios: await services.scenarios.list(),
    runs: services.scenarios.runs().map(runJson),
  }),
})

export const playScenario = route({
  method: 'post',
  path: '/api/v1/scenarios/:id/play',
  access: 'siem:write',
  tag: 'operations',
  summary: 'Send the log lines of a scenario through ingest, with its own pacing or faster',
  params: z.object({ id: z.string().max(100) }),
  body: z.strictObject({ speed: z.number().positive().max(SPEED_MAX).default(1) }),
  status: 202,
  answer: Run,
  handle: async ({ params, body, principal, services }) => {
    if (principal === undefined) throw new ServiceError('unauthenticated', 'sign in')
    return runJson(await services.scenarios.play(params.id, body.speed, principal))
  },
})
