// What an alert's rule was when it fired (D14).

export interface FilterProvenance {
  readonly id: string
  readonly title: string
  readonly path: string
  /** SHA-256 of its text, hex. */
  readonly hash: string
}

/** `passed`: with the release. `not-run`: tests stand beside the rule, and no release ran them here. */
export const TEST_STATUSES = ['passed', 'not-run', 'none'] as const
export type TestStatus = (typeof TEST_STATUSES)[number]

export interface RuleProvenance {
  /** Commit of the release that was live; undefined where there is no git. */
  readonly release?: string
  /** The last commit that changed the rule's file; undefined for overlays. */
  readonly ruleCommit?: string
  /** Path from the content's root, or from the overlay's folder, and where the rule begins in it, from 1. */
  readonly path: string
  readonly line: number
  readonly overlay: boolean
  /** SHA-256, hex: of the rule's text, and over pipelines and lists where there are any. */
  readonly textHash: string
  readonly pipelineHash?: string
  /** Filters that were applied to it. */
  readonly filters: readonly FilterProvenance[]
  readonly tests: {
    readonly status: TestStatus
    readonly positive: number
    readonly negative: number
  }
}
