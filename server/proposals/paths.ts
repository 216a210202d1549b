// Which files a proposal may touch: content, and nothing that runs.
import { ServiceError } from '../services/service-error.ts'

/** Folders of a content repository that pages may propose changes to. */
export const CONTENT_FOLDERS = ['detections', 'hunts', 'filters', 'pipelines', 'parsers'] as const
/** Longest path, characters. */
export const PATH_MAX = 240
/** Largest file, bytes. */
export const FILE_MAX_BYTES = 1_048_576
/** Files of one proposal. */
export const FILES_MAX = 500

// A segment begins with a letter or digit, so that no `.git`, `.github` or option is one.
const SEGMENT = /^[\p{L}\p{N}_][\p{L}\p{N}_ .+()-]*$/u
const CONTENT_FILE = /\.(ya?ml|json|txt|csv|md|log|ndjson)$/i

/** Throws `invalid` unless the path names a content file. */
export function checkPath(path: string): void {
  const why = problemOf(path)
  if (why !== undefined) throw new ServiceError('invalid', `${JSON.stringify(path)} ${why}`)
}

function problemOf(path: string): string | undefined {
  const [folder = '', ...rest] = path.split('/')
  if (path.length > PATH_MAX) return `is longer than ${PATH_MAX} characters`
  if (!(CONTENT_FOLDERS as readonly string[]).includes(folder) || rest.length === 0)
    return `is outside the content folders ${CONTENT_FOLDERS.join(', ')}`
  const bad = rest.find((segment) => !SEGMENT.test(segment) || /[. ]$/.test(segment))
  if (bad !== undefined) return `has a name that content files may not have: ${JSON.stringify(bad)}`
  if (!CONTENT_FILE.test(path)) return 'is no content file (.yml, .yaml, .json, .txt, .csv, .md)'
  return undefined
}
