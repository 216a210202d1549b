// What the state store keeps about drafts of rules: each is one person's.
import type { Actor } from './access.ts'

/** A rule being written, with its tests. */
export interface Draft {
  readonly id: string
  /** Name of the person whose draft it is. */
  readonly owner: string
  /** The rule that is edited; absent for a new one. */
  readonly ruleId?: string
  /** Of the rule file, relative to the content root: `detections/...yml`. */
  readonly path: string
  readonly text: string
  /** Of the test file beside it; empty for none. */
  readonly testText: string
  /** What the content held when the draft was started; absent where it held nothing. */
  readonly baseText?: string
  readonly baseTestText?: string
  readonly created: number
  readonly updated: number
  /** Raised by every change; a save must name it. */
  readonly version: number
  /** Id of the proposal that it became. */
  readonly proposal?: string
}

export type NewDraft = Pick<
  Draft,
  'ruleId' | 'path' | 'text' | 'testText' | 'baseText' | 'baseTestText'
>

export interface DraftChange {
  readonly path?: string
  readonly text?: string
  readonly testText?: string
  /** Another base: what was newer was taken note of. Null: the content no longer has the file. */
  readonly baseText?: string | null
  readonly baseTestText?: string | null
  readonly proposal?: string
}

export interface DraftStore {
  /** Stores a draft. Rejects `conflict` where its owner has an open one of that path, `too-many` above
   * `DRAFTS_MAX` open ones. */
  addDraft(draft: NewDraft, by: Actor): Promise<Draft>
  /** Undefined where there is none, or it is another's. */
  getDraft(id: string, owner: string): Promise<Draft | undefined>
  /** The owner's drafts that are not proposed yet, changed last first. */
  openDrafts(owner: string): Promise<readonly Draft[]>
  /** Drafts that became a proposal, newest first. */
  proposedDrafts(owner: string, limit: number): Promise<readonly Draft[]>
  /** Rejects `conflict` for another version than the stored one, `not-found`. */
  changeDraft(id: string, version: number, change: DraftChange, by: Actor): Promise<Draft>
  removeDraft(id: string, by: Actor): Promise<void>
}
