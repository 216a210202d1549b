// What the editor's views are given.
import type { DraftCheck } from '../../server/services/draft-check.ts'
import type { DiffLine } from '../../server/services/line-diff.ts'
import type { ProposalTarget } from '../../server/services/proposals.ts'
import type { Preview } from '../../server/services/rule-preview.ts'
import type { RuleSummary } from '../../server/services/services.ts'

/** How a draft differs from a newer version of its files; undefined for lines left out. */
export interface NewerModel {
  readonly lines: readonly (DiffLine | undefined)[]
  readonly testLines: readonly (DiffLine | undefined)[]
  /** Places where somebody has to choose after merging. */
  readonly conflicts: number
  readonly isGone: boolean
  /** Hash of the newer version that is shown. */
  readonly seen: string
}

export interface EditorModel {
  /** Stored: absent for what nobody has saved yet. */
  readonly draft?: { readonly id: string; readonly version: number; readonly updated: number }
  readonly ruleId?: string
  readonly path: string
  readonly text: string
  readonly testText: string
  /** What the content held, as a hash: a save tells whether it is still so. */
  readonly base: string
  /** The live rule, where there is one. */
  readonly live?: RuleSummary
  readonly check: DraftCheck
  /** What became newer meanwhile. */
  readonly newer?: NewerModel
  readonly notice?: { readonly kind: 'ok' | 'problem' | 'hint'; readonly text: string }
  /** A preview that was asked for with the page. */
  readonly preview?: Preview
  readonly days: number
  readonly proposal: { readonly title: string; readonly body: string }
  readonly target: ProposalTarget
}
