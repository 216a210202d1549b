// What the shapes of Windows events are brought to.
import type { Fields, FieldValue } from '../../sigma/event.ts'

/** A Windows event before its fields are mapped. */
export interface WindowsEvent {
  readonly channel: string
  readonly eventId: number
  readonly provider: string
  readonly computer: string | undefined
  /** Timestamps in order of trust. */
  readonly times: readonly (FieldValue | undefined)[]
  /** 1 critical, 2 error, 3 warning, 4 information, 0 always. */
  readonly level: FieldValue | undefined
  readonly keywords: FieldValue | undefined
  readonly message: string | undefined
  /** Who acted, where the sender says so beside the data. */
  readonly user: string | undefined
  /** What the sender says came of it. */
  readonly outcome: string | undefined
  /** Further fields under the names that Sigma rules use for the system part. */
  readonly system: { readonly [name: string]: FieldValue | undefined }
  /** The whole document, where modules of its sender may have moved data elsewhere. */
  readonly document?: Fields
  /** Event data by name. */
  readonly data: Fields
  /** Flat JSON: the object itself, which holds system and data together. */
  readonly flat: boolean
}
