// Where a rule may be written in the content.
import { checkPath } from '../proposals/paths.ts'
import { ServiceError } from './service-error.ts'

/** Why a path cannot be a rule's; undefined where it can. */
export function rulePathProblem(path: string): string | undefined {
  if (!/^detections\/.*\.ya?ml$/.test(path) || /\.test\.ya?ml$/.test(path))
    return `${path}: a rule is a .yml file below detections/`
  try {
    checkPath(path)
    return undefined
  } catch (error) {
    if (error instanceof ServiceError) return error.message
    throw error
  }
}
