// Content that lies where no server looks.
import type { Finding, LintFile } from '../../sigma/lint/check.ts'

/** Top folders of content whose files no server loads, and where they belong. */
const MISPLACED: Readonly<Record<string, string>> = {
  filters: 'detections/filters',
  pipelines: 'detections/pipelines',
  correlations: 'detections',
}

/** An error for each file that would pass all checks and never be live. Paths are from the content's root. */
export function checkPlacement(files: readonly LintFile[]): readonly Finding[] {
  return files.flatMap(({ path }): Finding[] => {
    const folder = MISPLACED[path.split('/', 1)[0] ?? '']
    if (folder === undefined || !path.includes('/')) return []
    const message = `no server loads this: rules, filters, pipelines and lists lie in detections/; move it to ${folder}/`
    return [{ code: 'not-loaded', severity: 'error', message, path, line: 1, column: 1 }]
  })
}
