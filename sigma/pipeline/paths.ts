// Which files of a content folder shape its rules.

const LIST = /(?:^|\/)lists\/([^/]+)\.txt$/
const PIPELINE = /(?:^|\/)pipelines\/[^/]+\.ya?ml$/

/** Whether a path is a pipeline's: YAML in a folder `pipelines`. */
export function isPipelineFile(path: string): boolean {
  return PIPELINE.test(path)
}

/** Whether a path is that of a list of placeholder values: `lists/NAME.txt`. */
export function isListFile(path: string): boolean {
  return listName(path) !== undefined
}

/** The placeholder that a path's values are for; undefined where it is no list. */
export function listName(path: string): string | undefined {
  return LIST.exec(path)?.[1]
}
