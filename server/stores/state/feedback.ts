// What people say of rules: feedback, and the verdicts of their alerts.
import type { Event } from '../../../parsers/event.ts'
import type { Actor } from './access.ts'
import type { Verdict } from './state-store.ts'

export const FEEDBACK_VERDICTS = ['true_positive', 'false_positive'] as const
export type FeedbackVerdict = (typeof FEEDBACK_VERDICTS)[number]

export interface NewFeedback {
  readonly ruleId: string
  readonly verdict: FeedbackVerdict
  readonly reason: string
  readonly alertId?: string
  /** The event it is about, kept as it is now. */
  readonly event?: Event
}

export interface Feedback extends Omit<NewFeedback, 'event'> {
  readonly id: string
  readonly eventId?: string
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  readonly by: string
}

/** How often a rule was right. An alert counts once, by its verdict; feedback counts where its alert has none. */
export interface FeedbackCounts {
  readonly truePositive: number
  readonly falsePositive: number
  /** Verdicts that say neither: benign, duplicate, test, not enough evidence. */
  readonly other: number
}

/** An event whose verdict someone gave: it must keep firing, or must not. */
export interface VerdictEvent {
  readonly ruleId: string
  readonly verdict: Extract<
    Verdict,
    'true_positive' | 'false_positive_logic' | 'false_positive_data'
  >
  readonly alertId?: string
  readonly event: Event
  readonly at: number
}

export interface FeedbackStore {
  addFeedback(feedback: NewFeedback, by: Actor): Promise<Feedback>
  /** Newest first. */
  listFeedback(ruleId: string, limit: number): Promise<readonly Feedback[]>
  /** By rule id; rules that nobody judged are left out. */
  feedbackCounts(): Promise<Readonly<Record<string, FeedbackCounts>>>
  /** Events of alerts with a verdict of true or false positive, and those that feedback names; newest
   * verdict first, of one rule or all. An alert of several events gives the first. */
  verdictEvents(limit: number, ruleId?: string): Promise<readonly VerdictEvent[]>
}
