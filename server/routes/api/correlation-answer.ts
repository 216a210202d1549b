// A correlation's explanation as the API says it.
import { z } from 'zod'
import type { CorrelationWhy } from '../../../sigma/correlate/why.ts'
import { explainStored } from '../../services/correlation-why.ts'
import type { Services } from '../../services/services.ts'
import { iso, Time } from './schemas.ts'

const Key = z.array(z.object({ name: z.string(), value: z.string().optional() }))

const Standing = z.object({
  rule_id: z.string(),
  title: z.string(),
  type: z.string(),
  asked: z.string().describe('The condition in words'),
  timespan_ms: z.number(),
  fires: z.boolean(),
  inputs: z.array(
    z.object({
      rule_id: z.string(),
      title: z.string(),
      events: z.number().describe('Events around this one that it matched or held at'),
      matched: z.boolean().describe('It matched, or held at, this event'),
    }),
  ),
  windows: z.array(
    z.object({
      group: Key,
      fires: z.boolean(),
      from: Time.optional(),
      to: Time.optional(),
      value: z.number(),
      said: z.string(),
      missing: z.array(z.string()),
      seen: z.array(z.string()).describe('Rules of a temporal correlation that matched'),
      values: z.array(z.union([z.string(), z.number()])).describe('Different values, the newest'),
      events: z.array(z.object({ event_id: z.string(), rule_ids: z.array(z.string()) })),
    }),
  ),
})

export const CorrelationAnswer = Standing.extend({
  below: z.array(Standing).describe('The correlations that it reads, and those below them'),
  complete: z.boolean().describe('All events around it were read'),
  live: z.array(
    z.object({
      group: z.array(z.string().nullable()),
      held: z
        .object({ events: z.number(), from: Time, to: Time, value: z.number() })
        .optional()
        .describe('Absent: the live engine holds nothing of this group now'),
    }),
  ),
  unmatched_then: z
    .array(z.string())
    .describe('Events that count, and that the rules did not match when they came in'),
})

/** What a correlation's `explain` answers; undefined for what is no live correlation. */
export async function correlationWhy(services: Services, id: string, event: string) {
  if (services.rules.correlation(id) === undefined) return undefined
  const why = await explainStored(services, id, event)
  const live = why.live.map(({ key, group }) => ({
    group: key.map((value) => value ?? null),
    ...(group === undefined
      ? {}
      : {
          held: {
            ...{ events: group.entries, value: group.value },
            ...{ from: iso(group.first), to: iso(group.last) },
          },
        }),
  }))
  const { complete, unmatchedThen } = why
  const correlation = {
    ...standing(why),
    below: allBelow(why).map(standing),
    ...{ complete, live, unmatched_then: unmatchedThen },
  }
  return { fires: why.fires, correlation }
}

function allBelow({ below }: CorrelationWhy): readonly CorrelationWhy[] {
  return below.flatMap((one) => [one, ...allBelow(one)])
}

function standing(why: CorrelationWhy): z.input<typeof Standing> {
  const { title, type, asked, timespan_ms, fires } = why
  return {
    ...{ rule_id: why.id, title, type, asked, timespan_ms, fires },
    inputs: why.inputs.map((input) => ({
      ...{ rule_id: input.id, title: input.title, events: input.events, matched: input.matched },
    })),
    windows: why.windows.map(({ key, from, to, seen, values, missing, events, ...window }) => ({
      ...{ fires: window.fires, value: window.value, said: window.said },
      ...{ missing: [...missing], seen: [...seen], values: [...values] },
      group: key.map(({ name, value }) => ({ name, ...(value === undefined ? {} : { value }) })),
      ...(events.length === 0 ? {} : { from: iso(from), to: iso(to) }),
      events: events.map(({ ref, rules }) => ({ event_id: String(ref), rule_ids: [...rules] })),
    })),
  }
}
