// What the editor's views are given.
import type { DraftCheck } from '../../server/services/draft-check.ts'
import type { DiffLine } from '../../server/services/line-diff.ts'
import type { ProposalTarget } from '../../server/services/proposals.ts'
import type { Preview } from '../../server/services/rule-preview.ts'
import type { RuleSummary } from '../../server/services/services.ts'

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
  /** How the draft differs from what became newer meanwhile; undefined for lines left out. */
  readonly newer?: readonly (DiffLine | undefined)[]
  readonly notice?: { readonly kind: 'ok' | 'problem' | 'hint'; readonly text: string }
  /** A preview that was asked for with the page. */
  readonly preview?: Preview
  readonly days: number
  readonly proposal: { readonly title: string; readonly body: string }
  readonly target: ProposalTarget
}
