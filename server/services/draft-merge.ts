// A draft and the newer version of its files, made one.
import type { Finding } from '../../sigma/lint/check.ts'
import type { NewDraft } from '../stores/state/drafts.ts'
import { type DraftFiles, testPathOf } from './draft-content.ts'
import { conflictLines, merge3 } from './merge3.ts'

/** Code of the error that a conflict is not decided. */
export const MERGE_CONFLICT = 'merge-conflict'

/** What the content holds now where it is another than a draft began from. */
export interface NewerFiles {
  readonly text: string
  readonly testText: string
  /** The content no longer has the rule file. */
  readonly isGone?: boolean
}

/** The texts, and what they are based on now. */
export interface MergedDraft extends NewerFiles {
  readonly baseText: string
  readonly baseTestText: string
  /** Places of both files where somebody has to choose. */
  readonly conflicts: number
}

/** Rule file and test file, each by itself. */
export function mergeDraft(draft: NewDraft, newer: NewerFiles): MergedDraft {
  const rule = merge3(draft.baseText ?? '', draft.text, newer.text)
  const tests = merge3(draft.baseTestText ?? '', draft.testText, newer.testText)
  const conflicts = rule.conflicts + tests.conflicts
  const base = { baseText: newer.text, baseTestText: newer.testText }
  return { text: rule.text, testText: tests.text, ...base, conflicts }
}

/** Errors for conflicts that nobody has decided yet. */
export function conflictFindings({ path, text, testText }: DraftFiles): readonly Finding[] {
  const files = [
    { path, lines: conflictLines(text) },
    { path: testPathOf(path), lines: conflictLines(testText) },
  ]
  return files.flatMap((file) =>
    file.lines.map((line) => ({
      ...{ code: MERGE_CONFLICT, severity: 'error' as const, path: file.path, line, column: 1 },
      message:
        'you and the newer version changed the same lines: keep what is right, delete the marks',
    })),
  )
}
