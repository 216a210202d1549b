// A preview as the API writes it.
import { z } from 'zod'
import type { Preview } from '../../services/rule-preview.ts'
import { EventAnswer, eventJson, iso, Time } from './schemas.ts'

const Counts = z.object({ before: z.number(), after: z.number() })

export const PreviewAnswer = z.object({
  range: z.object({ from: Time, to: Time }),
  covered: z.object({ from: Time, to: Time }).describe('In which everything was looked at'),
  complete: z.boolean(),
  events: z.number().describe('Stored in the range'),
  took_ms: z.number(),
  matches: z.number(),
  new: z.number().describe('Events that the live version does not match'),
  lost: z.number().describe('Events that only the live version matches'),
  same: z.number(),
  alerts: Counts,
  alerts_per_day: Counts,
  cost_ms_per_100k_events: Counts,
  bucket_ms: z.number(),
  histogram: z.array(z.object({ start: Time, before: z.number(), after: z.number() })),
  entities: z.array(
    z.object({ host: z.string(), user: z.string(), before: z.number(), after: z.number() }),
  ),
  samples: z.array(EventAnswer),
  new_samples: z.array(EventAnswer),
  lost_samples: z.array(EventAnswer),
  lost_true_positives: z.array(z.string()).describe('Alerts'),
})

const ENTITIES_MAX = 100

export function previewJson(preview: Preview) {
  const { range, days, alerts, cost, added, lost, same } = preview
  return {
    range: { from: iso(range.from), to: iso(range.to) },
    covered: { from: iso(preview.covered.from), to: iso(preview.covered.to) },
    complete: preview.stopped === undefined,
    events: preview.events.total,
    took_ms: Math.round(preview.took_ms),
    matches: added + same,
    ...{ new: added, lost, same, alerts: { ...alerts } },
    alerts_per_day: { before: alerts.before / days, after: alerts.after / days },
    cost_ms_per_100k_events: { before: cost.before_ms, after: cost.after_ms },
    bucket_ms: preview.bucket_ms,
    histogram: preview.histogram.map(({ start, before, after }) => ({
      ...{ start: iso(start), before, after },
    })),
    entities: preview.entities
      .slice(0, ENTITIES_MAX)
      .map(({ host, user, before, after }) => ({ host, user, before, after })),
    samples: preview.samples.map(eventJson),
    new_samples: preview.addedExamples.map(eventJson),
    lost_samples: preview.lostExamples.map(eventJson),
    lost_true_positives: preview.verdicts.lost.map(({ alertId }) => alertId),
  }
}
