import type { Target } from './expr.ts'

/** What a target looks at, as rules name it: `@host` is a column; empty for the whole event. */
export function targetName(target: Target): string {
  switch (target.scope) {
    case 'field':
    case 'auto':
      return target.name
    case 'column':
      return `@${target.name}`
    case 'message':
    case 'raw':
      return `@${target.scope}`
    case 'any':
    case 'keyword':
      return ''
  }
}
