// The table of commands: help, suggestions and docs come from it. A new command is a module that exports
// `summary`, `usage` and `run` (`command.ts`), and one line here.
import type { Command } from './command.ts'

export type CommandName =
  | 'start'
  | 'eval'
  | 'parse'
  | 'ingest'
  | 'check'
  | 'lint'
  | 'test'
  | 'coverage'
  | 'explain'
  | 'lsp'
  | 'backtest'
  | 'plan'
  | 'ci'
  | 'comment'
  | 'hunt'
  | 'deploy'
  | 'releases'
  | 'rollback'
  | 'drift'
  | 'rules'
  | 'convert'
  | 'liveness'
  | 'config'
  | 'user'
  | 'backup'
  | 'restore'

export const COMMANDS = {
  start: () => import('../server/cli/start.ts'),
  eval: () => import('./commands/eval.ts'),
  parse: () => import('./commands/parse.ts'),
  ingest: () => import('./commands/ingest.ts'),
  check: () => import('./commands/check.ts'),
  lint: () => import('./commands/lint.ts'),
  test: () => import('./commands/test.ts'),
  coverage: () => import('./commands/coverage.ts'),
  explain: () => import('./commands/explain.ts'),
  lsp: () => import('./commands/lsp.ts'),
  backtest: () => import('./commands/backtest.ts'),
  plan: () => import('./commands/plan.ts'),
  ci: () => import('./commands/ci.ts'),
  comment: () => import('./commands/comment.ts'),
  hunt: () => import('./commands/hunt.ts'),
  deploy: () => import('./commands/deploy.ts'),
  releases: () => import('./commands/releases.ts'),
  rollback: () => import('./commands/rollback.ts'),
  drift: () => import('./commands/drift.ts'),
  rules: () => import('./commands/rules.ts'),
  convert: () => import('./commands/convert.ts'),
  liveness: () => import('./commands/liveness.ts'),
  config: () => import('../server/cli/config.ts'),
  user: () => import('../server/cli/user.ts'),
  backup: () => import('../server/cli/backup.ts'),
  restore: () => import('../server/cli/restore.ts'),
} as const satisfies Record<CommandName, () => Promise<Command>>
