// Rows that people make alerts of.
import type { Event } from '../../../parsers/event.ts'
import type { Actor } from './access.ts'
import type { RuleFacts } from './state-store.ts'

export const OBSERVABLE_TYPES = ['ip', 'hash', 'url', 'email', 'cve', 'domain'] as const
export type ObservableType = (typeof OBSERVABLE_TYPES)[number]

export interface Observable {
  readonly type: ObservableType
  readonly value: string
}

export interface Promotion {
  readonly event: Event
  /** The rule that it is an alert of. */
  readonly rule: RuleFacts
  /** Values of the rule's dedup fields, as detection takes them. */
  readonly keys: Readonly<Record<string, string>>
  /** Title in place of the rule's. */
  readonly title?: string
  readonly observables: readonly Observable[]
  /** The mute that holds the event, where it was overridden. */
  readonly override?: string
  /** True where the rule does not match the event, and somebody promoted it all the same. */
  readonly unmatched?: boolean
}

export interface Promoted {
  readonly alertId: string
  /** False: it folded into an open alert, or was in one already. */
  readonly created: boolean
  /** True: nothing changed, this row is in that alert since before. */
  readonly repeated: boolean
}

/** An alert that a row is linked with. */
export interface AlertLink {
  readonly id: string
  readonly status: string
}

export interface PromotionStore {
  /** Makes an alert of an event or folds it into an open one, as detection would; once for a rule. */
  promote(promotion: Promotion, by: Actor): Promise<Promoted>
}

export interface PromotionReads {
  /** Alerts that were made of these events or that someone put them into, by event id. */
  alertsOfEvents(
    eventIds: readonly string[],
  ): Promise<Readonly<Record<string, readonly AlertLink[]>>>
  alertObservables(alertId: string): Promise<readonly Observable[]>
}
